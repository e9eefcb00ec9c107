"""Who may do what cannot be undone: whoever has shown who they are just now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.people import can_step_up
from portico.gateway.auth.problems import NeedsAssurance
from portico.gateway.auth.records import now, utc
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.models import Session

_JUST_NOW = timedelta(minutes=10)


async def must_be_elevated(accounts: Accounts, session: AsyncSession, caller: Caller, own: Session) -> None:
    """
    Lets elevated sessions pass; and, of users who have neither password nor factor to show again, those who have signed in just now.

    Args:
        own: the caller's session.

    Raises:
        NeedsAssurance
    """
    if caller.claims.get("elevated") is True:
        return
    if utc(own.created_at) > now() - _JUST_NOW and not await can_step_up(accounts, session, own.user_id):
        return
    raise NeedsAssurance("This asks you to show again who you are.", hint="stepUp gives a token that may.")
