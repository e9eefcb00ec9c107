"""How is the change log filled and read on Postgres: tables, the one trigger function, triggers, and the readers' statements."""

from __future__ import annotations

from collections.abc import Iterable

from portico.resolvers.sql.change_log import ACTOR, CHANGES, FUNCTION, LOG, TRACE, Trigger, identifier, literal
from portico.resolvers.sql.own_tables import OWN_PREFIX

ROW_TRIGGER, TRUNCATE_TRIGGER = CHANGES + "_row", CHANGES + "_truncate"

MAKE_CHANGES = f"""\
CREATE TABLE {{schema}}.{CHANGES} (
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  transaction xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  table_name text NOT NULL,
  verb text NOT NULL,
  old json,
  new json,
  actor text,
  trace text,
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (sequence)
)"""
"""Rows as json, not jsonb: it costs the same, keeps what a json column holds, and takes the \\u0000 that jsonb refuses."""

TOLD = OWN_PREFIX + "told"
MAKE_TOLD = f"CREATE SEQUENCE {{schema}}.{TOLD}"
"""When somebody was told of changes last, in milliseconds since 1970: a sequence, for all see at once what one has set."""

MAKE_LOG = f"""\
CREATE TABLE {{schema}}.{LOG} (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
  key bytea NOT NULL DEFAULT pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
    OPERATOR(pg_catalog.||) pg_catalog.uuid_send(pg_catalog.gen_random_uuid())),
  origin text NOT NULL,
  swept bigint NOT NULL DEFAULT 0
)"""
"""
epoch: of this log, made anew where the database was copied, restored or failed over. key: signs positions. origin: the
server, its history, and the database that the epoch is of. swept: the sequence up to which changes were forgotten.
"""

_ORIGIN = """\
(SELECT system_identifier || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || '/'
  || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system())"""

BEGIN_LOG = f"INSERT INTO {{schema}}.{LOG} (origin) VALUES ({_ORIGIN})"
RENEW = (
    f"UPDATE {LOG} SET epoch = gen_random_uuid(), origin = {_ORIGIN}, swept = 0 WHERE origin <> {_ORIGIN}",
    f"DELETE FROM {CHANGES}",
)
"""What is done to a log that was made elsewhere, or may lack what was told before a failover."""

TOLD_EVERY_MS = 20
"""
Nobody is told of changes more often. A transaction that notifies holds a lock of the whole server while it commits, so with
a notification in each of them 8 writers committed 502 times a second instead of 1,491 (benchmarks/change_log). Readers
look again by themselves after they were told.
"""

_BODY = f"""
DECLARE
  now bigint;
  told bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, new, actor, trace) VALUES (TG_ARGV[0], 'insert',
      pg_catalog.row_to_json(NEW), pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD OPERATOR(pg_catalog.*=) NEW THEN
      RETURN NULL;
    END IF;
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, old, new, actor, trace) VALUES (TG_ARGV[0], 'update',
      pg_catalog.row_to_json(OLD), pg_catalog.row_to_json(NEW),
      pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, old, actor, trace) VALUES (TG_ARGV[0], 'delete',
      pg_catalog.row_to_json(OLD), pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  ELSE
    INSERT INTO {{schema}}.{CHANGES} (table_name, verb, actor, trace) VALUES (TG_ARGV[0], 'truncate',
      pg_catalog.current_setting('{ACTOR}', true), pg_catalog.current_setting('{TRACE}', true));
  END IF;
  now := (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::bigint;
  told := pg_catalog.pg_sequence_last_value('{{schema}}.{TOLD}'::pg_catalog.regclass);
  IF told IS NULL OR pg_catalog.abs(now OPERATOR(pg_catalog.-) told) OPERATOR(pg_catalog.>) {TOLD_EVERY_MS} THEN
    PERFORM pg_catalog.setval('{{schema}}.{TOLD}'::pg_catalog.regclass, now);
    PERFORM pg_catalog.pg_notify('{CHANGES}', '');
  END IF;
  RETURN NULL;
END
"""

# Texts of values depend on settings of the writer's session, which may be anybody's.
OPTIONS = {
    "search_path": "pg_catalog, pg_temp",
    "TimeZone": "UTC",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


def function_body(schema: str) -> str:
    """
    The body of the function that every trigger calls with the `fullname` of its table.

    Args:
        schema: where the log is.
    """
    return _BODY.format(schema=identifier(schema))


def make_function(schema: str) -> tuple[str, str]:
    """
    The statements that make the function, or replace it, and keep it from others.

    It acts as its owner, so that whoever may write a table fills the log without a right to it. Names and operators are
    qualified, so nothing that the writer puts on a search path is called. Who may execute it may put it on a table of their
    own: they could log changes of any table that never were, and have `row_to_json` call what they have made of a type as a
    cast to json, as the owner. Triggers fire without that right, which Postgres gives to everybody unless it is taken.
    """
    name = identifier(schema, FUNCTION)
    options = "".join(f" SET {name} = {value}" for name, value in _quoted_options())
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f"{options} AS {literal(function_body(schema))}",
        f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC",
    )


def _quoted_options() -> Iterable[tuple[str, str]]:
    return ((name, value if name == "search_path" else literal(value)) for name, value in OPTIONS.items())


