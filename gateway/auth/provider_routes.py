"""How do browsers go to providers and come back: two routes that answer with where to go next, and with cookies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from portico.gateway.auth.accounts import Accounts
from portico.gateway.auth.problems import NeedsChallenge
from portico.gateway.auth.provider_codes import (
    BEGIN_LINK,
    END_LINK,
    SIGN_IN,
    challenge_of,
    code_refused,
    details_of,
    give_code,
    sign_in_at_once,
    take_code,
)
from portico.gateway.auth.provider_sign_in import FLOW_S, Flow
from portico.gateway.auth.redirects import redirect_of
from portico.gateway.auth.strangers import user_of
from portico.gateway.auth.token_cookies import cookies_of
from portico.gateway.auth.types import SignIn
from portico.gateway.connection import Connection
from portico.gateway.cookies import cookie_of, forgetting, keeping
from portico.gateway.problems import InvalidRequest
from portico.schema.problems import Problem

FLOW_COOKIE = "__Host-portico-flow"
_MOST_PARAMETERS = 40
# What a provider answers with; nothing else of a form is handed on.
_ANSWERED = ("code", "state", "iss", "error")


@dataclass(frozen=True, slots=True)
class Away:
    """Where a browser goes next, and what it keeps or forgets."""

    location: str
    cookies: Sequence[tuple[bytes, bytes]] = ()


async def go(accounts: Accounts, name: str, query: bytes) -> Away:
    """
    Sends a browser to a provider.

    Raises:
        InvalidRequest, UnknownProvider, RedirectNotAllowed, NeedsChallenge, InvalidCode, ProviderUnavailable
    """
    given = parameters_of(query)
    link = ""
    challenge = challenge_of(given.get("code_challenge", ""), given.get("code_challenge_method", ""))
    if "link" in given:
        user_id, details = await take_code(accounts, BEGIN_LINK, given["link"])
        if details.get("provider") != name:
            raise code_refused()
        link, address = str(user_id), details["redirect_to"]
    else:
        address = redirect_of(given.get("redirect_to"), accounts.settings, accounts.public_url)
        if not challenge and urlsplit(address).scheme not in ("http", "https"):
            raise NeedsChallenge(
                "An app has no cookies of its browser: it exchanges a code.", hint="Send a code_challenge."
            )
    url, kept = await accounts.providers.begin(name, address, challenge, link)
    return Away(url, (keeping(FLOW_COOKIE, kept, FLOW_S),))


async def come_back(
    accounts: Accounts, name: str, query: bytes, headers: Mapping[bytes, bytes], connection: Connection
) -> Away:
    """
    Takes a browser back from a provider.

    Whatever goes wrong once it is known what was begun here is told to the page that began it, as `error`.

    Raises:
        InvalidRequest, UnknownProvider, NotBegunHere
    """
    given = parameters_of(query)
    accounts.providers.provider(name)
    flow = accounts.providers.flow(name, cookie_of(headers.get(b"cookie", b""), FLOW_COOKIE), given)
    forgets = forgetting(FLOW_COOKIE)
    try:
        away = await _completed(accounts, flow, given, connection)
    except Problem as problem:
        return Away(_with(flow.redirect_to, {"error": problem.code}), (forgets,))
    return Away(away.location, (*away.cookies, forgets))


def bounced(name: str, body: bytes) -> Away:
    """
    Has a form that a provider's page has posted sent again as a link.

    Browsers send no cookies with forms of other sites; with links they do, and a flow needs no weaker cookie for that.

    Raises:
        InvalidRequest
    """
    given = parameters_of(body)
    return Away(f"/auth/callback/{name}?" + urlencode({each: given[each] for each in _ANSWERED if each in given}))


def parameters_of(text: bytes) -> dict[str, str]:
    """
    The parameters of an address or a form.

    Raises:
        InvalidRequest: it cannot be read, or one stands twice: who reads the first and who the last would differ.
    """
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise InvalidRequest("The parameters cannot be read.") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidRequest("A parameter stands twice.")
    return found


async def _completed(accounts: Accounts, flow: Flow, given: Mapping[str, str], connection: Connection) -> Away:
    attempt = accounts.attempts.begin(connection)
    stranger = await accounts.providers.complete(flow, given)
    attempt.succeeded()
    if flow.link:
        code = await give_code(accounts, END_LINK, UUID(flow.link), details_of(stranger))
        return Away(_with(flow.redirect_to, {"link_code": code}))
    user_id = await user_of(accounts, stranger, connection)
    if flow.challenge:
        code = await give_code(accounts, SIGN_IN, user_id, {"challenge": flow.challenge})
        return Away(_with(flow.redirect_to, {"code": code}))
    answer = await sign_in_at_once(accounts, connection, user_id)
    return Away(_next(flow.redirect_to, answer), cookies_of(answer.tokens, accounts.settings) if answer.tokens else ())


def _next(address: str, answer: SignIn) -> str:
    # After the #, of which servers, logs and other pages get nothing.
    return address if answer.challenge is None else f"{address}#{urlencode({'challenge': answer.challenge})}"


def _with(address: str, more: Mapping[str, Any]) -> str:
    before, hash_, fragment = address.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{urlencode(more)}{hash_}{fragment}"
