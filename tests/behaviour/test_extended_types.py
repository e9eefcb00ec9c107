"""Types that the bundled Postgres lacks and that pass through or are text: xml and citext."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from portico.schema.postgres_types import Named
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database
from tests.support.system_postgres import SystemPostgres


@pytest.fixture
def place(extended_postgres: SystemPostgres) -> Generator[Place]:
    assert extended_postgres.url is not None
    with fresh_database(extended_postgres.url, extended_postgres.template) as url:
        yield Place("postgres", url)


@pytest.fixture
def notes(declared: Declarations, serve: Callable[..., Backend]) -> Backend:
    class Note(Model):
        id: Mapped[IntId]
        name: Mapped[str] = mapped_column(CITEXT())
        body: Mapped[Any] = mapped_column(Named("xml"), nullable=True)

    allow(Note, "all", when=everyone)
    backend = serve()
    document = "mutation ($rows: [NoteInsertInput!]!) { insertNotes(objects: $rows) { returning { name body } } }"
    rows = [{"name": "Rose", "body": "<foo>bar</foo>"}, {"name": "lily", "body": None}]
    assert backend.data(document, rows=rows) == {"insertNotes": {"returning": rows}}
    return backend


def ids(backend: Backend, arguments: str) -> list[int]:
    return [row["id"] for row in backend.data(f"{{ notes({arguments}) {{ id }} }}")["notes"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('_eq: "ROSE"', [1]), ('_in: ["LILY"]', [2]), ('_nin: ["LILY"]', [1]), ('_gt: "M"', [1]), ('_like: "r%"', [1]),
        ('_nlike: "r%"', [2]), ('_ilike: "L%"', [2]), ('_nilike: "L%"', [1]), ('_regex: "^r"', [1]),
        ('_nregex: "^r"', [2]), ('_iregex: "^R"', [1]), ('_niregex: "^R"', [2]), ('_similar: "(r|x)%"', [1]),
        ('_nsimilar: "(r|x)%"', [2]),
    ],
)  # fmt: skip
def test_citext_has_the_operators_of_text_without_regard_to_case(
    notes: Backend, condition: str, expected: list[int]
) -> None:
    assert ids(notes, f"where: {{name: {{{condition}}}}}") == expected


def test_xml_is_compared_as_text(notes: Backend) -> None:
    assert ids(notes, 'where: {body: {_eq: "<foo>bar</foo>"}}') == [1]
    assert ids(notes, 'where: {body: {_neq: "<a/>"}}') == [1]
    assert sorted(ids(notes, "distinctOn: [body]")) == [1, 2]
    assert notes.error('{ notes(where: {body: {_eq: "<a"}}) { id } }')["extensions"]["code"] == "data-exception"
