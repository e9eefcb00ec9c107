"""What does the API look like: `portico schema`."""

from __future__ import annotations

from pathlib import Path

import click

from portico.gateway.cli.project import database_of, fail, open_settings
from portico.schema.problems import Problem, Problems


@click.command("schema", short_help="A role's schema as SDL.")
@click.argument("models", required=False)
@click.option("--role", default="admin", show_default=True, help="Whose schema.")
@click.option("--database-url", help="Overrides the setting; the engine decides which operators exist.")
def command(models: str | None, role: str, database_url: str | None) -> None:
    """Print a role's schema as SDL, in an order that only a change of the schema changes."""
    settings, folder = open_settings(models, database_url=database_url)
    from portico.gateway.engines import dialect_of
    from portico.gateway.function_host import find_schemas
    from portico.gateway.loading import load_models
    from portico.resolvers.problems import UnknownRole
    from portico.schema.access import known_roles
    from portico.schema.reading import read_catalog
    from portico.schema.sdl import print_sdl
    from portico.schema.types.build import SchemaBuilder

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        dialect = dialect_of(settings.database_url)
        find_schemas(declarations, settings)
        catalog = read_catalog(declarations, dialect=dialect, names=settings.names, relay=settings.relay)
        if role not in known_roles(catalog):
            raise UnknownRole(
                f"No rule names a role {role!r}.", hint=f"Roles: {', '.join(sorted(known_roles(catalog)))}."
            )
        builder = SchemaBuilder(catalog)
        click.echo(print_sdl(builder.whole_schema(builder.types(role))), nl=False)
    except (Problem, Problems) as error:
        fail(error)
