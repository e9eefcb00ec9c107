"""Who listens to what, and what is in the database by then: rooms, members, and what was said before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import asyncpg

from benchmarks.store import CACHE, Postgres

EngineName = Literal["postgres", "sqlite"]
Kind = Literal["live", "stream", "changes"]
DATABASE = "realtime"
_HISTORY_COLUMNS = ("id", "room_id", "author_id", "body", "sent_at")
# Said before, all rooms together. In a table that was empty when it was analyzed, the planner has no reason to use an index.
_HISTORY = 50_000
# Without it every reader's last message is looked for among all of its room's.
_INDEX = "CREATE INDEX messages_by_time ON messages (room_id, sent_at)"


@dataclass(frozen=True)
class Scene:
    """
    Who listens to what.

    own: each subscriber is a caller of its own, under rules of its own; else all are one. clients: processes.
    """

    kind: Kind
    subscribers: int
    rooms: int
    own: bool = True
    clients: int = 1

    def room_of(self, reader: int) -> UUID:
        """The room that a subscriber listens to."""
        return room(reader % self.rooms)

    def user_of(self, reader: int) -> UUID:
        """Who a subscriber is."""
        return user(reader if self.own else 0)


def room(number: int) -> UUID:
    """The key of a room."""
    return UUID(int=(1 << 120) + number)


def user(number: int) -> UUID:
    """The key of a user."""
    return UUID(int=(2 << 120) + number)


async def fresh_database(server: Postgres) -> None:
    """An empty database in the place of the last one."""
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()


def _rows(scene: Scene) -> tuple[list[tuple[UUID, str, str]], list[tuple[UUID, str, UUID]], list[tuple[UUID, UUID]]]:
    """Users, rooms and members; the first user, who writes, is in every room, and others in the one that they listen to."""
    users = [(user(number), f"User {number}", "user") for number in range(scene.subscribers if scene.own else 1)]
    rooms = [(room(number), f"Room {number}", user(0)) for number in range(scene.rooms)]
    members = {(room(number), user(0)) for number in range(scene.rooms)}
    members |= {(scene.room_of(reader), scene.user_of(reader)) for reader in range(scene.subscribers)}
    return users, rooms, sorted(members)


def _history(scene: Scene) -> Iterator[tuple[UUID, UUID, UUID, str, datetime]]:
    """What was said before, in turns: a message a second, up to an hour ago."""
    began = datetime.now(UTC) - timedelta(seconds=3_600 + _HISTORY)
    for number in range(_HISTORY):
        sent_at = began + timedelta(seconds=number)
        yield UUID(int=(3 << 120) + number), room(number % scene.rooms), user(0), "before", sent_at


async def fill(url: str, scene: Scene) -> None:
    """Puts the scene's rows into Postgres."""
    users, rooms, members = _rows(scene)
    connection = await asyncpg.connect(url)
    await connection.executemany("INSERT INTO users (id, name, role) VALUES ($1, $2, $3)", users)
    await connection.executemany("INSERT INTO rooms (id, title, opened_by_id) VALUES ($1, $2, $3)", rooms)
    await connection.executemany("INSERT INTO members (room_id, user_id) VALUES ($1, $2)", members)
    await connection.copy_records_to_table("messages", records=_history(scene), columns=_HISTORY_COLUMNS)
    # Of the past nothing is told. The log is left as large as it would be.
    await connection.execute(_INDEX)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def fresh_file() -> Path:
    """The path of an empty database in the place of the last one."""
    path = CACHE / "bench-sqlite" / "realtime.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    return path


def fill_file(path: str, scene: Scene) -> None:
    """Puts the scene's rows into a file of SQLite."""
    users, rooms, members = ([tuple(map(_stored, row)) for row in rows] for rows in _rows(scene))
    connection = sqlite3.connect(path, timeout=30)
    connection.executemany("INSERT INTO users (id, name, role) VALUES (?, ?, ?)", users)
    connection.executemany("INSERT INTO rooms (id, title, opened_by_id) VALUES (?, ?, ?)", rooms)
    connection.executemany("INSERT INTO members (room_id, user_id) VALUES (?, ?)", members)
    connection.executemany(
        f"INSERT INTO messages ({', '.join(_HISTORY_COLUMNS)}) VALUES (?, ?, ?, ?, ?)",
        (
            (key.hex, where.hex, author.hex, body, sent_at.replace(tzinfo=None).isoformat(" ", "microseconds"))
            for key, where, author, body, sent_at in _history(scene)
        ),
    )
    connection.execute(_INDEX)
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _stored(value: UUID | str) -> str:
    """As SQLAlchemy's type for SQLite stores it."""
    return value.hex if isinstance(value, UUID) else value
