"""Functions that give models: what clients select of them is read again under the caller's rules, by one statement."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.limits import FunctionLimits
from portico.schema import Caller, IntId, Me, Model, Refused, Rule, allow, everyone, mutation, query
from tests.support.backend import Backend


class Order(Enum):
    """Which first."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Between:
    """A plain dataclass as an argument."""

    least: int
    most: int = 10
    order: Order = Order.FIRST
    tags: list[str] = field(default_factory=list[str])


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        posts: Mapped[list["Post"]] = relationship(back_populates="author")

    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        secret: Mapped[str]
        author_id: Mapped[int] = mapped_column(ForeignKey(Author.id))
        author: Mapped[Author] = relationship(back_populates="posts")

    class Part(Model):
        post_id: Mapped[UUID] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]

    class Ledger(Model):
        id: Mapped[IntId]

    allow(Author, "read", when=everyone)
    allow(Part, "read", when=everyone)

    @allow(Post, "read", fields=[Post.title, Post.author_id])
    def own_posts(post: type[Post], me: Me) -> Rule:
        """Authors see what they wrote."""
        return post.author_id == me.id

    @allow(Ledger, "read", to="clerk")
    def ledgers(ledger: type[Ledger], me: Me) -> Rule:
        return ledger.id > 0

    @dataclass(frozen=True)
    class Page:
        """A plain dataclass as a result."""

        total: int
        posts: list[Post]
        first: Post | None
        maybe: list[Post | None]
        ledger: Ledger | None = None

    @strawberry.type
    class Search:
        words: list[str]
        hits: list[Post]

        @strawberry.field
        async def best(self, at: int = 0) -> Post | None:
            await asyncio.sleep(0)
            return self.hits[at] if self.hits else None

    @query
    async def posts_in(numbers: list[int]) -> list[Post]:
        return [Post(id=number) for number in numbers]

    @query
    async def post_of(number: int) -> Post:
        return Post(id=number)

    @query
    async def page(numbers: list[int]) -> Page:
        posts = [Post(id=number) for number in numbers]
        return Page(len(posts), posts, posts[0] if posts else None, list(posts), Ledger(id=1))

    @query
    def search(words: list[str]) -> Search:
        return Search(words=words, hits=[Post(id=2), Post(id=1)])

    @query
    async def either(number: int) -> Post | Author | None:
        return Post(id=number) if number < 3 else Author(id=number - 2) if number < 9 else None

    @query
    async def part_of(number: int) -> Part:
        return Part(post_id=UUID(int=1), number=number)

    @query
    async def the_ledger() -> Ledger:
        return Ledger(id=1)

    @mutation
    async def touch(number: int) -> Post:
        return Post(id=number)

    @query
    async def between(range: Between) -> str:
        return repr(range)

    served = serve()
    served.sql(
        "INSERT INTO authors VALUES (1, 'ann'), (2, 'bob');"
        "INSERT INTO posts VALUES (1, 'one', 's', 1), (2, 'two', 's', 2), (3, 'three', 's', 1);"
        "INSERT INTO ledgers VALUES (1);"
        f"INSERT INTO parts VALUES ('{UUID(int=1).hex if served.place.dialect == 'sqlite' else UUID(int=1)}', 7, 'seven')"
    )
    served.engine.statements.clear()
    return served


ANN = {"role": "user", "id": 1}


def test_a_list_of_models_is_read_by_one_statement_in_the_order_of_the_list(backend: Backend) -> None:
    ask = "{ postsIn(numbers: [3, 1, 2, 9, 3]) { title author { name posts { title } } } }"

    mine = {"title": "one", "author": {"name": "ann", "posts": [{"title": "one"}, {"title": "three"}]}}
    other = {**mine, "title": "three"}
    found = backend.data(ask, **ANN)["postsIn"]
    for each in found:
        each["author"]["posts"].sort(key=lambda post: post["title"])
    assert found == [other, mine, other]
    assert len(backend.engine.statements) == 1


def test_a_row_that_the_caller_may_not_see_is_null_or_left_out(backend: Backend) -> None:
    assert backend.data("{ postOf(number: 2) { title } }", **ANN) == {"postOf": None}
    assert backend.data("{ postOf(number: 1) { title } }", **ANN) == {"postOf": {"title": "one"}}
    assert backend.data("{ postsIn(numbers: [2, 9]) { title } }", **ANN) == {"postsIn": []}


def test_a_column_that_the_role_does_not_have_cannot_be_selected_of_what_a_function_gives(backend: Backend) -> None:
    assert "secret" in backend.error("{ postOf(number: 1) { secret } }", **ANN)["message"]
    assert backend.data("{ postOf(number: 1) { secret } }") == {"postOf": {"secret": "s"}}


