"""How does somebody get one more way in, and lose one: identities linked and unlinked by who has shown just now who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from portico.gateway.auth.people import can_step_up
from portico.gateway.auth.problems import NeedsAssurance
from portico.gateway.auth.provider_answers import Stranger
from portico.gateway.auth.provider_codes import BEGIN_LINK, END_LINK, code_refused, give_code, take_code
from portico.gateway.auth.records import now, utc
from portico.gateway.auth.redirects import redirect_of
from portico.gateway.auth.sessions import read_session
from portico.gateway.auth.strangers import link, unlink
from portico.schema.caller import Caller

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts

_FRESH_S = 300


async def begin_link(accounts: Accounts, caller: Caller, user_id: UUID, provider: str, redirect_to: str | None) -> str:
    """
    The address to send a browser to.

    What comes of it is not linked before the user's own page brings it back by `finish_link`: whoever had a browser follow
    somebody else's link would give its owner's identity away.

    Raises:
        UnknownProvider, NeedsAssurance, RedirectNotAllowed
    """
    accounts.providers.provider(provider)
    address = redirect_of(redirect_to, accounts.settings, accounts.public_url)
    await check_elevated(accounts, caller, user_id)
    code = await give_code(accounts, BEGIN_LINK, user_id, {"redirect_to": address, "provider": provider})
    return f"{accounts.public_url.rstrip('/')}/auth/providers/{provider}?{urlencode({'link': code})}"


async def finish_link(accounts: Accounts, user_id: UUID, code: str) -> UUID:
    """
    Links what a provider said to who brings it; the identity.

    Raises:
        InvalidCode: it was made for somebody else, too. CannotLink
    """
    made_for, details = await take_code(accounts, END_LINK, code)
    if made_for != user_id:
        raise code_refused()
    return await link(accounts, user_id, Stranger(**details))


async def end_link(accounts: Accounts, caller: Caller, user_id: UUID, identity_id: UUID) -> bool:
    """
    Takes a way in away; False where it is none of theirs.

    Raises:
        NeedsAssurance, LastWayIn
    """
    await check_elevated(accounts, caller, user_id)
    return await unlink(accounts, user_id, identity_id, _session_id(caller))


async def check_elevated(accounts: Accounts, caller: Caller, user_id: UUID) -> None:
    """
    Whether somebody has shown just now who they are.

    Who has neither a password nor a factor cannot step up: they sign in again, and have a session of a few minutes.

    Raises:
        NeedsAssurance
    """
    if caller.claims.get("elevated") is True:
        return
    session_id = _session_id(caller)
    found = None if session_id is None else await read_session(accounts.data, accounts.models, session_id)
    if found is not None and not await _can_step_up(accounts, user_id):
        user, session = found
        if user.is_anonymous or (now() - utc(session.created_at)).total_seconds() <= _FRESH_S:
            return
    raise NeedsAssurance("Show again who you are.", hint="Call stepUp, or sign in again where there is no password.")


async def _can_step_up(accounts: Accounts, user_id: UUID) -> bool:
    async with accounts.data.read() as session:
        return await can_step_up(accounts, session, user_id)


def _session_id(caller: Caller) -> UUID | None:
    try:
        return UUID(str(caller.claims.get("sid")))
    except ValueError:
        return None
