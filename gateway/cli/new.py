"""How does a project begin: `portico new`."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import click

_FILES = ("models.py", "queries.graphql", "README.md", "gitignore")


def template(name: str) -> str:
    """A file of a new project."""
    folder: Any = resources.files("portico.gateway.cli").joinpath("template")
    return folder.joinpath(f"{name}.txt").read_text()


@click.command("new", short_help="Make a project.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make a project in FOLDER: a model file, a query to try, a README."""
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} exists and is not empty.")
    if not re.fullmatch(r"[\w.-]+", folder.resolve().name):
        raise click.ClickException(f"{folder.name!r} is no name for a folder: use letters, digits, - and _.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (folder / name.replace("gitignore", ".gitignore")).write_text(template(name))
    click.echo(f"Made {folder}. Next:\n\n  cd {folder}\n  portico dev\n")
