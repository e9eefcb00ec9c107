"""What is set: `portico settings`."""

from __future__ import annotations

import click

from portico.gateway.cli.project import open_settings


@click.command("settings", short_help="Everything that is set.")
def command() -> None:
    """Print the settings that have a value as TOML, secrets blotted out."""
    settings, _ = open_settings()
    click.echo(settings.shown(), nl=False)
