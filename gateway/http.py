"""How does GraphQL travel over HTTP: read, negotiate, hand over, write bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import orjson

from portico.gateway.errors import PORTICO, Manner, problems_of
from portico.gateway.negotiation import (
    GRAPHQL_JSON,
    JSON,
    WantsEvents,
    accepted,
    extra_headers,
    not_acceptable,
    status_of,
)
from portico.gateway.problems import (
    BatchingOff,
    BodyTimeout,
    BodyTooLarge,
    InvalidJson,
    InvalidRequest,
    MethodNotAllowed,
    MutationByGet,
    PersistedQueriesOff,
    UnsupportedMediaType,
)
from portico.gateway.request_ids import RequestIds
from portico.resolvers.problems import InvalidArgument, InvalidKey
from portico.resolvers.request import Request, RequestOnce
from portico.resolvers.run.once import Replayed
from portico.schema.caller import Caller

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = Mapping[bytes, bytes]
Stream: TypeAlias = "Callable[[GraphQLOverHttp, Scope, Receive, Send, Headers, bytes], Awaitable[None]]"

Multipart: TypeAlias = Callable[[Headers, Receive], AbstractAsyncContextManager[Any] | None]

READ = "portico.read"  # in a scope: the body has arrived
_CONTENT_TYPES = {
    JSON: b"application/json; charset=utf-8",
    GRAPHQL_JSON: b"application/graphql-response+json; charset=utf-8",
}
_NOTHING: Mapping[str, Any] = {}


class GraphQLOverHttp:
    """
    One endpoint: an ASGI callable that knows nothing of databases.

    Source: GraphQL over HTTP, working draft. Answers in `application/json` have status 200 once the
    request was well-formed, those in `application/graphql-response+json` the status of what happened.

    Args:
        execute: answers one request with the body.
        identify: headers → Caller; raises for credentials that are wrong.
        observe: told of every request that failed, with its id and the exception.
        manner: how failures are answered.
        multipart: a multipart request → what it asks, for as long as its files are held; None where it is none, or files are not taken.
        stream: answers a request whose client wants events; raises before it has sent anything, or not at all.
    """

    def __init__(
        self,
        execute: Callable[[Request], Awaitable[bytes]],
        identify: Callable[[Headers], Awaitable[Caller] | Caller],
        observe: Callable[[bytes, BaseException], None],
        *,
        manner: Manner = PORTICO,
        multipart: Multipart | None = None,
        stream: Stream | None = None,
        max_body_bytes: int,
        max_batch: int,
        body_timeout_s: float,
    ) -> None:
        self._execute = execute
        self._identify = identify
        self._observe = observe
        self._manner = manner
        self._multipart = multipart
        self._stream = stream
        self._max_body_bytes = max_body_bytes
        self._max_batch = max_batch
        self._body_timeout_s = body_timeout_s
        self._ids = RequestIds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request, and leaves its id in the scope for whoever writes a log."""
        headers: Headers = dict(scope["headers"])
        identifier = scope["request_id"] = self._ids.of(headers.get(b"x-request-id"))
        media_type = JSON
        try:
            media_type = accepted(headers.get(b"accept"))
            caller = self._identify(headers)
            if not isinstance(caller, Caller):
                caller = await caller
            body = await self._answer(scope, receive, headers, caller, identifier)
            status = 200
        except asyncio.CancelledError:
            raise
        except WantsEvents:
            body, status = None, 0
        except BaseException as error:
            self._observe(identifier, error)
            problems = problems_of(error)
            body, status = self._manner.body(problems), status_of(problems[0], media_type, self._manner)
        if body is None:
            await self._as_events(scope, receive, send, headers, identifier)
            return
        extra = ((b"x-request-id", identifier), *extra_headers(status))
        if "replayed" in scope:
            extra = (*extra, (b"idempotency-replayed", b"true"))
        await respond(send, status, body, _CONTENT_TYPES[media_type], extra)

    async def _as_events(self, scope: Scope, receive: Receive, send: Send, headers: Headers, identifier: bytes) -> None:
        try:
            if self._stream is None:
                raise not_acceptable()
            await self._stream(self, scope, receive, send, headers, identifier)
        except Exception as error:
            self._observe(identifier, error)
            problems = problems_of(error)
            extra = ((b"x-request-id", identifier), *extra_headers(problems[0].status))
            body = self._manner.body(problems)
            await respond(send, problems[0].status, body, _CONTENT_TYPES[GRAPHQL_JSON], extra)

    async def payload(self, scope: Scope, receive: Receive, headers: Headers) -> Any:
        """What a GET or POST says: its parameters, or the JSON of its body."""
        if scope["method"] == "GET":
            return _query_parameters(scope)
        if not _is_json(headers.get(b"content-type", b"")):
            raise _not_json()
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise _encoded()
        body = await self._read(receive, headers)
        scope[READ] = True
        return _loads(body)

    async def body(self, receive: Receive, headers: Headers, max_bytes: int | None = None) -> bytes:
        """The body of a request, as long as one may be, or as is said here."""
        return await self._read(receive, headers, max_bytes)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Headers, caller: Caller, identifier: bytes
    ) -> bytes:
        method = scope["method"]
        if method == "POST":
            content_type = headers.get(b"content-type", b"")
            if b"content-encoding" in headers and headers[b"content-encoding"] != b"identity":
                raise _encoded()
            if content_type == JSON or _is_json(content_type):
                body = await self._read(receive, headers)
                scope[READ] = True
                return await self._posted(scope, _loads(body), headers, caller, identifier)
            sent = None if self._multipart is None else self._multipart(headers, receive)
            if sent is None:
                raise _not_json()
            async with sent as payload:
                scope[READ] = True
                return await self._posted(scope, payload, headers, caller, identifier)
        if method == "GET":
            try:
                payload = _query_parameters(scope)
                return await self._execute(
                    request_of(payload, caller, self._manner, identifier, scope, reads_only=True)
                )
            except InvalidArgument as error:
                if "GET" in error.message:
                    raise MutationByGet(error.message, hint=error.hint) from None
                raise
        raise MethodNotAllowed(f"GraphQL is sent by POST or GET, not {method}.")

    async def _posted(self, scope: Scope, payload: Any, headers: Headers, caller: Caller, identifier: bytes) -> bytes:
        if b"idempotency-key" in headers:
            return await self._once(scope, payload, caller, headers[b"idempotency-key"], identifier)
        if type(payload) is list:
            return await self._batch(payload, caller, identifier, scope)
        return await self._execute(request_of(payload, caller, self._manner, identifier, scope))

    async def _read(self, receive: Receive, headers: Headers, max_bytes: int | None = None) -> bytes:
        message = await receive()
        most = self._max_body_bytes if max_bytes is None else max_bytes
        if not message.get("more_body", False):
            body = message.get("body", b"")
            if len(body) > most:
                raise _too_large(most)
            return body
        if int(headers.get(b"content-length", b"0") or b"0") > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(self._body_timeout_s):
                return await self._read_parts(receive, message, most)
        except TimeoutError:
            raise BodyTimeout(f"The body did not arrive within {self._body_timeout_s} s.") from None

    async def _read_parts(self, receive: Receive, message: MutableMapping[str, Any], most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            if message["type"] == "http.disconnect":
                raise asyncio.CancelledError
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise _too_large(most)
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)
            message = await receive()

    async def _once(self, scope: Scope, payload: Any, caller: Caller, key: bytes, identifier: bytes) -> bytes:
        """The answer to a request with a key; that it was given before is left in the scope."""
        if type(payload) is list:
            raise InvalidKey("A batch cannot have an Idempotency-Key.", hint="Send its requests one at a time.")
        request = request_of(payload, caller, self._manner, identifier, scope)
        try:
            return await self._execute(
                RequestOnce(
                    request.document,
                    request.operation_name,
                    request.variables,
                    caller,
                    trace=identifier,
                    connection=scope,
                    key=key,
                )
            )
        except Replayed as replayed:
            scope["replayed"] = True
            return replayed.body

    async def _batch(self, payload: list[Any], caller: Caller, identifier: bytes, scope: Scope) -> bytes:
        if not self._max_batch:
            raise BatchingOff("Batching is off: send one request at a time.", hint="Set max_batch to turn it on.")
        if not payload or len(payload) > self._max_batch:
            raise BatchingOff(f"A batch has from 1 to {self._max_batch} requests.")
        return b"[" + b",".join([await self._execute_one(each, caller, identifier, scope) for each in payload]) + b"]"

    async def _execute_one(self, payload: Any, caller: Caller, identifier: bytes, scope: Scope) -> bytes:
        try:
            return await self._execute(request_of(payload, caller, self._manner, identifier, scope))
        except Exception as error:
            self._observe(identifier, error)
            return self._manner.body(problems_of(error))


