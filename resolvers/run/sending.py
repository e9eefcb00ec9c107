"""Who takes what mutations send over channels: the protocol of the hub, which lies above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from portico.resolvers.problems import BroadcastUnavailable
from portico.resolvers.sql.program import ChannelSlot
from portico.schema.caller import Caller


class ChannelTaker(Protocol):
    """What sends."""

    def admit(self, caller: Caller) -> None:
        """
        Counts one field that sends, before the database is asked whether the caller may.

        Raises:
            TooManyMessages: of this caller.
        """
        ...

    async def take(self, slot: ChannelSlot, key: bytes, caller: Caller, payload: Mapping[str, Any]) -> bool:
        """
        Sends, or changes how the caller appears; false where the caller is known not to be there.

        Args:
            key: what the channel is known by, as JSON of the database.
            payload: the members that are given, by field.

        Raises:
            MessageTooLarge, TooManyMessages, BroadcastUnavailable: nothing was sent.
        """
        ...


class NoChannels:
    """Stands where nothing carries messages: a process that only explains or prints."""

    def admit(self, caller: Caller) -> None:
        """Lets pass what `take` refuses."""

    async def take(self, slot: ChannelSlot, key: bytes, caller: Caller, payload: Mapping[str, Any]) -> bool:
        """Refuses."""
        raise BroadcastUnavailable("Nothing carries messages here.")
