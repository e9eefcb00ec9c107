"""Streams by their statements: every row once and in order, ties together, and nothing that the rules hide."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import REAL, BigInteger, DateTime, ForeignKey, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.limits import Limits
from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.problems import HiddenColumn
from portico.resolvers.sql.conditions import UnguardedPlan
from portico.resolvers.sql.program import compile_program
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.names import CONVENTIONS, Convention
from tests.support.backend import Backend
from tests.support.live_statements import LiveStatement, stream


def _declare() -> None:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        posts: Mapped[list[Post]] = relationship(back_populates="author")

    class Post(Model):
        id: Mapped[IntId]
        rank: Mapped[int | None]
        title: Mapped[str]
        secret: Mapped[int]
        author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
        author: Mapped[Author | None] = relationship(back_populates="posts")

    @allow(Post, "read", to="user", fields=["id", "title", "author_id"])
    def mine_or_open(post: type[Post], me: Me) -> Rule:
        """One's own, and those of nobody."""
        return (post.author_id == me.claim("n", int)) | post.author_id.is_(None)

    @allow(Post, "read", to="user", fields=["rank"])
    def mine(post: type[Post], me: Me) -> Rule:
        """Ranks are seen in one's own."""
        return post.author_id == me.claim("n", int)

    @allow(Author, "read", to="user")
    def me_myself(author: type[Author], me: Me) -> Rule:
        """Oneself."""
        return author.id == me.claim("n", int)

    allow(Post, "read", to="capped", when=everyone, limit=2)
    del mine_or_open, mine, me_myself


ROWS = [
    {"id": 1, "rank": 3, "title": "a", "secret": 1, "authorId": 1},
    {"id": 2, "rank": 4, "title": "b", "secret": 1, "authorId": 2},
    {"id": 3, "rank": 5, "title": "c", "secret": 1},
    {"id": 4, "rank": 2, "title": "d", "secret": 1, "authorId": 1},
    {"id": 5, "rank": 2, "title": "e", "secret": 1},
    {"id": 6, "rank": 2, "title": "f", "secret": 1, "authorId": 2},
    {"id": 7, "rank": 1, "title": "g", "secret": 1, "authorId": 1},
    {"id": 8, "rank": None, "title": "h", "secret": 1, "authorId": 1},
]


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    _declare()
    backend = serve()
    backend.data(
        "mutation ($posts: [PostInsertInput!]!) {"
        ' insertAuthors(objects: [{id: 1, name: "A"}, {id: 2, name: "B"}]) { affectedRows }'
        " insertPosts(objects: $posts) { affectedRows } }",
        posts=ROWS,
    )
    return backend


def ids(batches: list[list[Any]]) -> list[list[int]]:
    """The ids of each batch; those that tie in any order."""
    return [[row["id"] for row in batch] for batch in batches]


BY_RANK = "subscription ($n: Int!) { s: postsStream(batchSize: $n, cursor: {initialValue: {rank: 0}}) { id rank } }"


def test_rows_come_once_and_those_that_tie_together(backend: Backend) -> None:
    first, *others = ids(stream(backend, BY_RANK, n=2))

    assert first[0] == 7
    assert sorted(first[1:]) == [4, 5, 6]
    assert others == [[1, 2], [3]]


def test_the_last_rows_come_first_in_descending_order(backend: Backend) -> None:
    document = """subscription {
      postsStream(batchSize: 2, cursor: [{initialValue: {rank: 9}, ordering: DESC}], where: {title: {_neq: "b"}}) { id }
    }"""
    found = ids(stream(backend, document))
    assert [found[0], sorted(found[1]), found[2]] == [[3, 1], [4, 5, 6], [7]]


