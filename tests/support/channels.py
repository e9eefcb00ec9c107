"""How do tests subscribe to channels: outlets that remember, and the operations of a backend over a hub of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.channels import ChannelOperations
from portico.resolvers.live.hub import Hub
from portico.resolvers.live.ports import Subscription
from portico.resolvers.live.relay import Relay
from portico.resolvers.request import LiveRequest, Request
from portico.resolvers.run.execute import Executor
from portico.schema.caller import Caller
from portico.schema.problems import Problem
from tests.support.backend import execute
from tests.support.live import LiveBackend


class Reader:
    """
    An outlet that remembers what it was given.

    Args:
        reads: whether it takes what it is given; one that does not is clear again by `read`.
    """

    def __init__(self, *, reads: bool = True) -> None:
        self.reads = reads
        self.answers: list[Any] = []
        self.problems: list[Problem] | None = None
        self._unread: list[Any] = []
        self.came = asyncio.Event()

    def next(self, body: bytes) -> None:
        self.came.set()
        if self.reads:
            self.answers.append(json.loads(body))
        else:
            self._unread[:] = [json.loads(body)]

    def end(self, problems: Sequence[Problem] = ()) -> None:
        self.came.set()
        self.problems = list(problems)

    @property
    def is_clear(self) -> bool:
        return not self._unread

    def read(self) -> Any:
        """Takes what waits."""
        taken = self._unread.pop()
        self.answers.append(taken)
        return taken

    async def until(self, holds: Callable[[Any], bool], timeout_s: float = 5.0) -> Any:
        """The first answer for which something holds, which may have come already."""
        async with asyncio.timeout(timeout_s):
            while True:
                for answer in self.answers:
                    if holds(answer):
                        return answer
                self.came.clear()
                await self.came.wait()

    async def ended(self, timeout_s: float = 5.0) -> list[str]:
        """The codes with which it ended."""
        async with asyncio.timeout(timeout_s):
            while self.problems is None:
                self.came.clear()
                await self.came.wait()
        return [problem.code for problem in self.problems]


class Process:
    """What one process has: an executor that sends over a hub, and operations that subscribe to it."""

    def __init__(
        self, backend: LiveBackend, relay: Relay | None = None, *, limits: ChannelLimits | None = None
    ) -> None:
        self.hub = Hub(limits, relay)
        self._place = backend.place
        self.executor = Executor(backend.executor.catalog, backend.engine, backend.dialect, channels=self.hub)
        self.operations = ChannelOperations(lambda: self.executor, self.hub, backend.live)

    async def subscribe(
        self, document: str, caller: Caller, reader: Reader | None = None, **variables: Any
    ) -> tuple[Reader, Subscription]:
        """Opens a subscription."""
        reader = reader or Reader()
        subscription = await self.operations.open(LiveRequest(document, None, variables, caller), reader)
        assert subscription is not None
        return reader, subscription

    async def close(self) -> None:
        """Asks and tells no more."""
        await self.hub_settled()
        await self.hub.close()

    async def hub_settled(self) -> None:
        """Waits until every change of who is there has been shown."""
        while not self.hub.presence.is_settled:
            await asyncio.sleep(0.01)

    async def execute_sql(self, statement: str) -> None:
        """Runs SQL on the database, past everything."""
        await execute(self._place, statement)

    async def ask(self, document: str, caller: Caller, **variables: Any) -> Any:
        """The answer of a query or mutation."""
        return json.loads(await self.executor.execute(Request(document, None, variables, caller)))


def user(identity: str | None, role: str = "user", **claims: Any) -> Caller:
    """A caller."""
    return Caller(id=identity, role=role, roles=frozenset({role}), claims=claims)
