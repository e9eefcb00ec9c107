"""Hits: what is done for a document that was seen before, which is looking up, binding and one statement."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import orjson
import pytest

from portico.gateway.http import GraphQLOverHttp
from portico.resolvers import documents
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from tests.support.backend import Backend

BY_KEY = "query ($key: Int!) { author(id: $key) { id name } }"
NESTED = "{ authors(limit: 10, orderBy: {name: ASC}) { name books { title } } }"
READER = Caller(id=7, role="user", roles=frozenset({"user"}))
FIRST_TIME = ("parse", "validate", "compile_program", "build_plan", "guard", "lift")

# Measured, and a quarter more: Portico's own functions between a request and the bytes of its answer.
MOST_CALLS = {"sqlite": 28, "postgres": 23}  # 23 and 19
MOST_CALLS_OVER_HTTP = {"sqlite": 42, "postgres": 37}  # 34 and 30


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step of a first request is taken."""
    done: Counter[str] = Counter()

    def counting(name: str) -> None:
        function = getattr(documents, name)

        def counted(*arguments: Any, **keywords: Any) -> Any:
            done[name] += 1
            return function(*arguments, **keywords)

        monkeypatch.setattr(documents, name, counted)

    for name in FIRST_TIME:
        counting(name)
    return done


def test_a_known_document_is_not_worked_on_again(library: Backend, work: Counter[str]) -> None:
    library.data(BY_KEY, role="user", key=1001)
    assert set(work) >= {"parse", "validate", "compile_program", "build_plan", "guard"}
    work.clear()

    for key in (1001, 1002, 1003):
        library.data(BY_KEY, role="user", key=key)
    assert not work


def test_another_caller_of_the_role_shares_the_plan(library: Backend, work: Counter[str]) -> None:
    library.data("{ notes { text } }", role="user", id=1, claims={"a": 1})
    work.clear()
    library.data("{ notes { text } }", role="user", id=2, claims={"b": [2]})
    assert not work


def test_another_role_has_a_plan_of_its_own_from_the_same_tree(library: Backend, work: Counter[str]) -> None:
    library.data(NESTED, role="user")
    work.clear()
    library.data(NESTED, role="admin")
    assert work["parse"] == 0
    assert work["compile_program"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{ author(id: 1001) { name } }", "{ author(id: 1002) { name } }"),
        ('{ authors(where: {name: {_eq: "Ada"}}) { id } }', '{ authors(where: {name: {_eq: "Bram"}}) { id } }'),
        ("{ books(where: {id: {_in: [1, 2]}}) { id } }", "{ books(where: {id: {_in: [3, 4]}}) { id } }"),
        ("{ books(limit: 6) { id } }", "{ books(limit: 7) { id } }"),
        (
            'mutation { insertTag(object: {word: "a", bookId: 1001}) { word } }',
            'mutation { insertTag(object: {word: "b", bookId: 1002}) { word } }',
        ),
    ],
    ids=["key", "text", "list", "page size", "mutation"],
)
def test_documents_that_differ_in_literals_share_one_plan(
    one: str, other: str, library: Backend, work: Counter[str]
) -> None:
    first = library.data(one, role="user")
    work.clear()
    second = library.data(other, role="user")
    assert set(work) <= {"lift"}
    assert library.data(one, role="user") == first or "mutation" in one
    assert second == library.data(other, role="user") or "mutation" in other


def test_lists_of_any_length_share_one_plan(library: Backend, work: Counter[str]) -> None:
    document = "query ($ids: [Int!]) { books(where: {id: {_in: $ids}}) { id } }"
    library.data(document, role="user", ids=[1001])
    work.clear()
    for length in (0, 2, 1_000):
        library.data(document, role="user", ids=list(range(length)))
    assert not work


def test_the_hot_path_imports_nothing(library: Backend) -> None:
    library.data(NESTED, role="user")
    before = set(sys.modules)

    class Spy:
        """Asked for every module that is not imported yet."""

        asked: list[str] = []  # noqa: RUF012

        def find_spec(self, name: str, *_: Any) -> None:
            self.asked.append(name)

    spy = Spy()
    sys.meta_path.insert(0, spy)  # pyright: ignore[reportArgumentType]
    try:
        library.bytes(NESTED, role="user")
    finally:
        sys.meta_path.remove(spy)  # pyright: ignore[reportArgumentType]
    assert spy.asked == []
    assert set(sys.modules) == before


def test_the_answer_is_not_decoded_nor_encoded(library: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = library.data(NESTED, role="user")

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("an answer went through JSON")

    with monkeypatch.context() as patched:
        for module in (json, orjson):
            patched.setattr(module, "loads", never)
            patched.setattr(module, "dumps", never)
        answer = library.bytes(NESTED, role="user")
    assert json.loads(answer)["data"] == expected


@contextmanager
def counted_calls() -> Generator[Counter[str]]:
    """Calls of Portico's functions while the block runs; a coroutine that goes on counts as called again."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and f"{os.sep}portico{os.sep}" in frame.f_code.co_filename:
            calls[f"{Path(frame.f_code.co_filename).name}: {frame.f_code.co_qualname}"] += 1

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def listed(calls: Counter[str]) -> str:
    return "\n".join(f"{number} {name}" for name, number in sorted(calls.items()))


def test_a_query_by_key_calls_few_functions(library: Backend) -> None:
    request = Request(BY_KEY, None, {"key": 1001}, READER)
    for _ in range(2):
        library.run(library.executor.execute(request))
    with counted_calls() as calls:
        library.run(library.executor.execute(request))
    assert sum(calls.values()) <= MOST_CALLS[library.place.dialect], listed(calls)


def test_a_query_by_key_over_http_calls_few_functions(library: Backend) -> None:
    endpoint = GraphQLOverHttp(
        library.executor.execute,
        lambda headers: READER,
        lambda scope, error: None,
        max_body_bytes=1_000_000,
        max_batch=0,
        body_timeout_s=1,
    )
    body = json.dumps({"query": BY_KEY, "variables": {"key": 1001}}).encode()
    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    for _ in range(2):
        library.run(endpoint(scope, receive, send))
    sent.clear()
    with counted_calls() as calls:
        library.run(endpoint(scope, receive, send))

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == b'{"data":{"author":{"id":1001,"name":"Ada"}}}'
    assert sum(calls.values()) <= MOST_CALLS_OVER_HTTP[library.place.dialect], listed(calls)
