"""How does a process hear of changes on Postgres: a connection of its own that listens, and is opened again when it is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import asyncpg

from portico.resolvers.problems import DatabaseUnavailable
from portico.resolvers.run.postgres_errors import problem_of

Answer = TypeVar("Answer")

_SHORTEST_BACKOFF_S, _LONGEST_BACKOFF_S = 0.1, 5.0
_HEARS_WITHIN_S = 1.0
_DRIVERS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Listening:
    """
    One connection that listens on a channel, and runs statements one after another.

    Args:
        url: `postgresql://…`.
        at_opening: what is to be done with a connection before it is used.
        query_timeout_s: per statement; 0 turns it off.

    Attributes:
        told: set by whatever is told, and where it may have been missed.
        hears: whether notifications arrive. Behind poolers that hand out connections by transaction LISTEN succeeds,
            and nothing is ever heard.
    """

    def __init__(
        self, url: str, channel: str, at_opening: Callable[[Any], Awaitable[None]], *, query_timeout_s: float
    ) -> None:
        self._url = url
        self._channel = channel
        self._at_opening = at_opening
        self._query_timeout_s = query_timeout_s
        self._connection: Any = None
        self._in_use = asyncio.Lock()
        self._backoff_s = _SHORTEST_BACKOFF_S
        self.told = asyncio.Event()
        self.hears = True

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    async def do(self, work: Callable[[Any], Coroutine[Any, Any, Answer]]) -> Answer:
        """
        What a piece of work gives, which has the connection to itself; it is done again where that turns out to be lost.

        Raises:
            Problem: what `problem_of` makes of a driver's errors.
        """
        async with self._in_use:
            found = self._connection
            try:
                return await work(found or await self._open())
            except _DRIVERS as error:
                if found is None or not found.is_closed():
                    raise problem_of(error) from error
            try:
                return await work(await self._open())
            except _DRIVERS as error:
                raise problem_of(error) from error

    async def opened_within(self, timeout_s: float) -> bool:
        """Tries to open a connection after a while, longer each time; whether there is one."""
        backoff_s = min(self._backoff_s, timeout_s)
        await asyncio.sleep(backoff_s)
        if backoff_s < self._backoff_s:
            return False
        self._backoff_s = min(self._backoff_s * 2, _LONGEST_BACKOFF_S)
        with contextlib.suppress(DatabaseUnavailable):
            await self.do(_nothing)
        return self.is_open

    async def close(self) -> None:
        """Ends the connection."""
        connection, self._connection = self._connection, None
        self.told.set()
        if connection is not None:
            try:
                await connection.close(timeout=2)
            except (Exception, asyncio.CancelledError):
                connection.terminate()

    async def _open(self) -> Any:
        connection: Any = await asyncpg.connect(
            self._url,
            timeout=10,
            server_settings={
                "application_name": "portico changes",
                "statement_timeout": str(int(self._query_timeout_s * 1000)),
                "timezone": "UTC",
                "jit": "off",
            },
        )
        try:
            connection.add_termination_listener(self._lost)
            self.hears = await self._listen(connection)
            await self._at_opening(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._backoff_s = _SHORTEST_BACKOFF_S
        self.told.set()
        return connection

    async def _listen(self, connection: Any) -> bool:
        heard = asyncio.Event()

        def tell(*_: Any) -> None:
            heard.set()
            self.told.set()

        await connection.add_listener(self._channel, tell)
        await connection.execute(f"NOTIFY {self._channel}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEARS_WITHIN_S):
                await heard.wait()
        return heard.is_set()

    def _lost(self, connection: Any) -> None:
        if connection is self._connection:
            self._connection = None
            self.told.set()


async def _nothing(connection: Any) -> None:
    """What opens a connection and does no more."""
