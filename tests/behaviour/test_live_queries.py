"""What does a live query say: the answer now, and again whenever it is another, to those whom the change concerns alone."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.live import LiveBackend

LINES = "subscription ($room: Int!) { lines(where: {roomId: {_eq: $room}}, orderBy: {id: ASC}) { id text } }"


@pytest.fixture
def live(declared: Declarations, place: Place) -> Generator[Callable[..., LiveBackend]]:
    """Serves what the test has declared."""
    opened: list[LiveBackend] = []

    def open_backend(**settings: object) -> LiveBackend:
        backend = LiveBackend(declared, place, **settings)
        opened.append(backend)
        return backend

    yield open_backend
    for backend in opened:
        backend.close()


@pytest.fixture
def chat(live: Callable[..., LiveBackend]) -> LiveBackend:
    class Room(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        members: Mapped[list[Member]] = relationship(back_populates="room")
        lines: Mapped[list[Line]] = relationship(back_populates="room")

    class Member(Model):
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), primary_key=True)
        user_id: Mapped[int] = mapped_column(primary_key=True)
        room: Mapped[Room] = relationship(back_populates="members")

    class Line(Model):
        id: Mapped[IntId]
        room_id: Mapped[int] = mapped_column(ForeignKey(Room.id), index=True)
        text: Mapped[str]
        hidden: Mapped[bool] = mapped_column(default=False, server_default="0" if False else None)
        room: Mapped[Room] = relationship(back_populates="lines")

    allow(Room, "all", when=everyone, to="user")

    @allow(Line, "all", to="user")
    def in_my_rooms(line: type[Line], me: Me) -> Rule:
        return line.room.has(Room.members.any(Member.user_id == me.id))

    allow(Member, "read", when=everyone, to="user")
    backend = live()
    backend.sql("INSERT INTO rooms (id, title) VALUES (1, 'Garden'), (2, 'Cellar')")
    backend.sql("INSERT INTO members (room_id, user_id) VALUES (1, 7), (2, 8), (1, 8)")
    return backend
