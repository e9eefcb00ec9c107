"""Rooms with members, two channels of rooms, and one of teams: what tests of channels are about."""

from __future__ import annotations

from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Channel, Id, IntId, Me, Model, Rule, allow, everyone

ROOM, OTHER = "0191e9a8-0000-7000-8000-000000000001", "0191e9a8-0000-7000-8000-000000000002"


class Mood(Enum):
    """How somebody feels."""

    happy = "happy"
    sad = "sad"


def declare_rooms() -> None:
    """Members read their rooms and join their channel; those who are mute do not send."""

    class Room(Model):
        id: Mapped[Id]
        members: Mapped[list[Member]] = relationship(back_populates="room")

    class Member(Model):
        id: Mapped[IntId]
        room_id: Mapped[UUID] = mapped_column(ForeignKey(Room.id), index=True)
        user_id: Mapped[int] = mapped_column(index=True)
        mute: Mapped[bool] = mapped_column(default=False)
        room: Mapped[Room] = relationship(back_populates="members")

    class RoomChannel(Channel):
        """What happens in a room."""

        room: Mapped[Room]

        class Message:
            kind: str
            body: str | None = None

        class Presence:
            status: str = "here"
            mood: Mood = Mood.happy

    class TeamChannel(Channel):
        team: Mapped[str]

        class Message:
            body: str

    class HiddenChannel(Channel):  # pyright: ignore[reportUnusedClass]
        room: Mapped[Room]

        class Message:
            body: str

    @allow(Room, "read", to="user")
    def my_rooms(room: Any, me: Me) -> Rule:
        return room.members.any(Member.user_id == me.id)

    allow(RoomChannel, "join", to="user", when=everyone)

    @allow(RoomChannel, "send", to="user")
    def unless_mute(room: Any, me: Me) -> Rule:
        return room.members.any((Member.user_id == me.id) & ~Member.mute)

    @allow(TeamChannel, "all", to="user")
    def my_team(channel: Any, me: Me) -> Rule:
        return channel.team == me.claim("team")


def rooms_sql(dialect: str) -> tuple[str, ...]:
    """Users 1 and 2 in one room, 3 in the other, 2 mute."""
    room, other = (each.replace("-", "") if dialect == "sqlite" else each for each in (ROOM, OTHER))
    return (
        f"INSERT INTO rooms (id) VALUES ('{room}'), ('{other}')",
        "INSERT INTO members (id, room_id, user_id, mute) VALUES"
        f" (1, '{room}', 1, false), (2, '{room}', 2, true), (3, '{other}', 3, false), (4, '{other}', 1, false)",
    )
