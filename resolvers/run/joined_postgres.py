"""How do statements run on Postgres in another's transaction: on asyncpg's connection as SQLAlchemy has set it up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from portico.resolvers.generations import Generations
from portico.resolvers.run.calls import Call, Outcome, Row
from portico.resolvers.run.changes import Change
from portico.resolvers.run.joined import JoinedEngine
from portico.resolvers.run.postgres_changes import change_of
from portico.resolvers.run.postgres_errors import problem_of
from portico.resolvers.sql.postgres_change_log import LAST, MINE, write_as
from portico.resolvers.sql.writer import Writer

_TEXT, _TEXTS = 25, 1009
"""The types text and text[] (PostgreSQL, pg_type.dat)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The places of texts among a statement's parameters, and among the columns of its rows."""

    given: Sequence[int]
    answered: Sequence[int]


class JoinedPostgres(JoinedEngine):
    """
    On Postgres. Texts are bytes as on the engine's own connections; on this one SQLAlchemy has them as str.

    Args:
        connection: of asyncpg, in a transaction.
        texts: what is known of statements, of all who join.
    """

    def __init__(self, connection: Any, texts: Generations[str, Texts], *, reads_only: bool) -> None:
        super().__init__(reads_only=reads_only)
        self._connection = connection
        self._texts = texts

    async def run(self, call: Call) -> Outcome:
        """See `JoinedEngine`."""
        rows: list[Row] = []
        async with self.turn:
            try:
                texts = self._texts.get(call.sql) or await self._find_texts(call.sql)
                for parameters in call.parameters:
                    found = await self._connection.fetch(call.sql, *_decoded(parameters, texts.given))
                    rows += [_encoded(row, texts.answered) for row in found] if texts.answered else found
            except Exception as error:
                raise problem_of(error, call.rules) from error
        return Outcome(rows, len(rows))

    async def _find_texts(self, sql: str) -> Texts:
        """Asks the server, which costs a round trip and is remembered; the driver keeps what it has prepared."""
        statement = await self._connection.prepare(sql)
        given = [place for place, each in enumerate(statement.get_parameters()) if each.oid in (_TEXT, _TEXTS)]
        answered = [place for place, each in enumerate(statement.get_attributes()) if each.type.oid == _TEXT]
        found = Texts(given, answered)
        self._texts.put(sql, found)
        return found

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


def _encoded(row: Row, texts: Sequence[int]) -> Row:
    values = list(row)
    for index in texts:
        if values[index] is not None:
            values[index] = values[index].encode()
    return values


def _decoded(parameters: Sequence[Any], texts: Sequence[int]) -> Sequence[Any]:
    values = list(parameters)
    for index in texts:
        values[index] = _as_str(values[index])
    return values


def _as_str(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_str(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value.decode() if isinstance(value, bytes) else value
