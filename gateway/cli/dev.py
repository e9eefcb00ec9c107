"""How does an author work: `portico dev` serves, watches, and puts every save into effect."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import click

from portico.gateway.cli.project import database_of, open_settings, rendered
from portico.schema.problems import Problem, Problems


@click.command("dev", short_help="Serve, alter tables, reload at every save.")
@click.argument("models", required=False)
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--database-url", help="Overrides the setting.")
def command(models: str | None, **given: Any) -> None:
    """Serve the API, create and alter tables, and reload at every save."""
    began = time.perf_counter()
    settings, folder = open_settings(models, **given)
    from portico.gateway.observe import configure_logs

    configure_logs(settings.log_format or "console")
    try:
        asyncio.run(_Development(settings, folder, began).run())
    except KeyboardInterrupt:
        return


class _Development:
    """One development server."""

    def __init__(self, settings: Any, folder: Path, began: float) -> None:
        self._settings = settings
        self._folder = folder
        self._file = folder / Path(settings.models)
        self._began = began
        self._gateway: Any = None
        self._saves: Any = None
        self._save: Any = None

    async def run(self) -> None:
        from portico.gateway.serving import Server, keep_memory, uvicorn_config

        # Before the first load, so that a save during it is not missed.
        self._saves = self._watched()
        self._save = asyncio.create_task(self._one_save())
        await asyncio.sleep(0)
        while not await self._load():
            await self._next_save()
        keep_memory()
        server = Server(uvicorn_config(self._gateway, self._settings))
        serving = asyncio.create_task(server.serve())
        watching = asyncio.create_task(self._watch())
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if not serving.done():
            self._welcome()
        await serving
        watching.cancel()
        self._save.cancel()

    async def _load(self) -> bool:
        """Loads the models, brings the database in step and serves them; False and a report if that fails."""
        from portico.gateway.app import Gateway
        from portico.gateway.loading import load_models
        from portico.gateway.migrating import migrate
        from portico.gateway.serving import drain_first

        try:
            declarations = load_models(self._file, database_of(self._settings, self._folder))
            if self._gateway is None:
                gateway = Gateway(declarations, self._settings, self._folder, at_start=drain_first)
                changes = await migrate(declarations, self._settings, self._folder)
                self._gateway = gateway
            else:
                changes = await migrate(declarations, self._settings, self._folder)
                self._gateway.reload(declarations)
        except (Problem, Problems) as error:
            report = rendered(error)
            if self._gateway is not None:
                self._gateway.trouble = report
                report += "\n  The last good version is still being served."
            else:
                report += "\n  Nothing is served yet; the next save is tried."
            click.echo(report, err=True)
            return False
        for line in changes.applied:
            click.echo(f"  database: {line}", err=True)
        return True

    async def _watch(self) -> None:
        while True:
            await self._next_save()
            began = time.perf_counter()
            if await self._load():
                click.echo(f"  reloaded in {(time.perf_counter() - began) * 1000:.0f} ms", err=True)

    async def _next_save(self) -> None:
        await self._save
        self._save = asyncio.create_task(self._one_save())

    async def _one_save(self) -> None:
        await anext(self._saves)

    def _watched(self) -> Any:
        from watchfiles import PythonFilter, awatch

        # The default debounce of 1.6 s waits for builds that write many files; an editor writes one.
        return awatch(self._file.parent, watch_filter=PythonFilter(), debounce=100, step=30)

    def _welcome(self) -> None:
        from portico.schema.check import advice_on
        from portico.schema.report import access_table

        settings = self._settings
        click.echo(access_table(self._gateway.catalog), err=True)
        for advice in advice_on(self._gateway.catalog):
            click.echo(f"\n{advice}", err=True)
        origin = f"http://{settings.host}:{settings.port}"
        click.echo(
            (f"\n  The app   {origin}/" if settings.hosting.folder else "") + f"\n  GraphQL   {origin}/graphql"
            f"\n  GraphiQL  {origin}/{'graphiql' if settings.hosting.folder else ''}"
            "\n  A token   portico token alice --create"
            f"\n\nready in {time.perf_counter() - self._began:.2f} s; every save of {settings.models} is put into effect",
            err=True,
        )
