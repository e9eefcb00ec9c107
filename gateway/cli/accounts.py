"""How do commands reach accounts: as the server does, without serving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from portico.gateway.cli.project import database_of, fail, fail_without_tables, open_settings
from portico.schema.problems import Problem, Problems

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts

Answer = TypeVar("Answer")


class NoAccounts(Problem):
    """A command is about accounts, and the models import no `User`."""

    code = "PT365"


class OtherSecret(Problem):
    """The keys in the database were encrypted by another secret than the one that is set here."""

    code = "PT367"


def with_accounts(models: str | None, work: Callable[[Accounts], Awaitable[Answer]]) -> Answer:
    """What is done with the accounts of the project in this folder; ends the command where it cannot be."""
    settings, folder = open_settings(models)
    from portico.gateway.app import Gateway
    from portico.gateway.loading import load_models

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        fail_without_tables(declarations, settings, folder)
        return asyncio.run(_work(Gateway(declarations, settings, folder), work))
    except (Problem, Problems) as error:
        fail(error)


async def _work(gateway: object, work: Callable[[Accounts], Awaitable[Answer]]) -> Answer:
    from portico.gateway.app import Gateway

    assert isinstance(gateway, Gateway)
    accounts = gateway.accounts
    if accounts is None:
        raise NoAccounts("The models have no accounts.", hint="from portico.gateway.auth import User")
    try:
        return await work(accounts)
    finally:
        accounts.passwords.close()
        await gateway.close_accounts()
