"""`relay = true`: rows have identifiers, and `node(nodeId)` finds them again under the rules."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import strawberry
from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.plan.identities import MAX_IDENTITY_CHARACTERS
from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone, query
from portico.schema.names import CONVENTIONS
from portico.schema.problems import Problems
from portico.schema.sdl import print_sdl
from tests.support.backend import Backend

FIND = "query ($n: ID!) { node(nodeId: $n) { __typename nodeId ... on Post { title } ... on Tag { word } } }"


def identity(*parts: Any) -> str:
    """An identifier as the server writes it."""
    return base64.b64encode(json.dumps([1, *parts], separators=(",", ":"), ensure_ascii=False).encode()).decode()


def _declare() -> None:
    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        owner: Mapped[int]
        tags: Mapped[list[Tag]] = relationship(back_populates="post")

    class Tag(Model):
        post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
        word: Mapped[str] = mapped_column(primary_key=True)
        post: Mapped[Post] = relationship(back_populates="tags")

    class Secret(Model):
        id: Mapped[IntId]

    class Veiled(Model):
        id: Mapped[IntId]
        owner: Mapped[int]

    class Unlisted(Model):
        id: Mapped[IntId]

    @allow(Post, "read")
    def mine(post: type[Post], me: Me) -> Rule:
        """Posts are their owner's."""
        return post.owner == me.claim("n", int)

    @allow(Veiled, "read", fields=["id"])
    def keys_of_mine(veiled: type[Veiled], me: Me) -> Rule:
        """Keys are seen in one's own rows."""
        return veiled.owner == me.claim("n", int)

    allow(Tag, "read", when=everyone)
    allow(Veiled, "read", when=everyone)
    allow(Unlisted, "read", when=everyone, hide=["by_key"])
    del mine, keys_of_mine, Secret


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    _declare()
    backend = serve(relay=True)
    backend.data(
        'mutation { insertPosts(objects: [{id: 1, title: "a", owner: 1}, {id: 2, title: "b", owner: 2}]) { affectedRows }'
        ' insertTags(objects: [{postId: 1, word: "ü\\"x"}, {postId: 2, word: "y"}]) { affectedRows }'
        " insertSecret(object: {id: 1}) { id } insertVeiled(object: {id: 1, owner: 1}) { id }"
        " insertUnlisted(object: {id: 1}) { id } }"
    )
    return backend


def test_a_row_is_found_by_its_identifier(backend: Backend) -> None:
    rows = backend.data("{ posts(orderBy: {id: ASC}) { nodeId } tags(orderBy: {postId: ASC}) { nodeId } }")
    assert rows == {
        "posts": [{"nodeId": identity("Post", 1)}, {"nodeId": identity("Post", 2)}],
        "tags": [{"nodeId": identity("Tag", 1, 'ü"x')}, {"nodeId": identity("Tag", 2, "y")}],
    }
    found = [backend.data(FIND, n=row["nodeId"])["node"] for row in (*rows["posts"], *rows["tags"])]
    assert found == [
        {"__typename": "Post", "nodeId": identity("Post", 1), "title": "a"},
        {"__typename": "Post", "nodeId": identity("Post", 2), "title": "b"},
        {"__typename": "Tag", "nodeId": identity("Tag", 1, 'ü"x'), "word": 'ü"x'},
        {"__typename": "Tag", "nodeId": identity("Tag", 2, "y"), "word": "y"},
    ]


def test_it_is_written_in_a_document_as_well(backend: Backend) -> None:
    for key, title in ((1, "a"), (2, "b")):
        document = f'{{ node(nodeId: "{identity("Post", key)}") {{ ... on Post {{ title tags {{ nodeId }} }} }} }}'
        assert backend.data(document)["node"]["title"] == title
    document = f'{{ node(nodeId: """{identity("Post", 1)}""") {{ nodeId }} }}'
    assert backend.error(document)["extensions"]["problem"] == "PT104"


def test_rows_that_are_hidden_are_as_rows_that_are_not_there(backend: Backend) -> None:
    for parts in (("Post", 2), ("Post", 99), ("Secret", 1), ("Nothing", 1), ("Veiled", 1), ("Unlisted", 1)):
        answer = backend.bytes(FIND, role="user", claims={"n": 1}, n=identity(*parts))
        assert answer == b'{"data":{"node":null}}', parts
    assert backend.data(FIND, role="user", claims={"n": 1}, n=identity("Post", 1))["node"]["title"] == "a"
    assert backend.data(FIND, n=identity("Secret", 1))["node"] == {
        "__typename": "Secret",
        "nodeId": identity("Secret", 1),
    }


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "%%%", "e30=", "W10=", "bm8=", "/w==", "[1]", "a" * (MAX_IDENTITY_CHARACTERS + 1), "5",
        base64.b64encode(b"[" * 5_000).decode(),
        base64.b64encode(b'[2,"Post",1]').decode(),
        base64.b64encode(b'[1,"Post"]').decode(),
        base64.b64encode(b'[1,2,1]').decode(),
        identity("Post", "x"), identity("Post", None), identity("Post", 1.5), identity("Post", 2**31),
        identity("Post", [1]), identity("Post", {"id": 1}), identity("Post", 1, 2), identity("Tag", 1),
        identity("Tag", 1, "\0"),
    ],
)  # fmt: skip
def test_what_is_no_identifier_is_refused(text: str, backend: Backend) -> None:
    assert backend.error(FIND, n=text)["extensions"]["problem"] == "PT131"


