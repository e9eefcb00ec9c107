"""How does it run for real: `portico serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.gateway.cli.project import database_of, fail, fail_without_tables, open_settings
from portico.gateway.starting import without_collecting
from portico.schema.problems import Problem, Problems

if TYPE_CHECKING:
    from portico.gateway.app import Gateway
    from portico.gateway.settings import Settings


@click.command("serve", short_help="Serve for real.")
@click.argument("models", required=False)
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=int, help="Processes.")
@click.option("--database-url", help="Overrides the setting.")
def command(models: str | None, **given: Any) -> None:
    """Serve the API. The database must have what the models need: see portico migrate."""
    settings, folder = open_settings(models, mode="prod", **given)
    with without_collecting():
        from portico.gateway.observe import configure_logs
        from portico.gateway.serving import Server, keep_memory, uvicorn_config

        configure_logs(settings.log_format or ("console" if settings.is_dev else "json"))
        gateway = _opened(settings, folder)
        keep_memory()
    if settings.workers > 1:
        _serve_workers(settings, models, given)
        return
    click.echo(f"Portico serves {settings.models} at http://{settings.host}:{settings.port}/graphql", err=True)
    Server(uvicorn_config(gateway, settings)).run()


def _opened(settings: Settings, folder: Path) -> Gateway:
    """The application; what is wrong with the project ends the command."""
    from portico.gateway.app import Gateway
    from portico.gateway.engines import dialect_of
    from portico.gateway.loading import load_models
    from portico.gateway.problems import InvalidSettings
    from portico.gateway.serving import drain_first

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        if settings.workers > 1 and dialect_of(settings.database_url) == "sqlite":
            raise InvalidSettings(
                "SQLite is served by one process.", hint="Set workers = 1, or database_url to a Postgres."
            )
        fail_without_tables(declarations, settings, folder)
        return Gateway(declarations, settings, folder, at_start=drain_first)
    except (Problem, Problems) as error:
        fail(error)


def _serve_workers(settings: Any, models: str | None, given: dict[str, Any]) -> None:
    """Several processes; each opens the project anew from the environment."""
    from uvicorn.supervisors import Multiprocess

    from portico.gateway.serving import uvicorn_config

    class Workers(Multiprocess):
        def terminate_all(self) -> None:
            super().terminate_all()
            # Open here, the socket would take connections that no worker answers any more.
            for each in self.sockets:
                each.close()

    for name, value in ({"models": models} | given).items():
        if value is not None:
            os.environ[f"PORTICO_{name.upper()}"] = str(value)
    config = uvicorn_config("portico.gateway.cli.serve:worker", settings, factory=True, workers=settings.workers)
    sockets = [config.bind_socket()]
    click.echo(
        f"Portico serves {settings.models} at http://{settings.host}:{settings.port}/graphql "
        f"with {settings.workers} processes",
        err=True,
    )
    Workers(config, sockets).run()


def worker() -> Any:
    """The application of one worker process."""
    from portico.gateway.app import Gateway
    from portico.gateway.loading import load_models
    from portico.gateway.observe import configure_logs
    from portico.gateway.serving import drain_first, keep_memory

    settings, folder = open_settings(mode="prod")
    configure_logs(settings.log_format or "json")
    with without_collecting():
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        gateway = Gateway(declarations, settings, folder, at_start=drain_first)
        keep_memory()
    return gateway
