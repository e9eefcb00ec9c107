"""How does an author say what is called elsewhere, and what is answered beside GraphQL: `remote`, `remote_lambda`, `route` and `endpoint`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from portico.gateway.problems import InvalidSettings
from portico.schema.declarations import EndpointDeclaration, RouteDeclaration, current
from portico.schema.hooks import source_of
from portico.schema.problems import Source
from portico.schema.services import HttpService, LambdaService, RemoteDeclaration

Function = TypeVar("Function", bound=Callable[..., Any])
_MOST_S, _MOST_LATER_S = 15.0, 600.0


def remote(
    url: str | Callable[[], str],
    *,
    secret: str | Iterable[str] | Callable[[], Iterable[str]] = (),
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
    forward: Iterable[str] = (),
    timeout_s: float = 10.0,
    retries: int | None = None,
    asynchronous: bool = False,
) -> Callable[[Function], Function]:
    """
    Has a function answered by an HTTP service; its body is never run:

        @mutation
        @remote("https://pay.example.com/charge", secret=os.environ["PAY_SECRET"], forward=["accept-language"])
        async def charge(order_id: UUID, amount: Decimal) -> Receipt: ...

    The service is sent Hasura's payload of actions by POST: `action.name`, `input`, `session_variables` (who calls) and `request_query`. It answers
    2xx with the result as JSON, or 4xx with `message` and `extensions.code`, which the client is told.

    Args:
        url: of the internet; of this machine and private networks in development alone. A function is asked at each call.
        secret: keys by which requests are signed (Standard Webhooks 1.0.0), `whsec_…`; several while one is changed for another.
        headers: sent with each request; what is secret belongs into a function, `lambda: {"x-key": os.environ["PAY_KEY"]}`.
        forward: headers of the client that are passed on; none unless named here.
        timeout_s: of all tries together, at most 15; of each where it is asynchronous, at most 600.
        retries: how often it is tried again where nothing answers, or 429, 502, 503 or 504; only for what may be done twice. None
            unless given; of asynchronous ones 19 within a day.
        asynchronous: a mutation answers at once with an id, by which a query and a subscription of its name give the result to whoever
            asked: `{ charge(id: …) { id createdAt errors output { … } } }`.
    """
    secrets: Any = (secret,) if isinstance(secret, str) else secret
    forwarded = tuple(each.lower() for each in forward)
    return _declaring(HttpService(url, secrets, headers or {}, forwarded), timeout_s, retries, asynchronous)


def remote_lambda(
    function: str,
    *,
    qualifier: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    timeout_s: float = 10.0,
    retries: int | None = None,
    asynchronous: bool = False,
) -> Callable[[Function], Function]:
    """
    Has a function answered by AWS Lambda; its body is never run: `@query @remote_lambda("weather")`. It needs `portico[lambda]`.

    It is invoked with what `remote` sends, and gives the result as JSON, or an answer as API Gateway knows it, by which it can
    refuse: `{"statusCode": 400, "body": "{\"message\": …}"}`. Keys are those that tools of AWS find: variables, profiles, roles.

    Args:
        function: its name, or its ARN. qualifier: a version or alias.
        region: that of the environment unless given. endpoint_url: of what is not AWS.
        timeout_s, retries, asynchronous: as for `remote`.

    Raises:
        InvalidSettings: aioboto3 is not installed.
    """
    if find_spec("aioboto3") is None:
        raise InvalidSettings("Functions of AWS Lambda need aioboto3.", hint="pip install portico[lambda]")
    return _declaring(LambdaService(function, qualifier, region, endpoint_url), timeout_s, retries, asynchronous)


def _declaring(
    service: HttpService | LambdaService, timeout_s: float, retries: int | None, asynchronous: bool
) -> Callable[[Function], Function]:
    def declare(function: Function) -> Function:
        most_s = _MOST_LATER_S if asynchronous else _MOST_S
        made = RemoteDeclaration(service, min(timeout_s, most_s), retries, asynchronous)
        if not asynchronous:
            current().remotes[function] = made
            return function
        # Here: what is kept needs SQLAlchemy's tables and jobs, and other functions neither.
        from portico.gateway.functions.asynchronous import asking

        return asking(function, made)

    return declare


def route(
    method: str, path: str, *, max_bytes: int | None = None, timeout_s: float | None = None
) -> Callable[[Function], Function]:
    """
    Answers HTTP requests at a path by a function:

        @route("POST", "/hooks/stripe")
        async def paid(request: Incoming, data: Data) -> None:
            request.verify_stripe(os.environ["STRIPE_SECRET"])
            ...

    It is handed the request with its raw body (`Incoming`), and by type what functions are handed. It gives `Outgoing`, what is JSON, or nothing (204).

    Args:
        path: one path, or with names in braces (`/hooks/{shop}`), which are in `request.path`.
        max_bytes: of a body; the setting `max_body_bytes` unless given.
        timeout_s: as for `query`.
    """

    def declare(function: Function) -> Function:
        made = RouteDeclaration(method.upper(), path, function, source_of(function), max_bytes, timeout_s)
        current().routes.append(made)
        return function

    return declare


def endpoint(method: str, path: str, document: str | Path, *, to: str | Iterable[str] | None = None) -> None:
    """
    Answers HTTP requests at a path by an operation:

        endpoint("GET", "/api/posts/{id}", "query ($id: UUID!) { post(id: $id) { title } }")

    Its variables come from the path, the query string and the body's JSON object. The answer is the operation's data, or the problem;
    `/openapi.json` describes it to the roles that can run it.

    Args:
        document: one operation, or the file that has it.
        to: the roles that have the endpoint; every role unless given.
    """
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    text = document.read_text() if isinstance(document, Path) else document
    roles = None if to is None else (to,) if isinstance(to, str) else tuple(to)
    source = Source(frame.f_code.co_filename, frame.f_lineno)
    current().endpoints.append(EndpointDeclaration(method.upper(), path, text, roles, source))
