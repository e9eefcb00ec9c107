"""How is a column's type written: its annotation, and what `mapped_column` must be told because the annotation does not say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from portico.gateway.importing.database import ColumnType, DatabaseColumn, Name
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.kinds import EXTENSIONS, OTHER, POSTGRES, SQLITE, WITH_PRECISION, Kind
from portico.gateway.importing.layout import Expression, call, quoted
from portico.schema.scalars import DialectName

_TEXTS = frozenset({"text", "varchar", "bpchar", "TEXT", "VARCHAR", "NVARCHAR", "CHAR"})


class ColumnTypes:
    """Writes the types of one module's columns, and has it import what they need."""

    def __init__(self, imports: Imports, enums: Mapping[Name, str], dialect: DialectName) -> None:
        self._imports = imports
        self._enums = enums
        self._kinds = POSTGRES if dialect == "postgres" else SQLITE

    def annotation(self, type_: ColumnType) -> str:
        """What stands in `Mapped[…]`, without `| None`."""
        kind = self._kind(type_)
        item = kind.annotation
        named = item if isinstance(item, str) else self._imports.name(*item)
        return f"list[{named}]" if type_.is_array else named

    def type_(self, column: DatabaseColumn) -> Expression | None:
        """The argument of `mapped_column`, or None where the annotation says it."""
        type_, kind = column.type, self._kind(column.type)
        if type_.is_array:
            item = replace(column, type=replace(type_, is_array=False, text=type_.text.removesuffix("[]")))
            return call(self._imports.name("sqlalchemy", "ARRAY"), self._written(item, kind))
        is_bare = column.collation is None and not _arguments(type_.text) and not _fields(type_.text)
        if kind.silent and is_bare:
            return None
        return self._written(column, kind)

    def _kind(self, type_: ColumnType) -> Kind:
        if type_.enum is not None and type_.enum in self._enums:
            return Kind("str", (".enums", self._enums[type_.enum]))
        kind = self._kinds.get(type_.name, OTHER)
        # A type of an extension that is not where SQL finds it without its schema's name.
        return OTHER if kind.type_[0] == EXTENSIONS and "." in type_.text.partition("(")[0] else kind

    def _written(self, column: DatabaseColumn, kind: Kind) -> Expression:
        type_, arguments = column.type, _arguments(column.type.text)
        if type_.enum is not None and type_.enum in self._enums:
            return self._imports.name(*kind.type_)
        if kind is OTHER:
            return call(self._imports.name(*kind.type_), quoted(type_.text))
        if kind.type_[0] == EXTENSIONS:
            # Their classes are called, and name no schema.
            subtype = [quoted(each) for each in arguments[:1]]
            return call(self._imports.name(*kind.type_), *subtype, *arguments[1:])
        if type_.name in WITH_PRECISION and (arguments or _fields(type_.text)):
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
        kind = WITH_PRECISION[type_.name]
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