def test_a_cursor_of_several_columns_has_no_ties(backend: Backend) -> None:
    document = """subscription ($order: CursorOrdering) { postsStream(batchSize: 2, cursor: [
      {initialValue: {rank: %s}, ordering: $order}, {initialValue: {id: 5}, ordering: $order}
    ]) { id } }"""
    assert ids(stream(backend, document % 2, order="ASC")) == [[6, 1], [2, 3]]
    assert ids(stream(backend, document % 4, order="DESC")) == [[2, 1], [6, 5], [4, 7]]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("subscription { postsStream(batchSize: 1, cursor: {initialValue: {id: 6}}) { id } }", {}),
        ("subscription ($id: Int) { postsStream(batchSize: 1, cursor: {initialValue: {id: $id}}) { id } }", {"id": 6}),
        ("subscription ($id: Int = 6) { postsStream(batchSize: 1, cursor: {initialValue: {id: $id}}) { id } }", {}),
        (
            "subscription ($v: PostStreamCursorValueInput!) {"
            " postsStream(batchSize: 1, cursor: {initialValue: $v}) { id } }",
            {"v": {"id": 6}},
        ),
        (
            "subscription ($c: [PostStreamCursorInput]!, $n: Int!) { postsStream(batchSize: $n, cursor: $c) { id } }",
            {"c": [{"initialValue": {"id": 6}, "ordering": "ASC"}], "n": 1},
        ),
        (
            "subscription ($c: PostStreamCursorInput) { postsStream(batchSize: 1, cursor: [$c]) { id } }",
            {"c": {"initialValue": {"id": 6}}},
        ),
    ],
)
def test_wherever_its_first_value_stands_a_stream_goes_on(
    document: str, variables: dict[str, Any], backend: Backend
) -> None:
    assert ids(stream(backend, document, **variables)) == [[7], [8]]


def test_a_variable_that_stands_elsewhere_too_stays_there(backend: Backend) -> None:
    document = """subscription ($id: Int) {
      postsStream(batchSize: 1, cursor: {initialValue: {id: $id}}, where: {rank: {_lt: $id}}) { id }
    }"""
    assert ids(stream(backend, document, id=5)) == [[6], [7]]


def test_documents_that_differ_in_literals_share_a_plan(backend: Backend) -> None:
    document = "subscription {{ postsStream(batchSize: 1, cursor: {{initialValue: {{id: {} }} }}) {{ id }} }}"
    first, second = (LiveStatement(backend, document.format(start)) for start in (6, 7))

    assert first.program is second.program
    assert [ids(list(each.batches())) for each in (first, second)] == [[[7], [8]], [[8]]]


# ---- rules -------------------------------------------------------------------------------------------


def test_rows_that_are_hidden_do_not_come_and_do_not_count(backend: Backend) -> None:
    document = (
        """subscription { postsStream(batchSize: 2, cursor: {initialValue: {id: 0}}) { id rank author { name } } }"""
    )
    found = stream(backend, document, role="user", claims={"n": 1})

    assert ids(found) == [[1, 3], [4, 5], [7, 8]]
    rows = {row["id"]: row for batch in found for row in batch}
    assert rows[1] == {"id": 1, "rank": 3, "author": {"name": "A"}}
    assert rows[3] == {"id": 3, "rank": None, "author": None}
    assert stream(backend, document, role="user", claims={"n": 3})[0][0]["id"] == 3


def test_a_row_whose_place_in_the_order_is_hidden_is_not_in_the_stream(backend: Backend) -> None:
    assert ids(stream(backend, BY_RANK, n=1, role="user", claims={"n": 1})) == [[7], [4], [1]]
    assert ids(stream(backend, BY_RANK, n=5, role="user", claims={"n": 1})) == [[7, 4, 1]]
    both = """subscription { postsStream(
      batchSize: 9, cursor: [{initialValue: {id: 0}}, {initialValue: {rank: 0}}]) { id } }"""
    # Null has no place in an order either: without it, all columns of a row can be gone on from.
    assert ids(stream(backend, both, role="user", claims={"n": 1})) == [[1, 4, 7]]
    assert ids(stream(backend, both)) == [[1, 2, 3, 4, 5, 6, 7]]


