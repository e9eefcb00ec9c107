"""How do errors reach a client: problems as GraphQL errors, in Portico's manner or Hasura's, all else as a code alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from portico.gateway.problems import InternalProblem
from portico.resolvers.documents import DocumentInvalid
from portico.schema.problems import HasuraError, Problem


def problems_of(error: BaseException) -> Sequence[Problem]:
    """
    What a client is told of an exception.

    Only a Problem's own words go out. Any other exception is a mistake of ours: its text may hold SQL,
    values or secrets.
    """
    if isinstance(error, DocumentInvalid):
        return error.problems
    if isinstance(error, Problem):
        return (error,)
    return (
        InternalProblem("Something went wrong here.", hint="The answer's X-Request-Id finds it in the server's log."),
    )


def error_body(problems: Sequence[Problem]) -> bytes:
    """`{"errors": […]}`, without `data`: nothing was executed, or everything was rolled back."""
    return orjson.dumps({"errors": [as_error(problem) for problem in problems]})


def as_error(problem: Problem) -> dict[str, Any]:
    """One GraphQL error. Source: GraphQL, "Errors"; the extensions' keys are those of Hasura v2 and ours."""
    error: dict[str, Any] = {"message": problem.message}
    if problem.locations:
        error["locations"] = [{"line": line, "column": column} for line, column in problem.locations]
    extensions: dict[str, Any] = {"code": problem.error_code, "path": problem.path, "problem": problem.code}
    if problem.hint:
        extensions["hint"] = problem.hint
    error["extensions"] = extensions
    return error


def hasura_body(problems: Sequence[Problem]) -> bytes:
    """One error alone, with the keys of Hasura v2 and no others."""
    first = problems[0]
    said = first.hasura or HasuraError(first.message, first.path, first.error_code)
    extensions = {"path": said.path, "code": said.code}
    return orjson.dumps({"errors": [{"message": said.message, "extensions": extensions}]})


@dataclass(frozen=True, slots=True)
class Manner:
    """
    How an endpoint answers.

    Args:
        body: the problems of a request as JSON.
        always_ok: under application/json every failure of a GraphQL request has status 200, whatever it was.
        takes_hashes: hashes that come with a document are passed over.
        tells_positions: answers of subscriptions on sockets say where they have come to, also to who has not asked for it.
    """

    body: Callable[[Sequence[Problem]], bytes]
    always_ok: bool
    takes_hashes: bool
    tells_positions: bool


PORTICO = Manner(error_body, always_ok=False, takes_hashes=True, tells_positions=True)
HASURA = Manner(hasura_body, always_ok=True, takes_hashes=False, tells_positions=False)