def test_models_inside_a_dataclass_are_read_as_well(backend: Backend) -> None:
    ask = "{ page(numbers: [2, 1, 3]) { total posts { title } first { title } maybe { title } __typename } }"

    assert backend.data(ask, **ANN) == {
        "page": {
            "total": 3,
            "posts": [{"title": "one"}, {"title": "three"}],
            "first": None,
            "maybe": [None, {"title": "one"}, {"title": "three"}],
            "__typename": "Page",
        }
    }


def test_what_gives_a_model_that_a_role_cannot_read_does_not_exist_for_it(backend: Backend) -> None:
    assert "theLedger" in backend.error("{ theLedger { id } }", **ANN)["message"]
    assert "ledger" in backend.error("{ page(numbers: []) { ledger { id } } }", **ANN)["message"]
    assert backend.data("{ theLedger { id } page(numbers: []) { ledger { id } } }", role="clerk") == {
        "theLedger": {"id": 1},
        "page": {"ledger": {"id": 1}},
    }
    shown = backend.data('{ __type(name: "Page") { fields { name } } }', **ANN)["__type"]["fields"]
    assert [each["name"] for each in shown] == ["total", "posts", "first", "maybe"]


def test_resolvers_of_strawberrys_types_are_called(backend: Backend) -> None:
    ask = 'query ($at: Int) { search(words: ["a"]) { words hits { title } best(at: $at) { title } } }'

    assert backend.data(ask, at=1, **ANN)["search"] == {
        "words": ["a"],
        "hits": [{"title": "one"}],
        "best": {"title": "one"},
    }
    assert backend.data(ask, **ANN)["search"]["best"] is None


def test_a_function_gives_one_of_several_models(backend: Backend) -> None:
    ask = "query ($n: Int!) { either(number: $n) { __typename ... on Post { title } ... on Author { name } } }"

    assert backend.data(ask, n=1, **ANN) == {"either": {"__typename": "Post", "title": "one"}}
    assert backend.data(ask, n=2, **ANN) == {"either": None}
    assert backend.data(ask, n=4, **ANN) == {"either": {"__typename": "Author", "name": "bob"}}
    assert backend.data(ask, n=9, **ANN) == {"either": None}


def test_a_row_with_a_key_of_several_columns_is_found(backend: Backend) -> None:
    assert backend.data("{ partOf(number: 7) { text } other: partOf(number: 8) { text } }", **ANN) == {
        "partOf": {"text": "seven"},
        "other": None,
    }


def test_arguments_and_flags_hold_inside_of_what_a_function_gives(backend: Backend) -> None:
    ask = (
        "query ($most: Int!, $yes: Boolean!) { postOf(number: 1) { ...P } } "
        'fragment P on Post { title @include(if: $yes) author { posts(limit: $most, where: {title: {_eq: "one"}}) { title } } }'
    )

    assert backend.data(ask, most=5, yes=False, **ANN) == {"postOf": {"author": {"posts": [{"title": "one"}]}}}
    assert backend.data(ask, most=0, yes=True, **ANN) == {"postOf": {"title": "one", "author": {"posts": []}}}


def test_documents_that_differ_in_arguments_alone_share_a_plan(backend: Backend) -> None:
    for number, title in ((1, "one"), (3, "three")):
        assert backend.data(f"{{ postOf(number: {number}) {{ title }} }}", **ANN) == {"postOf": {"title": title}}
    operation = [
        backend.executor.documents.find(
            f"{{ postOf(number: {n}) {{ title }} }}", None, backend.executor.role(Caller(role="user"))
        )[0]
        for n in (1, 3)
    ]
    assert operation[0] is operation[1]


def test_a_mutation_gives_a_model_as_well(backend: Backend) -> None:
    assert backend.data("mutation { touch(number: 3) { title } }", **ANN) == {"touch": {"title": "three"}}


def test_a_plain_dataclass_is_an_input(backend: Backend) -> None:
    ask = "query ($r: BetweenInput!) { between(range: $r) }"

    assert backend.data('{ between(range: {least: 1, order: LAST, tags: "x"}) }')["between"] == repr(
        Between(1, 10, Order.LAST, ["x"])
    )
    assert backend.data(ask, r={"least": 2})["between"] == repr(Between(2))
    for wrong in ({}, {"least": "x"}, {"least": 1, "more": 1}, {"least": 1, "order": "NEVER"}, {"least": None}):
        assert backend.error(ask, r=wrong)["extensions"]["problem"] == "PT104"


