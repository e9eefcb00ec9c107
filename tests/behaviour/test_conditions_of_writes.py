"""`_if`: a row that is written by key must be as the request expects it, or nothing of the document is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.errors import problems_of
from portico.resolvers.request import Request
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.caller import Caller
from portico.schema.names import CONVENTIONS
from tests.support.backend import Backend

UPDATE = "mutation ($v: Int!) { updatePost(pkColumns: {id: 1}, _if: {version: {_eq: $v}}, _inc: {version: 1}) { id version } }"


def _declare() -> None:
    class Post(Model):
        id: Mapped[IntId]
        owner: Mapped[int]
        public: Mapped[bool]
        version: Mapped[int]
        secret: Mapped[str | None]
        comments: Mapped[list[Comment]] = relationship(back_populates="post")

    class Comment(Model):
        id: Mapped[IntId]
        post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
        hidden: Mapped[bool]
        post: Mapped[Post] = relationship(back_populates="comments")

    @allow(Post, "read", fields=["id", "owner", "public", "version"])
    def seen(post: type[Post], me: Me) -> Rule:
        """Public posts, and one's own."""
        return post.public | (post.owner == me.claim("n", int))

    @allow(Post, "update", "delete", to="user", fields=["version"])
    def mine(post: type[Post], me: Me) -> Rule:
        """Only the owner writes."""
        return post.owner == me.claim("n", int)

    @allow(Post, "read", to="user", fields=["secret"])
    def secret_of_mine(post: type[Post], me: Me) -> Rule:
        """Secrets are the owner's."""
        return post.owner == me.claim("n", int)

    @allow(Comment, "read")
    def shown(comment: type[Comment], me: Me) -> Rule:
        """Hidden comments are nobody's."""
        return ~comment.hidden

    del seen, mine, secret_of_mine, shown


def _fill(backend: Backend) -> Backend:
    backend.data(
        "mutation { insertPosts(objects: ["
        '{id: 1, owner: 1, public: true, version: 1, secret: "s", comments: {data: [{id: 1, hidden: true}]}},'
        "{id: 2, owner: 2, public: true, version: 1}, {id: 3, owner: 2, public: false, version: 1}]) { affectedRows } }"
    )
    return backend


@pytest.fixture
def posts(serve: Callable[..., Backend]) -> Backend:
    _declare()
    return _fill(serve())


def _version(backend: Backend, key: int) -> Any:
    row = backend.data(f"{{ post(id: {key}) {{ version }} }}")["post"]
    return row and row["version"]


def test_a_row_that_meets_the_condition_is_written(posts: Backend) -> None:
    assert posts.data(UPDATE, v=1) == {"updatePost": {"id": 1, "version": 2}}
    assert posts.data("mutation { deletePost(id: 1, _if: {version: {_eq: 2}}) { id } }") == {"deletePost": {"id": 1}}
    assert _version(posts, 1) is None


def test_a_row_that_does_not_meet_it_is_a_conflict(posts: Backend) -> None:
    for document in (
        "updatePost(pkColumns: {id: 1}, _if: {version: {_eq: 7}}, _inc: {version: 1}) { id }",
        # An answer that takes more than the row itself is read after the write.
        "updatePost(pkColumns: {id: 1}, _if: {version: {_eq: 7}}, _inc: {version: 1}) { id comments { id } }",
        "deletePost(id: 1, _if: {version: {_eq: 7}}) { id }",
        "deletePost(id: 1, _if: {version: {_eq: 7}}) { id comments { id } }",
    ):
        extensions = posts.error(f"mutation {{ {document} }}")["extensions"]
        assert (extensions["problem"], extensions["code"]) == ("PT520", "conflict")
    assert _version(posts, 1) == 1


def test_a_condition_that_is_unknown_is_not_met(posts: Backend) -> None:
    document = 'mutation { updatePost(pkColumns: {id: 2}, _if: {secret: {_neq: "x"}}, _set: {version: 5}) { id } }'

    assert posts.error(document)["extensions"]["problem"] == "PT520"


def test_a_conflict_undoes_the_whole_document(posts: Backend) -> None:
    document = (
        "mutation { a: updatePost(pkColumns: {id: 2}, _set: {version: 9}) { id }"
        " b: updatePost(pkColumns: {id: 1}, _if: {version: {_eq: 7}}, _set: {version: 9}) { id } }"
    )

    assert posts.error(document)["extensions"]["problem"] == "PT520"
    assert _version(posts, 2) == 1


@pytest.mark.parametrize("condition", ["{version: {_eq: 1}}", "{version: {_eq: 7}}"])
def test_what_is_hidden_is_as_what_is_not_there(condition: str, posts: Backend) -> None:
    for key in (3, 99):
        for document in (
            f"updatePost(pkColumns: {{id: {key}}}, _if: {condition}, _set: {{version: 9}}) {{ id }}",
            f"deletePost(id: {key}, _if: {condition}) {{ id }}",
        ):
            answer = posts.bytes(f"mutation {{ x: {document} }}", role="user", claims={"n": 1})
            assert answer == b'{"data":{"x":null}}'
    assert _version(posts, 3) == 1


