"""What happens once somebody has shown who they are: whatever the way of signing in was, it ends here; in a session or a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.challenges import confirmed_factors, open_challenge
from portico.gateway.auth.sessions import open_session
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.models import User


async def finish_sign_in(
    accounts: Accounts, session: AsyncSession, user: User, methods: Sequence[str], connection: Connection
) -> SignIn:
    """
    Signs a user in, in the caller's transaction, whichever the first factor was.

    Args:
        methods: what was shown (RFC 8176); with `mfa` among them no second factor is asked for.
    """
    models = accounts.models
    if "mfa" not in methods and await confirmed_factors(session, models, user.id):
        return SignIn(challenge=await open_challenge(session, models, user.id, methods))
    opened = await open_session(session, models, accounts.settings, accounts.secrets, user, methods, connection)
    return SignIn(tokens=await accounts.tokens(opened, session))
