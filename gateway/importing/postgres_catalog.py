"""How is a Postgres read: a handful of statements over pg_catalog for the whole database, however many tables it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from portico.gateway.importing import postgres_queries as queries
from portico.gateway.importing.database import (
    ColumnType,
    Database,
    DatabaseArgument,
    DatabaseCheck,
    DatabaseColumn,
    DatabaseEnum,
    DatabaseForeignKey,
    DatabaseFunction,
    DatabaseIdentity,
    DatabaseIndex,
    DatabaseTable,
    DatabaseUnique,
    IndexPart,
    Name,
)

ERRORS: tuple[type[Exception], ...] = (asyncpg.PostgresError, asyncpg.InterfaceError)

_KINDS: Mapping[str, Any] = {
    "r": "table",
    "v": "view",
    "m": "materialized view",
    "f": "foreign table",
    "p": "partitioned table",
}
_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_VOLATILITY: Mapping[str, Any] = {"i": "immutable", "s": "stable", "v": "volatile"}
# pg_relation_is_updatable answers in bits: 1 << the number of the command.
_UPDATES, _INSERTS, _DELETES = 4, 8, 16


async def read(url: str, schemas: Sequence[str] | None) -> Database:
    """Reads tables, enums and functions of a Postgres database."""
    connection: Any = await asyncpg.connect(url)
    try:
        return await _read(connection, None if schemas is None else list(schemas))
    finally:
        await connection.close()


async def _read(connection: Any, schemas: list[str] | None) -> Database:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        default_schema = await connection.fetchval("SELECT coalesce(current_schema(), 'public')")
        relations = await connection.fetch(queries.RELATIONS, schemas)
        ids = [row["oid"] for row in relations]
        columns = await connection.fetch(queries.COLUMNS, ids)
        constraints = await connection.fetch(queries.CONSTRAINTS, ids)
        nulls = connection.get_server_version().major >= 15
        indexes = await connection.fetch(queries.indexes(nulls_not_distinct=nulls), ids)
        types = _Types(await connection.fetch(queries.TYPES))
        enums = await connection.fetch(queries.ENUMS)
        functions = await connection.fetch(queries.FUNCTIONS, schemas)
    parts = _Parts(types, columns, constraints, indexes)
    return Database(
        dialect="postgres",
        default_schema=default_schema,
        tables=tuple(parts.table(row) for row in relations),
        enums=tuple(DatabaseEnum(row["schema"], row["name"], tuple(row["labels"]), row["comment"]) for row in enums),
        functions=tuple(_function(row, types) for row in functions),
    )


@dataclass(frozen=True)
class _Type:
    """One row of pg_type, as far as it says what a column is."""

    text: str
    name: str
    schema: str
    kind: str
    base: int
    base_text: str | None
    item: int
    required: bool
    default: str | None
    table: Name | None


class _Types:
    """All types by oid."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._types = {
            row["oid"]: _Type(
                row["text"],
                row["name"],
                row["schema"],
                row["kind"],
                row["base"],
                row["base_text"],
                row["item"],
                row["required"],
                row["default"],
                (row["table_schema"], row["table_name"]) if row["table_name"] else None,
            )
            for row in rows
        }

    def column_type(self, oid: int, text: str) -> ColumnType:
        """What a column of this type is, through domains and into arrays."""
        type_, domain = self._types[oid], None
        while type_.kind == "d":
            domain = domain or type_.text
            text, type_ = type_.base_text or type_.text, self._types[type_.base]
        is_array = bool(type_.item)
        if is_array:
            type_ = self._types[type_.item]
            while type_.kind == "d":
                domain = domain or type_.text
                text, type_ = f"{type_.base_text}[]", self._types[type_.base]
        enum = (type_.schema, type_.name) if type_.kind == "e" else None
        return ColumnType(text, type_.name, is_array, enum, domain)

    def domain(self, oid: int) -> _Type | None:
        """The domain that a type is."""
        return self._types[oid] if self._types[oid].kind == "d" else None

    def text(self, oid: int) -> str:
        """A type as the database writes it."""
        return self._types[oid].text

    def table(self, oid: int) -> Name | None:
        """The table whose rows are of this type."""
        return self._types[oid].table


