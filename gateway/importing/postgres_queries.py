"""Which statements read pg_catalog: one per kind of thing, for all tables at once."""

from __future__ import annotations

_OURS = r"""
    n.nspname NOT IN ('information_schema', 'hdb_catalog', 'hdb_views') AND n.nspname !~ '^pg_'
    AND NOT EXISTS (
        SELECT 1 FROM pg_depend AS d WHERE d.classid = '{kind}'::regclass AND d.objid = {thing}.oid AND d.deptype = 'e'
    )
"""
_WANTED = "($1::text[] IS NULL OR n.nspname = ANY ($1::text[]))"

RELATIONS = f"""
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
    obj_description(c.oid, 'pg_class') AS comment,
    CASE WHEN c.relkind IN ('v', 'f') THEN pg_relation_is_updatable(c.oid, true) ELSE 0 END AS updatable
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND {_WANTED} AND {_OURS.format(kind="pg_class", thing="c")}
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""

COLUMNS = """
SELECT a.attrelid AS table, a.attname AS name, a.atttypid AS type, format_type(a.atttypid, a.atttypmod) AS text,
    a.attnotnull AS required, a.attidentity::text AS identity, a.attgenerated::text AS generated,
    pg_get_expr(d.adbin, d.adrelid, true) AS default, col_description(a.attrelid, a.attnum) AS comment,
    l.collname AS collation, y.typname AS sequence_type, s.seqstart AS sequence_start,
    s.seqincrement AS sequence_increment, s.seqmin AS sequence_minvalue, s.seqmax AS sequence_maxvalue,
    s.seqcache AS sequence_cache, s.seqcycle AS sequence_cycle
FROM pg_attribute AS a
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation AS l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
    LEFT JOIN LATERAL (
        SELECT q.* FROM pg_depend AS o JOIN pg_sequence AS q ON q.seqrelid = o.objid
        WHERE o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum
            AND o.classid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
            AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')
        LIMIT 1
    ) AS s ON a.attidentity <> '' OR d.adbin IS NOT NULL
    LEFT JOIN pg_type AS y ON y.oid = s.seqtypid
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

# Constraints that a partition has from its parent are not its own.
CONSTRAINTS = """
SELECT k.conrelid AS table, k.conname AS name, k.contype::text AS kind, k.condeferrable AS deferrable,
    k.condeferred AS deferred, k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update,
    k.confmatchtype::text AS match, n.nspname AS target_schema, c.relname AS target_name,
    CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid, true) END AS condition,
    CASE WHEN k.contype = 'u' THEN pg_get_constraintdef(k.oid) ELSE '' END AS definition,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key (number, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = key.number ORDER BY key.place
    ) AS columns,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS key (number, place)
            JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = key.number ORDER BY key.place
    ) AS target_columns
FROM pg_constraint AS k
    LEFT JOIN pg_class AS c ON c.oid = k.confrelid
    LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.conrelid = ANY ($1::oid[]) AND k.contype IN ('p', 'u', 'f', 'c') AND k.conparentid = 0
ORDER BY k.conrelid, k.conname COLLATE "C"
"""


def indexes(*, nulls_not_distinct: bool) -> str:
    """Indexes that no constraint has made; Postgres 15 and later say whether nulls are distinct in them."""
    nulls = "i.indnullsnotdistinct" if nulls_not_distinct else "false"
    return f"""
SELECT i.indrelid AS table, c.relname AS name, i.indisunique AS is_unique, m.amname AS method,
    i.indnkeyatts AS key_count, pg_get_expr(i.indpred, i.indrelid, true) AS condition, {nulls} AS nulls_not_distinct,
    ARRAY(
        SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS key (number, place)
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = key.number AND key.number > 0
        ORDER BY key.place
    ) AS columns,
    ARRAY(
        SELECT pg_get_indexdef(i.indexrelid, place, true) FROM generate_series(1, i.indnkeyatts) AS place
    ) AS definitions,
    i.indoption::int2[] AS options,
    ARRAY(
        SELECT CASE WHEN o.opcdefault THEN NULL ELSE o.opcname::text END
        FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS key (id, place) JOIN pg_opclass AS o ON o.oid = key.id
        ORDER BY key.place
    ) AS classes
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam
WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid
    AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, c.relname COLLATE "C"
"""


TYPES = """
SELECT t.oid, format_type(t.oid, NULL) AS text, t.typname AS name, n.nspname AS schema, t.typtype::text AS kind,
    t.typbasetype AS base, CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) END AS base_text,
    t.typnotnull AS required, t.typdefault AS default,
    CASE WHEN t.typcategory = 'A' AND t.typtype = 'b' THEN t.typelem ELSE 0 END AS item,
    w.nspname AS table_schema, c.relname AS table_name
FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
    LEFT JOIN pg_namespace AS w ON w.oid = c.relnamespace
"""

# All enums, whatever schemas are asked for: a column may be of an enum of another schema.
ENUMS = f"""
SELECT n.nspname AS schema, t.typname AS name, obj_description(t.oid, 'pg_type') AS comment,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND {_OURS.format(kind="pg_type", thing="t")}
ORDER BY n.nspname COLLATE "C", t.typname COLLATE "C"
"""

FUNCTIONS = f"""
SELECT n.nspname AS schema, p.proname AS name, p.proargnames::text[] AS names, p.proargmodes::text[] AS modes,
    coalesce(p.proallargtypes, p.proargtypes::oid[]) AS types, p.pronargdefaults AS defaults, p.prorettype AS returns,
    p.proretset AS returns_set, p.provolatile::text AS volatility, obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    AND {_WANTED} AND {_OURS.format(kind="pg_proc", thing="p")}
ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"
"""
