"""How is a column's type written: its annotation, and what `mapped_column` must be told because the annotation does not say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from portico.gateway.importing.database import ColumnType, DatabaseColumn, Name
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, quoted

_POSTGRESQL = "sqlalchemy.dialects.postgresql"


@dataclass(frozen=True)
class Kind:
    """
    A type of the database in Python.

    annotation: a builtin, or (module, name). type_: (module, name) of SQLAlchemy's type. silent: the annotation alone
    gives the type, as long as there is nothing in parentheses behind it.
    """

    annotation: str | tuple[str, str]
    type_: tuple[str, str]
    silent: bool = False
    keywords: tuple[tuple[str, str], ...] = ()


def _sa(annotation: str | tuple[str, str], name: str, *, silent: bool = False) -> Kind:
    return Kind(annotation, ("sqlalchemy", name), silent)


def _pg(annotation: str | tuple[str, str], name: str, **keywords: str) -> Kind:
    return Kind(annotation, (_POSTGRESQL, name), keywords=tuple(keywords.items()))


_ANY = ("typing", "Any")
_DECIMAL = ("decimal", "Decimal")
_MOMENT = ("datetime", "datetime")
_DATE = ("datetime", "date")
_TIME = ("datetime", "time")
_SPAN = ("datetime", "timedelta")

_POSTGRES: Mapping[str, Kind] = {
    "int2": _sa("int", "SmallInteger"),
    "int4": _sa("int", "Integer", silent=True),
    "int8": _sa("int", "BigInteger"),
    "float4": _sa("float", "REAL"),
    "float8": _sa("float", "Double", silent=True),
    "numeric": _sa(_DECIMAL, "Numeric", silent=True),
    "bool": _sa("bool", "Boolean", silent=True),
    "text": _sa("str", "Text"),
    "varchar": _sa("str", "String", silent=True),
    "name": _sa("str", "String", silent=True),
    "char": _sa("str", "String", silent=True),
    "bpchar": _sa("str", "CHAR"),
    "uuid": _sa(("uuid", "UUID"), "Uuid", silent=True),
    "date": _sa(_DATE, "Date", silent=True),
    "time": _sa(_TIME, "Time", silent=True),
    "timetz": Kind(_TIME, ("sqlalchemy", "Time"), keywords=(("timezone", "True"),)),
    "timestamp": _sa(_MOMENT, "DateTime"),
    "timestamptz": Kind(_MOMENT, ("sqlalchemy", "DateTime"), silent=True, keywords=(("timezone", "True"),)),
    "interval": _sa(_SPAN, "Interval", silent=True),
    "bytea": _sa("bytes", "LargeBinary", silent=True),
    "json": _sa(_ANY, "JSON"),
    "jsonb": _pg(_ANY, "JSONB"),
    "hstore": _pg("dict[str, str | None]", "HSTORE"),
    "citext": _pg("str", "CITEXT"),
    "money": _pg("str", "MONEY"),
    "bit": _pg("str", "BIT"),
    "varbit": _pg("str", "BIT", varying="True"),
    "inet": _pg("str", "INET"),
    "cidr": _pg("str", "CIDR"),
    "macaddr": _pg("str", "MACADDR"),
    "macaddr8": _pg("str", "MACADDR8"),
    "oid": _pg("int", "OID"),
    "regclass": _pg("str", "REGCLASS"),
    "regconfig": _pg("str", "REGCONFIG"),
    "tsvector": _pg("str", "TSVECTOR"),
    "tsquery": _pg("str", "TSQUERY"),
    **{
        f"{item}{end}": _pg(_ANY, f"{item}{end}".upper())
        for item in ("int4", "int8", "num", "date", "ts", "tstz")
        for end in ("range", "multirange")
    },
}  # fmt: skip
# Types whose precision only the dialect's own classes take.
_WITH_PRECISION: Mapping[str, Kind] = {
    "time": _pg(_TIME, "TIME"),
    "timetz": _pg(_TIME, "TIME", timezone="True"),
    "timestamp": _pg(_MOMENT, "TIMESTAMP"),
    "timestamptz": _pg(_MOMENT, "TIMESTAMP", timezone="True"),
    "interval": _pg(_SPAN, "INTERVAL"),
}
_TEXTS = frozenset({"text", "varchar", "bpchar"})


class ColumnTypes:
    """Writes the types of one module's columns, and has it import what they need."""

    def __init__(self, imports: Imports, enums: Mapping[Name, str]) -> None:
        self._imports = imports
        self._enums = enums

    def annotation(self, type_: ColumnType) -> str:
        """What stands in `Mapped[…]`, without `| None`."""
        kind = self._kind(type_)
        item = "str" if kind is None else kind.annotation
        named = item if isinstance(item, str) else self._imports.name(*item)
        return f"list[{named}]" if type_.is_array else named

    def type_(self, column: DatabaseColumn) -> Expression | None:
        """The argument of `mapped_column`, or None where the annotation says it."""
        type_, kind = column.type, self._kind(column.type)
        if type_.is_array:
            item = replace(column, type=replace(type_, is_array=False, text=type_.text.removesuffix("[]")))
            return call(self._imports.name("sqlalchemy", "ARRAY"), self._written(item, kind))
        is_bare = column.collation is None and not _arguments(type_.text) and not _fields(type_.text)
        if kind is not None and kind.silent and is_bare:
            return None
        return self._written(column, kind)

    def _kind(self, type_: ColumnType) -> Kind | None:
        if type_.enum is not None and type_.enum in self._enums:
            return Kind("str", (".types", self._enums[type_.enum]))
        kind = _POSTGRES.get(type_.name)
        return Kind(_ANY, ("portico.schema.database_type", "DatabaseType")) if kind is None else kind

    def _written(self, column: DatabaseColumn, kind: Kind | None) -> Expression:
        assert kind is not None
        type_, arguments = column.type, _arguments(column.type.text)
        if type_.enum is not None and type_.enum in self._enums:
            return self._imports.name(*kind.type_)
        if kind.type_[1] == "DatabaseType":
            return call(self._imports.name(*kind.type_), quoted(type_.text))
        if type_.name in _WITH_PRECISION and (arguments or _fields(type_.text)):
            return self._with_precision(type_, arguments)
        keywords: dict[str, Expression] = dict(kind.keywords)
        if column.collation is not None and type_.name in _TEXTS:
            keywords["collation"] = quoted(column.collation)
        name = self._imports.name(*kind.type_)
        if not arguments and not keywords:
            return name
        if kind.type_[1] == "BIT" and arguments:
            keywords = {"length": arguments[0], **keywords}
            arguments = []
        return call(name, *arguments, **keywords)

    def _with_precision(self, type_: ColumnType, arguments: list[str]) -> Expression:
        kind = _WITH_PRECISION[type_.name]
        keywords: dict[str, Expression] = dict(kind.keywords)
        if fields := _fields(type_.text):
            keywords["fields"] = quoted(fields)
        if arguments:
            keywords["precision"] = arguments[0]
        return call(self._imports.name(*kind.type_), **keywords)


def _fields(text: str) -> str:
    """Which parts an interval has: `interval day to second(3)` → day to second."""
    found = re.match(r"interval ([a-z ]+)", text)
    return found[1].strip() if found else ""


def _arguments(text: str) -> list[str]:
    """What a type has in parentheses: `numeric(10,2)` → 10, 2."""
    found = re.search(r"\(([^()]*)\)", text)
    return [part.strip() for part in found[1].split(",")] if found else []
