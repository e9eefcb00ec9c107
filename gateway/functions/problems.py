"""What can go wrong with functions that live elsewhere, and with routes."""

from __future__ import annotations

from portico.schema.problems import ModelProblem, Problem


class RemoteFailed(Problem):
    """A function's service cannot be reached, or answers with what cannot be used."""

    code, status, error_code = "PT573", 502, "unexpected"


class RemoteRefused(Problem):
    """A function's service refuses, in its own words and with its own code."""

    code, status, error_code = "PT574", 400, "bad-request"

    def __init__(self, message: str, said_code: str | None = None) -> None:
        super().__init__(message)
        if said_code is not None:
            self.__dict__["error_code"] = said_code


class TooManyCalls(Problem):
    """As many calls of an asynchronous function wait as may."""

    code, status, error_code = "PT561", 503, "limit-exceeded"


class CallTooLong(Problem):
    """What an asynchronous function is asked is longer than a job may carry."""

    code, status, error_code = "PT563", 413, "limit-exceeded"


class WrongSignature(Problem):
    """A request is not signed by whom it says it is from, or too old."""

    code, status, error_code = "PT575", 401, "invalid-headers"


class WrongRoute(ModelProblem):
    """A route or endpoint cannot be served: its path is taken, or its operation cannot be run."""

    code = "PT218"
