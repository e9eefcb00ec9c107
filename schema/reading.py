"""How do models become the Catalog: mapped classes and bare tables are read, named and linked."""

from __future__ import annotations

import inspect as python_inspect
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Table as SqlTable
from sqlalchemy import UniqueConstraint
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.orm import Mapper, registry

from portico.schema.catalog import Catalog, Column, Link, RuleRef, Table, Unique
from portico.schema.channel_reading import read_channels
from portico.schema.columns import INFO_KEY, Mark
from portico.schema.declarations import Declarations, RuleDeclaration, Verb
from portico.schema.expression_reading import read_expressions
from portico.schema.files import file_in
from portico.schema.function_reading import read_functions
from portico.schema.infos import OWN_PREFIX, enum_values_in, name_in, view_verbs_in
from portico.schema.links import read_links
from portico.schema.mapping import configure
from portico.schema.names import Names, NameTaken, RootKind, is_graphql_name
from portico.schema.problems import ModelProblem, Problem, Problems
from portico.schema.remote_reading import read_remotes
from portico.schema.rule_check import check_rule
from portico.schema.scalars import DialectName, Scalar, enum_scalar, scalar_of
from portico.schema.sources import class_source

_PLAIN = Names()
_WRITES: frozenset[Verb] = frozenset({"create", "update", "delete"})


class UnmappedSubject(ModelProblem):
    """A rule is about a class that SQLAlchemy does not map, or a table of Portico's own."""

    code = "PT203"


class NotAGraphQLName(ModelProblem):
    """A table or column cannot be named in GraphQL."""

    code = "PT204"


def read_catalog(
    declarations: Declarations, *, dialect: DialectName, names: Names = _PLAIN, relay: bool = False
) -> Catalog:
    """
    The Catalog of everything declared.

    Args:
        relay: whether rows have identifiers of their own.

    Raises:
        Problems: all the mistakes found, each with its place in the author's files.
    """
    problems: list[Problem] = []
    configure(_registries(declarations))
    subjects, by_table = _subjects(declarations, problems)
    enums = _enums(subjects, names)
    tables: dict[str, Table] = {}
    for subject in subjects:
        table = _read_table(subject, names, dialect, enums, problems)
        if table.type_name in tables:
            problems.append(_name_taken(table, tables[table.type_name]))
        tables.setdefault(table.type_name, table)
    _give_way(tables, names)
    _check_roots(tables, problems)
    by_sql = {table.sql: table for table in tables.values()}
    by_entity = {table.entity: table for table in tables.values() if table.entity is not None}
    for table in tables.values():
        _attach_links(table, read_links(table, by_sql, by_entity, names), problems)
    # SQLite has no functions of its own: the fields are absent there, and do not fail.
    declared = declarations.database_functions if dialect == "postgres" else ()
    functions = read_functions(declared, {**by_sql, **by_entity}, names, problems)
    read_expressions(declarations.expressions, {**by_sql, **by_entity}, names, dialect, problems)
    rules = {
        table: _rules_of(
            table,
            by_table.get(table.entity or table.sql, ()),
            dialect,
            _absent_fields(table, declarations, dialect, names),
            problems,
        )
        for table in tables.values()
    }
    channels = read_channels(declarations, {**by_sql, **by_entity}, names, dialect, problems)
    remotes = read_remotes(declarations, {**by_sql, **by_entity}, problems)
    if problems:
        raise Problems(problems)
    return Catalog(
        dialect=dialect,
        names=names,
        tables=MappingProxyType(tables),
        rules=MappingProxyType(rules),
        roles=MappingProxyType(dict(declarations.roles)),
        functions=tuple(declarations.functions),
        database_functions=functions,
        channels=channels,
        relay=relay,
        remotes=remotes,
    )


def _registries(declarations: Declarations) -> list[registry]:
    """The author's own registry, and those of mapped classes that rules name."""
    mapped = [subject for subject in declarations.subjects() if _is_mapped(subject)]
    return list(dict.fromkeys([declarations.registry, *(_mapper_of(subject).registry for subject in mapped)]))


