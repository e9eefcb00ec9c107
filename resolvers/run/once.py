"""How is a request done once, however often it is sent: its key claimed and its answer kept in the transaction of its writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any

import orjson

from portico.resolvers.problems import Conflict, InvalidKey, KeyReused, NotRepeatable
from portico.resolvers.request import RequestOnce
from portico.resolvers.run.calls import Call, Outcome, Steps
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.kept_answers import KeptAnswers
from portico.schema.caller import Caller

MAX_KEY_BYTES = 255
MAX_ANSWER_BYTES = 1_000_000
_NOBODY = Caller()
# Claims of a token that change whenever it is issued again.
_OF_THE_TOKEN = ("exp", "iat", "nbf", "jti")


class Replayed(Exception):
    """The request was done before: this is what it was answered. The transaction has nothing to commit."""

    def __init__(self, body: bytes) -> None:
        super().__init__("done before")
        self.body = body


class Once:
    """
    Does requests that carry a key once.

    Source: IETF draft-ietf-httpapi-idempotency-key-header, "The Idempotency-Key HTTP Request Header Field".
    Only what was done is kept: an error rolls the key back with everything else, and the request may be sent
    again under it.

    Args:
        hours: how long an answer is kept; 0 keeps none, and requests with keys are refused.
    """

    def __init__(self, dialect: SqlDialect, hours: float) -> None:
        self._dialect = dialect
        self._hours = hours

    @cached_property
    def _statements(self) -> KeptAnswers:
        return KeptAnswers(self._dialect)

    def steps(self, request: RequestOnce, writes: Callable[[], Steps]) -> Callable[[], Sequence[Steps]]:
        """
        What an engine's `write` takes: fresh steps that give the whole body.

        Args:
            writes: fresh steps that write and give the whole body.

        Raises:
            InvalidKey: the key is empty, too long, or keys are off.
        """
        if not self._hours:
            raise InvalidKey("Idempotency keys are off here.", hint="Send the request without the header.")
        identifier, digest = _scoped(request), _digest(_asked(request))
        return lambda: [self._once(identifier, digest, writes())]

    def _once(self, identifier: bytes, digest: bytes, writes: Steps) -> Generator[Call, Outcome, bytes]:
        now = int(time.time())
        until = now + round(self._hours * 3600)
        claimed = yield _call(self._statements.claim, identifier, digest, until, now)
        if not claimed.rows:
            found = yield _call(self._statements.find, identifier)
            raise _done_before(found, digest)
        body = yield from writes
        if len(body) > MAX_ANSWER_BYTES:
            raise NotRepeatable(
                f"The answer has more than the {MAX_ANSWER_BYTES} bytes that are kept for a key; nothing was written.",
                hint="Ask for less in the answer, or send the request without the header.",
            )
        yield _call(self._statements.sweep, now)
        yield _call(self._statements.keep, identifier, body)
        return body


def _done_before(found: Outcome, digest: bytes) -> Exception:
    if not found.rows or found.rows[0][1] is None:  # it was swept between the two statements
        return Conflict("Another request with this key is under way.", hint="Send the request again.")
    request, answer = found.rows[0]
    if bytes(request) != digest:
        return KeyReused(
            "The Idempotency-Key was sent before with another request.", hint="Send a new key with every new request."
        )
    return Replayed(bytes(answer))


def _call(statement: Statement, *values: Any) -> Call:
    return Call(statement.sql, [statement.bind(values, _NOBODY)])


def _scoped(request: RequestOnce) -> bytes:
    """The key as it is stored: hashed, and the caller's own under the role that they act under."""
    key = request.key
    if len(key) >= 2 and key[:1] == key[-1:] == b'"':
        key = key[1:-1]  # the draft's spelling; most clients send it bare
    if not 0 < len(key) <= MAX_KEY_BYTES or not all(0x21 <= byte <= 0x7E for byte in key):
        raise InvalidKey(
            f"An Idempotency-Key is 1 to {MAX_KEY_BYTES} visible ASCII characters.", hint="A random UUID serves well."
        )
    caller = request.caller
    return _digest([key.decode("ascii"), caller.role, caller.backend, caller.id, _identifying(caller)])


def _identifying(caller: Caller) -> Mapping[str, Any]:
    """What tells callers of one role apart who have no id."""
    if caller.id is not None:
        return {}
    return {name: value for name, value in caller.claims.items() if name not in _OF_THE_TOKEN}


def _asked(request: RequestOnce) -> list[Any]:
    return [request.document, request.operation_name, request.variables]


def _digest(value: list[Any]) -> bytes:
    text = orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return blake2b(text, digest_size=32).digest()
