"""What do other GraphQL services offer: `portico remote`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from portico.gateway.cli.project import database_of, fail, open_settings
from portico.schema.problems import Problem, Problems


@click.group("remote", short_help="Other GraphQL services: fetch their schemas.")
def command() -> None:
    """Ask other GraphQL services for their schemas."""


@command.command("fetch", short_help="Write a service's schema into its file.")
@click.argument("name", required=False)
@click.option("--models", help="The model file; that of the settings unless given.")
@click.option("--print", "prints", is_flag=True, help="Show it, and write nothing.")
def fetch(name: str | None, models: str | None, *, prints: bool) -> None:
    """Ask a service, or all that the models name, for its schema, and write it into its file."""
    settings, folder = open_settings(models)
    from portico.gateway.functions.introspecting import introspected
    from portico.gateway.loading import load_models
    from portico.schema.remote_reading import WrongRemoteSchema

    try:
        declared = load_models(folder / Path(settings.models), database_of(settings, folder)).remote_schemas
        wanted = [each for each in declared if name in (None, each.name)]
        if not wanted:
            known = ", ".join(each.name for each in declared) or "none"
            raise WrongRemoteSchema(f"The models name no service {name!r}.", hint=f"They name {known}.")
        for each in wanted:
            sdl = asyncio.run(introspected(each, settings.reach))
            if prints or each.file is None:
                click.echo(sdl, nl=False)
            else:
                Path(each.file).write_text(sdl)
                click.echo(f"{each.file}: the schema of {each.name}", err=True)
    except (Problem, Problems) as error:
        fail(error)
