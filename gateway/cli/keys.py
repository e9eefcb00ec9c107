"""How are the keys changed that tokens are signed by: `portico keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portico.gateway.cli.accounts import OtherSecret, with_accounts

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts

_SPARE_S = 60  # clocks that differ, and who keeps what /.well-known/jwks.json said


@click.group("keys", short_help="The keys that tokens are signed by.")
def command() -> None:
    """The keys that access tokens are signed by."""


@command.command("list")
@click.option("--models", help="The model file.")
def list_(models: str | None) -> None:
    """Print the keys, the one that signs first."""

    async def work(accounts: Accounts) -> Any:
        return await accounts.keys.all()

    for number, (name, created, retired) in enumerate(with_accounts(models, work)):
        state = f"retired from {retired:%Y-%m-%d %H:%M:%S} UTC" if retired else "verifies" if number else "signs"
        click.echo(f"{name}  made {created:%Y-%m-%d %H:%M:%S} UTC  {state}")


@command.command("rotate")
@click.option(
    "--now", "at_once", is_flag=True, help="Refuse tokens of the old keys from now on: everybody asks for new ones."
)
@click.option("--models", help="The model file.")
def rotate(at_once: bool, models: str | None) -> None:
    """
    Make a key that signs from now on; the others verify until the last of their tokens has expired.

    Servers that run take it up within a second. Nobody has to sign in again: refresh tokens are signed by none of these keys.
    """

    async def work(accounts: Accounts) -> tuple[str, int]:
        try:
            await accounts.keys.load()
        except ValueError:
            raise OtherSecret(
                "The keys in the database were encrypted by another secret.",
                hint="Set token_secret to that of the servers: they could not read a key that is made here.",
            ) from None
        name = await accounts.keys.add()
        after_s = 0.0 if at_once else accounts.settings.access_token_s + _SPARE_S
        return name, await accounts.keys.retire(after_s)

    name, retired = with_accounts(models, work)
    click.echo(
        f"{name} signs from now on; {retired} {'key' if retired == 1 else 'keys'} retired{'' if at_once else ', once the tokens have expired'}."
    )
