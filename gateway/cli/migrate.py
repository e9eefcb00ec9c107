"""How is a database brought in step: `portico migrate`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from portico.gateway.cli.project import database_of, fail, open_settings
from portico.schema.problems import Problem, Problems


@click.command("migrate", short_help="Bring a database in step.")
@click.argument("models", required=False)
@click.option("--database-url", help="Overrides the setting.")
@click.option("--check", is_flag=True, help="Only say what is missing; exit with 1 if anything is.")
def command(models: str | None, database_url: str | None, check: bool) -> None:
    """Create and alter tables until the database has what the models need. Nothing is ever dropped."""
    settings, folder = open_settings(models, database_url=database_url)
    from portico.gateway.loading import load_models
    from portico.gateway.migrating import migrate, missing

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        if check:
            lacking = asyncio.run(missing(declarations, settings, folder))
            for line in lacking:
                click.echo(line)
            raise SystemExit(1 if lacking else 0)
        changes = asyncio.run(migrate(declarations, settings, folder))
    except (Problem, Problems) as error:
        fail(error)
    for line in changes.applied:
        click.echo(line)
    for line in changes.kept:
        click.echo(f"kept, though the models no longer have it: {line}")
    # Tables of a base of one's own are left to the migrations that they have.
    if lacking := asyncio.run(missing(declarations, settings, folder)):
        click.echo(f"The database still lacks what your own migrations make: {', '.join(lacking)}.", err=True)
        raise SystemExit(1)
    if not changes.applied:
        click.echo("The database has everything that the models need.")
