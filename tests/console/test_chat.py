"""The page of examples/chat as two people see it: what one writes the other reads, also after the gateway was gone."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sqlite3
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portico.gateway.tokens import sign
from tests.console.chromium import Chromium
from tests.support.postgres import fresh_database
from tests.support.server import Server, served

CHAT = Path(__file__).resolve().parents[2] / "examples" / "chat"
SECRET = "of no consequence, but long enough"
ALICE, BOB, CAROL = (f"0191e9a8-0000-7000-8000-00000000000{each}" for each in "abc")
ROOM = "0191e9a8-0000-7000-8000-000000000001"
LINES = "[...document.querySelectorAll('#lines p')].map(each => each.textContent).join('|')"
STATE = "document.getElementById('state')?.textContent"
TITLES = "[...document.querySelectorAll('#rooms a')].map(each => each.textContent).join('|')"
MEMBERS = "[...document.querySelectorAll('#members li')].map(each => each.firstChild.textContent).join('|')"
HERE = "[...document.querySelectorAll('#members .here')].map(each => each.firstChild.textContent).join('|')"
TYPING = "document.getElementById('typing').textContent"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """The example, with three people and a room of two."""
    folder = tmp_path_factory.mktemp("chat")
    shutil.copytree(CHAT / "public", folder / "public")
    if request.param == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield from serving(folder, url)
    else:
        yield from serving(folder, f"sqlite:///{folder / 'chat.db'}")


def serving(folder: Path, url: str) -> Generator[Server]:
    toml = (CHAT / "portico.toml").read_text()
    with served(folder, CHAT / "models.py", url, settings={"token_secret": SECRET}, toml=toml) as server:
        server.database_url = url
        yield server


@dataclass(frozen=True)
class Two:
    """The pages of Alice and Bob."""

    alice: Chromium
    bob: Chromium


@pytest.fixture
def two(server: Server, chromium: Chromium) -> Generator[Two]:
    """Alice and Bob in one room in which nothing was said."""
    server.as_admin("mutation { deleteMessages(where: {}) { affectedRows } deleteMembers(where: {}) { affectedRows } }")
    server.as_admin("mutation { deleteRooms(where: {}) { affectedRows } deleteUsers(where: {}) { affectedRows } }")
    server.as_admin(
        f"""mutation {{
          insertUsers(objects: [
            {{ id: "{ALICE}", name: "Alice" }}, {{ id: "{BOB}", name: "Bob" }}, {{ id: "{CAROL}", name: "Carol <b>" }}
          ]) {{ affectedRows }}
          insertRoom(object: {{ id: "{ROOM}", title: "Garden", openedById: "{ALICE}", members: {{ data: [
            {{ userId: "{ALICE}" }}, {{ userId: "{BOB}" }}
          ] }} }}) {{ id }}
        }}"""
    )
    with chromium.beside() as bob:
        for page, identity in ((chromium, ALICE), (bob, BOB)):
            page.open(f"{origin(server)}/#{token_of(identity)}")
            page.wait_for(f"{STATE} === 'live' && {MEMBERS} === 'Alice|Bob'")
        yield Two(chromium, bob)
        for page in (chromium, bob):
            page.run("sessionStorage.clear()")


def origin(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def token_of(identity: str) -> str:
    return sign({"sub": identity, "role": "user", "exp": int(time.time()) + 3600}, SECRET)


def write(page: Chromium, text: str) -> None:
    page.run("document.getElementById('body').focus()")
    page.press(f"{text}\n")


def lines(page: Chromium, *texts: str) -> None:
    """Waits until these are the lines of the room."""
    page.wait_for(f"{LINES} === {json.dumps('|'.join(texts))}")


def test_what_one_writes_the_other_reads(two: Two, server: Server) -> None:
    write(two.alice, "Good morning")
    lines(two.bob, "Good morning")
    write(two.bob, "<img src=x onerror=document.title='taken'>")
    for page in (two.alice, two.bob):
        lines(page, "Good morning", "<img src=x onerror=document.title='taken'>")
        assert page.run("document.querySelectorAll('#lines img').length + document.title") == "0Garden · Chat"
        assert page.complaints == []
        assert {urlsplit(url).netloc for url in page.requests} == {f"127.0.0.1:{server.port}"}
    assert two.alice.run("document.querySelectorAll('#lines .mine').length") == 1
    assert two.alice.run("document.getElementById('body').value") == ""


def test_the_token_stays_in_the_tab(two: Two, server: Server) -> None:
    assert two.alice.run("location.href + document.cookie") == f"{origin(server)}/rooms/{ROOM}"
    two.alice.run("window.isBefore = true; location.reload()")
    two.alice.wait_for(f"!window.isBefore && {STATE} === 'live' && {MEMBERS} === 'Alice|Bob'")
    two.alice.run("document.getElementById('sign-out').click()")
    assert two.alice.run("document.getElementById('chat').hidden && sessionStorage.length === 0")


def test_what_was_written_while_the_gateway_was_gone_appears(two: Two, server: Server) -> None:
    write(two.alice, "Before")
    for page in (two.alice, two.bob):
        lines(page, "Before")
    first = "document.querySelector('#lines li')"
    for page in (two.alice, two.bob):
        assert page.complaints == []
        page.run(f"void (window.kept = {first})")
    server.signal(signal.SIGKILL)
    server.wait()
    for page in (two.alice, two.bob):
        page.wait_for(f"{STATE} === 'reconnecting'")
    by_sql(server, "Meanwhile")
    server.start(server.port)
    for page in (two.alice, two.bob):
        page.wait_for(f"{STATE} === 'live'")
        lines(page, "Before", "Meanwhile")
        assert page.run(f"window.kept === {first}")  # the same page, and the same line in it
    write(two.alice, "After")
    lines(two.bob, "Before", "Meanwhile", "After")
    assert all("ERR_CONNECTION_REFUSED" in each for page in (two.alice, two.bob) for each in page.complaints)


def test_nothing_is_sent_twice_to_a_page_that_comes_back(two: Two, server: Server) -> None:
    write(two.alice, "Before")
    lines(two.bob, "Before")
    frames = len(two.bob.frames)
    server.signal(signal.SIGKILL)
    server.wait()
    two.bob.wait_for(f"{STATE} === 'reconnecting'")
    server.start(server.port)
    two.bob.wait_for(f"{STATE} === 'live'")
    write(two.alice, "After")
    lines(two.bob, "Before", "After")
    answers = [json.loads(each) for each in two.bob.frames[frames:]]
    rooms = [each["payload"]["data"]["room"] for each in answers if "room" in each.get("payload", {}).get("data", {})]
    assert [len(room["messages"]) for room in rooms] == [2]


def test_a_line_that_did_not_get_through_stays_to_be_sent_again(two: Two, server: Server) -> None:
    server.signal(signal.SIGKILL)
    server.wait()
    write(two.alice, "Patience")
    two.alice.wait_for("document.getElementById('problem').textContent.includes('cannot be reached')")
    assert two.alice.run("document.getElementById('body').value") == "Patience"
    server.start(server.port)
    two.alice.wait_for(f"{STATE} === 'live'")
    write(two.alice, "")
    for page in (two.alice, two.bob):
        lines(page, "Patience")
    assert two.alice.run("document.getElementById('problem').textContent") == ""


def test_who_is_there_and_who_writes_is_seen(two: Two) -> None:
    for page in (two.alice, two.bob):
        page.wait_for(f"{HERE} === 'Alice|Bob'")
    two.bob.run("document.getElementById('body').focus()")
    two.bob.press("Goo")
    two.alice.wait_for(f"{TYPING} === 'Bob … writing'")
    assert two.bob.run(TYPING) == ""
    two.bob.press("d morning\n")
    two.alice.wait_for(f"{TYPING} === ''")
    lines(two.alice, "Good morning")
    two.bob.run("document.getElementById('sign-out').click()")
    two.alice.wait_for(f"{HERE} === 'Alice' && {MEMBERS} === 'Alice|Bob'")


def test_somebody_is_let_in_to_a_room_that_was_opened(two: Two) -> None:
    two.alice.run("document.getElementById('title').focus()")
    two.alice.press("Kitchen\n")
    two.alice.wait_for(f"{TITLES} === 'Garden|Kitchen' && {MEMBERS} === 'Alice'")
    assert two.bob.run(TITLES) == "Garden"
    options = "[...document.querySelectorAll('#guest option')].map(each => each.textContent).join('|')"
    assert two.alice.run(options) == "Bob|Carol <b>"
    two.alice.run("document.querySelector('#let-in button').click()")
    two.alice.wait_for(f"{MEMBERS} === 'Alice|Bob' && {options} === 'Carol <b>'")
    two.bob.wait_for(f"{TITLES} === 'Garden|Kitchen'")
    two.bob.run("document.querySelectorAll('#rooms a')[1].click()")
    two.bob.wait_for(f"{MEMBERS} === 'Alice|Bob'")
    assert two.bob.run("document.getElementById('let-in').hidden")  # she opened it
    two.bob.run("history.back()")
    two.bob.wait_for("document.getElementById('room-title').textContent === 'Garden'")
    assert two.alice.complaints == two.bob.complaints == []


def test_who_is_put_out_no_longer_sees_the_room(two: Two, server: Server) -> None:
    write(two.alice, "Good morning")
    lines(two.bob, "Good morning")
    server.as_admin(f'mutation {{ deleteMember(roomId: "{ROOM}", userId: "{BOB}") {{ since }} }}')
    two.bob.wait_for(f"document.getElementById('room').hidden && {TITLES} === ''")
    two.alice.wait_for(f"{MEMBERS} === 'Alice'")


def test_a_token_that_is_not_taken_leads_back_to_the_beginning(two: Two, server: Server) -> None:
    for token in ("nonsense", sign({"sub": ALICE, "role": "user", "exp": 1}, SECRET)):
        two.alice.open(f"{origin(server)}/#{token}")
        two.alice.wait_for("(document.getElementById('sign-in-problem')?.textContent ?? '') !== ''")
        assert two.alice.run("document.getElementById('chat').hidden && !location.hash")


def by_sql(server: Server, body: str) -> None:
    """A line of Bob's that no process of Portico knows of."""
    identity, room, author = (
        each.replace("-", "") if server.database_url.startswith("sqlite") else each
        for each in ("0191e9a8-0000-7000-8000-0000000000ff", ROOM, BOB)
    )
    statement = (
        f"INSERT INTO messages (id, room_id, author_id, body) VALUES ('{identity}', '{room}', '{author}', '{body}')"
    )
    if server.database_url.startswith("sqlite"):
        with sqlite3.connect(server.database_url.removeprefix("sqlite:///")) as connection:
            connection.execute(statement)
        connection.close()
    else:
        asyncio.run(_execute(server.database_url, statement))


async def _execute(url: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