def test_what_the_role_does_not_have_is_no_cursor(backend: Backend) -> None:
    for column in ("secret", "nothing"):
        document = f"subscription {{ postsStream(batchSize: 1, cursor: {{initialValue: {{{column}: 0}}}}) {{ id }} }}"
        assert backend.error(document, role="user")["extensions"]["problem"] == "PT102"
    by_variable = "subscription ($v: PostStreamCursorValueInput!) { postsStream(batchSize: 1, cursor: {initialValue: $v}) { id } }"
    error = backend.error(by_variable, role="user", v={"secret": 0})
    assert error["extensions"]["problem"] == "PT104"
    hidden = """subscription { postsStream(batchSize: 1, cursor: {initialValue: {id: 0}}, where: {secret: {_eq: 1}}) { id } }"""
    assert backend.error(hidden, role="user")["extensions"]["problem"] == "PT102"


def test_a_roles_limit_caps_a_batch(backend: Backend) -> None:
    document = "subscription ($n: Int!) { postsStream(batchSize: $n, cursor: {initialValue: {id: 0}}) { id } }"
    for size in (5, 7):
        assert ids(stream(backend, document, n=size, role="capped")) == [[1, 2], [3, 4], [5, 6], [7, 8]]


def test_nothing_unguarded_is_compiled(backend: Backend) -> None:
    statement = LiveStatement(backend, BY_RANK, n=1)
    operation, executor = statement.operation, backend.executor
    plan = build_plan(operation.node, {}, operation.role.types, operation.inputs, statement.key, operation.role.limits)
    dialect = executor.documents.dialect
    with pytest.raises(UnguardedPlan):
        compile_program(Guarded(plan), dialect)
    # The second lock: an order by a column that the role does not have.
    by_secret = LiveStatement(
        backend, "subscription { postsStream(batchSize: 1, cursor: {initialValue: {secret: 0}}) { id } }"
    )
    operation = by_secret.operation
    plan = build_plan(operation.node, {}, operation.role.types, operation.inputs, by_secret.key, operation.role.limits)
    with pytest.raises(HiddenColumn):
        guard(plan, executor.builder.types("user").access)


# ---- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("batchSize: 0, cursor: {initialValue: {id: 0}}", "PT546"),
        ("batchSize: 1, cursor: []", "PT546"),
        ("batchSize: 1, cursor: [null]", "PT546"),
        ("batchSize: 1, cursor: {initialValue: {}}", "PT546"),
        ("batchSize: 1, cursor: {initialValue: {id: null}}", "PT546"),
        ("batchSize: 1, cursor: {initialValue: {id: 0, rank: 0}}", "PT546"),
        ("batchSize: 1, cursor: [{initialValue: {id: 0}}, {initialValue: {id: 1}}]", "PT546"),
        ("batchSize: 1, cursor: [{initialValue: {id: 0}}, {initialValue: {rank: 1}, ordering: DESC}]", "PT546"),
        ('batchSize: 1, cursor: {initialValue: {title: """a"""}}', "PT104"),
        ("batchSize: -1, cursor: {initialValue: {id: 0}}", "PT104"),
        ("batchSize: 10001, cursor: {initialValue: {id: 0}}", "PT404"),
        ("cursor: {initialValue: {id: 0}}", "PT102"),
        ("batchSize: 1", "PT102"),
        ("batchSize: 1, cursor: {}", "PT102"),
    ],
)
def test_a_cursor_that_makes_no_sense_is_refused(arguments: str, code: str, backend: Backend) -> None:
    document = f"subscription {{ postsStream({arguments}) {{ id }} }}"
    with pytest.raises(Exception) as caught:  # noqa: PT011
        LiveStatement(backend, document)
    problems = getattr(caught.value, "problems", [caught.value])
    assert problems[0].code == code, problems


def test_a_variable_that_is_null_is_refused(backend: Backend) -> None:
    document = "subscription ($a: Int, $b: Int) { postsStream(batchSize: 1, cursor: [%s]) { id } }"
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("{initialValue: {id: $a}}", {"a": None, "b": 1}, "PT104"),
        ("{initialValue: {id: $a}}", {"b": 1}, "PT546"),
        ("{initialValue: {id: $a}}, {initialValue: {rank: $a}}", {"a": 1, "b": 1}, "PT546"),
    ]
    for cursor, variables, code in cases:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            LiveStatement(backend, document.replace(", $b: Int", "") % cursor, **variables)
        assert getattr(caught.value, "code", "") == code


