"""Where do the links of mails lead: to the page that asked for them, or to one of ours, which uses them once its button is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.code_sign_in import sign_in_with_link
from portico.gateway.auth.email_change import confirm_email
from portico.gateway.auth.link_page import asking_page, told_page
from portico.gateway.auth.password_change import reset_password
from portico.gateway.auth.provider_routes import Away, parameters_of
from portico.gateway.auth.signing_up import verify_email
from portico.gateway.auth.token_cookies import cookies_of
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.gateway.edge import Edge
from portico.gateway.problems import OriginNotAllowed
from portico.schema.problems import Problem

_SIGNING_UP = ("sign_up", "verify_email")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page."""

    body: bytes
    status: int = 200


async def follow(accounts: Accounts, query: bytes) -> Away | Shown:
    """
    What a link answers that is only looked at, as filters of mails do: it stays good.

    A page that asked for the link is told its token and purpose after the #, of which no server hears.

    Raises:
        InvalidRequest
    """
    token = parameters_of(query).get("token", "")
    found = await _known(accounts, token)
    if found is None:
        return _gone(accounts)
    purpose, back_to = found
    if back_to is not None:
        return Away(f"{back_to}#{urlencode({'token': token, 'purpose': purpose})}")
    return Shown(asking_page(_host(accounts), purpose, token))


async def use(
    accounts: Accounts, edge: Edge, body: bytes, headers: Mapping[bytes, bytes], connection: Connection
) -> Away | Shown:
    """
    What the button does; who is signed in by it has cookies, and comes to the server's own page.

    Raises:
        InvalidRequest
        OriginNotAllowed: a page elsewhere has somebody sign in as whoever it likes.
    """
    if not edge.origins.may_bring_cookies(headers):
        raise OriginNotAllowed("Pages of this origin may not use links.", hint="Open the link of the mail.")
    given = parameters_of(body)
    token = given.get("token", "")
    found = await _known(accounts, token)
    if found is None:
        return _gone(accounts)
    purpose, _ = found
    try:
        answer = await _used(accounts, connection, purpose, token, given.get("password", ""))
    except Problem as problem:
        return Shown(asking_page(_host(accounts), purpose, token, problem.message), problem.status)
    if answer is None:
        return Shown(told_page(_host(accounts), "Your address is confirmed", "It is the one of your account now."))
    more = f"#{urlencode({'challenge': answer.challenge})}" if answer.challenge is not None else ""
    return Away("/" + more, tuple(cookies_of(answer.tokens, accounts.settings)) if answer.tokens is not None else ())


async def _used(accounts: Accounts, connection: Connection, purpose: str, token: str, password: str) -> SignIn | None:
    if purpose in _SIGNING_UP:
        return await verify_email(accounts, connection, token)
    if purpose == "reset_password":
        return await reset_password(accounts, connection, token, password)
    if purpose == "change_email":
        await confirm_email(accounts, connection, token)
        return None
    return await sign_in_with_link(accounts, connection, token)


async def _known(accounts: Accounts, token: str) -> tuple[str, str | None] | None:
    """The purpose of a link that is good, and where its page is."""
    async with accounts.data.read() as session:
        code = await accounts.codes.read_link(session, token)
    if code is None or code.purpose not in (*_SIGNING_UP, "sign_in_link", "reset_password", "change_email"):
        return None
    return code.purpose, (code.details or {}).get("redirect_to")


def _gone(accounts: Accounts) -> Shown:
    text = "It was used before, or is too old. Ask for another one."
    return Shown(told_page(_host(accounts), "This link does not work any more", text), 410)


def _host(accounts: Accounts) -> str:
    return urlsplit(accounts.public_url).netloc
