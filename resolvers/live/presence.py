"""Who is there: those whom each process has, told to the others, and shown as one list to whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.carried import Rendering, Values, moment, texts
from portico.resolvers.live.relay import Envelope, Relay
from portico.resolvers.problems import ChannelFull

_TOPICS_ASKED = 200
OWN = ""
"""The origin of those who are in this process."""


class Watcher(Protocol):
    """Who is told who is there."""

    def give(self, body: bytes) -> None:
        """The list as a whole, which takes the place of those before."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """
    One session of somebody who is there.

    user: their key; None for callers without one. since, at: when they came, and when the state was last changed.
    """

    user: str | None
    since: str
    at: str
    state: Mapping[str, Any]

    def told(self) -> list[Any]:
        """As JSON for other processes."""
        return [self.user, self.since, self.at, self.state]


@dataclass(eq=False, slots=True)
class _Topic:
    watchers: dict[Rendering, set[Watcher]] = field(default_factory=dict[Rendering, set[Watcher]])
    members: dict[str, dict[str, Member]] = field(default_factory=dict[str, dict[str, Member]])
    changed: set[str] = field(default_factory=set[str])
    shown_at: float = float("-inf")
    timer: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        return not self.watchers and not self.members.get(OWN)


class Presence:
    """
    The lists of everybody who is there, by topic.

    A process knows its own members, and of topics that somebody watches here those of others: it asks for them
    when the first watcher comes, and hears of changes from then on. Changes of a topic are shown and told at most
    once per `presence_interval_s`. Of a process that has not been heard for `presence_lease_s` nobody is there.
    """

    def __init__(self, limits: ChannelLimits, relay: Relay | None) -> None:
        self._limits = limits
        self._relay = relay
        self._topics: dict[str, _Topic] = {}
        self._heard: dict[str, float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    # ---- watching ------------------------------------------------------------------------------------

    def watch(self, name: str, rendering: Rendering, watcher: Watcher) -> None:
        """Begins to show who is there, with those who are known now."""
        topic = self._topic(name)
        is_first = not topic.watchers
        topic.watchers.setdefault(rendering, set()).add(watcher)
        if is_first and self._relay is not None:
            self._relay.post("ask", "", {"topics": [name]})
        watcher.give(rendering.everybody(_everybody(topic)))

    def ignore(self, name: str, rendering: Rendering, watcher: Watcher) -> None:
        """Shows no more."""
        topic = self._topics.get(name)
        if topic is None or rendering not in topic.watchers:
            return
        topic.watchers[rendering].discard(watcher)
        if not topic.watchers[rendering]:
            del topic.watchers[rendering]
        if not topic.watchers:
            topic.members = {origin: members for origin, members in topic.members.items() if origin == OWN}
        self._drop_idle(name, topic)

    # ---- being there ---------------------------------------------------------------------------------

    def check_room(self, name: str, user: str | None) -> None:
        """
        Whether one more may be there.

        Raises:
            ChannelFull: as many are there as may be, or the caller is there as often as one may be.
        """
        topic = self._topics.get(name)
        if topic is None:
            return
        if sum(map(len, topic.members.values())) >= self._limits.presence_members:
            raise ChannelFull(f"{self._limits.presence_members} are there already; no more can be.")
        mine = sum(member.user == user for _, member in _sessions(topic)) if user is not None else 0
        if mine >= self._limits.presence_sessions:
            raise ChannelFull(f"You are there {mine} times already.", hint="Close some of the subscriptions.")

    def appear(self, name: str, session: str, user: str | None, state: Mapping[str, Any]) -> None:
        """
        Somebody is there from now on.

        Raises:
            ChannelFull: not so.
        """
        self.check_room(name, user)
        now = moment()
        topic = self._topic(name)
        topic.members.setdefault(OWN, {})[session] = Member(user, now, now, state)
        self._touch(name, topic, session)

    def rename(self, name: str, session: str, user: str | None) -> None:
        """The session goes on as somebody else's."""
        topic = self._topics.get(name)
        member = None if topic is None else topic.members.get(OWN, {}).get(session)
        if topic is not None and member is not None and member.user != user:
            topic.members[OWN][session] = replace(member, user=user)
            self._touch(name, topic, session)

    def vanish(self, name: str, session: str) -> None:
        """Somebody is no longer there."""
        topic = self._topics.get(name)
        if topic is not None and topic.members.get(OWN, {}).pop(session, None) is not None:
            self._touch(name, topic, session)

    def update(self, name: str, user: str, state: Mapping[str, Any]) -> bool:
        """Changes how somebody appears, in every process; False where it is known that they are not there."""
        found = self._update_own(name, user, state)
        if self._relay is None:
            return found
        self._relay.post("update", name, {"user": user, "state": state})
        topic = self._topics.get(name)
        if found or topic is None or not topic.watchers:
            return True
        return any(member.user == user for _, member in _sessions(topic))

    def _update_own(self, name: str, user: str, state: Mapping[str, Any]) -> bool:
        topic = self._topics.get(name)
        found = False
        for session, member in list(topic.members.get(OWN, {}).items()) if topic is not None else ():
            if topic is not None and member.user == user:
                topic.members[OWN][session] = replace(member, at=moment(), state=state)
                self._touch(name, topic, session)
                found = True
        return found

    # ---- showing -------------------------------------------------------------------------------------

    def _touch(self, name: str, topic: _Topic, session: str | None = None) -> None:
        if session is not None:
            topic.changed.add(session)
        if topic.timer is None:
            loop = self._loop or asyncio.get_running_loop()
            self._loop = loop
            wait = topic.shown_at + self._limits.presence_interval_s - loop.time()
            topic.timer = loop.call_later(max(0.0, wait), self._show, name, topic)

    def _show(self, name: str, topic: _Topic) -> None:
        topic.timer = None
        topic.shown_at = asyncio.get_running_loop().time()
        if topic.watchers:
            present = list(_everybody(topic))
            for rendering, watchers in topic.watchers.items():
                body = rendering.everybody(present)
                for watcher in list(watchers):
                    watcher.give(body)
        if topic.changed:
            own, changed = topic.members.get(OWN, {}), topic.changed
            topic.changed = set()
            if self._relay is not None:
                here = {session: own[session].told() for session in changed if session in own}
                self._relay.post("delta", name, {"here": here, "gone": [each for each in changed if each not in own]})
        self._drop_idle(name, topic)

    # ---- other processes -----------------------------------------------------------------------------

    def receive(self, envelope: Envelope, now: float) -> None:
        """What another process tells."""
        self._heard[envelope.origin] = now
        match envelope.kind:
            case "delta" | "snapshot":
                self._learn(envelope)
            case "ask":
                again = envelope.body.get("again", False)
                for name in envelope.body["topics"]:
                    self._answer(name, even_empty=again)
            case "update":
                self._update_own(envelope.topic, envelope.body["user"], envelope.body["state"])
            case "bye":
                self._gone(envelope.origin)
            case _:
                pass

    def _learn(self, envelope: Envelope) -> None:
        topic = self._topics.get(envelope.topic)
        if topic is None or not topic.watchers:
            return
        here = {session: Member(*each) for session, each in envelope.body["here"].items()}
        if envelope.kind == "snapshot":
            topic.members[envelope.origin] = here
        else:
            known = topic.members.setdefault(envelope.origin, {})
            known.update(here)
            for session in envelope.body["gone"]:
                known.pop(session, None)
        self._touch(envelope.topic, topic)

    def _answer(self, name: str, *, even_empty: bool) -> None:
        topic = self._topics.get(name)
        own = topic.members.get(OWN, {}) if topic is not None else {}
        if self._relay is None or not (own or even_empty):
            return
        if topic is not None:
            topic.changed.clear()
        self._relay.post("snapshot", name, {"here": {session: member.told() for session, member in own.items()}})

    def ask_again(self, origin: str | None) -> None:
        """Something was missed, of one process or of all: who is there is asked anew, and told anew where all may have missed it."""
        if self._relay is None:
            return
        # Those who missed something may show somebody who has gone: they want to hear of nobody, too.
        watched = [name for name, topic in self._topics.items() if topic.watchers]
        for first in range(0, len(watched), _TOPICS_ASKED):
            self._relay.post("ask", "", {"topics": watched[first : first + _TOPICS_ASKED], "again": True})
        if origin is None:
            for name in list(self._topics):
                self._answer(name, even_empty=False)

    def expire(self, now: float) -> None:
        """Forgets processes that have not been heard for too long."""
        silent = [each for each, heard in self._heard.items() if now - heard > self._limits.presence_lease_s]
        for origin in silent:
            self._gone(origin)

    def _gone(self, origin: str) -> None:
        self._heard.pop(origin, None)
        if self._relay is not None:
            self._relay.forget(origin)
        for name, topic in list(self._topics.items()):
            if topic.members.pop(origin, None):
                self._touch(name, topic)

    # ---- topics --------------------------------------------------------------------------------------

    def _topic(self, name: str) -> _Topic:
        found = self._topics.get(name)
        if found is None:
            found = self._topics[name] = _Topic()
        return found

    def _drop_idle(self, name: str, topic: _Topic) -> None:
        if topic.is_idle and topic.timer is None:
            self._topics.pop(name, None)

    @property
    def is_settled(self) -> bool:
        """Whether every change has been shown and told."""
        return all(topic.timer is None for topic in self._topics.values())

    def __len__(self) -> int:
        return len(self._topics)


def _sessions(topic: _Topic) -> Iterator[tuple[str, Member]]:
    for members in topic.members.values():
        yield from members.items()


def _everybody(topic: _Topic) -> Iterator[Values]:
    """
    One entry for each user, in the order in which they came: their latest state, and since when they are there.

    Sessions without a user are entries of their own.
    """
    found: dict[str, Member] = {}
    for session, member in _sessions(topic):
        key = f"session {session}" if member.user is None else f"user {member.user}"
        other = found.get(key)
        if other is not None:
            latest = max(member, other, key=lambda each: each.at)
            member = replace(latest, since=min(member.since, other.since))
        found[key] = member
    for member in sorted(found.values(), key=lambda each: (each.since, each.user or "")):
        yield texts(member.state, user_id=member.user, since=member.since)
