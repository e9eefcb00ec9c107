"""What are modules, classes and attributes called: Python names of the database's, each once."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from portico.gateway.importing.database import Database, DatabaseTable, Name
from portico.gateway.importing.decisions import Decisions
from portico.schema.words import pascal, singular, snake

# What a class body may mention by itself, or what SQLAlchemy keeps for itself.
_KEPT_ATTRIBUTES = frozenset(
    {"metadata", "registry", "type_annotation_map", "str", "int", "float", "bool", "bytes"}
) | {
    "list",
    "dict",
}
# What modules import, what the schema has as scalars and roots, and what expressions in quotes mean by themselves.
_KEPT_CLASSES = frozenset(
    [
        "ARRAY",
        "BigInteger",
        "BigInt",
        "BIT",
        "Boolean",
        "Bytes",
        "CHAR",
        "Char",
        "CaselessText",
        "CheckConstraint",
        "CIDR",
        "CITEXT",
        "Computed",
        "Cursor",
        "Date",
        "DatabaseType",
        "DateTime",
        "Decimal",
        "Double",
        "Enum",
        "Float",
        "ForeignKey",
        "ForeignKeyConstraint",
        "Geography",
        "Geometry",
        "HSTORE",
        "HStore",
        "ID",
        "INET",
        "INTERVAL",
        "Identity",
        "Index",
        "Int",
        "Integer",
        "Interval",
        "JSON",
        "JSONB",
        "JSONText",
        "LargeBinary",
        "LocalDateTime",
        "Ltree",
        "MACADDR",
        "MACADDR8",
        "MONEY",
        "Mapped",
        "Model",
        "Money",
        "Numeric",
        "OID",
        "PrimaryKeyConstraint",
        "REAL",
        "Raster",
        "REGCLASS",
        "REGCONFIG",
        "SmallInteger",
        "String",
        "TIME",
        "TIMESTAMP",
        "TSQUERY",
        "TSVECTOR",
        "TYPE_CHECKING",
        "Text",
        "Time",
        "TimeWithZone",
        "UUID",
        "UniqueConstraint",
        "Uuid",
        "Any",
        "None",
        "True",
        "False",
        "Query",
        "Mutation",
        "Subscription",
        "OrderBy",
    ]
)
_OWN_MODULES = frozenset({"enums", "rules", "functions", "actions", "events", "endpoints"})
_PLAIN = re.compile(r"_?[a-z][a-z0-9_]*")


def ascii_of(name: str) -> str:
    """The name in ASCII letters, digits and what stood between them: `Prénom` → `Prenom`, `名` → `u540d`."""
    plain = unicodedata.normalize("NFKD", name)
    kept = (each for each in plain if not unicodedata.combining(each))
    return "".join(each if each.isascii() else f" u{ord(each):x} " for each in kept)


def identifier(name: str) -> str:
    """A snake_case Python name of any name, not yet told apart from keywords."""
    if _PLAIN.fullmatch(name):
        return name
    found = snake(ascii_of(name)) or "unnamed"
    lead = "_" if name.startswith("_") or found[0].isdigit() else ""
    return lead + found


def attribute_name(name: str) -> str:
    """What a column or relation is called in its class."""
    found = identifier(name)
    return f"{found}_" if keyword.iskeyword(found) or found in _KEPT_ATTRIBUTES else found


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or with the first number behind it that is free."""
    known = set(taken)
    number, found = 2, name
    while found in known:
        found, number = f"{name}_{number}" if name[:1].islower() else f"{name}{number}", number + 1
    return found


def module_names(tables: Iterable[DatabaseTable]) -> Mapping[str, str]:
    """Schema → module."""
    found: dict[str, str] = {}
    for schema in dict.fromkeys(table.schema for table in tables):
        name = identifier(schema) if schema else "tables"
        # Modules of the package's own, and those of the standard library that one would be taken for.
        if keyword.iskeyword(name) or name in _OWN_MODULES or name in sys.stdlib_module_names:
            name = f"{name}_schema"
        found[schema] = free(name, found.values())
    return MappingProxyType(found)


def scalar_names(tables: Iterable[DatabaseTable]) -> frozenset[str]:
    """The database's names of the types that columns have, which are scalars of the schema."""
    return frozenset(column.type.name for table in tables for column in table.columns)


def class_names(database: Database, tables: Collection[DatabaseTable], decisions: Decisions) -> Mapping[Name, str]:
    """
    Table → class: its singular, with the schema's name in front where another table has that already.

    Tables of the schema that SQL need not name come first, so that theirs are the short names.
    """
    kept = {*_KEPT_CLASSES} | {_upper_first(enum.name) for enum in database.enums}
    kept |= {"".join(map(str.capitalize, name.split("_"))) for name in scalar_names(tables)}
    found: dict[Name, str] = {}
    ordered = sorted(tables, key=lambda each: each.schema != database.default_schema)
    for table in ordered:
        if decided := decisions.of(table.full_name).class_name:
            found[table.full_name] = decided
    taken = kept.union(found.values())
    wanted = Counter(_own_name(table) for table in ordered if table.schema != database.default_schema)
    for table in ordered:
        if table.full_name not in found:
            found[table.full_name] = _class_name(table, database.default_schema, taken, wanted)
            taken.add(found[table.full_name])
    return MappingProxyType(found)


def _class_name(table: DatabaseTable, default_schema: str, taken: Iterable[str], wanted: Mapping[str, int]) -> str:
    name = _own_name(table)
    candidates = [name, _pascal(identifier(table.name)), f"{name}Row"]
    if table.schema not in ("", default_schema):
        in_schema = _pascal(singular(f"{identifier(table.schema)}_{identifier(table.name)}"))
        # No table has a short name for no other reason than that its schema comes before another's.
        candidates = [in_schema, *candidates] if wanted[name] > 1 else [name, in_schema, *candidates]
    return next((each for each in candidates if each not in taken), None) or free(name, taken)


def _own_name(table: DatabaseTable) -> str:
    return _pascal(singular(identifier(table.name)))


def _pascal(name: str) -> str:
    found = pascal(name.lstrip("_"))
    return found if not found[:1].isdigit() else f"Table{found}"


def constant_names(database: Database) -> Mapping[Name, str]:
    """Enum → the constant that holds it: `ORDER_STATUS`, with the schema's name in front where that is taken."""
    found: dict[Name, str] = {}
    for enum in sorted(database.enums, key=lambda each: each.schema != database.default_schema):
        name = identifier(enum.name).lstrip("_").upper()
        if name in found.values() or len(name) < 2 or name in _KEPT_CLASSES:
            name = f"{identifier(enum.schema).upper()}_{name}"
        found[enum.schema, enum.name] = free(name, found.values())
    return MappingProxyType(found)


def attributes(table: DatabaseTable) -> Mapping[str, str]:
    """Column → attribute; columns whose names are plain keep them, whatever the others are called."""
    found = {column.name: column.name for column in table.columns if attribute_name(column.name) == column.name}
    for column in table.columns:
        if column.name not in found:
            found[column.name] = free(attribute_name(column.name), found.values())
    return MappingProxyType(found)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