async def respond(
    send: Send, status: int, body: bytes, content_type: bytes, extra: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Sends a whole response."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *extra],
        }
    )
    await send({"type": "http.response.body", "body": body})


def request_of(
    payload: Any,
    caller: Caller,
    manner: Manner,
    trace: bytes = b"",
    connection: object = None,
    *,
    reads_only: bool = False,
) -> Request:
    """Source: GraphQL over HTTP, "Request Parameters"."""
    if type(payload) is not dict:
        raise InvalidRequest("The body must be a JSON object.", hint='Send {"query": "…", "variables": {…}}.')
    document = payload.get("query")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if type(document) is not str:
        raise InvalidRequest("The request has no query.", hint='Send the document as text under "query".')
    variables = payload.get("variables")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if variables is None:
        variables = _NOTHING
    elif type(variables) is not dict:  # pyright: ignore[reportUnknownArgumentType]
        raise InvalidRequest("The variables must be a JSON object.", path="$.variables")
    name = payload.get("operationName")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if name is not None and type(name) is not str:  # pyright: ignore[reportUnknownArgumentType]
        raise InvalidRequest("The operationName must be text.", path="$.operationName")
    extensions = payload.get("extensions")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if extensions is not None and type(extensions) is not dict:  # pyright: ignore[reportUnknownArgumentType]
        raise InvalidRequest("The extensions must be a JSON object.", path="$.extensions")
    if extensions is not None and "persistedQuery" in extensions and not manner.takes_hashes:
        raise PersistedQueriesOff("Automatic Persisted Queries is not enabled")
    return Request(document, name or None, variables, caller, reads_only, trace, connection)  # pyright: ignore[reportUnknownArgumentType]


def _query_parameters(scope: Scope) -> dict[str, Any]:
    try:
        text = scope["query_string"].decode("ascii")
        payload: dict[str, Any] = dict(
            parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=20)
        )
    except ValueError as error:
        raise InvalidRequest("The query string cannot be read.") from error
    if not payload.get("query"):
        raise InvalidRequest("The request has no query.", hint="Send the document in the parameter query.")
    for name in ("variables", "extensions"):
        if name in payload:
            payload[name] = _loads(payload[name].encode()) if payload[name] else None
    return payload


def _loads(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(
            "The body is not JSON that can be read: it must be UTF-8, and not nested too deeply."
        ) from error


def _is_json(content_type: bytes) -> bool:
    name, _, parameters = content_type.lower().partition(b";")
    charset = parameters.partition(b"charset=")[2].strip(b' "')
    return name.strip() == JSON and charset in (b"", b"utf-8", b"utf8")


def _not_json() -> UnsupportedMediaType:
    return UnsupportedMediaType(
        "The body must be sent as application/json.", hint="Set Content-Type: application/json."
    )


def _encoded() -> UnsupportedMediaType:
    return UnsupportedMediaType("Compressed request bodies are not taken.", hint="Send the body as it is.")


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is longer than the {most} bytes allowed.")
