"""How do models of an existing database begin: `portico import database`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from portico.gateway.cli.project import fail
from portico.gateway.importing.database import Database, read_database
from portico.gateway.importing.decisions import Decisions
from portico.gateway.importing.files import check_target, write_files, write_settings
from portico.gateway.importing.models_text import class_of, write_package
from portico.gateway.problems import NothingToImport
from portico.gateway.settings import read_settings
from portico.schema.problems import Problem


@click.command("database", short_help="Models of a database's tables.")
@click.argument("url")
@click.option("--into", default="models", show_default=True, help="The package to write.")
@click.option("--schema", "schemas", multiple=True, help="Only this schema; may be given several times.")
@click.option("--force", is_flag=True, help="Write over files that are there; others in the folder stay.")
def command(url: str, into: str, schemas: tuple[str, ...], force: bool) -> None:
    """Write models of the tables in the database at URL, to be kept by hand. Nothing is exposed until a rule is written."""
    folder = Path.cwd()
    try:
        check_target(folder, into, force=force)
        settings = read_settings(folder) if (folder / "portico.toml").exists() else None
        database = read_database(url, schemas or None)
        if not any(table.columns for table in database.tables):
            where = f" in {', '.join(schemas)}" if schemas else ""
            raise NothingToImport(
                f"There are no tables{where}.",
                hint="Is it the right database, and may its user see the tables?",
            )
        decisions = Decisions(naming=settings.naming if settings else "plain")
        write_files(folder / into, write_package(database, decisions))
        lines = [] if settings else write_settings(folder, {"models": into, "database_url": url})
    except Problem as problem:
        fail(problem)
    for line in [*_summary(database, decisions, into), *lines, *_next(database, decisions, into)]:
        click.echo(line)


def _summary(database: Database, decisions: Decisions, into: str) -> Iterator[str]:
    """What was written and what was not, in words."""
    written = [table for table in database.tables if table.columns]
    kinds = Counter("views" if table.is_view else "tables" for table in written)
    parts = [_count(kinds["tables"], "table"), *([_count(kinds["views"], "view")] if kinds["views"] else [])]
    modules = Counter(module for module, _ in class_of(database, decisions).values())
    yield f"Wrote {into}/: {' and '.join(parts)} in {', '.join(f'{name}.py ({n})' for name, n in modules.items())}."
    if keyless := [table.name for table in written if not table.is_view and table.key is None]:
        yield f"Without a primary key, so without fields by key: {_some(keyless)}."
    if empty := [table.name for table in database.tables if not table.columns]:
        yield f"Left out, for want of columns: {_some(empty)}."


def _next(database: Database, decisions: Decisions, into: str) -> Iterator[str]:
    module, name = next(iter(class_of(database, decisions).values()))
    yield (
        f"\nNothing is exposed yet. Write rules, such as\n\n"
        f"  # {into}/rules.py, imported in {into}/__init__.py\n"
        f"  from portico.schema import allow, everyone\n\n"
        f"  from .{module} import {name}\n\n"
        f'  allow({name}, "read", when=everyone)\n\n'
        f"and then: portico dev"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
