"""How do statements run on Postgres in another's transaction: on asyncpg's connection as SQLAlchemy has set it up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from portico.resolvers.run.calls import Call, Outcome, Row
from portico.resolvers.run.changes import Change
from portico.resolvers.run.joined import JoinedEngine
from portico.resolvers.run.postgres_changes import change_of
from portico.resolvers.run.postgres_errors import problem_of
from portico.resolvers.sql.postgres_change_log import LAST, MINE, write_as
from portico.resolvers.sql.writer import Writer

_TEXT, _TEXTS = 25, 1009
"""The types text and text[] (PostgreSQL, pg_type.dat)."""


class JoinedPostgres(JoinedEngine):
    """
    On Postgres. Texts are bytes as on the engine's own connections; on this one SQLAlchemy has them as str.

    Args:
        connection: of asyncpg, in a transaction.
    """

    def __init__(self, connection: Any, *, reads_only: bool) -> None:
        super().__init__(reads_only=reads_only)
        self._connection = connection
        self._prepared: dict[str, Any] = {}

    async def run(self, call: Call) -> Outcome:
        """See `JoinedEngine`."""
        rows: list[Row] = []
        async with self.turn:
            try:
                statement = self._prepared.get(call.sql)
                if statement is None:
                    statement = self._prepared[call.sql] = await self._connection.prepare(call.sql)
                for parameters in call.parameters:
                    rows += _as_bytes(statement, await statement.fetch(*_as_str(statement, parameters)))
            except Exception as error:
                raise problem_of(error, call.rules) from error
        return Outcome(rows, len(rows))

    @asynccontextmanager
    async def signed(self, writer: Writer | None) -> AsyncGenerator[None]:
        """See `JoinedEngine`."""
        if writer is not None:
            await self._read(write_as(writer.actor, writer.trace))
        yield

    async def last_change(self) -> int:
        """See `JoinedEngine`."""
        return (await self._read(LAST))[0][0]

    async def changes_after(self, sequence: int, most: int) -> list[Change]:
        """See `JoinedEngine`."""
        return [change_of(row) for row in await self._read(MINE, sequence, most)]

    async def _read(self, sql: str, *parameters: Any) -> Sequence[Row]:
        async with self.turn:
            try:
                return await self._connection.fetch(sql, *parameters)
            except Exception as error:
                raise problem_of(error) from error


def _as_bytes(statement: Any, rows: Sequence[Row]) -> Sequence[Row]:
    texts = [index for index, each in enumerate(statement.get_attributes()) if each.type.oid == _TEXT]
    return [_encoded(row, texts) for row in rows] if texts else rows


def _encoded(row: Row, texts: Sequence[int]) -> Row:
    values = list(row)
    for index in texts:
        if values[index] is not None:
            values[index] = values[index].encode()
    return values


def _as_str(statement: Any, parameters: Sequence[Any]) -> Sequence[Any]:
    types = [each.oid for each in statement.get_parameters()]
    if _TEXT not in types and _TEXTS not in types:
        return parameters
    return [_decoded(value, oid) for value, oid in zip(parameters, types, strict=True)]


def _decoded(value: Any, oid: int) -> Any:
    if oid == _TEXTS and value is not None:
        return [_decoded(each, _TEXT) for each in value]
    return value.decode() if oid == _TEXT and isinstance(value, bytes) else value
