"""How is a SQLite database read: through SQLAlchemy's inspector, and what it does not say from SQLite itself."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import NullType

from portico.gateway.importing.database import (
    ColumnType,
    Database,
    DatabaseCheck,
    DatabaseColumn,
    DatabaseForeignKey,
    DatabaseIndex,
    DatabaseTable,
    DatabaseUnique,
    IndexPart,
)
from portico.gateway.importing.sqlite_text import generated_expression

ERRORS: tuple[type[Exception], ...] = (SQLAlchemyError,)

# A default that needs no parentheses in CREATE TABLE.
_LITERAL = re.compile(
    r"[+-]?\d[\w.]*|x?'([^']|'')*'|\"[^\"]*\"|null|true|false|current_(date|time|timestamp)", re.IGNORECASE
)


def read(url: str) -> Database:
    """Reads tables and views of a SQLite database; the file must exist."""
    file = make_url(url).database
    if not file or not Path(file).exists():
        raise FileNotFoundError(f"there is no file {file or 'in the URL'}")
    engine = create_engine(url)
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            # Of an index over expressions, which SQLAlchemy does not read; alembic does not see it, either.
            warnings.filterwarnings("ignore", "Skipped unsupported reflection")
            reader = _Reader(connection)
            return Database(dialect="sqlite", default_schema="", tables=tuple(reader.tables()))
    finally:
        engine.dispose()


class _Reader:
    """Reads one database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inspector: Inspector = inspect(connection)

    def tables(self) -> Iterator[DatabaseTable]:
        """Tables and views by name; not those that virtual tables keep for themselves."""
        shadows = set(self._rows("SELECT name FROM pragma_table_list WHERE type = 'shadow'"))
        tables, views = self._inspector.get_table_names(), set(self._inspector.get_view_names())
        for name in sorted({*tables, *views} - shadows):
            yield self._view(name) if name in views else self._table(name)

    def _rows(self, query: str, **values: Any) -> Sequence[Any]:
        return self._connection.execute(text(query), values).scalars().all()

    def _view(self, name: str) -> DatabaseTable:
        triggers = self._rows("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = :name", name=name)
        instead = {found[1].upper() for sql in triggers for found in re.finditer(r"(?i)instead\s+of\s+(\w+)", sql)}
        return DatabaseTable(
            schema="",
            name=name,
            kind="view",
            columns=tuple(_column(each, counts=False, is_key=False) for each in self._inspector.get_columns(name)),
            insertable="INSERT" in instead,
            updatable="UPDATE" in instead,
            deletable="DELETE" in instead,
        )

    def _table(self, name: str) -> DatabaseTable:
        key = self._inspector.get_pk_constraint(name)
        columns = key["constrained_columns"]
        return DatabaseTable(
            schema="",
            name=name,
            kind="table",
            columns=tuple(self._column(name, each, columns) for each in self._inspector.get_columns(name)),
            key=DatabaseUnique(key["name"], tuple(columns)) if columns else None,
            uniques=tuple(
                DatabaseUnique(each["name"], tuple(each["column_names"]))
                for each in sorted(self._inspector.get_unique_constraints(name), key=_by_name)
            ),
            foreign_keys=tuple(
                _foreign_key(each) for each in sorted(self._inspector.get_foreign_keys(name), key=_by_name)
            ),
            checks=tuple(
                DatabaseCheck(each["name"], each["sqltext"])
                for each in sorted(self._inspector.get_check_constraints(name), key=_by_name)
            ),
            indexes=tuple(_index(each) for each in sorted(self._inspector.get_indexes(name), key=_by_name)),
        )

    def _column(self, table: str, row: Mapping[str, Any], key: Sequence[str]) -> DatabaseColumn:
        column = _column(row, counts=self._counts(table, row["name"], key), is_key=row["name"] in key)
        if column.generated is None:
            return column
        (written,) = self._rows("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table", table=table)
        return replace(column, generated=generated_expression(written, column.name) or column.generated)

    def _counts(self, table: str, column: str, key: Sequence[str]) -> bool:
        """Whether a column is another name of the row's number, as INTEGER PRIMARY KEY is and no other."""
        if list(key) != [column]:
            return False
        declared = self._rows("SELECT type FROM pragma_table_info(:table) WHERE name = :name", table=table, name=column)
        without = self._rows("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = :table", table=table)
        return [each.upper() for each in declared] == ["INTEGER"] and list(without) == [0]


def _column(row: Mapping[str, Any], *, counts: bool, is_key: bool) -> DatabaseColumn:
    computed = row.get("computed")
    default = row["default"]
    if default is not None and not _LITERAL.fullmatch(default) and not default.startswith("("):
        default = f"({default})"
    return DatabaseColumn(
        name=row["name"],
        type=_type(row["type"]),
        nullable=bool(row["nullable"]) and not is_key,
        default=None if computed else default,
        counts=counts,
        generated=computed["sqltext"] if computed else None,
        stored=bool(computed and computed["persisted"]),
    )


def _type(type_: Any) -> ColumnType:
    if isinstance(type_, NullType):
        # A column without a type takes anything as it is, which is what BLOB means to SQLite.
        return ColumnType("BLOB", "")
    return ColumnType(str(type_), type(type_).__name__)


def _foreign_key(row: Mapping[str, Any]) -> DatabaseForeignKey:
    options = row["options"]
    return DatabaseForeignKey(
        row["name"],
        tuple(row["constrained_columns"]),
        ("", row["referred_table"]),
        tuple(row["referred_columns"]),
        _unless_usual(options.get("ondelete")),
        _unless_usual(options.get("onupdate")),
        None,
        bool(options.get("deferrable")),
        options.get("initially") == "DEFERRED",
    )


def _unless_usual(action: str | None) -> str | None:
    return None if action is None or action.upper() == "NO ACTION" else action.upper()


def _index(row: Mapping[str, Any]) -> DatabaseIndex:
    where = row.get("dialect_options", {}).get("sqlite_where")
    return DatabaseIndex(
        name=row["name"],
        parts=tuple(IndexPart(name, True) for name in row["column_names"]),
        unique=bool(row["unique"]),
        where=None if where is None else str(where),
    )


def _by_name(row: Mapping[str, Any]) -> tuple[str, str]:
    return (row["name"] or "", str(sorted((key, str(value)) for key, value in row.items())))
