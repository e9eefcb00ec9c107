"""What can be imported: `portico import` and its subjects."""

from __future__ import annotations

import importlib
from typing import Any

import click

# Subject → module, imported when it runs, as those of verbs are.
_SUBJECTS = {
    "database": "portico.gateway.cli.import_database",
    "hasura": "portico.gateway.cli.import_hasura",
}


class _Subjects(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_SUBJECTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _SUBJECTS:
            return None
        module: Any = importlib.import_module(_SUBJECTS[cmd_name])
        return module.command


@click.command("import", cls=_Subjects, short_help="Begin with what there is.")
def command() -> None:
    """Write models for what exists already."""
