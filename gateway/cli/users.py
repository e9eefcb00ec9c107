"""How does an administrator reach accounts: `portico users`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.gateway.cli.accounts import with_accounts
from portico.gateway.cli.project import fail
from portico.schema.problems import Problem

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.administration import Arrivals

_models = click.option("--models", help="The model file.")
_SHOWN = 10


class NoSuchUser(Problem):
    """A command names a user who is not there."""

    code = "PT368"


@click.group("users", short_help="Accounts: list, create, disable, import.")
def command() -> None:
    """Accounts of the project in this folder."""


@command.command("list")
@click.argument("text", default="")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_models
def list_(text: str, limit: int, as_json: bool, models: str | None) -> None:
    """Print users, the latest first; with TEXT those who have it in their address or name."""

    async def work(accounts: Accounts) -> Sequence[Any]:
        from portico.gateway.auth.administration import list_users

        return await list_users(accounts, text, limit)

    for each in with_accounts(models, work):
        if as_json:
            shown = {"id": str(each.id), "email": each.email, "name": each.name, "role": each.role}
            click.echo(json.dumps({**shown, "disabled": each.disabled_at is not None}, ensure_ascii=False))
        else:
            state = "  disabled" if each.disabled_at is not None else ""
            click.echo(f"{each.id}  {each.email or '(no address)'}  {each.role}{state}")


@command.command("create")
@click.argument("email")
@click.option("--name", help="What they are called.")
@click.option("--role", help="What they act under; that of new accounts unless given.")
@click.option("--no-password", is_flag=True, help="They sign in by codes, links or providers.")
@_models
def create(email: str, name: str | None, role: str | None, no_password: bool, models: str | None) -> None:
    """Make an account of EMAIL, taken for verified. The password is asked for, or read from the standard input."""
    password = None if no_password else _password()

    async def work(accounts: Accounts) -> Any:
        from portico.gateway.auth.administration import create_user

        return await create_user(accounts, email, password, name, role)

    click.echo(with_accounts(models, work).id)


@command.command("disable")
@click.argument("who")
@_models
def disable(who: str, models: str | None) -> None:
    """Have WHO (an address or id) sign in no more, and end their sessions; within a second everywhere."""
    _set_disabled(who, models, is_disabled=True)


@command.command("enable")
@click.argument("who")
@_models
def enable(who: str, models: str | None) -> None:
    """Let WHO (an address or id) sign in again."""
    _set_disabled(who, models, is_disabled=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "system", required=True, type=click.Choice(["supabase", "firebase", "auth0", "nhost"]))
@click.option(
    "--hash-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of Firebase: a file with the password hash parameters that its console shows.",
)
@_models
def import_(file: Path, system: str, hash_config: Path | None, models: str | None) -> None:
    """
    Make accounts of the users in FILE, with their ids, passwords and providers.

    Who is here already stays as they are, so it can be repeated. Passwords go on to hold, and are hashed anew as people sign in.
    """
    from portico.gateway.importing.password_texts import FirebaseHashes
    from portico.gateway.importing.people import UnreadableExport, read_people

    try:
        hashes = FirebaseHashes.of(hash_config.read_text()) if hash_config is not None else None
    except ValueError as error:
        fail(UnreadableExport(f"{hash_config} has no hash parameters: {error}."))

    async def work(accounts: Accounts) -> Arrivals:
        from portico.gateway.auth.administration import take_in

        return await take_in(accounts, list(read_people(file.read_text(), system, hashes)))

    found = with_accounts(models, work)
    left_out = found.left_out or []
    click.echo(f"{found.added} imported, {found.known} here already, {len(left_out)} left out.")
    for who, why in left_out[:_SHOWN]:
        click.echo(f"left out: {who} ({why})", err=True)
    if len(left_out) > _SHOWN:
        click.echo(f"and {len(left_out) - _SHOWN} more", err=True)


def _set_disabled(who: str, models: str | None, *, is_disabled: bool) -> None:
    async def work(accounts: Accounts) -> Any:
        from portico.gateway.auth.administration import set_disabled

        found = await set_disabled(accounts, who, is_disabled=is_disabled)
        if found is None:
            raise NoSuchUser(f"There is no user {who}.", hint="portico users list")
        return found

    found = with_accounts(models, work)
    click.echo(f"{found.email or found.id} is {'disabled' if is_disabled else 'enabled'}.")


def _password() -> str:
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return sys.stdin.readline().rstrip("\n")
