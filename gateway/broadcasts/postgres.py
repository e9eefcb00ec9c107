"""How do messages go through Postgres: NOTIFY on one connection, LISTEN on another, both made anew when they break."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any

import asyncpg
from broadcaster import BroadcastBackend, Event

# broadcaster's own Postgres backend listens and notifies on one connection (of five `publish` at once four fail),
# and never connects again: after a restart of the database its subscribers wait for ever.

_NOTIFICATION_BYTES = 7_999  # PostgreSQL, NOTIFY: "must be specified as a simple string literal … less than 8000 bytes"
_MOST_UNREAD = 10_000
_TIMEOUT_S = 5
_PING_EVERY_S = 10.0
_KEPT_S = 60
_LARGEST_PAUSE_S = 5.0

_CREATE = """
CREATE UNLOGGED TABLE IF NOT EXISTS portico_broadcasts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
)"""
_NOTIFY = "SELECT pg_notify($1, $2)"
_NOTIFY_LARGE = """
WITH kept AS (INSERT INTO portico_broadcasts (message) VALUES ($2) RETURNING id)
SELECT id, pg_notify($1, '@' || id) FROM kept"""
_READ = "SELECT message FROM portico_broadcasts WHERE id = $1"
_SWEEP = f"DELETE FROM portico_broadcasts WHERE at < now() - interval '{_KEPT_S} seconds'"


class PostgresBackend(BroadcastBackend):
    """
    A backend of broadcaster's protocol; its own two connections, beside those of the engine.

    Messages of up to 8,000 bytes are notifications; larger ones lie for a minute in the unlogged table
    `portico_broadcasts`, and the notification names them. An event with an empty message says that some may have
    been missed: the listening connection was made anew, or more came than were taken.

    A pooler in front of the database must not hand out another connection for each transaction.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._channels: set[str] = set()
        self._unread: asyncio.Queue[Event] = asyncio.Queue(_MOST_UNREAD)
        self._own: deque[int] = deque(maxlen=1_000)
        self._missed: set[str] = set()
        self._writer: Any = None
        self._write = asyncio.Lock()
        self._listener: Any = None
        self._broken = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._swept_at = 0.0

    # ---- life ----------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Opens both connections, and makes the table if it is not there."""
        await self._listen()
        async with self._write:
            await self._make_table(await self._writing())
        self._watch = asyncio.create_task(self._keep_listening())

    async def disconnect(self) -> None:
        """Closes them."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        for connection in (self._listener, self._writer):
            if connection is not None:
                await _close(connection)
        self._listener = self._writer = None

    async def _make_table(self, connection: Any) -> None:
        # Who may not make tables sends no large messages, unless somebody else made it.
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError, asyncpg.UniqueViolationError, asyncpg.DuplicateTableError):  # fmt: skip
            if await connection.fetchval("SELECT to_regclass('portico_broadcasts') IS NULL"):
                await connection.execute(_CREATE)

    async def _connected(self) -> Any:
        return await asyncpg.connect(self._url, timeout=_TIMEOUT_S, command_timeout=_TIMEOUT_S)

    # ---- listening -----------------------------------------------------------------------------------

    async def subscribe(self, group: str) -> None:
        """Listens to a channel from now on, also after the connection was made anew."""
        self._channels.add(group)
        if self._listener is not None:
            await self._listener.add_listener(group, self._notified)

    async def unsubscribe(self, group: str) -> None:
        """Listens no more."""
        self._channels.discard(group)
        if self._listener is not None:
            await self._listener.remove_listener(group, self._notified)

    async def next_published(self) -> Event:
        """The next message, in the order in which they were committed."""
        while True:
            if self._missed and self._unread.empty():
                return Event(self._missed.pop(), "")
            event = await self._unread.get()
            if not event.message.startswith("@"):
                return event
            number = int(event.message[1:])
            if number not in self._own:
                return Event(event.channel, await self._large(number))

    async def _large(self, number: int) -> str:
        """A message that is kept in the table; empty, which says that something is missed, where it cannot be read."""
        try:
            async with self._write:
                connection = await self._writing()
                return await connection.fetchval(_READ, number) or ""
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._drop_writer()
            return ""

    def _notified(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        try:
            self._unread.put_nowait(Event(channel, payload))
        except asyncio.QueueFull:
            self._missed.add(channel)

    async def _listen(self) -> None:
        connection = await self._connected()
        self._broken.clear()
        connection.add_termination_listener(lambda connection: self._broken.set())
        for channel in self._channels:
            await connection.add_listener(channel, self._notified)
        self._listener = connection

    async def _keep_listening(self) -> None:
        while True:
            await self._until_broken()
            broken, self._listener = self._listener, None
            broken.terminate()
            pause_s = 0.1
            while self._listener is None:
                try:
                    await self._listen()
                except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await asyncio.sleep(pause_s)
                    pause_s = min(_LARGEST_PAUSE_S, 2 * pause_s)
            for channel in self._channels:
                self._unread_gap(channel)

    async def _until_broken(self) -> None:
        """A connection whose other end is gone without a word is found out by asking."""
        while not self._broken.is_set():
            try:
                async with asyncio.timeout(_PING_EVERY_S):
                    await self._broken.wait()
            except TimeoutError:
                try:
                    await self._listener.fetchval("SELECT 1")
                except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    return

    def _unread_gap(self, channel: str) -> None:
        try:
            self._unread.put_nowait(Event(channel, ""))
        except asyncio.QueueFull:
            self._missed.add(channel)

    # ---- sending -------------------------------------------------------------------------------------

    async def publish(self, channel: str, message: Any) -> None:
        """
        Sends, and returns once it is committed; messages of one process keep their order.

        Raises:
            Exception: it may not have been sent.
        """
        text = str(message)
        async with self._write:
            try:
                connection = await self._writing()
                if len(text.encode()) <= _NOTIFICATION_BYTES:
                    await connection.execute(_NOTIFY, channel, text)
                    return
                self._own.append(await connection.fetchval(_NOTIFY_LARGE, channel, text))
                await self._sweep(connection)
            except BaseException:
                # Whatever broke it, also a time-out or a cancelled wait: the next one begins anew.
                await self._drop_writer()
                raise

    async def _writing(self) -> Any:
        if self._writer is None or self._writer.is_closed():
            self._writer = await self._connected()
        return self._writer

    async def _drop_writer(self) -> None:
        connection, self._writer = self._writer, None
        if connection is not None:
            connection.terminate()

    async def _sweep(self, connection: Any) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._swept_at > _KEPT_S / 2:
            self._swept_at = now
            await connection.execute(_SWEEP)


async def _close(connection: Any) -> None:
    try:
        await connection.close(timeout=1)
    except (Exception, asyncio.CancelledError):
        connection.terminate()