def triggers(fullname: str, schema: str | None, name: str, log_schema: str) -> tuple[Trigger, ...]:
    """
    The triggers of one table.

    Args:
        fullname: by which the log calls it.
        schema, name: where it is; None for the first on the search path.
        log_schema: where the log is.
    """
    table, function = identifier(schema, name), identifier(log_schema, FUNCTION)
    return tuple(
        Trigger(
            trigger,
            fullname,
            fullname,
            f"CREATE TRIGGER {identifier(trigger)} AFTER {events} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION {function}({literal(fullname)})",
        )
        for trigger, events, each in (
            (ROW_TRIGGER, "INSERT OR UPDATE OR DELETE", "ROW"),
            (TRUNCATE_TRIGGER, "TRUNCATE", "STATEMENT"),
        )
    )


def begin_as(actor: str, trace: str) -> str:
    """Begins a transaction whose triggers are told who writes, in the same round trip."""
    return f"BEGIN; {write_as(actor, trace)}"


def write_as(actor: str, trace: str) -> str:
    """
    Tells the triggers of a transaction who writes from now on.

    Texts in hexadecimal, for a message of several statements has no parameters.
    """
    said = (f"set_config('{name}', {_hexadecimal(text)}, true)" for name, text in ((ACTOR, actor), (TRACE, trace)))
    return f"SELECT {', '.join(said)}"


def _hexadecimal(text: str) -> str:
    return f"convert_from(decode('{text.encode().hex()}', 'hex'), 'UTF8')"


# ---- reading -----------------------------------------------------------------------------------------

TABLES = f"""\
SELECT DISTINCT convert_from(substring(tgargs FROM 1 FOR position('\\x00'::bytea IN tgargs) - 1), 'UTF8')
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = '{FUNCTION}' AND tgname = '{ROW_TRIGGER}' AND tgenabled IN ('O', 'A') AND tgparentid = 0"""
"""The tables whose changes are logged, by `fullname`."""

STATE = f"SELECT epoch::text, key, origin <> {_ORIGIN} FROM {LOG}"
"""(epoch, key, whether the log was made elsewhere)."""

# Not a snapshot's xmax, which is the one after the last that has ended: there may be open ones beyond it.
_NEXT = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint + age(pg_snapshot_xmax(pg_current_snapshot())::xid)"

SINCE = f"""\
SELECT log.epoch::text, log.swept, coalesce((SELECT max(sequence) FROM {CHANGES}), log.swept),
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint, {_NEXT},
  change.sequence, change.table_name, change.verb, change.old, change.new, change.actor, change.trace,
  extract(epoch FROM change.at)::float8
FROM {LOG} AS log
LEFT JOIN LATERAL (
  SELECT * FROM {CHANGES} WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::bigint
) AS change ON true"""
"""
(sequence, most) → (epoch, swept, the last sequence that is seen, the first transaction that is open, the first that has not
begun, a change…), one row for each change and one without where there are none. `run/horizon.py` says which of them are final.
"""

WRITERS = f"""\
SELECT virtualtransaction FROM pg_locks
WHERE relation = '{CHANGES}'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode = 'RowExclusiveLock' AND granted"""
"""The open transactions that have logged changes: each holds this lock from before its first to its end."""

FINAL = f"""\
WITH writers AS MATERIALIZED (
  SELECT coalesce(xact_start, '-infinity') AS began FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
  WHERE relation = '{CHANGES}'::regclass AND mode = 'RowExclusiveLock' AND granted
)
SELECT coalesce(
  CASE WHEN EXISTS (SELECT 1 FROM writers)
    THEN (SELECT sequence FROM {CHANGES} WHERE at < (SELECT min(began) FROM writers) ORDER BY sequence DESC LIMIT 1)
    ELSE (SELECT max(sequence) FROM {CHANGES})
  END, (SELECT swept FROM {LOG}))"""
"""The last change before every open transaction that has logged some, for who has seen nothing yet."""

EARLY = f"""\
SELECT sequence, table_name, verb, old, new, actor, trace, extract(epoch FROM at)::float8
FROM {CHANGES} WHERE sequence > $1::bigint AND sequence <> ALL ($2::bigint[]) ORDER BY sequence LIMIT $3::bigint"""
"""(sequence, sequences, most) → the changes after that sequence but for those listed."""

LAST = f"SELECT coalesce(max(sequence), 0) FROM {CHANGES}"
MINE = f"""\
SELECT sequence, table_name, verb, old::text, new::text, actor, trace, extract(epoch FROM at)::float8
FROM {CHANGES} WHERE sequence > $1::bigint AND transaction = pg_current_xact_id_if_assigned() ORDER BY sequence LIMIT $2::bigint"""
"""
(sequence, most) → the changes of this transaction after that sequence, before it is committed. Rows as text, for whose connection
it is may read json as something else.
"""

LOCK = f"SELECT pg_try_advisory_xact_lock(hashtext('{CHANGES}'))"
"""Whether nobody else is sweeping."""

SWEEP = f"""\
WITH oldest AS (
  SELECT sequence, at < now() - $1::float8 * interval '1 second'
      OR sequence <= (SELECT max(sequence) FROM {CHANGES}) - $2::bigint AS is_old
  FROM {CHANGES} WHERE sequence <= $3::bigint ORDER BY sequence LIMIT $4::bigint
), gone AS (
  DELETE FROM {CHANGES} AS change USING oldest
  WHERE change.sequence = oldest.sequence
    AND oldest.sequence < coalesce((SELECT min(sequence) FROM oldest WHERE NOT is_old), oldest.sequence + 1)
  RETURNING change.sequence
), moved AS (
  UPDATE {LOG} SET swept = greatest(swept, last) FROM (SELECT max(sequence) AS last FROM gone) WHERE last IS NOT NULL
)
SELECT count(*) FROM gone"""
"""(seconds, rows, sequence, most) → how many of the oldest changes up to that one were forgotten: those before the first to keep."""
