"""What happens once somebody has shown who they are: whatever the way of signing in was, it ends here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

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
    Signs a user in, in the caller's transaction.

    Args:
        methods: what was shown (RFC 8176): `pwd` a password, `otp` a code or link that was sent.
    """
    opened = await open_session(
        session, accounts.models, accounts.settings, accounts.secrets, user, methods, connection
    )
    return SignIn(tokens=accounts.tokens(opened))
