"""Do changes get lost between two who read the log: whoever comes back with a position, and the feed that begins meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.live.marks import Marks
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.live import LiveBackend

CHANGES = "subscription { notesChanges { new { id } } }"


@pytest.fixture
def notes(declared: Declarations, place: Place) -> Generator[LiveBackend]:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", when=everyone)
    backend = LiveBackend(declared, place)
    yield backend
    backend.close()


class Gate:
    """A call that waits until it is let go."""

    def __init__(self, call: Callable[..., Awaitable[Any]]) -> None:
        self._call = call
        self.opens = asyncio.Event()
        self.is_waiting = asyncio.Event()

    async def __call__(self, *arguments: Any) -> Any:
        self.is_waiting.set()
        await self.opens.wait()
        return await self._call(*arguments)


def told(body: Any) -> list[int]:
    return [change["new"]["id"] for change in body["data"]["notesChanges"]]


def test_what_commits_while_the_feed_begins_is_told_to_whoever_came_back_before(notes: LiveBackend) -> None:
    position = Marks(notes.log).mark(notes.run(notes.log.head())).decode()
    notes.sql("INSERT INTO notes (id) VALUES (1)")
    head: Any = Gate(notes.log.head)
    reading: Any = Gate(notes.engine.read_all)
    notes.log.head = head  # pyright: ignore[reportAttributeAccessIssue]
    notes.engine.read_all = reading  # pyright: ignore[reportAttributeAccessIssue]

    ear = notes.subscribe(CHANGES, position=position)
    notes.run(asyncio.wait_for(reading.is_waiting.wait(), 20))  # it has read up to the first
    notes.run(asyncio.wait_for(head.is_waiting.wait(), 20))  # the feed is about to look where now is
    notes.sql("INSERT INTO notes (id) VALUES (2)")
    at = notes.feed.position
    head.opens.set()
    notes.run(_until(lambda: notes.feed.position != at))
    reading.opens.set()

    assert told(ear.body()) == [1]
    assert told(ear.body()) == [2]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)
