"""Who may what: `portico rules`."""

from __future__ import annotations

from pathlib import Path

import click

from portico.gateway.cli.project import database_of, fail, open_settings
from portico.schema.problems import Problem, Problems


@click.command("rules", short_help="Who may what, and likely mistakes.")
@click.argument("models", required=False)
def command(models: str | None) -> None:
    """Print models, verbs and roles with the names of the rules, and what looks like a mistake."""
    settings, folder = open_settings(models)
    from portico.gateway.engines import dialect_of
    from portico.gateway.function_host import find_schemas
    from portico.gateway.loading import load_models
    from portico.schema.check import advice_on
    from portico.schema.reading import read_catalog
    from portico.schema.report import access_table

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        dialect = dialect_of(settings.database_url)
        find_schemas(declarations, settings)
        catalog = read_catalog(declarations, dialect=dialect, names=settings.names, relay=settings.relay)
    except (Problem, Problems) as error:
        fail(error)
    click.echo(access_table(catalog))
    for advice in advice_on(catalog):
        click.echo(f"\n{advice}")