def test_batches_have_a_limit(serve: Callable[..., Backend]) -> None:
    _declare()
    backend = serve(limits=Limits(max_batch_rows=10))
    with pytest.raises(Exception, match="asks for 20 rows at once; 10 are allowed"):
        LiveStatement(backend, BY_RANK, n=11)
    LiveStatement(backend, BY_RANK, n=10)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_convention_has_its_names(convention: Convention, serve: Callable[..., Backend]) -> None:
    _declare()
    backend = serve(naming=convention)
    snake = convention == "hasura-default"
    field, size, initial = (
        ("posts_stream", "batch_size", "initial_value") if snake else ("postsStream", "batchSize", "initialValue")
    )
    insert = "insert_posts" if snake else "insertPosts"
    affected = "affected_rows" if snake else "affectedRows"
    backend.data(f'mutation {{ {insert}(objects: [{{id: 1, title: "a", secret: 1}}]) {{ {affected} }} }}')

    document = f"subscription {{ {field}({size}: 1, cursor: {{{initial}: {{id: 0}}, ordering: ASC}}) {{ id }} }}"
    assert stream(backend, document) == [[{"id": 1}]]
    types = {"plain": "PostStreamCursorInput", "graphql-default": "PostsStreamCursorInput"}
    schema = backend.executor.builder.whole_schema(backend.executor.builder.types("admin"))
    assert types.get(convention, "posts_stream_cursor_input") in schema.type_map
    assert ("cursor_ordering" if snake else "CursorOrdering") in schema.type_map


# ---- values ------------------------------------------------------------------------------------------


class _Value:
    """What a column holds in four rows, in order; `first` is what a stream begins behind."""

    def __init__(self, first: Any, *values: Any) -> None:
        self.first, self.values = first, values


