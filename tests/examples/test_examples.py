"""Examples: each is loaded, and its queries.graphql is run in order on both engines; with subscriptions in it over sockets."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, print_ast
from sqlalchemy import MetaData
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from portico.gateway.cli.new import template
from portico.gateway.loading import load_models
from portico.schema.declarations import Declarations
from tests.support.backend import Backend, Place
from tests.support.server import ADMIN_KEY, Server, served

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TRANSPORT_WS = Subprotocol("graphql-transport-ws")
_AS = re.compile(r"# as: (?P<role>\w+)(?: (?P<id>[\w-]+))?(?: (?P<claims>\{.*\}))?")


def steps(folder: Path) -> Generator[tuple[str, str, Any, dict[str, Any]]]:
    """(document, role, id, claims) of each operation; without a comment it is anonymous."""
    text = (folder / "queries.graphql").read_text()
    for definition in parse(text).definitions:
        assert isinstance(definition, OperationDefinitionNode)
        assert definition.loc is not None
        before = text[: definition.loc.start].rstrip().rpartition("\n")[2]
        found = _AS.match(before)
        role = found["role"] if found else "anonymous"
        claims = json.loads(found["claims"]) if found and found["claims"] else {}
        yield print_ast(definition), role, found["id"] if found else None, claims


def declare(folder: Path) -> Declarations:
    declarations = load_models(folder / "models.py")
    # Tables of a foreign base are made by its own migrations; here by its metadata.
    for subject in declarations.subjects():
        metadata: MetaData = subject.metadata
        for table in metadata.tables.values():
            if table.name not in declarations.registry.metadata.tables:
                table.to_metadata(declarations.registry.metadata)
    return declarations


@pytest.mark.parametrize("name", ["blog", "chat", "existing_sqlalchemy", "photos", "reading_list", "record_store"])
def test_the_queries_of_an_example_run_in_order(name: str, place: Place) -> None:
    folder = EXAMPLES / name
    if not (folder / "queries.graphql").exists():
        pytest.skip(f"examples/{name} has no queries.graphql")
    backend = Backend(declare(folder), place)
    try:
        for document, role, identity, claims in steps(folder):
            if not is_subscription(document):
                check(backend.ask(document, role=role, id=identity, claims=claims), document)
    finally:
        backend.close()


def check(answer: Any, document: str) -> None:
    """An example shows something."""
    assert "errors" not in answer, (document, answer)
    assert all(value not in (None, []) for value in answer["data"].values()), (document, answer)


def is_subscription(document: str) -> bool:
    return document.startswith("subscription")


def with_subscriptions() -> list[str]:
    folders = {file.parent for file in EXAMPLES.glob("*/queries.graphql")}
    return sorted(each.name for each in folders if any(is_subscription(document) for document, *_ in steps(each)))


@pytest.mark.parametrize("name", with_subscriptions())
def test_the_subscriptions_of_an_example_are_answered(name: str, place: Place, tmp_path: Path) -> None:
    folder = EXAMPLES / name
    with served(tmp_path, folder / "models.py", place.url) as server:
        for document, role, identity, claims in steps(folder):
            headers = {
                "X-Portico-Admin-Key": ADMIN_KEY,
                "X-Portico-Role": role,
                "X-Portico-Claims": json.dumps(claims),
                **({} if identity is None else {"X-Portico-User-Id": identity}),
            }
            if is_subscription(document):
                answer = first_answer(server, document, headers)
            else:
                answer = server.ask(document, headers=headers).json
            check(answer, document)


def first_answer(server: Server, document: str, headers: dict[str, str]) -> Any:
    """What a subscription is answered first, over a websocket of its own."""
    with connect(f"ws://127.0.0.1:{server.port}/graphql", subprotocols=[TRANSPORT_WS], proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": headers}))
        assert json.loads(socket.recv(timeout=30)) == {"type": "connection_ack"}
        socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": document}}))
        message = json.loads(socket.recv(timeout=30))
        assert message["type"] == "next", (document, message)
        return message["payload"]


def test_hello_is_what_portico_new_writes() -> None:
    for name in ("models.py", "queries.graphql", "README.md"):
        assert (EXAMPLES / "hello" / name).read_text() == template(name)


def test_hello_answers_its_first_query(place: Place) -> None:
    backend = Backend(declare(EXAMPLES / "hello"), place)
    try:
        document, role, *_ = next(steps(EXAMPLES / "hello"))
        assert backend.data(document, role=role) == {"notes": []}
    finally:
        backend.close()


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in EXAMPLES.glob("*/models.py")), ids=lambda path: path.name
)
def test_an_example_has_a_readme_and_queries(folder: Path) -> None:
    assert (folder / "README.md").read_text().startswith("# ")
    assert parse((folder / "queries.graphql").read_text()).definitions


def test_the_reading_list_gives_books_as_rules_show_them(place: Place) -> None:
    backend = Backend(declare(EXAMPLES / "reading_list"), place)
    try:
        answers = [
            backend.data(document, role=role, id=identity)
            for document, role, identity, _ in steps(EXAMPLES / "reading_list")
        ]
    finally:
        backend.close()
    _, alice, _, similar, progress, done = answers
    assert alice["insertBooks"]["returning"][0] == {"title": "Roses", "hours": 3, "excerpt": "Prune…"}
    assert [each["title"] for each in similar["similar"]] == ["Tulips"]
    assert progress == {
        "progress": {"finished": 0, "waiting": 2, "next": {"title": "Tulips", "hours": 2}},
        "books": [{"title": "Tulips"}, {"title": "Roses"}],
    }
    assert done["finish"]["finishedAt"] is not None
