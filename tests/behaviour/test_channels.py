"""Channels: who may join and send, what arrives, who is there, and what ends a subscription."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pytest

from portico.resolvers.limits import ChannelLimits
from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.nodes import Guard
from portico.resolvers.plan.root_nodes import ChannelField, Guarded, Plan
from portico.resolvers.problems import ChannelClosed, ChannelFull, MessageTooLarge, ReadsOnly, TooManyMessages
from portico.schema.access import RoleAccess
from portico.schema.declarations import Declarations, declaring
from portico.schema.problems import Problem
from tests.support.backend import Backend, Place
from tests.support.channels import Process, Reader, user
from tests.support.live import LiveBackend
from tests.support.rooms import OTHER, ROOM, declare_rooms, rooms_sql

ALICE, MUTE, EVE = user("1"), user("2"), user("3")
MESSAGES = "subscription ($room: UUID!) { roomMessages(roomId: $room) { senderId kind body } }"
PRESENCE = """subscription ($room: UUID!, $me: RoomPresenceInput) {
  roomPresence(roomId: $room, me: $me) { userId status mood } }"""
SEND = "mutation ($room: UUID!, $message: RoomMessageInput!) { sendRoomMessage(roomId: $room, message: $message) }"
UPDATE = "mutation ($room: UUID!, $me: RoomPresenceInput!) { updateRoomPresence(roomId: $room, me: $me) }"
TEAM = "subscription ($team: String!) { teamMessages(team: $team) { body } }"
SEND_TEAM = 'mutation ($team: String!) { sendTeamMessage(team: $team, message: {body: "hello"}) }'

Open = Callable[..., Process]


@pytest.fixture
def backend(declared: Declarations, place: Place) -> Generator[LiveBackend]:
    declare_rooms()
    backend = LiveBackend(declared, place)
    backend.sql(*rooms_sql(place.dialect))
    yield backend
    backend.close()


@pytest.fixture
def opened(backend: LiveBackend) -> Generator[Open]:
    """Opens what a process has: `process = opened(limits=…)`."""
    processes: list[Process] = []

    def make(**keywords: Any) -> Process:
        processes.append(Process(backend, **keywords))
        return processes[-1]

    yield make
    for process in processes:
        backend.run(process.close())


@pytest.fixture
def plain(serve: Callable[..., Backend]) -> Backend:
    """What answers queries and mutations alone."""
    declare_rooms()
    return serve()


def bodies(reader: Reader) -> list[Any]:
    return [answer["data"]["roomMessages"]["body"] for answer in reader.answers]


def present(answer: Any) -> list[Any]:
    return [(each["userId"], each["status"]) for each in answer["data"]["roomPresence"]]


# ---- messages ----------------------------------------------------------------------------------------


def test_a_message_reaches_everybody_who_is_subscribed_and_says_who_sent_it(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(MESSAGES, MUTE, room=ROOM)
        other, _ = await process.subscribe(MESSAGES.replace("body", "text: body __typename sentAt"), ALICE, room=ROOM)
        elsewhere, _ = await process.subscribe(MESSAGES, EVE, room=OTHER)
        answer = await process.ask(SEND, ALICE, room=ROOM, message={"kind": "typing", "body": 'a "b"\n'})
        assert answer == {"data": {"sendRoomMessage": True}}
        await process.ask(SEND, ALICE, room=ROOM.upper(), message={"kind": "typing"})
        assert reader.answers == [
            {"data": {"roomMessages": {"senderId": "1", "kind": "typing", "body": 'a "b"\n'}}},
            {"data": {"roomMessages": {"senderId": "1", "kind": "typing", "body": None}}},
        ]
        message = other.answers[0]["data"]["roomMessages"]
        assert message.pop("sentAt").startswith("20")
        assert message == {"senderId": "1", "kind": "typing", "text": 'a "b"\n', "__typename": "RoomMessage"}
        assert elsewhere.answers == []

    backend.run(run())


def test_who_sent_it_cannot_be_said_by_the_client(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        message = {"kind": "typing", "senderId": "2"}
        with pytest.raises(Problem) as raised:
            await opened().ask(SEND, ALICE, room=ROOM, message=message)
        assert raised.value.code == "PT104"

    backend.run(run())


def test_messages_of_one_sender_come_in_order(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        for number in range(15):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": "n", "body": str(number)})
        assert bodies(reader) == [str(number) for number in range(15)]

    backend.run(run())


def test_a_closed_subscription_is_given_nothing_and_leaves_nothing_behind(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        reader, subscription = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        watcher, watching = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={})
        subscription.close()
        watching.close()
        await process.ask(SEND, ALICE, room=ROOM, message={"kind": "typing"})
        assert (reader.answers, len(watcher.answers)) == ([], 1)
        assert len(process.hub) == 0
        await process.hub_settled()
        assert len(process.hub.presence) == 0

    backend.run(run())


def test_a_slow_reader_loses_the_oldest_is_told_and_slows_nobody(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(unsent_messages=4, sender_burst=100))
        slow, subscription = await process.subscribe(MESSAGES, ALICE, Reader(reads=False), room=ROOM)
        fast, _ = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        for number in range(10):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": "n", "body": str(number)})
        assert len(fast.answers) == 10
        while not slow.is_clear:
            slow.read()
            subscription.cleared()
        assert bodies(slow) == ["0", "6", "7", "8", "9"]
        assert [answer.get("extensions") for answer in slow.answers] == [None, {"portico": {"dropped": 5}}, *[None] * 3]

    backend.run(run())


def test_what_a_slow_reader_holds_is_bounded_in_bytes(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(unsent_bytes=30_000, sender_burst=100))
        slow, subscription = await process.subscribe(MESSAGES, ALICE, Reader(reads=False), room=ROOM)
        for number in range(10):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": str(number), "body": "x" * 10_000})
        while not slow.is_clear:
            slow.read()
            subscription.cleared()
        assert [answer["data"]["roomMessages"]["kind"] for answer in slow.answers] == ["0", "8", "9"]

    backend.run(run())


# ---- rules -------------------------------------------------------------------------------------------


def test_who_may_not_read_the_row_joins_and_sends_nothing(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        for document in (MESSAGES, PRESENCE):
            with pytest.raises(ChannelClosed):
                await process.subscribe(document, EVE, room=ROOM)
        with pytest.raises(ChannelClosed) as raised:
            await process.ask(SEND, EVE, room=ROOM, message={"kind": "typing"})
        assert raised.value.path == "$.selectionSet.sendRoomMessage"
        assert reader.answers == []

    backend.run(run())


def test_the_rule_of_sending_is_asked_besides_and_when_it_is_sent(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        await process.subscribe(MESSAGES, MUTE, room=ROOM)
        with pytest.raises(ChannelClosed):
            await process.ask(SEND, MUTE, room=ROOM, message={"kind": "typing"})
        with pytest.raises(ChannelClosed):
            await process.subscribe(PRESENCE, MUTE, room=ROOM, me={})
        await process.subscribe(PRESENCE, MUTE, room=ROOM)

    backend.run(run())
    backend.sql("UPDATE members SET mute = false WHERE user_id = 2")

    async def again() -> None:
        assert await opened().ask(SEND, MUTE, room=ROOM, message={"kind": "typing"})

    backend.run(again())


def test_a_right_that_is_lost_ends_the_subscriptions_that_had_it_and_no_others(
    backend: LiveBackend, opened: Open
) -> None:
    async def run() -> None:
        process = opened()
        messages, _ = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        here, _ = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "busy"})
        other, _ = await process.subscribe(PRESENCE, MUTE, room=ROOM)
        await other.until(lambda answer: present(answer) == [("1", "busy")])
        await process.execute_sql("DELETE FROM members WHERE user_id = 1")
        assert await messages.ended() == ["PT555"]
        assert await here.ended() == ["PT555"]
        await other.until(lambda answer: present(answer) == [])
        assert other.problems is None

    backend.run(run())


def test_rules_that_are_loaded_again_are_those_of_open_subscriptions(backend: LiveBackend, opened: Open) -> None:
    async def begin(process: Process) -> list[Reader]:
        return [(await process.subscribe(document, ALICE, room=ROOM))[0] for document in (MESSAGES, PRESENCE)]

    async def ended(readers: list[Reader]) -> None:
        assert [set(await reader.ended()) for reader in readers] == [{"PT102"}, {"PT102"}]

    readers = backend.run(begin(opened()))
    with declaring() as others:
        declare_rooms()
    others.channel_rules.clear()
    backend.reload(others)
    backend.run(ended(readers))


def test_a_channel_without_rules_does_not_exist(plain: Backend) -> None:
    for role in ("user", "admin"):
        fields = plain.data("{ __schema { subscriptionType { fields { name } } } }", role=role)
        names = {each["name"] for each in fields["__schema"]["subscriptionType"]["fields"]}
        assert {"roomMessages", "roomPresence", "teamMessages"} <= names
        assert "hiddenMessages" not in names
    assert "PT102" in str(plain.error('mutation { sendHiddenMessage(roomId: 1, message: {body: ""}) }', role="user"))
    error = plain.error('mutation { sendTeamMessage(team: "a", message: {body: "x"}) }', role="anonymous")
    assert error["extensions"]["problem"] == "PT102"


def test_a_channel_of_values_is_under_its_rule(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        red, blue = user("1", team="red"), user("2", team="blue")
        reader, _ = await process.subscribe(TEAM, red, team="red")
        for caller in (blue, user("3")):
            with pytest.raises(ChannelClosed):
                await process.subscribe(TEAM, caller, team="red")
            with pytest.raises(ChannelClosed):
                await process.ask(SEND_TEAM, caller, team="red")
        await process.ask(SEND_TEAM, blue, team="blue")
        assert reader.answers == []
        await process.ask(SEND_TEAM, red, team="red")
        assert reader.answers == [{"data": {"teamMessages": {"body": "hello"}}}]

    backend.run(run())


@pytest.mark.parametrize("crafted", ['red"}]', 'red"},{"team":"blue', "red\x01", "red ", "RED", '\\"red', "r\\u0065d"])
def test_no_value_is_read_as_that_of_another_channel(backend: LiveBackend, opened: Open, crafted: str) -> None:
    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(TEAM, user("1", team="red"), team="red")
        own, _ = await process.subscribe(TEAM, user("2", team=crafted), team=crafted)
        await process.ask(SEND_TEAM, user("2", team=crafted), team=crafted)
        assert (len(own.answers), reader.answers) == (1, [])

    backend.run(run())


def test_without_the_guard_the_tests_of_rules_would_fail(
    backend: LiveBackend, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: what the guard adds to a channel's row is taken out, and everybody is let in."""

    def unguarded(plan: Plan, access: RoleAccess) -> Guarded:
        fields = [each for each in guard(plan, access).plan.fields if isinstance(each, ChannelField)]
        opened = tuple(replace(each, rows=replace(each.rows, guard=Guard())) for each in fields)
        return Guarded(replace(plan, fields=opened))

    monkeypatch.setattr("portico.resolvers.documents.guard", unguarded)

    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(MESSAGES, EVE, room=ROOM)
        await process.ask(SEND, EVE, room=ROOM, message={"kind": "typing"})
        assert len(reader.answers) == 1
        await process.subscribe(TEAM, user("3"), team="red")

    backend.run(run())


