"""What can be typed: the `portico` command and its verbs."""

from __future__ import annotations

import importlib
from typing import Any

import click

from portico.gateway.starting import without_collecting
from portico.schema.version import VERSION

# Verb → module; a command's own imports are made when it runs, because the compiler alone takes 0.5 s.
_VERBS = {
    "new": "portico.gateway.cli.new",
    "import": "portico.gateway.cli.import_",
    "dev": "portico.gateway.cli.dev",
    "serve": "portico.gateway.cli.serve",
    "schema": "portico.gateway.cli.schema",
    "explain": "portico.gateway.cli.explain",
    "token": "portico.gateway.cli.token",
    "users": "portico.gateway.cli.users",
    "files": "portico.gateway.cli.files",
    "keys": "portico.gateway.cli.keys",
    "jobs": "portico.gateway.cli.jobs",
    "events": "portico.gateway.cli.events",
    "worker": "portico.gateway.cli.worker",
    "remote": "portico.gateway.cli.remote",
    "migrate": "portico.gateway.cli.migrate",
    "rules": "portico.gateway.cli.rules",
    "settings": "portico.gateway.cli.settings",
}


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        with without_collecting():
            module: Any = importlib.import_module(_VERBS[cmd_name])
        return module.command


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="portico")
def main() -> None:
    """Portico: models and rules in Python, served as a GraphQL API."""
