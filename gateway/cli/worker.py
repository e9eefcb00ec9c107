"""How do jobs run apart from requests: `portico worker`."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.gateway.cli.project import database_of, fail, fail_without_tables, open_settings
from portico.schema.problems import Problem, Problems

if TYPE_CHECKING:
    from portico.gateway.app import Gateway

_WORKERS = 10


@click.command("worker", short_help="Run jobs apart from requests.")
@click.argument("models", required=False)
@click.option("--workers", type=int, help="Functions at once; events.workers unless given, or 10.")
@click.option("--database-url", help="Overrides the setting.")
def command(models: str | None, workers: int | None, database_url: str | None) -> None:
    """Run what happens in the background, and serve nothing. Servers with events.workers = 0 leave all of it to such processes."""
    settings, folder = open_settings(models, mode="prod", database_url=database_url)
    from portico.gateway.app import Gateway
    from portico.gateway.cli.background import NothingInTheBackground
    from portico.gateway.loading import load_models
    from portico.gateway.observe import configure_logs

    configure_logs(settings.log_format or ("console" if settings.is_dev else "json"))
    events = replace(settings.events, workers=workers or settings.events.workers or _WORKERS)
    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        if not declarations.has_events:
            raise NothingInTheBackground("The models declare nothing that runs in the background.")
        fail_without_tables(declarations, settings, folder)
        gateway = Gateway(declarations, replace(settings, events=events), folder)
    except (Problem, Problems) as error:
        fail(error)
    asyncio.run(_run(gateway, settings.models))


async def _run(gateway: Gateway, models: str) -> None:
    """The life of an application that nobody connects to."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    asked: asyncio.Queue[Any] = asyncio.Queue()
    said: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(gateway({"type": "lifespan"}, asked.get, said.put))
    asked.put_nowait({"type": "lifespan.startup"})
    started = await said.get()
    if started["type"] != "lifespan.startup.complete":
        click.echo(started["message"], err=True)
        raise SystemExit(1)
    click.echo(f"Portico runs what {models} does in the background.", err=True)
    await ended.wait()
    asked.put_nowait({"type": "lifespan.shutdown"})
    await life
