"""GraphQL in a transaction that a function has begun: under the caller's rules, with what was written there, undone with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.events import EventServer

MODELS = """
import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, select
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Caller, Data, Event, Id, IntId, Me, Model, Rule, allow, computed, everyone, mutation, on, query

seen = []
does: dict[str, Any] = {}


class Note(Model):
    id: Mapped[IntId]
    text: Mapped[str] = mapped_column(unique=True)
    price: Mapped[Decimal | None] = mapped_column(Numeric(30, 12))
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default="0")


@allow(Note, "all")
def shown(note: type[Note], me: Me) -> Rule:
    \"\"\"Those that are not hidden.\"\"\"
    return note.is_hidden.is_(False)


@computed(Note, reads=[Note.text])
def loud(notes: list[Note]) -> list[str]:
    return [note.text.upper() for note in notes]


@on(Note)
async def written(note: Note, event: Event) -> None:
    seen.append((event.verb, note.text, event.trace is not None))


@mutation
async def run(name: str, data: Data) -> str:
    return await does[name](data)


@query
async def count(data: Data) -> int:
    async with data.begin() as session:
        await asyncio.sleep(0)
        return len((await session.scalars(select(Note))).all())


@mutation
async def added(text: str, data: Data) -> Note:
    async with data.begin() as session:
        session.add(note := Note(text=text))
        await session.flush()
    return note
"""
TEXTS = "{ notes(orderBy: {id: ASC}) { text } }"


@pytest.fixture
def server(open_server: Callable[..., EventServer]) -> EventServer:
    return open_server(MODELS, unauthorized_role="user")


def run(server: EventServer, does: Any) -> Any:
    """The answer to a client whose mutation calls a function that does something."""
    server.models.does["it"] = does
    return server.ask('mutation { run(name: "it") }')


def texts(server: EventServer) -> list[str]:
    return [each["text"] for each in server.as_admin(TEXTS)["notes"]]


def test_it_sees_what_was_written_there_under_the_callers_rules(server: EventServer) -> None:
    note, found = server.models.Note, list[Any]()

    async def asks(data: Any) -> str:
        async with data.begin() as session:
            session.add_all([note(text="one"), note(text="two", is_hidden=True)])  # not even flushed
            found.append(await data.ask("{ notes { text loud } }", session=session))
            found.append(await data.ask("{ notes { text } }"))
        return "done"

    assert run(server, asks) == {"data": {"run": "done"}}
    assert found == [{"notes": [{"text": "one", "loud": "ONE"}]}, {"notes": []}]


def test_what_it_writes_is_committed_with_it(server: EventServer) -> None:
    note, found = server.models.Note, list[Any]()
    document = 'mutation ($p: Decimal) { insertNote(object: {text: "asked", price: $p}) { id text price } }'

    async def asks(data: Any) -> str:
        async with data.begin() as session:
            session.add(note(text="added"))
            made = await data.ask(document, session=session, p="12345.678901234567")
            found.append((await session.get(note, made["insertNote"]["id"])).text)
        return "done"

    assert run(server, asks) == {"data": {"run": "done"}}
    assert found == ["asked"]
    assert texts(server) == ["added", "asked"]
    server.wait_for(lambda: len(server.seen) == 2)
    assert ("create", "asked", True) in server.seen  # with the request that it is part of


def test_it_is_undone_with_it(server: EventServer) -> None:
    async def asks(data: Any) -> str:
        async with data.begin() as session:
            await data.ask('mutation { insertNote(object: {text: "asked"}) { id } }', session=session)
            raise ValueError("no")

    assert run(server, asks)["errors"][0]["extensions"]["problem"] == "PT509"
    assert texts(server) == []


def test_what_is_refused_is_undone_alone_where_that_is_caught(server: EventServer) -> None:
    note, found = server.models.Note, list[Any]()
    document = 'mutation { a: insertNote(object: {text: "a"}) { id } b: insertNote(object: {text: "b", isHidden: true}) { id } }'

    async def asks(data: Any) -> str:
        async with data.begin() as session:
            session.add(note(text="added"))
            for wrong in (document, "{ notes { nothing } }", 'mutation { insertNote(object: {text: "added"}) { id } }'):
                try:
                    await data.ask(wrong, session=session)
                except Exception as error:
                    found.append((error.code, error.path))  # pyright: ignore
            await data.ask('mutation { insertNote(object: {text: "asked"}) { id } }', session=session)
        return "done"

    assert run(server, asks) == {"data": {"run": "done"}}
    assert found == [("PT302", "$"), ("PT102", "$"), ("PT501", "$")]
    assert texts(server) == ["added", "asked"]


def test_functions_that_are_asked_are_part_of_it(server: EventServer) -> None:
    note, found = server.models.Note, list[Any]()

    async def asks(data: Any) -> str:
        async with data.begin() as session:
            session.add(note(text="one"))
            found.append(await data.ask("{ a: count b: count notes { text } }", session=session))
            found.append(await data.ask('mutation { added(text: "two") { text loud } }', session=session))
            found.append(await data.ask("{ count }", session=session))
            raise ValueError("no")

    assert "errors" in run(server, asks)
    assert found == [
        {"a": 1, "b": 1, "notes": [{"text": "one"}]},
        {"added": {"text": "two", "loud": "TWO"}},
        {"count": 2},
    ]
    assert texts(server) == []


def test_only_sessions_of_the_database_that_are_open_will_do(server: EventServer) -> None:
    found: list[Any] = []

    async def refused(data: Any, session: Any, document: str) -> None:
        try:
            await data.ask(document, session=session)
        except Exception as error:
            found.append(error.code)  # pyright: ignore

    async def asks(data: Any) -> str:
        async with data.begin() as session:
            pass
        await refused(data, session, TEXTS)
        async with data.read() as session:
            found.append(await data.ask("{ notes { text } }", session=session))
            await refused(data, session, 'mutation { insertNote(object: {text: "lost"}) { id } }')
        other = type(session)(session.bind.execution_options())
        async with other.begin():
            await refused(data, other, TEXTS)
        return "done"

    assert run(server, asks) == {"data": {"run": "done"}}
    assert found == ["PT580", {"notes": []}, "PT580", "PT580"]
    assert texts(server) == []


def test_a_problem_has_the_place_of_the_function_and_not_one_of_its_document(server: EventServer) -> None:
    for within in (True, False):

        async def asks(data: Any, *, within: bool = within) -> str:
            async with data.begin() as session:
                keywords = {"session": session} if within else {}
                await data.ask("mutation { insertNote(object: {text: null}) { id } }", **keywords)
            return "done"

        (error,) = run(server, asks)["errors"]
        assert error["extensions"]["path"] == "$.selectionSet.run"
        assert "locations" not in error