def _mapper_of(entity: Any) -> Mapper[Any]:
    return sql_inspect(entity)


def _subjects(
    declarations: Declarations, problems: list[Problem]
) -> tuple[list[Any], Mapping[Any, list[RuleDeclaration]]]:
    """Every class or bare table to serve, in order of declaration, and the rules about each."""
    mappers: dict[type[Any], None] = dict.fromkeys(declarations.models)
    tables: dict[SqlTable, None] = {}
    registries: set[registry] = set()
    for subject in declarations.subjects():
        if isinstance(subject, SqlTable):
            tables[subject] = None
        elif _is_mapped(subject) and (near := _mapper_of(subject).registry) not in registries:
            registries.add(near)
            mappers.update(dict.fromkeys(_classes_of(near)))
    # An author whose classes are made from the database has them of Portico's own tables, too.
    known = [each for each in (*mappers, *tables) if not _sql_table(each).name.startswith(OWN_PREFIX)]
    rules: dict[Any, list[RuleDeclaration]] = {}
    for rule in declarations.rules:
        found = _subjects_of(rule.subject, known)
        if not found:
            problems.append(_unmapped(rule))
        for subject in found:
            rules.setdefault(subject, []).append(rule)
    return known, rules


def _classes_of(near: registry) -> list[type[Any]]:
    """The classes that share a registry with one that a rule names, in order of their names."""
    return [mapper.class_ for mapper in sorted(near.mappers, key=lambda each: each.class_.__name__)]


def _subjects_of(subject: Any, known: list[Any]) -> list[Any]:
    if subject in known:
        return [subject]
    if isinstance(subject, type):
        return [each for each in known if isinstance(each, type) and issubclass(each, subject)]
    return []


def _is_mapped(subject: Any) -> bool:
    return isinstance(sql_inspect(subject, raiseerr=False), Mapper)


def _unmapped(rule: RuleDeclaration) -> Problem:
    name = getattr(rule.subject, "__name__", repr(rule.subject))
    if isinstance(rule.subject, SqlTable) or _is_mapped(rule.subject):
        return UnmappedSubject(
            f"{rule.kind} is about {name}, whose table is called like Portico's own: those are never served.",
            hint=f"Give the table a name that does not begin with {OWN_PREFIX}.",
            source=rule.source,
        )
    return UnmappedSubject(
        f"{rule.kind} is about {name}, which is neither a mapped class, nor a base of one, nor a Table.",
        hint=f"Derive {name} from Model, or give it a __tablename__ in your own declarative base.",
        source=rule.source,
    )


def _enums(subjects: Iterable[Any], names: Names) -> dict[SqlTable, Scalar]:
    """The scalars of enum tables."""
    found: dict[SqlTable, Scalar] = {}
    for subject in subjects:
        sql = _sql_table(subject)
        if (values := enum_values_in(sql.info)) is not None:
            base, _ = _base_name(subject, sql, names)
            found[sql] = enum_scalar(names.table_type(base, "enum"), names, values)
    return found


def _sql_table(subject: Any) -> SqlTable:
    return subject if isinstance(subject, SqlTable) else _mapper_of(subject).local_table  # pyright: ignore[reportReturnType]


def _base_name(subject: Any, sql: SqlTable, names: Names) -> tuple[str, str]:
    """(the object type without prefix and suffix, the identifier of the root fields)."""
    given = name_in(sql.info).name
    if given is not None:
        return given, given
    identifier = sql.name if not sql.schema or sql.schema == "public" else f"{sql.schema}_{sql.name}"
    class_name = None if isinstance(subject, SqlTable) else subject.__name__
    return names.object_type(class_name, identifier), identifier


