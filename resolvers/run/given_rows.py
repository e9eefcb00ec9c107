"""How are the rows that functions give read: each statement once for all of them, under the caller's rules."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import orjson

from portico.resolvers.plan.result_writers import Hidden
from portico.resolvers.run.engine import Engine
from portico.resolvers.sql.given_rows import RowStatement
from portico.schema.caller import Caller

Wanted = tuple[int, tuple[Any, ...], Any, Any, bool]
"""See `Work.rows`."""


class GivenRows:
    """Reads rows by their keys."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def fill(
        self, statements: Sequence[RowStatement], wanted: Sequence[Wanted], values: Sequence[Any], caller: Caller
    ) -> None:
        """
        Puts the texts of rows where they are wanted.

        However often a row is wanted, and however many there are, a statement is run once.
        """
        for index, statement in enumerate(statements):
            mine = [each for each in wanted if each[0] == index]
            keys = list(dict.fromkeys(each[1] for each in mine))
            texts = dict(zip(keys, await self._texts(statement, keys, values, caller), strict=True))
            for _, key, box, place, left_out in mine:
                text = texts[key]
                box[place] = orjson.Fragment(text) if text is not None else Hidden if left_out else None

    async def _texts(
        self, statement: RowStatement, keys: Sequence[tuple[Any, ...]], values: Sequence[Any], caller: Caller
    ) -> list[bytes | None]:
        parameters = [statement.one.bind([*values, *key], caller) for key in keys]
        if len(keys) > 1:
            return await self._many(statement, parameters)
        return [await self._one(statement, each) for each in parameters]

    async def _one(self, statement: RowStatement, parameters: Sequence[Any]) -> bytes | None:
        row = await self._engine.read(statement.one.sql, parameters)
        return None if row is None else row[0]

    async def _many(self, statement: RowStatement, parameters: Sequence[Sequence[Any]]) -> list[bytes | None]:
        found: list[bytes | None] = [None] * len(parameters)
        groups: dict[Hashable, list[int]] = {}
        for place, each in enumerate(parameters):
            if statement.many.carries(each):
                groups.setdefault(statement.many.group(each), []).append(place)
            else:
                found[place] = await self._one(statement, each)
        for places in groups.values():
            sent = statement.many.parameters([parameters[place] for place in places])
            for number, text in await self._engine.read_all(statement.many.sql, sent):
                found[places[number]] = text
        return found
