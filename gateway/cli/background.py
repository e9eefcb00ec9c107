"""How do commands reach jobs: by the store of the project's database, without serving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from portico.gateway.cli.project import database_of, fail, fail_without_tables, open_settings
from portico.schema.problems import Problem, Problems

if TYPE_CHECKING:
    from portico.gateway.events.store import JobStore

Answer = TypeVar("Answer")


class NothingInTheBackground(Problem):
    """A command is about jobs, and the models declare nothing that runs in the background."""

    code = "PT579"


def with_jobs(models: str | None, work: Callable[[JobStore], Awaitable[Answer]]) -> Answer:
    """What is done with the jobs of the project in this folder; ends the command where it cannot be."""
    settings, folder = open_settings(models)
    from portico.gateway.engines import make_engine
    from portico.gateway.events.background import store_of
    from portico.gateway.loading import load_models

    async def run() -> Answer:
        engine = make_engine(settings, folder)
        await engine.start()
        try:
            return await work(store_of(engine))
        finally:
            await engine.close()

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        if not declarations.has_events:
            raise NothingInTheBackground(
                "The models declare nothing that runs in the background.", hint="@on, @job, @cron or webhook(…)"
            )
        fail_without_tables(declarations, settings, folder)
        return asyncio.run(run())
    except (Problem, Problems) as error:
        fail(error)
