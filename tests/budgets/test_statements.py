"""Statements: how many a request of each form takes, however much it asks for."""

from __future__ import annotations

import pytest

from tests.budgets.conftest import Statements
from tests.support.backend import Backend

READS = {
    "a list": "{ authors { name } }",
    "by key": "{ author(id: 1001) { name } }",
    "an aggregate": "{ booksAggregate { aggregate { count sum { pages } } nodes { title } } }",
    "a page": "{ booksConnection(first: 1) { edges { cursor node { title } } pageInfo { hasNextPage } totalCount } }",
    "three levels": "{ authors { books { tags { word } } } }",
    "up and down": "{ tags { book { author { books { tags { word } } } } } }",
    "aggregates in lists": "{ authors { booksAggregate { aggregate { max { pages } } } books { tagsAggregate { nodes { word } } } } }",
    "pages in lists": "{ authors { booksConnection(first: 1) { edges { node { title } } } } }",
    "a filter through relations": '{ authors(where: {books: {tags: {word: {_eq: "old"}}}}) { name } }',
    "a filter by an aggregate": "{ authors(where: {booksAggregate: {count: {predicate: {_gt: 1}}}}) { name } }",
    "an order through relations": "{ tags(orderBy: {book: {author: {name: ASC}}}) { word } }",
    "distinct rows": "{ books(distinctOn: [authorId], orderBy: {authorId: ASC}) { title } }",
    "under a rule": "{ notes { text } }",
    "five root fields": "{ a: authors { name } books { title } author(id: 1001) { name } booksAggregate { aggregate { count } } notes { text } }",
    "fifty root fields": "{ " + " ".join(f"a{n}: author(id: {n}) {{ name }}" for n in range(50)) + " }",
    "fragments": "query { ...f } fragment f on query_root { authors { ...g } } fragment g on Author { books { title } }",
}


def test_a_query_is_one_statement_at_first_and_afterwards(statements: Statements) -> None:
    for _ in range(2):
        assert {name: statements(document) for name, document in READS.items()} == dict.fromkeys(READS, 1)


def test_a_query_of_nothing_is_none(statements: Statements) -> None:
    assert statements("{ __typename }") == 0
    assert statements("query ($no: Boolean!) { authors @include(if: $no) { name } }", no=False) == 0
    assert statements("{ __schema { queryType { name } } }") == 0


LONE_WRITES = {
    "an insert": 'mutation { insertAuthor(object: {name: "Cleo"}) { id name } }',
    "an insert that is checked": 'mutation { insertNote(object: {text: "t", readerId: 7}) { id } }',
    "an update": "mutation { updateBooks(where: {pages: {_gt: 10}}, _inc: {pages: 1}) { affectedRows } }",
    "an update that is checked": 'mutation { updateNotes(where: {}, _set: {text: "u"}) { affectedRows } }',
    "an update by key": "mutation { updateBook(pkColumns: {id: 1001}, _set: {pages: 1}) { id pages } }",
    "a delete": "mutation { deleteTags(where: {word: {_eq: \"old\"}}) { affectedRows } }",
    "a delete by key": "mutation { deleteTag(id: 1001) { id word } }",
}  # fmt: skip


def test_a_lone_write_is_one_statement_on_postgres_and_few_on_sqlite(library: Backend, statements: Statements) -> None:
    most = 1 if library.place.dialect == "postgres" else 3
    counts = {name: statements(document) for name, document in LONE_WRITES.items()}
    assert {name: count for name, count in counts.items() if not 1 <= count <= most} == {}


def test_rows_of_one_form_are_inserted_by_as_many_calls_as_two(statements: Statements) -> None:
    document = "mutation ($rows: [TagInsertInput!]!) { insertTags(objects: $rows) { affectedRows returning { word } } }"
    made = [{"word": str(number), "bookId": 1001} for number in range(200)]
    few = statements(document, rows=made[:2])
    assert statements(document, rows=made) == few <= 3


@pytest.mark.parametrize(
    ("document", "most"),
    [
        ('mutation { insertAuthor(object: {name: "D", books: {data: [{title: "E", pages: 1}]}}) { id } }', 3),
        (
            'mutation { insertTag(object: {word: "w", book: {data: {title: "F", pages: 2,'
            ' author: {data: {name: "G"}}}}}) { id book { author { name } } } }',
            4,
        ),
        (
            'mutation { insertAuthor(object: {name: "Ada"}, onConflict: {constraint: uq_authors_name,'
            " updateColumns: [name]}) { id } }",
            3,
        ),
        ('mutation { a: insertAuthor(object: {name: "H"}) { id } b: deleteTag(id: 1001) { id } }', 6),
        ("mutation { updateBooksMany(updates: [{where: {}, _inc: {pages: 1}}, {where: {}, _inc: {pages: 2}}])"
         " { affectedRows } }", 2),
    ],
    ids=["children", "parents", "upsert", "two fields", "many updates"],
)  # fmt: skip
def test_a_write_of_several_steps_takes_no_more_than_its_steps(
    document: str, most: int, statements: Statements
) -> None:
    assert 1 < statements(document) <= most


def test_lines_of_a_form_are_saved_by_as_many_calls_as_two(statements: Statements) -> None:
    document = """mutation ($rows: [TagUpsertInput!]!) {
      updateBook(pkColumns: {id: 1001}, _set: {pages: 3}, tags: {upsert: {data: $rows, deleteMissing: true}}) { tags { word } } }"""
    new = [{"id": number, "word": f"w{number}"} for number in range(5001, 5101)]
    old = [{"id": number, "word": f"v{number}"} for number in range(5001, 5101)]
    mixed = [
        row for pair in zip(old, ({"word": f"n{number}"} for number in range(2001, 2101)), strict=True) for row in pair
    ]

    # The book, which tags there are, those that are not listed, those that stay, new ones, and the answer.
    few = statements(document, rows=new[:2])
    assert few <= 6
    assert statements(document, rows=new) <= few + 1
    assert statements(document, rows=old) <= few
    assert statements(document, rows=mixed) <= few + 1
