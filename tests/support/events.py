"""A whole gateway whose models do things in the background, and what it takes to see them done."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from portico.gateway.event_settings import EventSettings
from portico.gateway.events.background import Background
from tests.support.accounts import AccountServer
from tests.support.backend import Place

_PATIENCE_S = 10.0
ADMIN_KEY = "an admin key of tests"


class EventServer(AccountServer):
    """
    A server with events.

    What functions of its models saw they append to `models.seen`. Pauses before further tries are cut short.

    Args:
        events: what `[events]` says.
    """

    def __init__(
        self, place: Place, folder: Path, models: str, *, events: Mapping[str, Any] | None = None, **settings: Any
    ) -> None:
        given: dict[str, Any] = {"poll_s": 0.02, **(events or {})}
        settings.setdefault("admin_keys", (ADMIN_KEY,))
        self.closing: list[Callable[[], Coroutine[Any, Any, Any]]] = []
        super().__init__(place, folder, models=models, events=EventSettings(**given), **settings)

    def close(self) -> None:
        super_close = super().close
        for each in self.closing:
            self.run(each())
        super_close()

    @property
    def background(self) -> Background:
        found = self.gateway.background
        assert found is not None
        return found

    @property
    def models(self) -> Any:
        """The module of the model file."""
        return sys.modules["models"]

    def fast_retries(self, pause_s: float = 0.02) -> None:
        """What failed is tried again at once."""
        worker: Any = self.background.worker
        worker._pace = replace(worker._pace, pause_s=lambda tries: pause_s)

    @property
    def seen(self) -> list[Any]:
        """What functions of the models saw."""
        return self.models.seen

    def as_admin(self, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data that a document answers to an administrator."""
        answer = self.ask(document, variables, headers={"x-portico-admin-key": ADMIN_KEY})
        assert "errors" not in answer, answer
        return answer["data"]

    async def answer_of(self, document: str) -> Any:
        """What the first field of a document answers to an administrator, inside of the loop."""
        answer = await self.answer(document, headers={"x-portico-admin-key": ADMIN_KEY})
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    def wait_for(self, holds: Callable[[], Any], patience_s: float = _PATIENCE_S) -> Any:
        """Waits until something is so; what it gave."""
        return self.run(self._until(holds, patience_s))

    async def _until(self, holds: Callable[[], Any], patience_s: float) -> Any:
        ends_at = time.monotonic() + patience_s
        while time.monotonic() < ends_at:
            found = holds()
            if isinstance(found, Coroutine):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.005)
        raise AssertionError(f"it did not come to be: {self.seen}")

    def states(self) -> dict[str, int]:
        """How many jobs there are, by state."""
        return self.run(self._states())

    async def _states(self) -> dict[str, int]:
        rows = await self.background.store.rows("SELECT state, count(*) FROM portico_jobs GROUP BY state")
        return {(each[0].decode() if isinstance(each[0], bytes) else each[0]): each[1] for each in rows}

    def wait_for_states(self, patience_s: float = _PATIENCE_S, **wanted: int) -> None:
        """Waits until there are so many jobs in these states."""

        async def are() -> bool:
            found = await self._states()
            return all(found.get(state, 0) == count for state, count in wanted.items())

        self.wait_for(are, patience_s)

    def until_idle(self) -> dict[str, int]:
        """Waits until no job is left that will run; all by state."""
        open_ = ("later", "waiting", "running")
        sql = f"SELECT count(*) FROM portico_jobs WHERE state IN {open_}"

        async def is_idle() -> bool:
            return (await self.background.store.rows(sql))[0][0] == 0

        self.wait_for(is_idle)
        return self.states()
