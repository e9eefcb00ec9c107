"""What is written for a database: a package of models, one module for each schema, to be kept by hand from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portico.gateway.importing.column_types import ColumnTypes
from portico.gateway.importing.database import Database, DatabaseTable, Name
from portico.gateway.importing.decisions import Decisions
from portico.gateway.importing.exact_names import Taken, exact_columns, exact_tables, field_names
from portico.gateway.importing.identifiers import (
    attribute_name,
    attributes,
    class_names,
    constant_names,
    free,
    module_names,
)
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import call, laid_out, listed, quoted
from portico.gateway.importing.relation_text import RelationText, Written
from portico.gateway.importing.relations import Link, read_links
from portico.gateway.importing.table_text import Place, TableNames, TableText
from portico.schema.names import is_graphql_name


def write_package(database: Database, decisions: Decisions | None = None) -> dict[str, str]:
    """
    The text of a package of models.

    The same database and decisions give the same bytes. There are no rules in it, so that nothing is exposed until
    somebody writes one.

    Returns:
        Relative path → text: `__init__.py`, a module for each schema, `enums.py` where there are enums, and what the
        decisions add.
    """
    plan = _plan(database, decisions or Decisions())
    written = {f"{module}.py": _module_text(plan, schema, module) for schema, module in plan.modules.items()}
    if plan.enums:
        written["enums.py"] = _types_text(plan)
    written |= plan.decisions.further
    written["__init__.py"] = _init_text(plan)
    return dict(sorted(written.items()))


def class_of(database: Database, decisions: Decisions) -> Mapping[Name, tuple[str, str]]:
    """Table → (module, class) of the package that `write_package` writes, for those who write more modules."""
    plan = _plan(database, decisions)
    return {name: (plan.modules[name[0]], names.class_name) for name, names in plan.names.items()}


def attributes_of(database: Database, decisions: Decisions) -> Mapping[Name, Mapping[str, str]]:
    """Table → column → attribute of its class."""
    return {name: names.attributes for name, names in _plan(database, decisions).names.items()}


def relations_of(database: Database, decisions: Decisions) -> Mapping[Name, Mapping[str, str]]:
    """Table → relation, by the name it was decided to have → attribute of its class."""
    plan = _plan(database, decisions)
    return {
        name: {link.relation.name: attribute for link, (attribute, _) in zip(links, plan.relations[name], strict=True)}
        for name, links in plan.links.items()
    }


@dataclass(frozen=True)
class _Plan:
    """Everything that is decided before the first line is written."""

    database: Database
    decisions: Decisions
    tables: Mapping[Name, DatabaseTable]
    modules: Mapping[str, str]
    names: Mapping[Name, TableNames]
    enums: Mapping[Name, str]
    links: Mapping[Name, tuple[Link, ...]]
    relations: Mapping[Name, tuple[Written, ...]]


def _plan(database: Database, decisions: Decisions) -> _Plan:
    wanted = decisions.tables
    tables = {
        table.full_name: table
        for table in database.tables
        if table.columns and (wanted is None or table.full_name in wanted)
    }
    classes = class_names(database, tables.values(), decisions)
    exact = exact_tables(tables.values(), classes, database, decisions)
    fields = {
        name: exact_columns(table, decisions.of(name).columns, decisions.naming) for name, table in tables.items()
    }
    names = {
        name: TableNames(classes[name], attributes(table), fields[name][0], exact[name])
        for name, table in tables.items()
    }
    freedom = _Freedom(names, {name: taken for name, (_, taken) in fields.items()})
    links = read_links(tables, classes, decisions, freedom.is_free)
    used = {column.type.enum for table in tables.values() for column in table.columns}
    constants = constant_names(database)
    modules = module_names(tables.values())
    return _Plan(
        database,
        decisions,
        tables,
        modules,
        names,
        {name: constant for name, constant in constants.items() if name in used},
        links,
        {name: _written(links.get(name, ()), names[name]) for name in tables},
    )


class _Freedom:
    """Which names relations may have beside the columns of their tables."""

    def __init__(self, names: Mapping[Name, TableNames], fields: Mapping[Name, Taken]) -> None:
        self._attributes = {name: frozenset(each.attributes.values()) for name, each in names.items()}
        self._fields = fields

    def is_free(self, table: Name, name: str, others: Iterable[str]) -> bool:
        """Whether neither a column nor another relation would be called so, in Python or any convention."""
        attribute, fields = attribute_name(name), field_names(name)
        return (
            attribute not in self._attributes[table]
            and all(attribute != attribute_name(other) for other in others)
            and all(is_graphql_name(field) for field in fields.values())
            and not any(self._fields[table].has(convention, field) for convention, field in fields.items())
            and not any(fields.items() & field_names(other).items() for other in others)
        )


def _written(links: tuple[Link, ...], names: TableNames) -> tuple[Written, ...]:
    """Attribute and exact field of every relation of a table."""
    taken, found = set(names.attributes.values()), list[Written]()
    for link in links:
        attribute = free(attribute_name(link.relation.name), taken)
        taken.add(attribute)
        is_exact = link.relation.exact or attribute != link.relation.name
        found.append((attribute, link.relation.name if is_exact else None))
    return tuple(found)


def _module_text(plan: _Plan, schema: str, module: str) -> str:
    tables = [table for name, table in plan.tables.items() if name[0] == schema]
    members = [
        *(each for table in tables for each in plan.names[table.full_name].attributes.values()),
        *(attribute for table in tables for attribute, _ in plan.relations[table.full_name]),
    ]
    imports = Imports(members)
    place = Place(
        imports,
        ColumnTypes(imports, plan.enums, plan.database.dialect),
        _schema_in_sql(plan.database, schema),
        {name: _reference(plan.database, name) for name in plan.tables},
    )
    relations = RelationText(plan.tables, plan.names, plan.links, plan.relations, imports)
    classes = [_class_text(plan, table, place, relations) for table in tables]
    for table in tables:
        for link in plan.links.get(table.full_name, ()):
            if (other := plan.modules[link.target[0]]) != module:
                imports.for_checkers(f".{other}", plan.names[link.target].class_name)
    subject = f"schema {schema}" if schema else "the database"
    return "\n\n\n".join([f'"""The tables of {subject}."""\n\n{imports.text()}', *classes]) + "\n"


def _class_text(plan: _Plan, table: DatabaseTable, place: Place, relations: RelationText) -> str:
    name = table.full_name
    text = TableText(table, plan.names[name], plan.decisions.of(name), place)
    parts = [text.head(), text.columns()]
    if lines := relations.relations(name):
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _types_text(plan: _Plan) -> str:
    imports = Imports()
    lines: list[str] = []
    for enum in plan.database.enums:
        if (constant := plan.enums.get((enum.schema, enum.name))) is None:
            continue
        labels = map(quoted, enum.labels)
        options = {"name": quoted(enum.name)}
        if (schema := _schema_in_sql(plan.database, enum.schema)) is not None:
            options["schema"] = quoted(schema)
        else:
            # The type is not in the schemas of all tables that have columns of it.
            options["inherit_schema"] = "False"
        if enum.comment:
            lines += [f"# {line}" for line in enum.comment.splitlines()]
        lines.append(laid_out(f"{constant} = ", call(imports.name("sqlalchemy", "Enum"), *labels, **options)))
    return f'"""The enums of the database."""\n\n{imports.text()}\n\n' + "\n".join(lines) + "\n"


def _init_text(plan: _Plan) -> str:
    imports = Imports()
    for name, names in plan.names.items():
        imports.name(f".{plan.modules[name[0]]}", names.class_name)
    exported = sorted(names.class_name for names in plan.names.values())
    further = sorted(filter(None, map(_top_module, plan.decisions.further)))
    lines = [imports.text()]
    lines += [f"from . import {module}" for module in further]
    listing = laid_out("__all__ = ", listed(map(quoted, [*exported, *further])))
    return '"""The models of the database; rules belong into modules of their own, imported here."""\n\n' + (
        "\n".join(lines) + f"\n\n{listing}\n"
    )


def _top_module(path: str) -> str | None:
    """The module at the top of the package that a path is."""
    parts = path.split("/")
    if len(parts) == 1:
        return parts[0].removesuffix(".py")
    return parts[0] if len(parts) == 2 and parts[1] == "__init__.py" else None


def _schema_in_sql(database: Database, schema: str) -> str | None:
    return None if schema in ("", database.default_schema) else schema


def _reference(database: Database, name: Name) -> str:
    """A table as `ForeignKey` names it."""
    schema = _schema_in_sql(database, name[0])
    return name[1] if schema is None else f"{schema}.{name[1]}"
