"""What stands on either side of a subscription: the outlet that a transport gives, and the handle that it gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from portico.resolvers.request import LiveRequest
from portico.schema.caller import Caller
from portico.schema.problems import Problem


class Outlet(Protocol):
    """
    Where the answers of one operation go: an operation on a socket, or an event stream.

    Every method returns at once and raises nothing; after `end` or the closing of the subscription all of them do nothing.
    """

    def next(self, body: bytes) -> None:
        """A whole GraphQL response. It takes the place of one before it that has not been sent: the latest state wins."""
        ...

    def end(self, problems: Sequence[Problem] = ()) -> None:
        """The last that is said: that all is complete, or the errors by which the operation ends."""
        ...

    @property
    def is_clear(self) -> bool:
        """Whether all that was given has left for the client, so that more replaces nothing."""
        ...


class Subscription(Protocol):
    """A running subscription, as its transport holds it."""

    def cleared(self) -> None:
        """The outlet is clear again after it was not; what must not be replaced, such as events, goes on."""
        ...

    def act_as(self, caller: Caller) -> None:
        """Goes on under other credentials of the same socket; what they may not see ends it."""
        ...

    def close(self) -> None:
        """Nothing more is wanted."""
        ...


class Part(Protocol):
    """Where a subscription has joined."""

    @property
    def token(self) -> str | None:
        """What its client would come back with to go on from here; None where nothing has been given yet."""
        ...

    @property
    def is_settled(self) -> bool:
        """Whether its outlet has been given what the feed has told, as far as it takes it."""
        ...

    def cleared(self) -> None:
        """The outlet has room again."""
        ...

    def leave(self) -> None:
        """Takes it out."""
        ...


class Operations(Protocol):
    """What a transport of subscriptions asks."""

    async def open(self, request: LiveRequest, outlet: Outlet) -> Subscription | None:
        """
        Begins an operation; None where it was a query or mutation, whose answer and end have been given.

        Raises:
            Problem, DocumentInvalid: it cannot be run; nothing was given to the outlet.
        """
        ...
