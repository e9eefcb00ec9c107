"""What is said over channels, and to whom: topics with their subscribers, in this process and beyond it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.carried import Rendering, completed, kind_of, moment, payload_of, texts, topic_of
from portico.resolvers.live.presence import Presence
from portico.resolvers.live.rates import Rates
from portico.resolvers.live.relay import Envelope, Relay
from portico.resolvers.problems import TooManyMessages
from portico.resolvers.sql.program import ChannelSlot
from portico.schema.caller import Caller


class Listener(Protocol):
    """Who is given messages."""

    def give(self, body: bytes) -> None:
        """One message, in the order in which they come; must not wait."""
        ...


class Hub:
    """
    Sends to everybody who listens now: at most once, and in the order in which one process was asked to send.

    Nothing is kept. A message is made into bytes once for each different document, not for each subscriber.

    Args:
        relay: leads to other processes; None where there is only one.
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        limits: ChannelLimits | None = None,
        relay: Relay | None = None,
        *,
        now: Callable[[], float] = lambda: asyncio.get_running_loop().time(),
    ) -> None:
        self.limits = limits or ChannelLimits()
        self.presence = Presence(self.limits, relay)
        self._relay = relay
        self._now = now
        self._topics: dict[str, dict[Rendering, dict[Listener, None]]] = {}
        self._senders = Rates(self.limits.sender_messages_per_s, self.limits.sender_burst, now)
        self._sent = Rates(self.limits.topic_messages_per_s, self.limits.topic_burst, now)

    async def start(self) -> None:
        """Joins the other processes."""
        if self._relay is not None:
            self._relay.receive = self._receive
            self._relay.lost = self.presence.ask_again
            self._relay.tick = lambda: self.presence.expire(self._now())
            await self._relay.start()

    async def close(self) -> None:
        """Leaves them, so that nobody of this process is there any more."""
        if self._relay is not None:
            await self._relay.close()

    # ---- listening -----------------------------------------------------------------------------------

    def listen(self, topic: str, rendering: Rendering, listener: Listener) -> None:
        """Gives messages from now on."""
        self._topics.setdefault(topic, {}).setdefault(rendering, {})[listener] = None

    def ignore(self, topic: str, rendering: Rendering, listener: Listener) -> None:
        """Gives no more."""
        listeners = self._topics.get(topic, {}).get(rendering)
        if listeners is None or listener not in listeners:
            return
        del listeners[listener]
        if not listeners:
            del self._topics[topic][rendering]
        if not self._topics[topic]:
            del self._topics[topic]

    # ---- sending -------------------------------------------------------------------------------------

    def admit(self, caller: Caller) -> None:
        """See `ChannelTaker`. Callers without an id have one allowance together."""
        if not self._senders.take(user_of(caller)):
            raise TooManyMessages(
                f"You send more than {self.limits.sender_messages_per_s:g} messages a second.", hint="Send fewer."
            )

    async def take(self, slot: ChannelSlot, key: bytes, caller: Caller, payload: Mapping[str, Any]) -> bool:
        """See `ChannelTaker`."""
        topic, carried = topic_of(slot.channel.name, key), payload_of(slot)
        if kind_of(slot.use) == "presence":
            state = completed(carried, payload, self.limits.presence_bytes)
            user = user_of(caller)
            return user is not None and self.presence.update(topic, user, state)
        await self.send(topic, user_of(caller), completed(carried, payload, self.limits.message_bytes))
        return True

    async def send(self, topic: str, sender: str | None, values: Mapping[str, Any]) -> None:
        """
        Sends to every subscriber of the topic.

        Raises:
            TooManyMessages: of all senders together. BroadcastUnavailable: other processes cannot be told.
        """
        if not self._sent.take(topic):
            raise TooManyMessages("Too much is said here at the moment.", hint="Try again in a second.")
        body = {"values": values, "sender": sender, "at": moment()}
        if self._relay is not None:
            await self._relay.publish("message", topic, body)
        self.deliver(topic, body)

    def deliver(self, topic: str, body: Mapping[str, Any]) -> int:
        """Gives a message to the subscribers of this process; how many they are."""
        renderings = self._topics.get(topic)
        if renderings is None:
            return 0
        values = texts(body["values"], sender_id=body["sender"], sent_at=body["at"])
        given = 0
        for rendering, listeners in list(renderings.items()):
            try:
                text = rendering.message(values)
            except KeyError:
                continue  # of a process with another model file, which knows no such member
            for listener in list(listeners):
                listener.give(text)
                given += 1
        return given

    def __len__(self) -> int:
        return len(self._topics)

    def _receive(self, envelope: Envelope) -> None:
        if envelope.kind == "message":
            self.deliver(envelope.topic, envelope.body)
        self.presence.receive(envelope, self._now())


def user_of(caller: Caller) -> str | None:
    """Who it is, of the credentials alone: nothing that a client sends says who it is from."""
    return None if caller.id is None else str(caller.id)
