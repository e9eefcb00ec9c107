"""Which kind of answer does a client accept, and which status does a failure have in it."""

from __future__ import annotations

from portico.gateway.errors import Manner
from portico.gateway.problems import NotAcceptable
from portico.schema.problems import Problem

JSON = b"application/json"
GRAPHQL_JSON = b"application/graphql-response+json"
EVENT_STREAM = b"text/event-stream"
_OF_HTTP = (405, 406, 408, 413, 415)  # what HTTP itself says; a GraphQL server has not read the request


class WantsEvents(Exception):
    """Leaves the way of plain answers, which then need not ask what kind of answer it is."""


def accepted(accept: bytes | None) -> bytes:
    """Source: GraphQL over HTTP, "Accept"; without the header it is application/json, as before 2025."""
    if accept is None or accept in (b"*/*", JSON):
        return JSON
    if accept.startswith(GRAPHQL_JSON):
        return GRAPHQL_JSON
    best, best_quality = b"", 0.0
    for part in accept.lower().split(b","):
        name, _, parameters = part.strip().partition(b";")
        quality = _quality(parameters)
        offered = _offered(name.strip())
        if offered and quality > best_quality:
            best, best_quality = offered, quality
    if not best:
        raise not_acceptable()
    if best == EVENT_STREAM:
        raise WantsEvents
    return best


def _offered(name: bytes) -> bytes:
    if name in (GRAPHQL_JSON, EVENT_STREAM):
        return name
    return JSON if name in (JSON, b"application/*", b"*/*") else b""


def _quality(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def status_of(problem: Problem, media_type: bytes, manner: Manner) -> int:
    """
    The status of a failure.

    Under application/json a request that was GraphQL at all is answered 200, as clients of that type expect
    (GraphQL over HTTP, §6.4.1); what was no GraphQL request, or must not be tried again, has its own. In
    Hasura's manner these are 200, too.
    """
    if manner.always_ok and media_type == JSON:
        return problem.status if problem.status in _OF_HTTP else 200
    if (
        media_type == GRAPHQL_JSON
        or problem.code.startswith(("PT11", "PT12", "PT132"))
        or problem.status in (401, 405, 503)
    ):
        return problem.status
    return 200 if problem.status < 500 else problem.status


def extra_headers(status: int) -> tuple[tuple[bytes, bytes], ...]:
    """What HTTP wants said with a status."""
    if status == 405:
        return ((b"allow", b"GET, POST"),)
    if status == 503:
        return ((b"retry-after", b"1"),)
    return ()


def not_acceptable() -> NotAcceptable:
    """To a client that takes nothing of what there is."""
    return NotAcceptable(
        "The answer is JSON, which the client does not accept.",
        hint="Accept application/graphql-response+json or application/json.",
    )
