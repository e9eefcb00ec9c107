"""Memory: what is remembered of documents is bounded, however many different ones are sent."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Generator

import pytest
from sqlalchemy.orm import Mapped

from portico.gateway.engines import make_dialect
from portico.resolvers.documents import Documents
from portico.schema import IntId, Model, allow, everyone
from portico.schema.caller import Caller
from tests.support.backend import Backend
from tests.support.hostile import repeated

OPERATORS = ("_eq", "_neq", "_gt", "_lt", "_gte", "_lte")


@pytest.fixture
def authors(serve: Callable[..., Backend]) -> Backend:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]

    allow(Author, "read", when=everyone)
    return serve()


@pytest.fixture
def grown() -> Generator[Callable[[], int]]:
    """How many bytes have been allocated since the test began."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    def since() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    yield since
    tracemalloc.stop()


def test_documents_that_nobody_sends_again_are_forgotten(authors: Backend, grown: Callable[[], int]) -> None:
    documents = Documents(make_dialect(authors.place.dialect), max_bytes=500_000)
    role = authors.executor.role(Caller())
    for index in range(15):
        documents.find(f"{{ list{index}: authors {{ {repeated('name', 400)} }} }}", None, role)
    # Fifteen of them take 4 MB.
    assert grown() < 2_000_000


def test_programs_for_shapes_that_nobody_sends_again_are_forgotten(authors: Backend, grown: Callable[[], int]) -> None:
    documents = Documents(make_dialect(authors.place.dialect), max_bytes=500_000)
    role = authors.executor.role(Caller())
    text = "query ($where: AuthorBoolExp) { authors(where: $where) { id } }"
    for index in range(40):
        where = {"_or": [{"id": {OPERATORS[(index >> part % 6 + part) % 6]: 1}} for part in range(100 + index)]}
        operation, literals = documents.find(text, None, role)
        key, _ = operation.read({"where": where}, literals)
        operation.program(key)
    # Forty of them take 1.9 MB.
    assert grown() < 1_200_000
