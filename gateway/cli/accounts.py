"""How do commands reach accounts: as the server does, without serving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from portico.gateway.cli.project import with_gateway
from portico.schema.problems import Problem

if TYPE_CHECKING:
    from portico.gateway.app import Gateway
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

    async def run(gateway: Gateway) -> Answer:
        accounts = gateway.accounts
        if accounts is None:
            raise NoAccounts("The models have no accounts.", hint="from portico.gateway.auth import User")
        try:
            return await work(accounts)
        finally:
            accounts.passwords.close()
            await gateway.close_accounts()

    return with_gateway(models, run)
