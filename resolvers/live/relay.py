"""How do processes hear of each other: envelopes in order over a backend of broadcaster, with gaps noticed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from broadcaster import BroadcastBackend

from portico.resolvers.problems import BroadcastUnavailable

# Of broadcaster we use the protocol of backends alone. `Broadcast` around them has a queue without bound for each
# subscriber (1.8 µs a delivery to 5,000 of them against 0.14 of the hub; benchmarks/channels), loses subscribers that
# come at once (its `subscribe` awaits between look-up and entry), and its Postgres backend sends on the connection
# that it listens on, and never connects again. What is bounded, who is dropped and what is asked again is known here.

CHANNEL = "portico"
"""One channel for all topics: none of their names, which hold values of clients, becomes a name in a broker."""

_FRAME_BYTES = 7_000
_MOST_WAITING = 10_000
_TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    What a process tells the others.

    origin: the process. kind: `message`, `delta`, `snapshot`, `ask`, `update`, `alive` or `bye`. topic: what it is
    about, empty for all. body: JSON.
    """

    origin: str
    kind: str
    topic: str
    body: Mapping[str, Any]


class Relay:
    """
    Sends and receives envelopes.

    Envelopes of one process arrive in the order in which it sent them, or not at all: each has a number, and
    whoever misses one is told by `lost`. Nothing is sent twice.

    Args:
        receive: is given every envelope of other processes.
        lost: called with an origin of which something was missed, or with nothing where it may be of any.
        tick: called every second.
    """

    def __init__(self, backend: BroadcastBackend, *, alive_every_s: float = 5.0) -> None:
        self.origin = uuid4().hex
        self.receive: Callable[[Envelope], None] = lambda envelope: None
        self.lost: Callable[[str | None], None] = lambda origin: None
        self.tick: Callable[[], None] = lambda: None
        self._backend = backend
        self._alive_every_s = alive_every_s
        self._number = 0
        self._numbers: dict[str, int] = {}
        self._waiting: deque[tuple[str, asyncio.Future[None] | None]] = deque()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Connects, and begins to listen."""
        await self._backend.connect()
        await self._backend.subscribe(CHANNEL)
        self._tasks = [asyncio.create_task(each()) for each in (self._pump, self._flush, self._beat)]

    async def close(self) -> None:
        """Says goodbye as far as that is possible, and disconnects."""
        if not self._tasks:
            return
        try:
            async with asyncio.timeout(1):
                await self.publish("bye", "", {})
        except (BroadcastUnavailable, TimeoutError):
            pass  # then the others notice by themselves
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._backend.disconnect()

    async def publish(self, kind: str, topic: str, body: Mapping[str, Any]) -> None:
        """
        Sends an envelope, and returns once it has left.

        Raises:
            BroadcastUnavailable: it did not.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise BroadcastUnavailable("Messages to other processes do not leave fast enough.", hint="Try again later.")
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(kind, topic, body, sent)
        await sent

    def post(self, kind: str, topic: str, body: Mapping[str, Any]) -> None:
        """As `publish`, without knowing whether it left; what is lost is asked for again."""
        if len(self._waiting) < _MOST_WAITING:
            self._put(kind, topic, body, None)
        else:
            self._number += 1

    def _put(self, kind: str, topic: str, body: Mapping[str, Any], sent: asyncio.Future[None] | None) -> None:
        self._number += 1
        text = orjson.dumps({"o": self.origin, "n": self._number, "k": kind, "t": topic, "b": body}).decode()
        self._waiting.append((text, sent))
        self._wake.set()

    # ---- sending -------------------------------------------------------------------------------------

    async def _flush(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._send(self._frame())

    def _frame(self) -> list[tuple[str, asyncio.Future[None] | None]]:
        """What goes together: as many as fit into one notification, and at least one."""
        taken = [self._waiting.popleft()]
        size = len(taken[0][0].encode())
        while self._waiting and (size := size + 1 + len(self._waiting[0][0].encode())) <= _FRAME_BYTES:
            taken.append(self._waiting.popleft())
        return taken

    async def _send(self, taken: list[tuple[str, asyncio.Future[None] | None]]) -> None:
        problem: BroadcastUnavailable | None = None
        try:
            await self._backend.publish(CHANNEL, "\n".join(text for text, _ in taken))
        except Exception:
            problem = BroadcastUnavailable("Other processes cannot be reached.", hint="Try again later.")
        for _, sent in taken:
            if sent is not None and not sent.done():
                if problem is None:
                    sent.set_result(None)
                else:
                    sent.set_exception(problem)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        said = loop.time()
        self.post("alive", "", {})
        while True:
            await asyncio.sleep(min(_TICK_S, self._alive_every_s))
            self.tick()
            if loop.time() - said >= self._alive_every_s:
                said = loop.time()
                self.post("alive", "", {})

    # ---- receiving -----------------------------------------------------------------------------------

    async def _pump(self) -> None:
        while True:
            event = await self._backend.next_published()
            if not event.message:
                self._numbers.clear()
                self.lost(None)
                continue
            for text in event.message.split("\n"):
                self._take(text)

    def _take(self, text: str) -> None:
        try:
            read = orjson.loads(text)
            envelope = Envelope(str(read["o"]), str(read["k"]), str(read["t"]), dict(read["b"]))
            number = int(read["n"])
        except (ValueError, TypeError, KeyError):
            return  # of another version, or not of ours
        if envelope.origin == self.origin:
            return
        last = self._numbers.get(envelope.origin)
        self._numbers[envelope.origin] = number
        if envelope.kind == "bye":
            del self._numbers[envelope.origin]
        # Of another version, too, which knows more or less than we do: what cannot be understood is passed over.
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            self.receive(envelope)
        if last is not None and number != last + 1:
            self.lost(envelope.origin)

    def forget(self, origin: str) -> None:
        """A process that is gone; one that comes back is new."""
        self._numbers.pop(origin, None)
