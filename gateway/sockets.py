"""Which sockets and event streams are open: how many may be, what their clock is, and how all of them are told something."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from portico.gateway.errors import problems_of
from portico.gateway.observe import logger
from portico.gateway.problems import CredentialsEnded, Restarting, TooManySockets
from portico.gateway.settings import Settings
from portico.gateway.verified import Verified
from portico.schema.caller import Caller
from portico.schema.problems import Problem

Headers = Mapping[bytes, bytes]

SWEEP_S = 0.25
LINGER_S = 5.0  # a peer has so long to answer a close
_BATCH = 500  # clients that are told something between two turns of the loop


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What one process, caller, address and socket may have; see docs/limits.md."""

    max_sockets: int = 16_000
    max_sockets_per_caller: int = 100
    max_sockets_per_address: int = 1_000
    max_operations: int = 100
    max_message_bytes: int = 1_048_576
    messages_per_s: int = 100
    max_unsent_bytes: int = 1_048_576
    init_timeout_s: float = 10.0
    slow_after_s: float = 30.0
    ping_s: float = 30.0

    @classmethod
    def of(cls, settings: Settings) -> SocketLimits:
        """Those of the settings."""
        return cls(
            max_sockets=settings.max_sockets,
            max_sockets_per_caller=settings.max_sockets_per_caller,
            max_sockets_per_address=settings.max_sockets_per_address,
            max_operations=settings.max_operations_per_socket,
            max_message_bytes=settings.max_body_bytes,
            messages_per_s=settings.socket_messages_per_s,
            max_unsent_bytes=settings.max_unsent_bytes,
            init_timeout_s=settings.socket_init_timeout_s,
            slow_after_s=settings.slow_socket_s,
            ping_s=settings.socket_ping_s,
        )


class Client:
    """
    What a socket and an event stream have in common: credentials that hold until a time, and when to look after them.

    due: when `look` is to be called. ends_at, again_at: when the credentials end, and when they must be verified again.
    All by the clock of `Sockets`.
    """

    __slots__ = ("address", "again_at", "caller", "credentials", "due", "ends_at", "is_seated", "renewing", "sockets")

    def __init__(self, sockets: Sockets, address: str | None, credentials: Headers) -> None:
        self.sockets = sockets
        self.address = address
        self.credentials = credentials
        self.caller: Caller | None = None
        self.is_seated = False
        self.due = self.ends_at = self.again_at = math.inf
        self.renewing: asyncio.Task[None] | None = None

    # ---- what the two do differently -----------------------------------------------------------------

    def look(self, now: float) -> None:
        """Does what is due, and says when to look again."""
        raise NotImplementedError

    def refuse(self, problem: Problem) -> None:
        """Ends it because of its credentials."""
        raise NotImplementedError

    def act_as(self, caller: Caller) -> None:
        """Goes on under other credentials."""
        raise NotImplementedError

    def restart(self, *, at_once: bool = False) -> None:
        """Ends it so that its client comes back, after queries and mutations that are running unless at once."""
        raise NotImplementedError

    # ---- credentials ---------------------------------------------------------------------------------

    def seat(self, verified: Verified, credentials: Headers) -> None:
        """
        Takes credentials for those of this client.

        Raises:
            TooManySockets: the caller has as many as they may have.
        """
        self.sockets.change_seat(self, verified.caller)
        self.credentials = credentials
        now, wall = self.sockets.now(), time.time()
        self.ends_at = now + verified.ends - wall
        self.again_at = now + verified.expires - wall

    def look_at_credentials(self, now: float) -> None:
        """Ends what has expired, and begins to verify what must be verified again."""
        if now >= self.ends_at:
            self.refuse(
                CredentialsEnded("The token has expired.", hint="Sign in again, or send a fresh token in time.")
            )
        elif now >= self.again_at and self.renewing is None:
            self.renew(self.credentials)

    def renew(self, credentials: Headers) -> None:
        """Verifies credentials, fresh ones or those that are known; then goes on under them, or ends."""
        if self.renewing is not None:
            self.renewing.cancel()
        self.renewing = asyncio.create_task(self._renew(credentials))

    async def _renew(self, credentials: Headers) -> None:
        try:
            verified = await self.sockets.establish(credentials)
            self.seat(verified, credentials)
        except Exception as error:
            self.refuse(problems_of(error)[0])
            return
        finally:
            if self.renewing is asyncio.current_task():
                self.renewing = None
        self.due = 0.0  # a new time to look at
        self.act_as(verified.caller)