def test_an_identifier_that_fits_no_table_is_told_only_of_tables_that_the_role_has(backend: Backend) -> None:
    for parts in (("Secret", "x"), ("Secret", 1, 2), ("Nothing", "x"), ("Nothing", 1, 2)):
        assert backend.data(FIND, role="user", n=identity(*parts)) == {"node": None}


def test_what_is_null_or_not_sent_is_refused(backend: Backend) -> None:
    assert backend.error(FIND, n=None)["extensions"]["problem"] == "PT104"
    assert backend.error(FIND)["extensions"]["problem"] == "PT104"
    assert backend.error("{ node(nodeId: null) { nodeId } }")["extensions"]["problem"] == "PT102"
    assert backend.error("{ node(nodeId: 5) { nodeId } }")["extensions"]["problem"] == "PT131"


def test_fragments_apply_to_the_row_and_to_the_interface(backend: Backend) -> None:
    document = """
        query ($n: ID!, $no: Boolean = false) {
          node(nodeId: $n) {
            ...whole
            ... on Node { again: nodeId }
            ... @include(if: $no) { never: nodeId }
            ... on Tag { word post { ...whole } }
          }
        }
        fragment whole on Node { nodeId ... on Post { title } }
    """

    assert backend.data(document, n=identity("Post", 1))["node"] == {
        "nodeId": identity("Post", 1),
        "title": "a",
        "again": identity("Post", 1),
    }
    assert backend.data(document, n=identity("Tag", 2, "y"))["node"] == {
        "nodeId": identity("Tag", 2, "y"),
        "again": identity("Tag", 2, "y"),
        "word": "y",
        "post": {"nodeId": identity("Post", 2), "title": "b"},
    }


def test_types_may_have_other_fields_under_one_key_if_their_answers_are_alike(backend: Backend) -> None:
    document = "query ($n: ID!) {{ node(nodeId: $n) {{ ... on Post {{ a: {0} }} ... on Tag {{ a: {1} }} }} }}"

    assert backend.data(document.format("title", "word"), n=identity("Post", 1)) == {"node": {"a": "a"}}
    assert backend.data(document.format("title", "word"), n=identity("Tag", 2, "y")) == {"node": {"a": "y"}}
    assert "conflict" in backend.error(document.format("title", "postId"), n="")["message"]
    assert "conflict" in backend.error(document.format("tags { word }", "post { word: id }"), n="")["message"]
    twice = "query ($n: ID!) { node(nodeId: $n) { ... on Post { a: title a: owner } } }"
    assert "conflict" in backend.error(twice, n="")["message"]


def test_a_fragment_on_what_is_no_node_is_refused(backend: Backend) -> None:
    for name, role in (("Veiled", "user"), ("Unlisted", "user"), ("Secret", "user")):
        document = f'{{ node(nodeId: "") {{ ... on {name} {{ id }} }} }}'
        assert backend.error(document, role=role)["extensions"]["problem"] == "PT102"


def test_answers_of_every_form_have_it(backend: Backend) -> None:
    one, two = {"nodeId": identity("Post", 1)}, {"nodeId": identity("Post", 2)}
    assert backend.data(
        "{ post(id: 1) { nodeId } postsConnection(first: 1) { nodes { nodeId } edges { node { nodeId } } }"
        " postsAggregate { nodes { nodeId } } posts(limit: 1, orderBy: {id: DESC}, distinctOn: [id]) { nodeId } }"
    ) == {
        "post": one,
        "postsConnection": {"nodes": [one], "edges": [{"node": one}]},
        "postsAggregate": {"nodes": [one, two]},
        "posts": [two],
    }
    changed = backend.data(
        'mutation { insertPost(object: {id: 3, title: "c", owner: 3}) { nodeId }'
        ' updatePosts(where: {id: {_eq: 1}}, _set: {title: "z"}) { returning { nodeId } }'
        " deletePost(id: 3) { nodeId tags { nodeId } } }"
    )
    assert changed == {
        "insertPost": {"nodeId": identity("Post", 3)},
        "updatePosts": {"returning": [one]},
        "deletePost": {"nodeId": identity("Post", 3), "tags": []},
    }


def test_it_is_one_statement_with_others(backend: Backend) -> None:
    document = (
        "query ($a: ID!, $b: ID!) { a: node(nodeId: $a) { nodeId } b: node(nodeId: $b) { ... on Post { tags { word } } }"
        " posts { nodeId } }"
    )
    backend.engine.statements.clear()
    answer = backend.data(document, a=identity("Tag", 2, "y"), b=identity("Post", 2))

    assert answer["b"] == {"tags": [{"word": "y"}]}
    assert len(backend.engine.statements) == 1


