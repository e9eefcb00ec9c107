"""What do subscriptions run on: the change log of the database, the feed that reads it, and the operations that transports ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from portico.gateway.broadcasts import backend_of
from portico.gateway.errors import problems_of
from portico.gateway.settings import Settings
from portico.resolvers.live.feed import Feed
from portico.resolvers.live.group import Runner
from portico.resolvers.live.hub import Hub
from portico.resolvers.live.marks import Marks
from portico.resolvers.live.operations import Live
from portico.resolvers.live.relay import Relay
from portico.resolvers.request import LiveRequest
from portico.resolvers.run.changes import ChangeLog
from portico.resolvers.run.execute import Executor, Found
from portico.schema.problems import Problem

Observe = Callable[[BaseException], None]


def make_live(
    settings: Settings,
    log: ChangeLog,
    executor: Executor,
    execute: Callable[[LiveRequest, Found], Awaitable[bytes]],
    observe: Observe,
) -> tuple[Live, Feed]:
    """
    All subscriptions of a process, and the feed that has to be started before the first.

    Args:
        execute: answers queries and mutations.
        observe: told of every exception that subscribers do not hear the words of.
    """
    feed = Feed(log, poll_s=settings.live_poll_s, observe=observe)

    def problem_of(error: Exception) -> Problem:
        if not isinstance(error, Problem):
            observe(error)
        return problems_of(error)[0]

    # Half of the connections are left to requests; on SQLite statements come one after another in any case.
    gate = asyncio.Semaphore(max(1, settings.pool_size // 2))
    runner = Runner(executor.engine, feed, gate, settings.live_interval_s, problem_of)
    return Live(executor, execute, runner, Marks(log)), feed


def make_hub(settings: Settings) -> Hub:
    """What is said over channels, in this process and between all of them."""
    backend = backend_of(settings.broadcast_url, settings.database_url)
    alive_every_s = settings.channels.presence_lease_s / 3
    return Hub(settings.channels, None if backend is None else Relay(backend, alive_every_s=alive_every_s))