class Sockets:
    """
    Everything that is open in this process.

    One sweep four times a second looks at the clock of all of them: a timer each would be a handle of 200 bytes, set again with
    every message. 10,000 cost it half a millisecond.

    Args:
        establish: headers → caller, and how long that holds.
    """

    def __init__(
        self,
        limits: SocketLimits,
        establish: Callable[[Headers], Awaitable[Verified]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.establish = establish
        self.now = now
        self.is_draining = False
        self._clients: set[Client] = set()
        self._by_address: Counter[str] = Counter()
        self._by_caller: Counter[object] = Counter()
        self._sweeper: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    # ---- coming and going ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def clients(self) -> Collection[Client]:
        """All of them."""
        return self._clients

    def admit(self, address: str | None) -> None:
        """
        Whether one more may be opened from an address.

        Raises:
            Restarting, TooManySockets
        """
        if self.is_draining:
            raise Restarting("The server is about to end.", hint="Connect again.")
        if len(self._clients) >= self.limits.max_sockets:
            raise TooManySockets("The server has as many open sockets as it may have.", hint="Try again later.")
        if address is not None and self._by_address[address] >= self.limits.max_sockets_per_address:
            raise TooManySockets(
                "Your address has as many open sockets as it may have.",
                hint="A proxy in front of the server counts as one address: set max_sockets_per_address.",
            )

    def enter(self, client: Client) -> None:
        """It is open."""
        self._clients.add(client)
        if client.address is not None:
            self._by_address[client.address] += 1

    def leave(self, client: Client) -> None:
        """It is gone."""
        if client not in self._clients:
            return
        self._clients.discard(client)
        if client.renewing is not None:
            client.renewing.cancel()
        if client.address is not None:
            _decrease(self._by_address, client.address)
        if client.is_seated and client.caller is not None:
            _decrease(self._by_caller, client.caller.id)

    def change_seat(self, client: Client, caller: Caller) -> None:
        """Counts a client for a caller; those without an id are counted by their addresses alone."""
        seated = client.caller.id if client.is_seated and client.caller is not None else None
        if caller.id is not None and caller.id != seated:
            if self._by_caller[caller.id] >= self.limits.max_sockets_per_caller:
                raise TooManySockets(
                    "You have as many open sockets as one may have.", hint="Share one among the parts of a page."
                )
            self._by_caller[caller.id] += 1
        if seated is not None and caller.id != seated:
            _decrease(self._by_caller, seated)
        client.caller, client.is_seated = caller, caller.id is not None

    # ---- telling all ---------------------------------------------------------------------------------

    def revoke(self, applies: Callable[[Caller], bool]) -> int:
        """Ends at once all that is open under callers to whom it applies; how many those were."""
        found = [each for each in self._clients if each.caller is not None and applies(each.caller)]
        for each in found:
            each.refuse(CredentialsEnded("The credentials have been revoked.", hint="Sign in again."))
        return len(found)

    def renew(self, ids: Collection[object] | None) -> None:
        """Looks at the credentials of users again, of whom something has changed; None: of everybody."""
        if ids is None:
            self.reidentify()
            return
        for each in [client for client in self._clients if client.caller is not None and client.caller.id in ids]:
            each.renew(each.credentials)

    def reidentify(self) -> None:
        """Looks at everybody's credentials again, and has every subscription look at what it may see."""
        self._tell(self._reidentify())

    async def _reidentify(self) -> None:
        for number, each in enumerate(list(self._clients), 1):
            if each.caller is not None and each in self._clients:
                each.renew(each.credentials)
            if number % _BATCH == 0:
                await asyncio.sleep(0)

    def drain(self, over_s: float) -> None:
        """Ends all of them, spread over a time so that not all clients come back at once."""
        if not self.is_draining:
            self.is_draining = True
            self._tell(self._drain(over_s))

    async def _drain(self, over_s: float) -> None:
        waiting = list(self._clients)
        random.shuffle(waiting)
        steps = max(1, min(len(waiting), int(over_s / 0.05)))
        for step in range(steps):
            for each in waiting[step::steps]:
                each.restart()
            await asyncio.sleep(over_s / steps if step < steps - 1 else 0)

    def _tell(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._telling.add(task)  # pyright: ignore[reportArgumentType]
        task.add_done_callback(self._telling.discard)  # pyright: ignore[reportArgumentType]

    # ---- the clock -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to look at the clock."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Ends what is left."""
        for each in list(self._clients):
            each.restart(at_once=True)
        for task in (self._sweeper, *self._telling):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep()

    def sweep(self) -> None:
        """Looks after all that is due."""
        now = self.now()
        for each in [client for client in self._clients if client.due <= now]:
            try:
                each.look(now)
            except Exception as error:  # one must not stop the clock of all others
                logger().error("failed", exc_info=error)
                each.restart(at_once=True)


def _decrease(counter: Counter[str] | Counter[object], key: object) -> None:
    if counter[key] <= 1:  # pyright: ignore[reportArgumentType]
        del counter[key]  # pyright: ignore[reportArgumentType]
    else:
        counter[key] -= 1  # pyright: ignore[reportArgumentType]
