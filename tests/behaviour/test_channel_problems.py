"""Mistakes in channels are coded problems at start-up, with the line and what mends them; names in three conventions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import exists
from sqlalchemy.orm import Mapped

from portico.gateway.loading import load_models
from portico.resolvers.sql.logged_tables import logged_tables
from portico.schema import Channel, IntId, Model, allow, everyone, require
from portico.schema.access import RoleAccess
from portico.schema.channel_access import channel_access
from portico.schema.declarations import Declarations
from portico.schema.names import Convention, Names
from portico.schema.problems import Problem, Problems
from portico.schema.reading import read_catalog
from portico.schema.report import access_table
from portico.schema.types.build import SchemaBuilder
from tests.support.rooms import declare_rooms


def problem_of(declarations: Declarations) -> Problem:
    with pytest.raises(Problems) as raised:
        SchemaBuilder(read_catalog(declarations, dialect="sqlite"))
    (problem,) = raised.value.problems
    return problem


def expect(declarations: Declarations, code: str, words: str, line: str) -> None:
    problem = problem_of(declarations)
    assert (problem.code, problem.hint is not None) == (code, True)
    assert words in problem.message
    assert problem.source is not None
    with open(problem.source.path) as file:  # noqa: PTH123
        assert line in file.readlines()[problem.source.line - 1]


def test_a_channel_that_carries_nothing(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        team: Mapped[str]

    expect(declared, "PT216", "Lobby carries nothing", "class Lobby")


def test_a_channel_of_something_that_is_not_mapped(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        team: str

        class Message:
            body: str

    expect(declared, "PT216", "Lobby.team is not Mapped", "team: str")


def test_a_channel_of_a_row_and_of_more(declared: Declarations) -> None:
    class Room(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]

    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        room: Mapped[Room]
        team: Mapped[str]

        class Message:
            body: str

    expect(declared, "PT216", "of a row and of more", "class Lobby")


@pytest.mark.parametrize("type_", [float, list[str], dict[str, Any], object])
def test_a_channel_of_something_that_names_nothing(declared: Declarations, type_: Any) -> None:
    class Lobby(Channel):
        class Message:
            body: str

    Lobby.__annotations__ = {"team": Mapped[type_]}
    assert problem_of(declared).code == "PT216"


def test_a_payload_of_a_type_that_no_column_has(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        class Message:
            body: object

    expect(declared, "PT217", "Message.body is of no type", "body: object")


def test_a_payload_that_says_who_sent_it(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        class Message:
            sender_id: str

    expect(declared, "PT217", "cannot be called 'senderId'", "sender_id: str")


def test_a_default_of_another_type(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        class Presence:
            typing: bool = "no"  # pyright: ignore[reportAssignmentType]

    expect(declared, "PT217", "has a default", "typing: bool")


def test_two_channels_of_one_name(declared: Declarations) -> None:
    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        class Message:
            body: str

    class LobbyChannel(Channel):  # pyright: ignore[reportUnusedClass]
        class Message:
            body: str

    with pytest.raises(Problems) as raised:
        SchemaBuilder(read_catalog(declared, dialect="sqlite"))
    assert {problem.code for problem in raised.value.problems} == {"PT205"}


def test_a_channel_whose_type_is_a_model(declared: Declarations) -> None:
    class LobbyMessage(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]

    class Lobby(Channel):  # pyright: ignore[reportUnusedClass]
        class Message:
            body: str

    with pytest.raises(Problems) as raised:
        SchemaBuilder(read_catalog(declared, dialect="sqlite"))
    assert "its type 'LobbyMessage'" in str(raised.value)
    assert "its subscription 'lobbyMessages'" in str(raised.value)


def test_channels_are_joined_and_models_are_read(declared: Declarations) -> None:
    class Room(Model):
        id: Mapped[IntId]

    class Lobby(Channel):
        class Message:
            body: str

    for subject, verb in ((Lobby, "read"), (Room, "join")):
        with pytest.raises(Problem) as raised:
            allow(subject, verb, when=everyone)  # pyright: ignore[reportArgumentType]
        assert raised.value.code == "PT201"
    with pytest.raises(Problem) as raised:
        allow(Lobby, "join", when=everyone, limit=3)
    assert raised.value.code == "PT202"


def test_a_rule_that_does_not_fit_the_channel(declared: Declarations) -> None:
    class Lobby(Channel):
        team: Mapped[str]

        class Message:
            body: str

    allow(Lobby, "join", when=lambda lobby, me: lobby.nothing == me.id)
    assert problem_of(declared).code == "PT207"


def test_require_is_asked_besides(declared: Declarations) -> None:
    class Lobby(Channel):
        team: Mapped[str]

        class Message:
            body: str

    allow(Lobby, "join", when=everyone)
    require(Lobby, "join", when=lambda lobby, me: lobby.team == me.claim("team"))
    (channel,) = read_catalog(declared, dialect="sqlite").channels
    catalog = read_catalog(declared, dialect="sqlite")
    access = channel_access(RoleAccess(catalog, "user"), catalog.channels[0])
    assert channel.stands_alone
    assert access.join is not None
    assert (len(access.join.all_of), access.send) == (1, None)


def test_a_role_that_does_not_see_the_key_of_a_row_has_no_channel_of_it(declared: Declarations) -> None:
    class Room(Model):
        id: Mapped[IntId]
        title: Mapped[str]

    class RoomChannel(Channel):
        room: Mapped[Room]

        class Message:
            body: str

    allow(Room, "read", when=everyone, fields=["title"], to="user")
    allow(Room, "read", when=everyone, to="editor")
    # A reviewer sees all titles, and the keys of some rooms alone: a channel would tell those of the others.
    allow(Room, "read", when=everyone, fields=["title"], to="reviewer")
    allow(Room, "read", when=lambda room, me: room.title == me.claim("title"), fields=["id"], to="reviewer")
    allow(RoomChannel, "join", when=everyone)
    catalog = read_catalog(declared, dialect="sqlite")
    found = {
        role: channel_access(RoleAccess(catalog, role), catalog.channels[0]).join is not None
        for role in ("user", "editor", "reviewer", "anonymous")
    }
    assert found == {"user": False, "editor": True, "reviewer": False, "anonymous": False}


def test_tables_that_rules_of_channels_look_into_are_logged(declared: Declarations) -> None:
    class Ban(Model):
        id: Mapped[IntId]
        user_id: Mapped[int]

    class Lobby(Channel):
        class Message:
            body: str

    allow(Lobby, "all", when=lambda lobby, me: ~exists().where(Ban.user_id == me.id) & me.id.is_not(None))
    assert [table.name for table in logged_tables(read_catalog(declared, dialect="sqlite"))] == ["bans"]


def test_who_may_what_is_told_of_channels_too(declared: Declarations) -> None:
    declare_rooms()
    told = access_table(read_catalog(declared, dialect="sqlite"))
    assert [line.split() for line in told.partition("\n\n")[2].splitlines()] == [
        ["channel", "role", "join", "send"],
        ["room", "user", "everyone", "unless_mute"],
        ["team", "user", "my_team", "my_team"],
        ["hidden", "nobody", "-", "-"],
    ]


@pytest.mark.parametrize(
    ("convention", "names"),
    [
        ("plain", ["roomMessages", "roomPresence", "sendRoomMessage", "updateRoomPresence", "RoomMessageInput", "roomId"]),
        ("graphql-default", ["roomMessages", "roomPresence", "sendRoomMessage", "updateRoomPresence", "RoomMessageInput", "roomId"]),
        ("hasura-default", ["room_messages", "room_presence", "send_room_message", "update_room_presence", "room_message_input", "room_id"]),
    ],
)  # fmt: skip
def test_names(declared: Declarations, convention: Convention, names: list[str]) -> None:
    declare_rooms()
    builder = SchemaBuilder(read_catalog(declared, dialect="sqlite", names=Names(convention)))
    schema = builder.whole_schema(builder.types("user"))
    messages, presence, send, update, input_type, argument = names
    assert schema.subscription_type is not None
    assert schema.mutation_type is not None
    assert {messages, presence} <= set(schema.subscription_type.fields)
    assert {send, update} <= set(schema.mutation_type.fields)
    assert argument in schema.mutation_type.fields[send].args
    assert str(schema.mutation_type.fields[send].args["message"].type) == f"{input_type}!"


def test_channels_of_a_model_file_are_forgotten_with_it(tmp_path: Any, declared: Declarations) -> None:
    file = tmp_path / "lobby_models.py"
    text = "from portico.schema import *\nclass Lobby(Channel):\n    class Message:\n        body: str\nallow(Lobby, 'all', when=everyone)\n"
    file.write_text(text)
    assert len(load_models(file).channels) == 1
    file.write_text(text.replace("Lobby", "Hall"))
    assert [each.__name__ for each in load_models(file).channels] == ["Hall"]
    assert not declared.channels