class _Parts:
    """The rows of the catalogue, sorted by the table that they belong to."""

    def __init__(
        self, types: _Types, columns: Iterable[Any], constraints: Iterable[Any], indexes: Iterable[Any]
    ) -> None:
        self._types = types
        self._columns = _by_table(columns)
        self._constraints = _by_table(constraints)
        self._indexes = _by_table(indexes)

    def table(self, row: Any) -> DatabaseTable:
        """One table with all its parts."""
        oid = row["oid"]
        constraints = self._constraints[oid]
        may: int = row["updatable"] if row["kind"] in "vmf" else _UPDATES | _INSERTS | _DELETES
        keys = [_unique(each) for each in constraints if each["kind"] == "p"]
        return DatabaseTable(
            schema=row["schema"],
            name=row["name"],
            kind=_KINDS[row["kind"]],
            comment=row["comment"],
            columns=tuple(self._column(each, is_view=row["kind"] in "vm") for each in self._columns[oid]),
            key=keys[0] if keys else None,
            uniques=tuple(_unique(each) for each in constraints if each["kind"] == "u"),
            foreign_keys=tuple(_foreign_key(each) for each in constraints if each["kind"] == "f"),
            checks=tuple(DatabaseCheck(each["name"], each["condition"]) for each in constraints if each["kind"] == "c"),
            indexes=tuple(_index(each) for each in self._indexes[oid]),
            insertable=bool(may & _INSERTS),
            updatable=bool(may & _UPDATES),
            deletable=bool(may & _DELETES),
        )

    def _column(self, row: Any, *, is_view: bool) -> DatabaseColumn:
        generated, domain = row["generated"], self._types.domain(row["type"])
        # A domain's default and NOT NULL are the column's; but a view may have nulls of any domain.
        required = row["required"] or (not is_view and domain is not None and domain.required)
        default = row["default"] or (None if domain is None else domain.default)
        return DatabaseColumn(
            name=row["name"],
            type=self._types.column_type(row["type"], row["text"]),
            nullable=not required,
            default=None if generated else default,
            counts=row["sequence_start"] is not None and not row["identity"],
            identity=_identity(row) if row["identity"] else None,
            generated=row["default"] if generated else None,
            stored=generated != "v",
            collation=row["collation"],
            comment=row["comment"],
        )


def _by_table(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["table"]].append(row)
    return found


def _identity(row: Any) -> DatabaseIdentity:
    limit = {"int2": 2**15, "int4": 2**31}.get(row["sequence_type"], 2**63) - 1
    usual = {"start": 1, "increment": 1, "minvalue": 1, "maxvalue": limit, "cache": 1, "cycle": False}
    found = {option: row[f"sequence_{option}"] for option in usual}
    options = tuple((option, value) for option, value in found.items() if value not in (None, usual[option]))
    return DatabaseIdentity(row["identity"] == "a", options)


def _unique(row: Any) -> DatabaseUnique:
    return DatabaseUnique(
        row["name"],
        tuple(row["columns"]),
        row["deferrable"],
        row["deferred"],
        "NULLS NOT DISTINCT" in row["definition"],
    )


def _foreign_key(row: Any) -> DatabaseForeignKey:
    return DatabaseForeignKey(
        row["name"],
        tuple(row["columns"]),
        (row["target_schema"], row["target_name"]),
        tuple(row["target_columns"]),
        _ACTIONS.get(row["on_delete"]),
        _ACTIONS.get(row["on_update"]),
        "FULL" if row["match"] == "f" else None,
        row["deferrable"],
        row["deferred"],
    )


def _index(row: Any) -> DatabaseIndex:
    keys = row["key_count"]
    return DatabaseIndex(
        name=row["name"],
        parts=tuple(
            _part(*each)
            for each in zip(row["columns"][:keys], row["definitions"], row["options"], row["classes"], strict=True)
        ),
        unique=row["is_unique"],
        method=None if row["method"] == "btree" else row["method"],
        where=row["condition"],
        include=tuple(row["columns"][keys:]),
        nulls_not_distinct=row["nulls_not_distinct"],
    )


def _part(column: str | None, definition: str, option: int, operator_class: str | None) -> IndexPart:
    # The bits of pg_index.indoption: descending; nulls first, which is the usual where it descends.
    order = ["", " DESC NULLS LAST", " NULLS FIRST", " DESC"][option & 3]
    if column is None:
        return IndexPart(definition + order, False, operator_class)
    return IndexPart(definition + order, False, operator_class) if order else IndexPart(column, True, operator_class)


def _function(row: Any, types: _Types) -> DatabaseFunction:
    modes = row["modes"] or ["i"] * len(row["types"])
    names = row["names"] or [""] * len(modes)
    last_inputs = [place for place, mode in enumerate(modes) if mode in "ibv"]
    with_default = set(last_inputs[len(last_inputs) - row["defaults"] :])
    arguments = tuple(
        DatabaseArgument(name, types.text(oid), place in with_default, mode)
        for place, (name, oid, mode) in enumerate(zip(names, row["types"], modes, strict=True))
    )
    return DatabaseFunction(
        row["schema"],
        row["name"],
        arguments,
        types.text(row["returns"]),
        types.table(row["returns"]),
        row["returns_set"],
        _VOLATILITY[row["volatility"]],
        row["comment"],
    )