def _read_table(
    subject: Any, names: Names, dialect: DialectName, enums: Mapping[SqlTable, Scalar], problems: list[Problem]
) -> Table:
    entity: type[Any] | None = None if isinstance(subject, SqlTable) else subject
    sql = _sql_table(subject)
    base, identifier = _base_name(subject, sql, names)
    given = name_in(sql.info)
    columns: dict[str, Column] = {}
    for each in sql.columns:
        column = _read_column(each, names, dialect, enums)
        if not is_graphql_name(column.field):
            problems.append(_bad_name(f"{identifier}.{each.name}", entity))
        elif column.field in columns:
            problems.append(
                NameTaken(
                    f"Columns {columns[column.field].name} and {each.name} of {identifier} are both {column.field!r} in GraphQL.",
                    hint='Choose another naming: naming = "hasura-default" keeps names as they are.',
                    source=class_source(entity),
                )
            )
        columns[column.field] = column
    by_sql = {column.sql: column for column in columns.values()}
    key = tuple(by_sql[each] for each in sql.primary_key.columns if each in by_sql)
    type_name = names.table_type(base)
    if not is_graphql_name(type_name):
        problems.append(_bad_name(identifier, entity))
    return Table(
        name=identifier,
        type_name=type_name,
        type_base=base,
        roots=names.roots(identifier, exact=given.name is not None, own=given.roots),
        sql=sql,
        entity=entity,
        columns=MappingProxyType(columns),
        key=key,
        uniques=_read_uniques(sql, by_sql),
        writable=_WRITES if (verbs := view_verbs_in(sql.info)) is None else verbs,
        enum=enums.get(sql),
        description=_description(entity, sql) if given.description is None else given.description,
        root_comments=given.comments,
    )


def _read_column(each: SqlColumn[Any], names: Names, dialect: DialectName, enums: Mapping[SqlTable, Scalar]) -> Column:
    mark = each.info.get(INFO_KEY)
    mark = mark if isinstance(mark, Mark) else None
    given = name_in(each.info)
    generated = each.computed is not None or (each.identity is not None and each.identity.always)
    has_default = each.default is not None or each.server_default is not None or each.identity is not None
    counts_up = each is each.table.autoincrement_column
    return Column(
        name=each.name,
        field=given.name or names.column(each.name),
        scalar=_enum_of(each, enums) or scalar_of(each.type, dialect),
        nullable=bool(each.nullable),
        optional=bool(each.nullable) or has_default or counts_up,
        writable=not generated and (mark is None or mark.kind == "id"),
        sql=each,
        mark=mark,
        default=each.default,
        on_update=each.onupdate,
        description=(each.comment if given.description is None else given.description) or None,
        file=file_in(each.info),
    )


def _enum_of(column: SqlColumn[Any], enums: Mapping[SqlTable, Scalar]) -> Scalar | None:
    """The enum of a column that refers to the key of an enum table."""
    if not enums:
        return None
    referred = (key.column for key in column.foreign_keys)
    return next((enums[each.table] for each in referred if each.table in enums and each.primary_key), None)


def _read_uniques(sql: SqlTable, by_sql: Mapping[SqlColumn[Any], Column]) -> tuple[Unique, ...]:
    found: dict[str, Unique] = {}
    if sql.primary_key.columns:
        name = str(sql.primary_key.name or f"{sql.name}_pkey")
        found[name] = Unique(name, tuple(by_sql[each] for each in sql.primary_key.columns))
    for constraint in sorted(
        (each for each in sql.constraints if isinstance(each, UniqueConstraint)), key=lambda each: str(each.name)
    ):
        columns = tuple(by_sql[each] for each in constraint.columns)
        name = str(constraint.name or f"{sql.name}_{'_'.join(column.name for column in columns)}_key")
        found[name] = Unique(name, columns)
    for index in sorted((each for each in sql.indexes if each.unique), key=lambda each: str(each.name)):
        partial = any(index.dialect_options[each].get("where") is not None for each in ("postgresql", "sqlite"))
        columns = tuple(by_sql[each] for each in index.columns if each in by_sql)
        if not partial and len(columns) == len(index.expressions):
            found.setdefault(str(index.name), Unique(str(index.name), columns))
    return tuple(unique for unique in found.values() if is_graphql_name(unique.name))