# ---- presence ----------------------------------------------------------------------------------------


def test_who_is_there_is_told_as_they_come_change_and_go(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        watcher, _ = await process.subscribe(PRESENCE, MUTE, room=ROOM)
        assert present(watcher.answers[0]) == []
        own, subscription = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "writing", "mood": "sad"})
        assert own.answers[0] == {"data": {"roomPresence": [{"userId": "1", "status": "writing", "mood": "sad"}]}}
        await watcher.until(lambda answer: present(answer) == [("1", "writing")])
        assert await process.ask(UPDATE, ALICE, room=ROOM, me={}) == {"data": {"updateRoomPresence": True}}
        await watcher.until(lambda answer: present(answer) == [("1", "here")])
        subscription.close()
        await watcher.until(lambda answer: answer is not watcher.answers[0] and present(answer) == [])

    backend.run(run())


def test_credentials_for_reading_watch_and_are_not_there_themselves(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process, reading = opened(), replace(ALICE, reads_only=True)
        watcher, _ = await process.subscribe(PRESENCE, reading, room=ROOM)
        with pytest.raises(ReadsOnly):
            await process.subscribe(PRESENCE, reading, room=ROOM, me={"status": "here"})
        await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "here"})
        await watcher.until(lambda answer: present(answer) == [("1", "here")])

    backend.run(run())