def test_a_row_that_is_seen_but_not_to_be_written_is_left(posts: Backend) -> None:
    document = "mutation { updatePost(pkColumns: {id: 2}, _if: {version: {_eq: 7}}, _set: {version: 9}) { id } }"

    assert posts.data(document, role="user", claims={"n": 1}) == {"updatePost": None}


def test_a_condition_is_about_what_the_caller_sees(posts: Backend) -> None:
    write = "updatePost(pkColumns: {id: 1}, _if: %s, _set: {version: 2}) { id }"
    hidden_row = "mutation { " + write % "{comments: {id: {_eq: 1}}}" + " }"
    counted = "mutation { " + write % "{commentsAggregate: {count: {predicate: {_eq: 0}}}}" + " }"

    assert posts.error(hidden_row, role="user", claims={"n": 1})["extensions"]["problem"] == "PT520"
    assert posts.data(counted, role="user", claims={"n": 1}) == {"updatePost": {"id": 1}}


def test_a_condition_names_only_what_the_role_has(posts: Backend) -> None:
    posts.sql("UPDATE posts SET owner = 1 WHERE id = 2")
    document = 'mutation { updatePost(pkColumns: {id: 1}, _if: {secret: {_eq: "s"}}, _set: {version: 2}) { id } }'

    assert posts.error(document, role="anonymous")["extensions"]["problem"] == "PT102"
    assert posts.data(document, role="user", claims={"n": 1}) == {"updatePost": {"id": 1}}


@pytest.mark.parametrize("sent", [{}, {"c": None}])
def test_a_condition_that_was_not_sent_is_not_taken_for_none(sent: dict[str, Any], posts: Backend) -> None:
    for document in (
        "mutation ($c: PostBoolExp) { updatePost(pkColumns: {id: 1}, _if: $c, _set: {version: 9}) { id } }",
        "mutation ($c: PostBoolExp) { deletePost(id: 1, _if: $c) { id } }",
    ):
        assert posts.error(document, **sent)["extensions"]["problem"] == "PT104"
    assert posts.error("mutation { deletePost(id: 1, _if: null) { id } }")["extensions"]["problem"] == "PT104"
    document = "mutation ($v: Int) { deletePost(id: 1, _if: {version: {_eq: $v}}) { id } }"
    assert posts.error(document, v=None)["extensions"]["problem"] == "PT104"
    assert _version(posts, 1) == 1


def test_a_write_with_a_condition_is_one_statement_on_postgres(posts: Backend) -> None:
    for document in (
        "mutation { updatePost(pkColumns: {id: 1}, _if: {version: {_gt: 0}}, _inc: {version: 1}) { id version } }",
        "mutation { deletePost(id: 1, _if: {version: {_gt: 0}}) { id } }",
    ):
        posts.engine.statements.clear()
        posts.data(document)
        assert len(posts.engine.statements) <= (1 if posts.place.dialect == "postgres" else 3)


def test_of_those_who_write_at_once_one_wins(posts: Backend) -> None:
    """Who waits for another's write is asked again about the row as it left it, and is never told that it is gone."""
    caller = Caller(role="admin", roles=frozenset({"admin"}))

    async def write(version: int) -> str:
        try:
            await posts.executor.execute(Request(UPDATE, None, {"v": version}, caller))
        except Exception as error:
            return problems_of(error)[0].code
        return "done"

    async def together(version: int) -> list[str]:
        return sorted(await asyncio.gather(*(write(version) for _ in range(3))))

    for version in range(1, 11):
        assert posts.run(together(version)) == ["PT520", "PT520", "done"]
    assert _version(posts, 1) == 11


@pytest.mark.parametrize("naming", CONVENTIONS)
def test_every_convention_has_it(naming: Any, serve: Callable[..., Backend]) -> None:
    _declare()
    backend = serve(naming=naming)
    insert, update, delete, key = {
        "plain": ("insertPost", "updatePost", "deletePost", "pkColumns"),
        "graphql-default": ("insertPostsOne", "updatePostsByPk", "deletePostsByPk", "pkColumns"),
        "hasura-default": ("insert_posts_one", "update_posts_by_pk", "delete_posts_by_pk", "pk_columns"),
    }[naming]
    backend.data(f"mutation {{ {insert}(object: {{id: 1, owner: 1, public: true, version: 1}}) {{ id }} }}")
    no, yes = "_if: {version: {_eq: 2}}", "_if: {version: {_eq: 1}}"

    for condition, problem in ((no, "PT520"), (yes, None)):
        for field in (
            f"{update}({key}: {{id: 1}}, {condition}, _set: {{owner: 3}}) {{ id }}",
            f"{delete}(id: 1, {condition}) {{ id }}",
        ):
            answer = backend.ask(f"mutation {{ {field} }}")
            assert (answer.get("errors") or [{"extensions": {"problem": None}}])[0]["extensions"]["problem"] == problem


def test_a_key_column_of_that_name_stays_the_key(serve: Callable[..., Backend]) -> None:
    class Odd(Model):
        if_: Mapped[int] = mapped_column("_if", primary_key=True)

    allow(Odd, "all", when=everyone)
    backend = serve()
    backend.data("mutation { insertOdd(object: {_if: 1}) { _if } }")

    assert backend.data("mutation { deleteOdd(_if: 1) { _if } }") == {"deleteOdd": {"_if": 1}}