VALUES: dict[str, _Value] = {
    "text": _Value("", '"', "a'b", "ä\\n", "😀"),
    "small": _Value(-2, -1, 0, 1, 2),
    "big": _Value(0, 2**53, 2**53 + 1, 2**62, 2**63 - 1),
    "exact": _Value("0", "0.1", "0.10000000000001", "0.2", "12345678.25"),
    "money": _Value(0, "0.01", "0.02", "12.50", "12.51"),
    "real": _Value(-1, 0.1, 0.30000000000000004, 1e300, 1.7e308),
    "single": _Value(0, 0.1, 0.2, 0.30000001192092896, 16777216.0),
    "uuid": _Value(
        "00000000-0000-0000-0000-000000000000",
        *(f"00000000-0000-0000-0000-00000000000{digit}" for digit in "12af"),
    ),
    "day": _Value("1990-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "9999-12-31"),
    "hour": _Value("00:00:00", "00:00:00.000001", "01:00:00", "01:00:00.5", "23:59:59.999999"),
    "local": _Value("1990-01-01T00:00:00", *(f"2024-01-01T00:00:00{rest}" for rest in ("", ".000001", ".00001", ".1"))),
    "moment": _Value(
        "1990-01-01T00:00:00Z", *(f"2024-01-01T00:00:00{rest}+00:00" for rest in ("", ".000001", ".00001", ".1"))
    ),
    "span": _Value("00:00:00", "00:00:00.000001", "00:00:01", "23:00:00", "1 day"),
    "raw": _Value("\\x", "\\x00", "\\x0001", "\\x7f", "\\xff"),
}


@pytest.fixture
def values(serve: Callable[..., Backend], request: pytest.FixtureRequest) -> Backend:
    class Kind(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]
        small: Mapped[int | None] = mapped_column(SmallInteger)
        big: Mapped[int | None] = mapped_column(BigInteger)
        exact: Mapped[Decimal | None]
        money: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
        real: Mapped[float | None]
        single: Mapped[float | None] = mapped_column(REAL)
        uuid: Mapped[UUID | None]
        day: Mapped[date | None]
        hour: Mapped[time | None]
        local: Mapped[datetime | None] = mapped_column(DateTime())
        moment: Mapped[datetime | None]
        span: Mapped[timedelta | None]
        raw: Mapped[bytes | None]
        flag: Mapped[bool | None]
        document: Mapped[dict[str, Any] | None]
        words: Mapped[list[str] | None]

    allow(Kind, "all", when=everyone)
    return serve(stringify_numbers="stringified" in request.node.name)


@pytest.mark.parametrize("numbers", ["numbers", "stringified"])
@pytest.mark.parametrize("column", VALUES)
def test_values_of_every_type_bring_back_the_very_place(column: str, numbers: str, values: Backend) -> None:
    value = VALUES[column]
    objects = [{"id": index, column: each} for index, each in enumerate(value.values)]
    values.data(
        "mutation ($o: [KindInsertInput!]!) { insertKinds(objects: $o) { affectedRows } }",
        o=[*objects, {"id": 9}],
    )
    document = """subscription ($v: KindStreamCursorValueInput!) {
      kindsStream(batchSize: 1, cursor: {initialValue: $v}) { id }
    }"""
    assert ids(stream(values, document, v={column: value.first})) == [[0], [1], [2], [3]]


def test_columns_without_an_order_to_go_on_in_are_no_cursors(values: Backend) -> None:
    schema = values.executor.builder.whole_schema(values.executor.builder.types("admin"))
    fields: Any = schema.type_map["KindStreamCursorValueInput"]

    assert set(fields.fields) == {"id", *VALUES}


def test_moments_of_other_writers_do_not_come_for_ever(values: Backend) -> None:
    spelt = ["2024-01-01", "2024-01-01 00:00:00", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z"]
    if values.place.dialect == "postgres":
        spelt = ["-infinity", "2024-01-01", "2024-01-02", "infinity"]
    for index, text in enumerate(spelt):
        values.sql(f"INSERT INTO kinds (id, moment) VALUES ({index}, '{text}')")
    document = 'subscription { kindsStream(batchSize: 1, cursor: {initialValue: {moment: "%s"}}) { id } }'
    found = ids(stream(values, document % "1990-01-01T00:00:00Z"))

    assert found == ([[0], [1], [2], [3]] if values.place.dialect == "sqlite" else [[1], [2], [3]])


def test_numbers_that_are_none_do_not_come_for_ever(values: Backend) -> None:
    if values.place.dialect == "sqlite":
        values.sql("INSERT INTO kinds (id, real) VALUES (0, 1), (1, 9e999)")
    else:
        values.sql("INSERT INTO kinds (id, real) VALUES (0, 1), (1, 'Infinity'), (2, 'NaN')")
    document = "subscription { kindsStream(batchSize: 1, cursor: {initialValue: {real: 0}}) { id } }"
    assert ids(stream(values, document)) == [[0], [1], [2]][: 2 if values.place.dialect == "sqlite" else 3]


@pytest.mark.parametrize(
    "cursor",
    ["", "{", "{}", "[]", "[1, 2]", "[null]", "[[]]", '[{"a": 1}]', '[{"stored": []}]', '[{"hex": "x"}]', "[true]",
     '[{"stored": true}]', '[{"stored": 9223372036854775808}]', '["x"]'],
)  # fmt: skip
def test_what_was_never_a_cursor_is_refused(cursor: str, backend: Backend) -> None:
    statement = LiveStatement(backend, BY_RANK, n=1)
    before = list(statement.values)

    with pytest.raises(ValueError, match=r"."):
        statement.slot.go_on(statement.values, cursor)
    assert statement.values == before


def test_a_cursor_that_a_client_sends_back_goes_on(backend: Backend) -> None:
    statement = LiveStatement(backend, BY_RANK, n=2)
    _, cursor = statement.ask(statement.values)
    again = LiveStatement(backend, BY_RANK, n=2)
    again.slot.go_on(again.values, json.dumps(json.loads(cursor)))

    assert ids(list(again.batches())) == [[1, 2], [3]]