def _attach_links(table: Table, links: Iterable[Link], problems: list[Problem]) -> None:
    found: dict[str, Link] = {}
    for link in links:
        if link.field in table.columns or link.field in found:
            problems.append(
                NameTaken(
                    f"The relation {link.name} of {table.type_name} has the name of a column or another relation.",
                    hint="Rename the relation.",
                    source=class_source(table.entity),
                )
            )
        found[link.field] = link
    # The Table is frozen for its readers; links can only be added once every table exists.
    object.__setattr__(table, "links", MappingProxyType(found))


# The types that root fields bring along, of which a model may have the name.
_TYPES_OF: Mapping[RootKind, tuple[str, ...]] = {
    "select_stream": ("stream_cursor_input", "stream_cursor_value_input"),
    "changes": ("change", "key"),
}


def _give_way(tables: Mapping[str, Table], names: Names) -> None:
    """
    Takes streams and changes away from tables where another table has the name: `posts_changes` beside `posts`.

    Nobody asked for these fields, so that a model file should fail for them; those that `named` names are kept.
    """
    taken = {root for table in tables.values() for kind, root in table.roots.items() if kind not in _TYPES_OF}
    for table in tables.values():
        own = name_in(table.sql.info).roots
        gone = {
            kind
            for kind, suffixes in _TYPES_OF.items()
            if (kind not in own and table.roots[kind] in taken)
            or any(names.table_type(table.type_base, suffix) in tables for suffix in suffixes)
        }
        roots = {kind: root for kind, root in table.roots.items() if kind not in gone}
        object.__setattr__(table, "roots", MappingProxyType(roots))


def _check_roots(tables: Mapping[str, Table], problems: list[Problem]) -> None:
    taken: dict[str, Table] = {}
    for table in tables.values():
        for root in table.roots.values():
            if root in taken and taken[root] is not table:
                problems.append(
                    NameTaken(
                        f"{table.name} and {taken[root].name} would both have the root field {root!r}.",
                        hint="Give one of them another __tablename__.",
                        source=class_source(table.entity),
                    )
                )
            taken.setdefault(root, table)


def _absent_fields(table: Table, declarations: Declarations, dialect: DialectName, names: Names) -> frozenset[str]:
    """The computed fields of a table that SQLite does not have, which rules may name all the same."""
    if dialect == "postgres":
        return frozenset()
    functions = [each for each in declarations.database_functions if each.on in (table.entity, table.sql)]
    return frozenset(each.named.name or names.column(each.name) for each in functions if each.on is not None)


def _rules_of(
    table: Table,
    declarations: Iterable[RuleDeclaration],
    dialect: DialectName,
    absent: frozenset[str],
    problems: list[Problem],
) -> tuple[RuleRef, ...]:
    found: list[RuleRef] = []
    for declaration in declarations:
        checked = check_rule(declaration, table, dialect, absent)
        if isinstance(checked, RuleRef):
            found.append(checked)
        else:
            problems.extend(checked)
    return tuple(found)


def _name_taken(table: Table, other: Table) -> Problem:
    return NameTaken(
        f"Tables {other.name} and {table.name} are both the type {table.type_name!r}.",
        hint="Rename one of the classes.",
        source=class_source(table.entity),
    )


def _bad_name(what: str, entity: type[Any] | None) -> Problem:
    return NotAGraphQLName(
        f"{what} gives no GraphQL name.",
        hint="GraphQL names are letters, digits and underscores and do not begin with a digit or two underscores.",
        source=class_source(entity),
    )


def _description(entity: type[Any] | None, sql: SqlTable) -> str | None:
    if sql.comment:
        return sql.comment
    document: str | None = entity.__doc__ if entity is not None and "__doc__" in entity.__dict__ else None
    return python_inspect.cleandoc(document) if document else None


RuleReader = Callable[[RuleDeclaration, Table], RuleRef]
