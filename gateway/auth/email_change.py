"""How does the address of an account become another: once the new one is confirmed, and with both told."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.codes import Meant, refused
from portico.gateway.auth.elevation import must_be_elevated
from portico.gateway.auth.emails import email_of
from portico.gateway.auth.people import PASSWORD, signed_in, user_of
from portico.gateway.auth.records import now
from portico.gateway.connection import Connection
from portico.schema.caller import Caller

_PURPOSE = "change_email"


async def change_email(
    accounts: Accounts, connection: Connection, caller: Caller, email: str, redirect_to: str | None
) -> bool:
    """
    Sends a link to the new address; the answer is the same whether somebody has it already.

    Raises:
        NeedsSignIn, NeedsAssurance, InvalidEmail, RedirectNotAllowed, TooManyAttempts
    """
    address = email_of(email)
    back_to = accounts.links.back_to(redirect_to)
    async with accounts.data.read() as session:
        user, own = await signed_in(accounts, session, caller)
        await must_be_elevated(accounts, session, caller, own)
    accounts.attempts.mail(connection, address)
    details = {"from": user.email, "redirect_to": back_to}
    async with accounts.data.begin() as session:
        other = await user_of(accounts, session, address)
        token = await accounts.codes.issue_link(session, Meant(_PURPOSE, address, user.id, details))
    texts = accounts.texts
    if other is None:
        accounts.mailer.send(address, texts.change_email(accounts.links.to(token)))
    elif other.disabled_at is None and other.id != user.id:
        accounts.mailer.send(address, texts.address_in_use())
    if user.email is not None:
        accounts.mailer.send(user.email, texts.email_change_asked())
    return True


async def confirm_email(accounts: Accounts, connection: Connection, token: str) -> bool:
    """
    Takes the link that was sent to the new address. Whatever was sent to the old one is void.

    Raises:
        InvalidCode: whatever is wrong.
        TooManyAttempts
    """
    attempt = accounts.attempts.begin(connection)
    models = accounts.models
    try:
        async with accounts.data.begin() as session:
            found = await accounts.codes.take_link(session, (_PURPOSE,), token)
            user = await session.get(models.user, found.user_id) if found is not None and found.user_id else None
            before = user.email if user is not None else None
            is_same = found is not None and before == (found.details or {}).get("from")
            if found is None or user is None or user.disabled_at is not None or not is_same:
                raise refused()
            address = found.email or ""
            user.email, user.email_verified_at, user.is_anonymous = address, now(), False
            await session.flush()
            of_password = (models.identity.user_id == user.id) & (models.identity.provider == PASSWORD)
            await session.execute(update(models.identity).where(of_password).values(email=address))
            await accounts.codes.void(session, user.id)
    except IntegrityError:
        raise refused() from None  # somebody else has it now
    for each in (before, address):
        if each is not None:
            accounts.mailer.send(each, accounts.texts.email_changed())
    attempt.succeeded()
    return True
