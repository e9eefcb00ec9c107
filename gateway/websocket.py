"""How does a websocket serve operations: one session per socket, between the protocol's actions and `Operations`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from portico.gateway.outlets import Endpoint, SocketOutlet, Wire
from portico.gateway.problems import CredentialsEnded, Restarting, TooManyOperations
from portico.gateway.socket_credentials import Headers, given
from portico.gateway.sockets import LINGER_S, Client, Sockets
from portico.gateway.websocket_protocol import (
    BAD_MESSAGE,
    FAILED,
    FORBIDDEN,
    INIT_TIMEOUT,
    RESTARTING,
    TOO_MANY,
    TOO_SLOW,
    Begin,
    Close,
    Dialect,
    Initialise,
    Phase,
    Reply,
    Stop,
    carries_credentials,
)
from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller
from portico.schema.problems import Problem

_BURST_S = 5.0  # a client that comes back subscribes to everything at once
_MAX_CREDENTIALS_BYTES = 65_536
_NOTHING: dict[str, object] = {}


class Session(Client):
    """
    One websocket.

    Args:
        identifier: what the log calls it.
        credentials: headers of the handshake that say who asks.
    """

    __slots__ = (
        "_budget", "_budget_at", "_early", "_held_bytes", "_is_alive", "_is_leaving", "_largest_bytes", "_ping_at", "_slow_at", "_slow_bytes",
        "_stops_at", "_waiting", "connection", "dialect", "endpoint", "identifier", "phase", "running", "wire",
    )  # fmt: skip

    def __init__(
        self,
        sockets: Sockets,
        endpoint: Endpoint,
        dialect: Dialect,
        wire: Wire,
        *,
        identifier: bytes,
        address: str | None,
        credentials: Headers,
        connection: object = None,
    ) -> None:
        super().__init__(sockets, address, credentials)
        self.connection = connection
        self.endpoint = endpoint
        self.dialect = dialect
        self.wire = wire
        self.identifier = identifier
        self.phase = Phase.OPENED
        self.running: dict[str, SocketOutlet] = {}
        self._early: Sequence[tuple[SocketOutlet, Begin]] = ()  # what older clients start before the acknowledgement
        now = sockets.now()
        self._budget = sockets.limits.messages_per_s * _BURST_S
        self._budget_at = now
        self._held_bytes = self._largest_bytes = 0
        self._is_alive = True
        self._is_leaving = False
        self._ping_at = now + sockets.limits.ping_s
        self._stops_at = now + sockets.limits.init_timeout_s
        self._slow_at = 0.0
        self._slow_bytes = 0
        self._waiting: deque[SocketOutlet] | None = None  # made for those that do not keep up
        self.due = self._stops_at
        sockets.enter(self)

    # ---- what the client says ------------------------------------------------------------------------

    def received(self, text: bytes) -> None:
        """A text message came."""
        try:
            self._received(text)
        except Exception as error:
            self.endpoint.observe(self.identifier, error)
            self.close(FAILED, "Internal server error")

    def _received(self, text: bytes) -> None:
        if self.phase is Phase.CLOSED:
            return
        if not self._is_within_rate():
            self.close(TOO_MANY, "Too many messages")
            return
        self._is_alive = True
        action = self.dialect.read(text, self.phase, self.running)
        if isinstance(action, Begin):
            self._begin(action)
        elif isinstance(action, Stop):
            operation = self.running.pop(action.id, None)
            if operation is not None:
                operation.drop()
        elif isinstance(action, Reply):
            self._reply(action)
        elif isinstance(action, Initialise):
            self._initialise(action)
        elif isinstance(action, Close):
            self.close(action.code, action.reason)

    def received_binary(self) -> None:
        """A binary message came, which neither protocol has."""
        self.close(BAD_MESSAGE, "Invalid message received")

    def heard(self, *, counts: bool = False) -> bool:
        """The peer gave a sign of life; one that counts as a message is not answered where there were too many."""
        self._is_alive = True
        if counts and not self._is_within_rate():
            self.close(TOO_MANY, "Too many messages")
            return False
        return True

    @property
    def max_message_bytes(self) -> int:
        """How long a message may be; whoever has not given credentials needs none that is longer than those can be."""
        most = self.sockets.limits.max_message_bytes
        return most if self.phase is Phase.READY else min(most, _MAX_CREDENTIALS_BYTES)

    def lost(self) -> None:
        """The connection is gone."""
        self.phase = Phase.CLOSED
        self._drop_all()
        self.sockets.leave(self)

    def _is_within_rate(self) -> bool:
        rate, now = self.sockets.limits.messages_per_s, self.sockets.now()
        self._budget = min(rate * _BURST_S, self._budget + (now - self._budget_at) * rate) - 1
        self._budget_at = now
        return self._budget >= 0

    def _begin(self, action: Begin) -> None:
        most = self.sockets.limits.max_operations
        operation = SocketOutlet(self, action.id)
        self.running[action.id] = operation
        if len(self.running) > most:
            operation.end([TooManyOperations(f"A socket runs at most {most} operations.", hint="End some of them.")])
            return
        if self._is_leaving:
            operation.end([Restarting("The server is about to end.", hint="Connect again.")])
            return
        if self.phase is Phase.READY:
            self._open(operation, action)
        else:
            self._early = [*self._early, (operation, action)]

    def _open(self, operation: SocketOutlet, action: Begin) -> None:
        caller, payload = self.caller, action.payload
        extensions = payload.get("extensions")
        assert caller is not None, "no operation is opened before credentials were taken"
        operation.begin(
            LiveRequest(
                payload["query"],
                payload.get("operationName") or None,
                payload.get("variables") or _NOTHING,
                caller,
                trace=self.identifier,
                connection=self.connection,
                position=position_of(extensions),
                tells_position=self.endpoint.manner.tells_positions or asks_for_position(extensions),
            )
        )

    def _reply(self, action: Reply) -> None:
        self._say(action.text)
        if self.phase is not Phase.READY or not carries_credentials(action.payload):
            return
        try:
            self.renew(given(action.payload, self.credentials))
        except Problem as problem:
            self.refuse(problem)

    def _initialise(self, action: Initialise) -> None:
        self.phase = Phase.ASKED
        try:
            self.renew(given(action.payload, self.credentials))
        except Problem as problem:
            self.refuse(problem)

    # ---- what is said --------------------------------------------------------------------------------

    def act_as(self, caller: Caller) -> None:
        """The first credentials are acknowledged, later ones are handed to everything that runs."""
        if self.phase is Phase.ASKED:
            self.phase = Phase.READY
            for text in self.dialect.begins:
                self._say(text)
            early, self._early = self._early, ()
            for operation, action in early:
                if self.running.get(operation.id) is operation:
                    self._open(operation, action)
        elif self.phase is Phase.READY:
            for operation in list(self.running.values()):
                operation.act_as(caller)

    def refuse(self, problem: Problem) -> None:
        """The credentials are not taken, or not any more."""
        if self.phase is Phase.CLOSED:
            return
        reason = problem.message.rstrip(".") if isinstance(problem, CredentialsEnded) else "Forbidden"
        code = FORBIDDEN
        if problem.status == 429:
            code, reason = TOO_MANY, "Too many sockets"
        elif problem.status >= 500:
            code, reason = FAILED, "Internal server error"
        if self.phase is not Phase.READY:
            for text in self.dialect.refused(self.errors_of([problem])):
                self._say(text)
        self.close(code, reason)

    def ended(self, id: str, problems: Sequence[Problem]) -> None:
        """An operation ended by itself."""
        self.running.pop(id, None)
        if problems:
            for text in self.dialect.error(id, self.errors_of(problems)):
                self._say(text)
        else:
            self._say(self.dialect.complete(id))

    def errors_of(self, problems: Sequence[Problem]) -> bytes:
        """A JSON list, in the manner of the endpoint, which wraps it as `{"errors": …}`."""
        return self.endpoint.manner.body(problems)[len(b'{"errors":') : -1]

    def send(self, id: str, body: bytes) -> None:
        """A response of an operation."""
        if len(body) > self._largest_bytes:
            self._largest_bytes = len(body)
        before, after = self.dialect.next(id)
        self.wire.send(before, body, after)

    def _say(self, text: bytes) -> None:
        if self.phase is not Phase.CLOSED:
            self.wire.send(text)
            self.holds(0)

    def restart(self, *, at_once: bool = False) -> None:
        """The process is about to end; the client comes back to another."""
        self._is_leaving = True
        if at_once or not any(operation.is_opening for operation in self.running.values()):
            self.close(RESTARTING, "Service restart")

    def settled(self) -> None:
        """An operation is open, or was answered: a socket that had to wait for it ends."""
        if self._is_leaving:
            self.restart()

    def close(self, code: int, reason: str) -> None:
        """Ends the socket, and everything on it."""
        if self.phase is not Phase.CLOSED:
            self.phase = Phase.CLOSED
            self._drop_all()
            self.due = self._stops_at = self.sockets.now() + LINGER_S
            self.wire.close(code, reason)

    @property
    def _is_closed(self) -> bool:
        return self.phase is Phase.CLOSED

    def _drop_all(self) -> None:
        running, self.running = self.running, {}
        self._waiting, self._early = None, ()
        for operation in running.values():
            operation.drop()

    # ---- a peer that does not keep up ----------------------------------------------------------------

    def waits(self, outlet: SocketOutlet) -> None:
        """Has an outlet flushed when its turn comes."""
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(outlet)

    def holds(self, more_bytes: int, body_bytes: int = 0) -> None:
        """
        Counts what waits.

        Answers are as long as they are, so that one on its way and one behind it are always allowed; not much more is.
        """
        self._held_bytes += more_bytes
        if body_bytes > self._largest_bytes:
            self._largest_bytes = body_bytes
        if more_bytes >= 0:
            most = self.sockets.limits.max_unsent_bytes + 2 * self._largest_bytes
            if self._held_bytes + self.wire.unsent_bytes > most:
                self.close(TOO_SLOW, "Too slow")

    def stalled(self) -> None:
        """The wire is not writable any more."""
        self._slow_at = self.sockets.now() + self.sockets.limits.slow_after_s
        self._slow_bytes = self.wire.unsent_bytes
        self.due = min(self.due, self._slow_at)

    def writable(self) -> None:
        """The wire is writable again: what waits is sent until it is not, what has waited longest first."""
        self._slow_at = 0.0
        self._largest_bytes = 0
        while self._waiting and self.wire.is_writable:
            self._waiting.popleft().flush()

    # ---- the clock -----------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Ends what has taken too long, and asks for signs of life."""
        if self.phase is Phase.CLOSED:
            self.wire.abort()
            self.due = float("inf")
            return
        if self.phase is Phase.OPENED and now >= self._stops_at:
            self.close(INIT_TIMEOUT, "Connection initialisation timeout")
            return
        self.look_at_credentials(now)
        if self._slow_at and now >= self._slow_at:
            self._look_at_progress()
        if now >= self._ping_at:
            self._ask_for_life(now)
        if not self._is_closed:
            self.due = self._next_look()

    def _look_at_progress(self) -> None:
        unsent = self.wire.unsent_bytes
        if unsent >= self._slow_bytes:
            self.close(TOO_SLOW, "Too slow")
        else:
            self.stalled()

    def _ask_for_life(self, now: float) -> None:
        self._ping_at = now + self.sockets.limits.ping_s
        if not self._is_alive:
            self.close(TOO_SLOW, "No sign of life")
            return
        if self.dialect.heartbeat:
            self._say(self.dialect.heartbeat)
        if self.wire.ping():
            self._is_alive = False

    def _next_look(self) -> float:
        due = min(self._ping_at, self.ends_at)
        if self.phase is Phase.OPENED:
            due = min(due, self._stops_at)
        if self.renewing is None:
            due = min(due, self.again_at)
        return min(due, self._slow_at) if self._slow_at else due


def position_of(extensions: object) -> str | None:
    """The position that a client comes back with: `{"portico": {"position": "…"}}`."""
    if isinstance(extensions, dict):
        inside = extensions.get("portico")
        position = inside.get("position") if isinstance(inside, dict) else None
        return position if isinstance(position, str) else None
    return None


def asks_for_position(extensions: object) -> bool:
    """Whether a client knows of positions: `{"portico": {}}`, with one in it or not."""
    return isinstance(extensions, dict) and isinstance(extensions.get("portico"), dict)