def test_somebody_who_is_there_twice_is_one_entry_with_the_latest_state(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        _, first = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "one"})
        watcher, _ = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "two"})
        assert present(watcher.answers[0]) == [("1", "two")]
        first.close()
        await process.hub_settled()
        assert present(watcher.answers[-1]) == [("1", "two")]

    backend.run(run())


def test_changes_of_a_list_are_told_together(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(sender_burst=100))
        watcher, _ = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={})
        await process.hub_settled()
        before = len(watcher.answers)
        for number in range(50):
            assert process.hub.presence.update(
                f'["room",{{"id":"{ROOM}"}}]', "1", {"status": str(number), "mood": "sad"}
            )
        await watcher.until(lambda answer: present(answer) == [("1", "49")])
        assert len(watcher.answers) == before + 1

    backend.run(run())


def test_nobody_changes_how_somebody_else_appears(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        watcher, _ = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "mine"})
        with pytest.raises(ChannelClosed):
            await process.ask(UPDATE, MUTE, room=ROOM, me={"status": "yours"})
        await process.ask(UPDATE, ALICE, room=OTHER, me={"status": "elsewhere"})
        await process.hub_settled()
        assert present(watcher.answers[-1]) == [("1", "mine")]

    backend.run(run())


def test_another_caller_on_the_socket_appears_as_themselves_or_not_at_all(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        watcher, _ = await process.subscribe(PRESENCE, MUTE, room=ROOM)
        _, subscription = await process.subscribe(PRESENCE, ALICE, room=ROOM, me={})
        await process.execute_sql("UPDATE members SET mute = false")
        subscription.act_as(MUTE)
        await watcher.until(lambda answer: present(answer) == [("2", "here")])
        reader, subscription = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        subscription.act_as(EVE)
        assert await reader.ended() == ["PT555"]

    backend.run(run())


# ---- limits ------------------------------------------------------------------------------------------


def test_what_is_too_long_is_refused(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened()
        reader, _ = await process.subscribe(MESSAGES, ALICE, room=ROOM)
        with pytest.raises(MessageTooLarge):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": "x" * 65_537})
        await process.ask(SEND, ALICE, room=ROOM, message={"kind": "x" * 65_000})
        assert len(reader.answers) == 1
        with pytest.raises(MessageTooLarge):
            await process.subscribe(PRESENCE, ALICE, room=ROOM, me={"status": "x" * 2_049})
        with pytest.raises(MessageTooLarge):
            await process.ask(UPDATE, ALICE, room=ROOM, me={"status": "x" * 2_049})

    backend.run(run())


def test_senders_have_an_allowance_of_their_own_and_the_database_is_not_asked_beyond_it(
    backend: LiveBackend, opened: Open
) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(sender_messages_per_s=0.001, sender_burst=3))
        for _ in range(3):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": "n"})
        asked = len(backend.engine.statements)
        with pytest.raises(TooManyMessages):
            await process.ask(SEND, ALICE, room=ROOM, message={"kind": "n"})
        assert len(backend.engine.statements) == asked
        await process.ask(SEND, EVE, room=OTHER, message={"kind": "n"})

    backend.run(run())


def test_a_topic_has_an_allowance_for_all_senders(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(topic_messages_per_s=0.001, topic_burst=2))
        await process.ask(SEND, ALICE, room=OTHER, message={"kind": "n"})
        await process.ask(SEND, EVE, room=OTHER, message={"kind": "n"})
        with pytest.raises(TooManyMessages):
            await process.ask(SEND, EVE, room=OTHER, message={"kind": "n"})
        await process.ask(SEND, ALICE, room=ROOM, message={"kind": "n"})

    backend.run(run())


def test_no_more_are_there_than_may_be_and_nobody_too_often(backend: LiveBackend, opened: Open) -> None:
    async def run() -> None:
        process = opened(limits=ChannelLimits(presence_members=3, presence_sessions=2))
        for _ in range(2):
            await process.subscribe(PRESENCE, ALICE, room=OTHER, me={})
        with pytest.raises(ChannelFull):
            await process.subscribe(PRESENCE, ALICE, room=OTHER, me={})
        _, subscription = await process.subscribe(PRESENCE, EVE, room=OTHER, me={})
        with pytest.raises(ChannelFull):
            await process.subscribe(PRESENCE, EVE, room=OTHER, me={})
        await process.subscribe(PRESENCE, EVE, room=OTHER)
        subscription.close()
        await process.subscribe(PRESENCE, EVE, room=OTHER, me={})

    backend.run(run())


def test_values_of_the_wrong_type_are_refused(plain: Backend) -> None:
    for message in ({"kind": 1}, {"body": "no kind"}, {"kind": None}, {"kind": "a", "more": 1}):
        error = plain.error(SEND, role="user", id="1", room=ROOM, message=message)
        assert error["extensions"]["problem"] == "PT104", json.dumps(error)
    error = plain.error(UPDATE, role="user", id="1", room=ROOM, me={"mood": "angry"})
    assert error["extensions"]["problem"] == "PT104"
