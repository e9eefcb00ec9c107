"""
The process that is measured: the gateway as `portico serve` runs it, which says besides what it has asked of its database.

    python -m benchmarks.realtime.server PORT DATABASE_URL [--migrate] [--polls] [--profile FILE]

GET /counts answers with `Counts` as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.store import ROOT
from portico.gateway.app import Gateway
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.serving import Server, drain_first, keep_memory, uvicorn_config
from portico.gateway.settings import Settings
from portico.resolvers.live import group

SECRET = "a secret of the benchmarks, long enough"
MODELS = ROOT / "examples" / "chat" / "models.py"
_POLLED_AT_ONCE = 100  # as Hasura's HASURA_GRAPHQL_LIVE_QUERIES_MULTIPLEXED_BATCH_SIZE


@dataclass
class Counts:
    """
    Since the process began.

    statements: that subscriptions ran. reads_of_log: of the change log. sockets: that are open now.
    most_unsent_bytes: the most that one of them holds now.
    """

    statements: int = 0
    reads_of_log: int = 0
    sockets: int = 0
    most_unsent_bytes: int = 0


def settings_of(port: int, url: str, *, polls: bool) -> Settings:
    """Those of production; quotas that one machine with ten thousand clients would meet are out of the way."""
    return Settings(
        database_url=url,
        port=port,
        mode="prod",
        token_secret=SECRET,
        models=str(MODELS),
        realtime=not polls,
        max_sockets_per_caller=1_000_000,
        socket_ping_s=3600.0,
    )


class Counted:
    """The gateway, with what it asks of the database counted on the way."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.counts = Counts()
        engine: Any = gateway.engine
        engine.read_all = self._counting(engine.read_all, "statements")
        log: Any = gateway._feed._log  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        log.since = self._counting(log.since, "reads_of_log")

    def _counting(self, call: Callable[..., Awaitable[Any]], name: str) -> Callable[..., Awaitable[Any]]:
        def counting(*arguments: Any) -> Awaitable[Any]:
            setattr(self.counts, name, getattr(self.counts, name) + 1)
            return call(*arguments)

        return counting

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See `Gateway`."""
        if scope["type"] != "http" or scope["path"] != "/counts":
            await self._gateway(scope, receive, send)
            return
        clients: Any = self._gateway.sockets._clients  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self.counts.sockets = len(clients)
        self.counts.most_unsent_bytes = max((each._held_bytes + each.wire.unsent_bytes for each in clients), default=0)  # noqa: SLF001
        body = json.dumps(asdict(self.counts)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Migrates the database, or serves it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("url")
    parser.add_argument("--migrate", action="store_true", help="only make the tables")
    parser.add_argument(
        "--polls", action="store_true", help="no change log: every second all is asked, a hundred at a time"
    )
    parser.add_argument("--profile", type=Path, help="write a profile of cProfile at the end")
    options = parser.parse_args()
    settings = settings_of(options.port, options.url, polls=options.polls)
    if options.polls:
        group._MOST_MEMBERS = _POLLED_AT_ONCE  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if options.migrate:
        # In a process of its own: what it leaves free would be taken for sockets that need no memory.
        asyncio.run(migrate(load_models(MODELS), settings, MODELS.parent))
        return
    served = Counted(Gateway(load_models(MODELS), settings, MODELS.parent, at_start=drain_first))
    keep_memory()
    run = Server(uvicorn_config(served, settings)).run
    if options.profile is None:
        run()
        return
    import cProfile

    # CPU time of the loop's thread: on a machine that is busy, the clock on the wall says who was interrupted.
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(run)
    profile.dump_stats(options.profile)


if __name__ == "__main__":
    main()
