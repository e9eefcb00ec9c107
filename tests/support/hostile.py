"""What is a hostile request: a name, what is sent, and which answer it must have."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

SYNTAX, INVALID, NO_OPERATION, BAD_VALUE, BAD_ARGUMENT = "PT101", "PT102", "PT103", "PT104", "PT105"
BAD_CURSOR = "PT106"
NO_STREAM = "PT545"
NOT_FOUND, BAD_METHOD, BAD_TYPE, NOT_ACCEPTABLE, TOO_LONG = "PT110", "PT111", "PT112", "PT113", "PT114"
BAD_JSON, BAD_REQUEST, NO_BATCH, MUTATION_BY_GET = "PT115", "PT116", "PT117", "PT118"
TOO_LARGE, TOO_DEEP, TOO_MANY, TOO_COSTLY = "PT401", "PT402", "PT403", "PT404"

JSON_TYPE = {"content-type": "application/json"}
DATA = "data"
"""The answer is data: what looks hostile is legitimate, and must work."""

ANYTHING = ""
"""Data or a coded error: which of them is the engine's affair."""


@dataclass(frozen=True)
class Sent:
    """One HTTP request."""

    body: bytes | None
    method: str = "POST"
    path: str = "/graphql"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_TYPE)


@dataclass(frozen=True)
class Hostile:
    """
    One case.

    wants: the code of the problem that must come back, `DATA` or `ANYTHING`. The request is made when the
    case runs, since some are 10 MB long.
    """

    name: str
    wants: str
    make: Callable[[], Sent]


def document(name: str, wants: str, text: Callable[[], str] | str, **members: Any) -> Hostile:
    """A document sent as JSON; `members` are the other members of the request."""

    def make() -> Sent:
        query = text if isinstance(text, str) else text()
        return Sent(json.dumps({"query": query, **members}).encode())

    return Hostile(name, wants, make)


def variables(name: str, wants: str, query: str, make_variables: Callable[[], Any]) -> Hostile:
    """A harmless document with variables that are not."""
    return Hostile(name, wants, lambda: Sent(json.dumps({"query": query, "variables": make_variables()}).encode()))


def raw(name: str, wants: str, body: Callable[[], bytes] | bytes, headers: Mapping[str, str] | None = None) -> Hostile:
    """A body sent as it stands."""
    return Hostile(
        name, wants, lambda: Sent(body if isinstance(body, bytes) else body(), headers={**JSON_TYPE, **(headers or {})})
    )


def get(name: str, wants: str, query_string: Callable[[], str] | str) -> Hostile:
    """A request by GET."""
    return Hostile(
        name,
        wants,
        lambda: Sent(
            None, "GET", "/graphql?" + (query_string if isinstance(query_string, str) else query_string()), {}
        ),
    )


def repeated(piece: str, times: int, *, between: str = " ") -> str:
    """`piece` many times; `{}` in it is the number of the repetition."""
    return between.join(piece.replace("{}", str(index)) for index in range(times))


def nested(before: str, inside: str, after: str, times: int) -> str:
    """`inside` wrapped many times."""
    return before * times + inside + after * times