def test_a_row_that_was_never_stored_is_the_functions_mistake(
    serve: Callable[..., Backend],
) -> None:
    class Post(Model):
        id: Mapped[IntId]

    allow(Post, "read", when=everyone)

    @query
    async def new() -> Post:
        return Post()

    @query
    async def wrong() -> list[int]:
        return None  # pyright: ignore[reportReturnType]

    served = serve()
    assert served.error("{ new { id } }")["extensions"]["problem"] == "PT509"
    assert served.error("{ wrong }")["extensions"]["problem"] == "PT509"


def test_scalars_are_those_of_columns(serve: Callable[..., Backend]) -> None:
    class Price(Model):
        id: Mapped[UUID] = mapped_column(primary_key=True)
        amount: Mapped[Decimal]
        data: Mapped[dict[str, Any]]

    allow(Price, "read", when=everyone)

    @query
    async def same(id: UUID, amount: Decimal, data: dict[str, Any]) -> list[str]:
        return [type(id).__name__, type(amount).__name__, type(data).__name__, str(amount)]

    @query
    async def exact() -> Decimal:
        return Decimal("0.10000000000000000001")

    served = serve()
    ask = "query ($i: UUID!, $a: Decimal!, $d: JSON!) { same(id: $i, amount: $a, data: $d) prices(where: {id: {_eq: $i}}) { id } }"
    assert served.data(ask, i=str(UUID(int=1)), a="1.50", d={"x": [1]}) == {
        "same": ["UUID", "Decimal", "dict", "1.50"],
        "prices": [],
    }
    assert b'"exact":0.10000000000000000001}' in served.bytes("{ exact }")
    assert (
        served.error("query ($i: UUID!) { same(id: $i, amount: 1, data: {}) }", i="no")["extensions"]["problem"]
        == "PT104"
    )


def test_a_condition_refuses_in_its_own_words(serve: Callable[..., Backend]) -> None:
    async def owners(caller: Caller, number: int) -> bool:
        """Owners of the number."""
        return caller.id == number

    @query(when=owners)
    async def mine(number: int) -> str:
        return "yes"

    @query
    async def refused() -> str:
        raise Refused("Not on a Sunday.", hint="Come back tomorrow.")

    served = serve()
    assert served.data("{ mine(number: 1) }", **ANN) == {"mine": "yes"}
    error = served.error("{ mine(number: 2) }", **ANN)
    assert (error["extensions"]["problem"], "Owners of the number." in str(error)) == ("PT305", True)
    error = served.error("{ refused }", **ANN)
    assert (error["message"], error["extensions"]["problem"], error["extensions"]["path"]) == (
        "Not on a Sunday.",
        "PT360",
        "$.selectionSet.refused",
    )


def test_w4_what_is_given_is_limited(backend: Backend) -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    ask = "query ($r: BetweenInput!) { between(range: $r) }"

    assert backend.error(ask, r={"least": 1, "tags": ["x"] * 20_000})["extensions"]["problem"] == "PT401"
    assert backend.error(ask, r={"least": 1, "tags": deep})["extensions"]["problem"] == "PT402"
    many = "query ($n: [Int!]!) { postsIn(numbers: $n) { title } }"
    assert backend.error(many, n=[1] * 20_001)["extensions"]["problem"] == "PT401"


def test_w4_time_size_and_concurrency_are_limited(serve: Callable[..., Backend]) -> None:
    running: list[int] = []
    most: list[int] = []
    ended: list[str] = []

    @query(timeout_s=0.05)
    async def slow() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return ""

    @query(timeout_s=0.05)
    def slow_thread() -> str:
        threading.Event().wait(0.3)
        return ""

    @query
    async def large(count: int) -> str:
        return "x" * count

    @query(concurrency=2)
    async def few() -> int:
        running.append(1)
        most.append(len(running))
        await asyncio.sleep(0)
        running.pop()
        return len(running)

    @query
    def thread() -> str:
        return threading.current_thread().name

    served = serve(function_limits=FunctionLimits(answer_bytes=1_000))
    for name in ("slow", "slowThread"):
        assert served.error(f"{{ {name} }}")["extensions"]["problem"] == "PT570"
    assert ended == ["cancelled"]
    assert served.data("{ large(count: 900) }")
    assert served.error("{ large(count: 1000) }")["extensions"]["problem"] == "PT571"
    served.data("{ " + " ".join(f"f{n}: few" for n in range(10)) + " }")
    assert max(most) == 2
    assert "portico functions" in served.data("{ thread }")["thread"]
