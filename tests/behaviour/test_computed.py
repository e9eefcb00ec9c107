"""Fields of rows that functions compute: one call for all rows, from columns as the caller may see them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Caller, IntId, Me, Model, Refused, Rule, allow, computed, everyone, query
from portico.schema.problems import Problems
from tests.support.backend import Backend


@pytest.fixture
def calls() -> list[int]:
    return []


@pytest.fixture
def backend(serve: Callable[..., Backend], calls: list[int]) -> Backend:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        posts: Mapped[list["Post"]] = relationship(back_populates="author")

    class Post(Model):
        id: Mapped[IntId]
        body: Mapped[str]
        price: Mapped[Decimal]
        secret: Mapped[str | None]
        author_id: Mapped[int] = mapped_column(ForeignKey(Author.id))
        author: Mapped[Author] = relationship(back_populates="posts")

    allow(Author, "read", when=everyone)
    allow(Post, "read", when=everyone, fields=[Post.id, Post.body, Post.price, Post.author_id])
    allow(Post, "write", when=everyone)

    @allow(Post, "read", to="user", fields=[Post.secret])
    def own(post: type[Post], me: Me) -> Rule:
        return post.author_id == me.id

    @computed(Post, reads=[Post.body])
    async def excerpt(posts: list[Post], caller: Caller, length: int = 3) -> list[str]:
        """The beginning."""
        calls.append(len(posts))
        return [f"{post.body[:length]} for {caller.role}" for post in posts]

    @computed(Post, reads=[Post.price])
    def twice(posts: list[Post]) -> list[Decimal]:
        return [post.price * 2 for post in posts]

    @computed(Post, reads=[Post.secret])
    def known(posts: list[Post]) -> list[bool]:
        return [post.secret is not None for post in posts]

    @computed(Post, reads=[Post.author_id])
    async def writer(posts: list[Post]) -> list[Author]:
        return [Author(id=post.author_id) for post in posts]

    @computed(Author, reads=[Author.name], to="user")
    async def wrong(authors: list[Author], how: str) -> list[int]:
        if how == "few":
            return [1]
        if how == "unread":
            return [authors[0].id]
        raise Refused("Not now.")

    @query
    async def some_posts() -> list[Post]:
        return [Post(id=2), Post(id=1)]

    served = serve()
    served.sql(
        "INSERT INTO authors VALUES (1, 'ann'), (2, 'bob');"
        "INSERT INTO posts VALUES (1, 'first', 1.25, 's', 1), (2, 'second', 2.5, 't', 2), (3, 'third', 3, NULL, 1)"
    )
    served.engine.statements.clear()
    return served


ANN = {"role": "user", "id": 1}


def test_all_rows_of_an_answer_are_one_call_and_what_is_read_is_not_shown(backend: Backend, calls: list[int]) -> None:
    ask = "{ authors(orderBy: {id: ASC}) { posts(orderBy: {id: ASC}) { excerpt } } posts(limit: 1) { excerpt(length: 1) body } }"

    assert backend.data(ask, **ANN) == {
        "authors": [
            {"posts": [{"excerpt": "fir for user"}, {"excerpt": "thi for user"}]},
            {"posts": [{"excerpt": "sec for user"}]},
        ],
        "posts": [{"excerpt": "f for user", "body": "first"}],
    }
    assert sorted(calls) == [1, 3]
    assert len(backend.engine.statements) == 1


def test_columns_are_read_as_the_caller_may_see_them(backend: Backend) -> None:
    ask = "{ posts(orderBy: {id: ASC}) { known } }"

    assert backend.data(ask, **ANN)["posts"] == [{"known": True}, {"known": False}, {"known": False}]
    assert "known" in backend.error(ask, role="anonymous")["message"]


def test_numbers_keep_their_digits(backend: Backend) -> None:
    assert b'"twice":2.50' in backend.bytes("{ posts(where: {id: {_eq: 1}}) { twice price } }", role="user", id=1)


def test_a_function_computes_models_which_are_read_by_one_statement(backend: Backend) -> None:
    found = backend.data("{ posts(orderBy: {id: ASC}) { writer { name posts { id } } } }", **ANN)["posts"]

    assert [each["writer"]["name"] for each in found] == ["ann", "bob", "ann"]
    assert len(backend.engine.statements) == 2


@pytest.mark.parametrize("ask", [
    "{ post(id: 1) { e: excerpt } }",
    "{ postsConnection(first: 1) { nodes { e: excerpt } } }",
    "{ postsConnection(first: 1) { edges { node { e: excerpt } } } }",
    "{ postsAggregate(where: {id: {_eq: 1}}) { nodes { e: excerpt } } }",
    'mutation { updatePost(pkColumns: {id: 1}, _set: {body: "fires"}) { e: excerpt } }',
    'mutation { insertPost(object: {id: 9, body: "fir", price: 1, secret: "x", authorId: 1}) { e: excerpt } }',
    "mutation { deletePosts(where: {id: {_eq: 1}}) { returning { e: excerpt } } }",
    "{ x: authors(where: {id: {_eq: 1}}) { posts(where: {id: {_eq: 1}}) { ...P } } } fragment P on Post { e: excerpt }",
])  # fmt: skip
def test_it_is_computed_wherever_rows_are(backend: Backend, ask: str) -> None:
    assert '"e": "fir for admin"' in str(backend.data(ask)).replace("'", '"')


def test_it_is_computed_of_rows_that_functions_give(backend: Backend) -> None:
    assert backend.data("{ somePosts { excerpt } }", **ANN) == {
        "somePosts": [{"excerpt": "sec for user"}, {"excerpt": "fir for user"}]
    }


def test_no_rows_are_no_call(backend: Backend, calls: list[int]) -> None:
    assert backend.data("{ posts(where: {id: {_eq: 0}}) { excerpt } post(id: 0) { excerpt } }", **ANN)
    assert calls == []


@pytest.mark.parametrize(("how", "code"), [("few", "PT509"), ("unread", "PT509"), ("refused", "PT360")])
def test_what_goes_wrong_is_told_of_the_field(backend: Backend, how: str, code: str) -> None:
    error = backend.error("query ($h: String!) { authors { wrong(how: $h) } }", h=how, **ANN)

    assert (error["extensions"]["problem"], error["extensions"]["path"]) == (
        code,
        "$.selectionSet.authors.selectionSet.wrong",
    )


def test_what_cannot_be_is_refused(backend: Backend) -> None:
    ask = "{ posts { writer { name posts { excerpt } } } }"
    assert backend.error(ask, **ANN)["extensions"]["problem"] == "PT102"


@pytest.fixture
def shop(serve: Callable[..., Backend]) -> Backend:
    class Kind(Model):
        id: Mapped[IntId]
        items: Mapped[list["Item"]] = relationship(back_populates="kind")

    class Item(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        price: Mapped[int]
        count: Mapped[int]
        owner_id: Mapped[int]
        kind_id: Mapped[int] = mapped_column(ForeignKey(Kind.id))
        kind: Mapped[Kind] = relationship(back_populates="items")

        @hybrid_property
        def worth(self) -> int:
            return self.price * self.count

    allow(Kind, "read", when=everyone)
    allow(Item, "all", when=everyone, fields=["id", "name", "price", "count", "owner_id", "kind_id", "total"])

    @allow(Item, "read", fields=["secret_total"])
    def own(item: type[Item], me: Me) -> Rule:
        return item.owner_id == me.id

    @computed(Item)
    def total(item: type[Item]) -> ColumnElement[int]:
        """What all of them cost."""
        return item.worth  # pyright: ignore[reportReturnType]

    @computed(Item)
    def secret_total(item: type[Item]) -> ColumnElement[int]:
        return item.worth + 1

    @computed(Kind)
    def item_count(kind: type[Kind]) -> ColumnElement[int]:
        return select(func.count()).where(Item.kind_id == kind.id).correlate(kind).scalar_subquery()

    served = serve()
    served.sql(
        "INSERT INTO kinds VALUES (1), (2);"
        "INSERT INTO items VALUES (1, 'a', 2, 5, 1, 1), (2, 'b', 3, 1, 2, 1), (3, 'c', 1, 7, 1, 2)"
    )
    return served


def test_an_expression_is_a_field_that_can_be_filtered_ordered_and_aggregated(shop: Backend) -> None:
    ask = "{ items(where: {total: {_gt: 3}}, orderBy: {total: ASC}, limit: 5) { name total } }"

    assert shop.data(ask, role="user", id=1) == {"items": [{"name": "c", "total": 7}, {"name": "a", "total": 10}]}
    assert shop.data("{ itemsAggregate { aggregate { sum { total } max { total } } } }", role="user", id=1) == {
        "itemsAggregate": {"aggregate": {"sum": {"total": 20}, "max": {"total": 10}}}
    }
    assert shop.data(
        "{ item(id: 1) { total kind { itemCount items(orderBy: {total: DESC}) { total } } } }", role="user", id=1
    ) == {"item": {"total": 10, "kind": {"itemCount": 2, "items": [{"total": 10}, {"total": 3}]}}}
    assert shop.data("{ kinds(orderBy: {itemCount: ASC}) { id itemCount } }", role="user", id=1) == {
        "kinds": [{"id": 2, "itemCount": 1}, {"id": 1, "itemCount": 2}]
    }


def test_an_expression_is_under_rules_as_columns_are(shop: Backend) -> None:
    ask = "{ items(orderBy: {id: ASC}) { secretTotal } }"

    assert shop.data(ask, role="user", id=1)["items"] == [
        {"secretTotal": 11},
        {"secretTotal": None},
        {"secretTotal": 8},
    ]
    hidden = "{ items(where: {secretTotal: {_gt: 0}}, orderBy: {secretTotal: ASC}) { id } }"
    assert shop.data(hidden, role="user", id=1)["items"] == [{"id": 3}, {"id": 1}]


def test_an_expression_is_answered_by_writes_and_cannot_be_written(shop: Backend) -> None:
    ask = "mutation { updateItem(pkColumns: {id: 1}, _set: {count: 6}) { total } }"

    assert shop.data(ask, role="user", id=1) == {"updateItem": {"total": 12}}
    assert shop.data(
        "mutation { deleteItems(where: {total: {_eq: 3}}) { returning { id total } } }", role="user", id=1
    ) == {"deleteItems": {"returning": [{"id": 2, "total": 3}]}}
    assert (
        "total"
        in shop.error("mutation { updateItem(pkColumns: {id: 1}, _set: {total: 6}) { id } }", role="user")["message"]
    )


@pytest.mark.parametrize("wrong", ["name", "column", "one", "expression"])
def test_a_wrong_declaration_is_told_at_the_start(serve: Callable[..., Backend], wrong: str) -> None:
    class Post(Model):
        id: Mapped[IntId]
        body: Mapped[str]

    allow(Post, "read", when=everyone)
    if wrong == "name":

        @computed(Post, reads=[Post.id])
        def body(posts: list[Post]) -> list[str]:
            return []

    elif wrong == "expression":

        @computed(Post)
        def number(post: type[Post]) -> Any:
            return 1

    elif wrong == "column":

        @computed(Post, reads=["nothing"])
        def other(posts: list[Post]) -> list[str]:
            return []

    else:

        @computed(Post, reads=[Post.id])
        def one(post: Any) -> str:
            return ""

    with pytest.raises(Problems) as problems:
        serve()
    codes = {"name": "PT205", "expression": "PT219"}
    assert problems.value.problems[0].code == codes.get(wrong, "PT209")
