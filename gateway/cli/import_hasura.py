"""How does a Hasura project move in: `portico import hasura`."""

from __future__ import annotations

from pathlib import Path

import click

from portico.gateway.cli.project import fail
from portico.gateway.importing.database import read_database
from portico.gateway.importing.enum_rows import read_enum_values
from portico.gateway.importing.files import check_target, write_files, write_settings
from portico.gateway.importing.hasura import Imported, import_hasura
from portico.gateway.importing.hasura_metadata import name_of, read_project
from portico.gateway.problems import CannotCarryOver, WouldOverwrite
from portico.schema.names import CONVENTIONS
from portico.schema.problems import Problem


@click.command("hasura", short_help="A Hasura v2 project: models, rules, functions.")
@click.argument("metadata", type=click.Path(path_type=Path))
@click.option("--database", "url", required=True, help="The database that the project is over.")
@click.option("--into", default="models", show_default=True, help="The package to write.")
@click.option("--source", help="Which source of the metadata, where there are several.")
@click.option(
    "--naming", type=click.Choice(CONVENTIONS), help="The convention in force; as the metadata say unless given."
)
@click.option(
    "--explicit-function-permissions", is_flag=True, help="HASURA_GRAPHQL_INFER_FUNCTION_PERMISSIONS was false."
)
@click.option("--stringify-numbers", is_flag=True, help="HASURA_GRAPHQL_STRINGIFY_NUMERIC_TYPES was true.")
@click.option("--partial", is_flag=True, help="Write although permissions cannot be carried over; they are left out.")
@click.option("--force", is_flag=True, help="Write over files that are there; others in the folder stay.")
def command(
    metadata: Path,
    url: str,
    into: str,
    source: str | None,
    naming: str | None,
    explicit_function_permissions: bool,
    stringify_numbers: bool,
    partial: bool,
    force: bool,
) -> None:
    """
    Write models, rules and functions that serve what a Hasura v2 project serves, under the same names.

    METADATA is the project's metadata directory, or one document in JSON or YAML, of version 2 or 3.
    """
    folder = Path.cwd()
    try:
        check_target(folder, into, force=force)
        if (folder / "portico.toml").exists() and not force:
            raise WouldOverwrite(
                "portico.toml exists already.", hint="Import into an empty folder, or write over it: --force."
            )
        project = read_project(metadata, source)
        database = read_database(url)
        enums = [name_of(table["table"]) for table in project.tables if table.get("is_enum")]
        imported = import_hasura(
            project,
            database,
            read_enum_values(url, database, enums),
            naming=naming,  # pyright: ignore[reportArgumentType]
            infer_function_permissions=not explicit_function_permissions,
            stringify_numbers=stringify_numbers,
        )
        _refuse(imported, partial=partial)
        write_files(folder / into, imported.package)
        told = write_settings(folder, {"models": into, "database_url": url, **imported.settings})
    except Problem as problem:
        fail(problem)
    rules = imported.package.get("rules.py", "").count("allow(")
    click.echo(f"Wrote {into}/: {len(project.tables)} tables, {rules} grants to roles.")
    for line in (*told, imported.report.text(), "Next: portico rules shows who may do what; portico dev serves it."):
        if line:
            click.echo(line)


def _refuse(imported: Imported, *, partial: bool) -> None:
    refusals = imported.report.refusals
    if refusals and not partial:
        told = "\n".join(f"  {what}: {why}" for what, why in refusals[:20])
        more = f"\n  and {len(refusals) - 20} more" if len(refusals) > 20 else ""
        raise CannotCarryOver(
            f"Nothing was written: {len(refusals)} parts that say who may do what cannot be carried over.\n{told}{more}",
            hint="Write these by hand afterwards: --partial leaves them out, and whoever had them is denied.",
        )
