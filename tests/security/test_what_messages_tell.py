"""What do errors tell: no names to those who may not read the schema, and an id by which the log finds the request."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bookshops import bookshop
from tests.support.server import Server, eventually


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Generator[Server]:
    """A bookshop whose schema only administrators may read, with a log line for every request."""
    folder: Path = tmp_path_factory.mktemp("telling")
    settings = {"introspection": ["admin"], "log_requests": True}
    with bookshop("sqlite", folder, request, settings=settings) as server:
        yield server


MISTAKES = [
    ("{ boks { id } }", "Cannot query field 'boks'."),
    ("{ books { titel } }", "Cannot query field 'titel'."),
    ("{ books { author } }", "Field 'author' must have a selection of subfields. Did you mean 'author { ... }'?"),
    ("{ books { title { x } } }", "Field 'title' must not have a selection since it has no subfields."),
    ("{ books(wher: {}) { id } }", "Unknown argument 'wher' on field 'books'."),
    ("{ book { id } }", "Argument 'book(id:)' is required, but it was not provided."),
    ("query ($v: BookBoolEx) { books(where: $v) { id } }", "Unknown type 'BookBoolEx'."),
    ("query ($v: Int) { books(where: $v) { id } }", "Variable '$v' used where another type is expected."),
    ("{ books { ... on Author { id } } }", "Fragment cannot be spread here."),
    ("{ books(orderBy: {id: ASCC}) { id } }", "There is no value 'ASCC'."),
]


@pytest.mark.parametrize(("document", "message"), MISTAKES)
def test_a_mistake_is_told_without_names_that_the_client_did_not_write(
    document: str, message: str, shop: Server
) -> None:
    assert shop.ask(document).error["message"] == message


WRONG_VALUES = [
    ("query ($v: BookBoolExp) { books(where: $v) { id } }", {"title": {"x": 1}}),
    ("query ($v: BookBoolExp) { books(where: $v) { id } }", {"binding": {"_eq": "leather"}}),
    ("query ($v: BookBoolExp) { books(where: $v) { id } }", {"author": 1}),
    ("query ($v: [BookOrderBy!]) { books(orderBy: $v) { id } }", [{"id": "UP"}]),
    ("query ($v: [BookOrderBy!]!) { books(orderBy: $v) { id } }", None),
    ("{ books(orderBy: {id: 1}, where: 1) { id } }", None),
    ("{ books(where: {title: null, author: [1]}) { id } }", None),
    ("{ books { ...f } }", None),
    ("query ($v: Int!) { books(where: $v) { id } }", None),
]


@pytest.mark.parametrize(("document", "value"), [*((document, None) for document, _ in MISTAKES), *WRONG_VALUES])
def test_hasuras_words_tell_no_more(document: str, value: Any, shop: Server) -> None:
    body = json.dumps({"query": document, "variables": {"v": value} if "$v" in document else {}}).encode()
    answer = shop.request("POST", "/v1/graphql", body, {"content-type": "application/json"})
    message = answer.error["message"]
    for name in ("Book", "Author", "String", "OrderBy", "ASC", "paper", "Binding"):
        assert name not in message.replace("'ASCC'", "").replace("'BookBoolEx'", "")


def test_a_role_that_may_read_the_schema_is_told_what_it_may_have_meant(shop: Server) -> None:
    admin = {"x-portico-admin-key": "key-of-the-tests"}

    assert shop.ask("{ books { titel } }", headers=admin).error["message"] == (
        "Cannot query field 'titel' on type 'Book'. Did you mean 'title'?"
    )


@pytest.mark.parametrize("document", ["{ books { id } }", "{ nothing }", '{ mishap(word: "x") }'])
def test_every_answer_has_an_id(document: str, shop: Server) -> None:
    first, second = (shop.ask(document).headers["x-request-id"] for _ in range(2))

    assert first
    assert first != second


def test_a_request_that_is_no_graphql_has_an_id_too(shop: Server) -> None:
    for answer in (
        shop.request("PUT", "/graphql", b"{}"),
        shop.request("POST", "/graphql", b"{", {"content-type": "application/json"}),
        shop.request("POST", "/graphql", b"{}", {"content-type": "text/plain"}),
        shop.request("POST", "/graphql", b"{}", {"authorization": "Bearer x", "content-type": "application/json"}),
    ):
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize("sent", ["a", "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e", "A.b_c-9", "x" * 64])
def test_an_id_that_the_client_sends_is_kept(sent: str, shop: Server) -> None:
    answer = shop.ask("{ books { id } }", headers={"x-request-id": sent})

    assert answer.headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a;b", "é", 'a"', "a\tb"])
def test_an_id_that_could_forge_a_line_of_the_log_is_replaced(sent: str, shop: Server) -> None:
    answer = shop.ask("{ books { id } }", headers={"x-request-id": sent})

    assert answer.headers["x-request-id"] not in ("", sent)


def test_the_log_has_the_id_and_the_answer_says_so(shop: Server) -> None:
    answer = shop.ask('{ mishap(word: "x") }', headers={"x-request-id": "found-by-this"})

    assert "secret trouble" not in answer.text
    # The line about the whole request is written when the answer is out.
    lines = eventually(lambda: len(found := _lines(shop, "found-by-this")) > 1 and found)
    assert [line["event"] for line in lines] == ["failed", "request"]
    assert lines[0]["problem"] == "PT509"


def _lines(shop: Server, identifier: str) -> list[dict[str, Any]]:
    lines = [line for line in shop.log.splitlines() if identifier in line and line.endswith("}")]
    return [json.loads(line) for line in lines]
