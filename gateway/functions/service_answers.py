"""What does the answer of a service mean: a result, its refusal in its own words, or a failure in ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from portico.gateway.functions.problems import RemoteFailed, RemoteRefused
from portico.gateway.outgoing import MAX_ANSWER_BYTES, Answer

_AGAIN = frozenset({429, 502, 503, 504})
_MOST_CHARACTERS = 500  # of what a service says of its refusal


def may_pass(answer: Answer) -> bool:
    """Whether another try may be answered otherwise."""
    return answer.status in _AGAIN


def result_of(answer: Answer) -> Any:
    """
    The result that a service answers, as JSON.

    Raises:
        RemoteRefused: it answered 4xx; in its words. RemoteFailed: anything else.
    """
    if len(answer.body) > MAX_ANSWER_BYTES:
        raise RemoteFailed("The service has answered with more than 1 MB.")
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise RemoteFailed("The service has answered with what is no JSON.") from error
    if 200 <= answer.status < 300:
        return said
    if 400 <= answer.status < 500 and isinstance(said, dict):
        raise _refusal(said)  # pyright: ignore[reportUnknownArgumentType]
    raise RemoteFailed(f"The service has answered with status {answer.status}.")


def _refusal(said: Mapping[str, Any]) -> RemoteRefused:
    """Source: Hasura v2, "Actions", "Returning an error response"."""
    message, extensions = said.get("message"), said.get("extensions")
    words = message[:_MOST_CHARACTERS] if isinstance(message, str) and message else "The service refuses."
    code = extensions.get("code") if isinstance(extensions, dict) else said.get("code")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return RemoteRefused(words, code[:100] if isinstance(code, str) and code else None)
