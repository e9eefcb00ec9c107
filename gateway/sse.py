"""How does an operation travel as an event stream: GraphQL over Server-Sent Events, one operation a request."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portico.gateway.errors import problems_of
from portico.gateway.http import GraphQLOverHttp, Headers, Receive, Scope, Send, request_of
from portico.gateway.outlets import Endpoint
from portico.gateway.problems import MethodNotAllowed, MutationByGet
from portico.gateway.socket_credentials import kept
from portico.gateway.sockets import Client, Sockets
from portico.gateway.websocket import position_of
from portico.gateway.websocket_handshake import address_of
from portico.resolvers.live.ports import Subscription
from portico.resolvers.problems import InvalidArgument, InvalidKey
from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller
from portico.schema.problems import Problem

_HEAD = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),  # nginx hands on what comes
)
_COMPLETE = b"event: complete\ndata: \n\n"
_COMMENT = b":\n\n"
HEARTBEAT_S = 12.0  # source: graphql-sse, `handler.ts`; browsers and proxies give up after 15 to 60
_RETRY_MS = (500, 5_000)
# The extensions are the last member of a response: what follows the position closes their two objects and the response.
_POSITION = re.compile(rb'"extensions":\{"portico":\{"position":"([^"\\]{1,200})"[^{}]{0,200}\}\}\}\s*\Z')
_TAIL_BYTES = 500


class EventStreams:
    """
    Event streams of one path.

    Source: github.com/enisdenjo/graphql-sse, PROTOCOL.md, "Distinct connections mode". What is wrong with the request as such,
    credentials and quotas included, is answered by HTTP; what is wrong with its document is an event, because an EventSource
    is told nothing of a failed response.
    """

    def __init__(
        self, sockets: Sockets, endpoint: Endpoint, *, takes_cookies: Callable[[], bool] = lambda: False
    ) -> None:
        self._sockets = sockets
        self._endpoint = endpoint
        self._takes_cookies = takes_cookies

    async def __call__(
        self, http: GraphQLOverHttp, scope: Scope, receive: Receive, send: Send, headers: Headers, identifier: bytes
    ) -> None:
        """
        Answers one request that wants events; whoever calls cancels it when the client goes away.

        Raises:
            Problem: nothing was sent.
        """
        address = address_of(scope)
        self._sockets.admit(address)
        verified = await self._sockets.establish(headers)
        credentials = kept(scope["headers"], takes_cookies=self._takes_cookies())
        request = await self._request(http, scope, receive, headers, verified.caller)
        scope["event_stream"] = True
        stream = _Stream(self._sockets, self._endpoint, send, address, credentials, identifier)
        stream.seat(verified, credentials)
        stream.due = min(stream.due, stream.ends_at, stream.again_at)
        self._sockets.enter(stream)
        try:
            await stream.run(request)
        except asyncio.CancelledError:
            return  # the client went away, which is how subscriptions end
        finally:
            self._sockets.leave(stream)
            stream.drop()

    async def _request(
        self, http: GraphQLOverHttp, scope: Scope, receive: Receive, headers: Headers, caller: Caller
    ) -> LiveRequest:
        method = scope["method"]
        if method not in ("GET", "POST"):
            raise MethodNotAllowed(f"GraphQL is sent by POST or GET, not {method}.")
        if b"idempotency-key" in headers:
            raise InvalidKey("An Idempotency-Key is not taken with an event stream.", hint="Accept application/json.")
        payload = await http.payload(scope, receive, headers)
        request = request_of(payload, caller, self._endpoint.manner)
        last = headers.get(b"last-event-id")
        position = last.decode("latin-1") if last else position_of(payload.get("extensions"))
        reads_only = method == "GET"
        return LiveRequest(
            request.document,
            request.operation_name,
            request.variables,
            caller,
            reads_only,
            scope.get("request_id", b""),
            scope,
            position=position,
        )


class _Stream(Client):
    """One event stream: the outlet of its operation, and the task of its request as the one that sends."""

    __slots__ = (
        "_body", "_endpoint", "_ends", "_goes_away", "_identifier", "_is_begun", "_is_due", "_is_leaving", "_is_owed", "_is_renewed",
        "_last", "_refusal", "_send", "_sends_since", "_wake", "_work",
    )  # fmt: skip

    def __init__(
        self,
        sockets: Sockets,
        endpoint: Endpoint,
        send: Send,
        address: str | None,
        credentials: Mapping[bytes, bytes],
        identifier: bytes,
    ) -> None:
        super().__init__(sockets, address, credentials)
        self._endpoint = endpoint
        self._send = send
        self._identifier = identifier
        self._wake: asyncio.Future[None] | None = None
        self._work: asyncio.Task[None] | Subscription | None = None
        self._body: bytes | None = None
        self._last: bytes | None = None  # the events that end it
        self._refusal: Problem | None = None  # said by HTTP, before anything was sent
        self._is_leaving = self._is_renewed = self._is_owed = self._is_begun = self._is_due = self._goes_away = (
            self._ends
        ) = False
        self._sends_since = 0.0
        self.due = sockets.now() + HEARTBEAT_S

    # ---- Outlet --------------------------------------------------------------------------------------

    def next(self, body: bytes) -> None:
        """Keeps a response until the task of the request sends it."""
        if not self._ends:
            self._is_owed = True
            self._body = body
            self._rouse()

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """The last events."""
        if not self._ends:
            self._ends, self._is_owed = True, False
            self._last = (_event(self._endpoint.manner.body(problems)) if problems else b"") + _COMPLETE
            self._rouse()

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        return self._body is None

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    # ---- the request's task --------------------------------------------------------------------------

    async def run(self, request: LiveRequest) -> None:
        """
        Opens the operation, and sends what comes until it ends.

        Raises:
            MutationByGet: nothing was sent.
        """
        self._work = asyncio.create_task(self._open(request))
        while not (self._ends and self._last is None) and not self._goes_away:
            if self._body is None and self._last is None and not self._is_due:
                self._wake = asyncio.get_running_loop().create_future()
                await self._wake
            if self._refusal is not None:
                raise self._refusal
            await self._send_what_waits()
        after_ms = random.randint(*_RETRY_MS)  # noqa: S311 (spreads clients, and hides nothing)
        await self._put(b"retry: %d\n\n" % after_ms if self._goes_away else b"", more=False)

    async def _open(self, request: LiveRequest) -> None:
        try:
            subscription = await self._endpoint.operations.open(request, self)
        except Exception as error:
            if request.reads_only and isinstance(error, InvalidArgument) and "GET" in error.message:
                self._refusal = MutationByGet(error.message, hint=error.hint)
            else:
                self._endpoint.observe(self._identifier, error)
            self.end(problems_of(error))
            return
        self._work = subscription
        if self._ends and subscription is not None:
            subscription.close()
        elif subscription is None:
            self.end()
        self._is_due = True  # the client is told that it is connected
        if self._is_renewed and self.caller is not None:
            self.act_as(self.caller)
        if self._is_leaving and not self._ends:
            self._goes_away = True
        self._rouse()

    async def _send_what_waits(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            await self._put(_event(body))
            self._tell_cleared()
        elif self._last is not None:
            last, self._last = self._last, None
            await self._put(last)
        elif self._is_due:
            await self._put(_COMMENT)
        self._is_due = False

    async def _put(self, data: bytes, *, more: bool = True) -> None:
        self._sends_since = self.sockets.now()
        if not self._is_begun:
            self._is_begun = True
            headers = [*_HEAD, (b"x-request-id", self._identifier)]
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
        self._sends_since = 0.0

    def _tell_cleared(self) -> None:
        work = self._work
        if self._is_owed and self._body is None and work is not None and not isinstance(work, asyncio.Task):
            self._is_owed = False
            work.cleared()

    def drop(self) -> None:
        """The request is over, however."""
        ended, self._ends = self._ends, True
        self._body = None
        work, self._work = self._work, None
        if isinstance(work, asyncio.Task):
            work.cancel()
        elif work is not None and not ended:
            work.close()

    # ---- Client --------------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """A sign of life, the end of what is too slow or has expired."""
        self.due = now + HEARTBEAT_S
        self.look_at_credentials(now)
        slow_s = self.sockets.limits.slow_after_s
        if self._sends_since and now - self._sends_since >= slow_s:
            self._abort()
            return
        self._is_due = True
        self._rouse()
        if self._sends_since:
            self.due = min(self.due, self._sends_since + slow_s)
        self.due = min(self.due, self.ends_at, self.again_at if self.renewing is None else self.due)

    def act_as(self, caller: Caller) -> None:
        """Hands other credentials on; an operation that is being opened is told afterwards."""
        if isinstance(self._work, asyncio.Task):
            self._is_renewed = True
        elif self._work is not None and not self._ends:
            self._work.act_as(caller)

    def refuse(self, problem: Problem) -> None:
        """Says why, and ends."""
        if not self._ends:
            work, self._work = self._work, None
            self._body = None
            self.end([problem])
            if isinstance(work, asyncio.Task):
                work.cancel()
            elif work is not None:
                work.close()

    def restart(self, *, at_once: bool = False) -> None:
        """Ends without `complete`, at which clients come back."""
        self._is_leaving = True
        if at_once or not isinstance(self._work, asyncio.Task):
            self._goes_away = True
            self._rouse()

    def _abort(self) -> None:
        """
        Lets go of a client that takes nothing.

        ASGI has no word for it, and a connection that is closed waits for what it has not sent; uvicorn's `send` is a method of
        what holds the transport. Elsewhere the system's own time-out has to do.
        """
        self._goes_away = True
        transport: Any = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


def _event(body: bytes) -> bytes:
    """Source: PROTOCOL.md, "next"; a response is one line, and its position the id that an EventSource comes back with."""
    found = _POSITION.search(body, max(0, len(body) - _TAIL_BYTES))
    if b"\n" in body or b"\r" in body:  # between values, where JSON of the database's own may have them
        body = body.replace(b"\r", b" ").replace(b"\n", b" ")
    if found is None:
        return b"event: next\ndata: %b\n\n" % body
    return b"event: next\nid: %b\ndata: %b\n\n" % (found[1], body)
