"""How does a developer become someone: `portico token`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from portico.gateway.cli.project import database_of, fail, fail_without_tables, open_settings
from portico.schema.problems import Problem, Problems


class UnknownUser(Problem):
    """A development token was asked for somebody who is not in the database."""

    code = "PT221"


@click.command("token", short_help="A development token.")
@click.argument("name")
@click.option("--role", help="The role to act under; the user's own unless given.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=VALUE", help="A further claim; VALUE may be JSON.")
@click.option("--hours", default=24.0, show_default=True, help="How long it holds.")
@click.option("--create", is_flag=True, help="Make the user if there is none.")
@click.option("--models", help="The model file.")
def command(
    name: str, role: str | None, claims: tuple[str, ...], hours: float, create: bool, models: str | None
) -> None:
    """Print a development token for the user whose e-mail, name or id is NAME."""
    settings, folder = open_settings(models)
    from portico.gateway.app import Gateway
    from portico.gateway.loading import load_models
    from portico.gateway.tokens import sign

    if not settings.token_secret:
        raise click.ClickException("Tokens are signed in development only, or with the setting token_secret.")
    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        fail_without_tables(declarations, settings, folder)
        gateway = Gateway(declarations, settings, folder)
        user = asyncio.run(_find(gateway, name, create=create))
    except (Problem, Problems) as error:
        fail(error)
    role = role or user["role"] or "user"
    extra = {key: _value(text) for key, _, text in (claim.partition("=") for claim in claims)}
    now = int(time.time())
    payload: dict[str, Any] = {
        **extra,
        "sub": user["id"],
        "role": role,
        "roles": sorted(str(each) for each in {role, *(user["allowedRoles"] or [])}),
        "iat": now,
        "exp": now + int(hours * 3600),
    }
    click.echo(sign(payload, settings.token_secret))


async def _find(gateway: Any, name: str, *, create: bool) -> Mapping[str, Any]:
    """The user, asked for through the API as admin; NAME itself where the project has no User model."""
    from portico.gateway.auth import User

    table = gateway.catalog.table_of(User)
    if table is None:
        return {"id": name, "role": None, "allowedRoles": None}
    await gateway.engine.start()
    try:
        where = f"{{_or: [{{email: {{_eq: $name}}}}, {{name: {{_eq: $name}}}}{_by_id(name)}]}}"
        fields = f"id role allowedRoles: {gateway.catalog.names.column('allowed_roles')}"
        query = f"query ($name: String!) {{ found: {table.roots['select']}(where: {where}, limit: 2) {{ {fields} }} }}"
        found = (await _ask(gateway, query, {"name": name}))["found"]
        if not found and create:
            insert = table.roots["insert_one"]
            email = name if "@" in name else f"{name}@example.com"
            mutation = f"mutation ($name: String!, $email: String!) {{ made: {insert}(object: {{name: $name, email: $email}}) {{ {fields} }} }}"
            return (await _ask(gateway, mutation, {"name": name, "email": email}))["made"]
        if len(found) != 1:
            many = "Several users are called" if found else "No user is called"
            raise UnknownUser(f"{many} {name!r}.", hint="Give an e-mail or id, or --create.")
        return found[0]
    finally:
        await gateway.engine.close()


def _by_id(name: str) -> str:
    from uuid import UUID

    try:
        return f', {{id: {{_eq: "{UUID(name)}"}}}}'
    except ValueError:
        return ""


async def _ask(gateway: Any, document: str, variables: Mapping[str, Any]) -> Any:
    from portico.resolvers.request import Request
    from portico.schema.caller import ADMIN, Caller

    answer = await gateway.executor.execute(Request(document, None, variables, Caller(role=ADMIN)))
    return json.loads(answer)["data"]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