def test_a_lone_write_is_still_one_statement(backend: Backend) -> None:
    backend.engine.statements.clear()
    backend.data('mutation { insertPost(object: {id: 7, title: "c", owner: 3}) { nodeId title } }')

    assert len(backend.engine.statements) == 1


def test_keys_of_every_type_come_back(serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        a: Mapped[uuid.UUID] = mapped_column(primary_key=True)
        b: Mapped[datetime] = mapped_column(primary_key=True)
        c: Mapped[Decimal] = mapped_column(Numeric(12, 4), primary_key=True)
        d: Mapped[bool] = mapped_column(primary_key=True)
        e: Mapped[bytes] = mapped_column(primary_key=True)
        f: Mapped[float] = mapped_column(primary_key=True)
        text: Mapped[str] = mapped_column(primary_key=True)

    allow(Thing, "all", when=everyone)
    backend = serve(relay=True)
    made = backend.data(
        'mutation { insertThing(object: {a: "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e", b: "2026-01-31T12:00:00.25Z", c: "12345678.1234",'
        f' d: true, e: "\\\\x00ff", f: 0.1, text: "{"ü→😀" * 40}"}}) {{ nodeId }} }}'
    )["insertThing"]

    assert "\n" not in made["nodeId"]
    assert backend.data("query ($n: ID!) { node(nodeId: $n) { nodeId } }", n=made["nodeId"]) == {"node": made}


@pytest.mark.parametrize("naming", CONVENTIONS)
def test_every_convention_has_it(naming: Any, serve: Callable[..., Backend]) -> None:
    class Post(Model):
        id: Mapped[Id]

    allow(Post, "all", when=everyone)
    backend = serve(naming=naming, relay=True)
    one, type_name, word = {
        "plain": ("insertPost", "Post", "nodeId"),
        "graphql-default": ("insertPostsOne", "Posts", "nodeId"),
        "hasura-default": ("insert_posts_one", "posts", "node_id"),
    }[naming]
    made = backend.data(f"mutation {{ {one}(object: {{}}) {{ id {word} }} }}")[one]

    assert made[word] == identity(type_name, made["id"])
    document = f"query ($n: ID!) {{ node({word}: $n) {{ __typename ... on {type_name} {{ id }} }} }}"
    assert backend.data(document, n=made[word]) == {"node": {"__typename": type_name, "id": made["id"]}}


def test_the_schema_says_so(backend: Backend) -> None:
    sdl = print_sdl(backend.executor.builder.whole_schema(backend.executor.builder.types("user")))

    assert "interface Node {\n" in sdl
    assert "type Post implements Node {" in sdl
    assert "type Veiled {" in sdl
    assert "type Unlisted {" in sdl
    assert "node(nodeId: ID!): Node\n" in sdl.replace("\n    nodeId: ID!\n  ", "nodeId: ID!")
    document = '{ __type(name: "Node") { kind possibleTypes { name } } }'
    found = backend.data(document, role="user")["__type"]
    assert found["kind"] == "INTERFACE"
    assert sorted(each["name"] for each in found["possibleTypes"]) == ["Post", "Tag"]


def test_without_the_setting_there_is_none_of_it(serve: Callable[..., Backend]) -> None:
    _declare()
    backend = serve()

    assert "Node" not in print_sdl(backend.executor.builder.whole_schema(backend.executor.builder.types("admin")))
    assert backend.error(FIND, n="")["extensions"]["problem"] == "PT102"


def test_names_that_it_takes_are_a_problem(serve: Callable[..., Backend]) -> None:
    class Node(Model):
        id: Mapped[IntId]
        node_id: Mapped[int]

    del Node
    with pytest.raises(Problems) as raised:
        serve(relay=True)

    assert [problem.code for problem in raised.value.problems] == ["PT205"] * 3
    serve()


def test_a_function_of_its_name_is_a_problem(serve: Callable[..., Backend]) -> None:
    @query
    def node() -> bool:
        """Takes the place of the root field."""
        return True

    with pytest.raises(Problems) as raised:
        serve(relay=True)

    assert [problem.code for problem in raised.value.problems] == ["PT205"]


@strawberry.interface
class Animal:
    """Something that a function answers."""

    name: str


@strawberry.type
class Dog(Animal):
    """One kind."""

    barks: bool


def test_interfaces_of_functions_are_spread_beside_it(serve: Callable[..., Backend]) -> None:
    @query
    def pets() -> list[Dog]:
        """Answers objects that implement an interface."""
        return [Dog(name="Rex", barks=True)]

    _declare()
    backend = serve(relay=True)
    document = '{ pets { ...named ... on Dog { barks } } node(nodeId: "WzEsIlBvc3QiLDFd") { nodeId } } fragment named on Animal { name }'

    assert backend.data(document) == {"pets": [{"name": "Rex", "barks": True}], "node": None}
