"""Subscriptions in a role's schema: which fields there are, what validation says, and who answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLSchema
from sqlalchemy.orm import Mapped

from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone, query
from portico.schema.caller import Caller
from portico.schema.names import CONVENTIONS, Convention, Names
from portico.schema.sdl import print_sdl
from tests.support.backend import Backend

QUERIES = {
    "plain": {"posts", "post", "postsAggregate", "postsConnection"},
    "graphql-default": {"posts", "postsByPk", "postsAggregate"},
    "hasura-default": {"posts", "posts_by_pk", "posts_aggregate"},
}


def _declare() -> None:
    class Post(Model):
        """What somebody wrote."""

        id: Mapped[IntId]
        title: Mapped[str]
        owner: Mapped[int]

    class Note(Model):
        id: Mapped[Id]

    class Secret(Model):
        id: Mapped[IntId]

    @allow(Post, "read", to="reader")
    def mine(post: type[Post], me: Me) -> Rule:
        """One's own."""
        return post.owner == me.claim("n", int)

    allow(Note, "read", to="keyless", when=everyone, hide=["list", "by_key", "connection", "aggregate"])
    allow(Note, "read", to="noter", when=everyone, hide=["list", "aggregate"])
    allow(Note, "create", to="writer", when=everyone)

    @query
    def greeting() -> str:
        return "hello"

    del mine, greeting, Secret


@pytest.fixture
def library(serve: Callable[..., Backend]) -> Callable[..., Backend]:
    _declare()
    return serve


def _schema(backend: Backend, role: str) -> GraphQLSchema:
    return backend.executor.builder.whole_schema(backend.executor.builder.types(role))


def _fields(backend: Backend, role: str) -> dict[str, Any]:
    root = _schema(backend, role).subscription_type
    return dict(root.fields) if root is not None else {}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_what_can_be_queried_can_be_subscribed_to(convention: Convention, library: Callable[..., Backend]) -> None:
    backend = library(naming=convention)
    schema = _schema(backend, "reader")

    assert schema.subscription_type is not None
    assert schema.query_type is not None
    assert schema.subscription_type.name == "subscription_root"
    found = schema.subscription_type.fields
    assert QUERIES[convention] <= set(found)
    assert not any("ote" in name or "ecret" in name or name == "greeting" for name in found)
    for name in QUERIES[convention]:
        like = schema.query_type.fields[name]
        assert (found[name].type, found[name].description) == (like.type, like.description)
        assert list(found[name].args) == list(like.args)
    assert "subscription: subscription_root" in print_sdl(schema)
    told = backend.data("{ __schema { subscriptionType { name fields { name } } } }", role="reader")
    assert {each["name"] for each in told["__schema"]["subscriptionType"]["fields"]} == set(found)


def test_a_field_that_is_hidden_is_hidden_from_subscriptions(library: Callable[..., Backend]) -> None:
    fields = set(_fields(library(), "noter"))

    assert {"note", "notesConnection"} <= fields
    assert not fields & {"notes", "notesAggregate"}


def test_who_may_read_nothing_has_no_subscriptions(library: Callable[..., Backend]) -> None:
    backend = library()

    for role in ("user", "writer"):
        assert _schema(backend, role).subscription_type is None
        assert backend.data('{ __type(name: "subscription_root") { name } }', role=role) == {"__type": None}
        error = backend.error("subscription { posts { id } }", role=role)
        assert error["message"] == "The subscription operation is not supported by the schema."
    assert "notes" not in _fields(backend, "keyless")


def test_a_namespace_and_a_prefix_are_those_of_queries(library: Callable[..., Backend]) -> None:
    names = Names("hasura-default", root_prefix="a_", namespace="shop")
    backend = library(naming=names)
    root = _schema(backend, "reader").subscription_type

    assert root is not None
    assert list(root.fields) == ["shop"]
    assert str(root.fields["shop"].type) == "shop_subscription!"
    assert set(root.fields["shop"].type.of_type.fields) >= {"a_posts", "a_posts_by_pk", "a_posts_aggregate"}
    inside = "subscription { shop { a_posts { id } other: a_posts { id } } }"
    assert _refusal(backend, inside) == ("PT102", "A subscription must select exactly one field.")


def test_with_relay_there_is_node(library: Callable[..., Backend]) -> None:
    assert "node" in _fields(library(relay=True), "reader")


def test_a_subscription_has_one_field(library: Callable[..., Backend]) -> None:
    backend = library()

    for document in (
        "subscription { posts { id } post(id: 1) { id } }",
        "subscription { ...f } fragment f on subscription_root { posts { id } post(id: 1) { id } }",
    ):
        assert backend.error(document, role="reader")["message"] == (
            "Anonymous Subscription must select only one top level field."
        )
    # Source: GraphQL, §5.2.3.1: the field must not be one of introspection, of which `__typename` is one.
    for document in ("subscription { __typename }", "subscription { __schema { queryType { name } } }"):
        assert backend.error(document, role="reader")["extensions"]["problem"] == "PT102"
    skipped = "subscription { posts @skip(if: true) { id } }"
    assert _refusal(backend, skipped)[0] == "PT102"


def test_what_the_role_does_not_have_is_refused(library: Callable[..., Backend]) -> None:
    backend = library()

    for document in ("{ secrets { id } }", "{ notes { id } }", "{ greeting }", "{ posts { id secret } }"):
        assert backend.error(f"subscription {document}", role="reader")["extensions"]["problem"] == "PT102"


def test_who_answers_once_refuses_it(library: Callable[..., Backend]) -> None:
    backend = library()

    error = backend.error("subscription s { posts { id } }", role="reader")
    assert error["extensions"]["problem"] == "PT545"
    assert error["message"] == "A subscription needs a websocket or text/event-stream."
    assert backend.engine.statements == []
    # Of several operations only the one that is asked for counts.
    both = "subscription s { posts { id } } query q { posts { id } }"
    assert backend.data(both, role="reader", operation="q", claims={"n": 1}) == {"posts": []}


@pytest.mark.parametrize("namespace", ["", "shop"])
def test_it_becomes_one_statement_with_the_bytes_around_it(namespace: str, library: Callable[..., Backend]) -> None:
    backend = library(naming=Names("plain", namespace=namespace))
    backend.data(_within("mutation", namespace, 'insertPost(object: {id: 1, title: "a", owner: 1}) { id }'))
    caller = Caller(id="1", role="reader", claims={"n": 1})
    document = _within("subscription", namespace, "mine: posts(where: {title: {_eq: $t}}) { title }", "($t: String)")

    operation, literals = backend.executor.documents.find(document, None, backend.executor.role(caller))
    key, values = operation.read({"t": "a"}, literals)
    program = operation.program(key)
    assert operation.kind == "subscription"
    assert program.lone is None
    assert program.statement is not None
    assert program.around is not None
    row = backend.run(backend.engine.read(program.statement.sql, program.statement.bind(values, caller)))
    before, after, null = program.around
    assert row is not None
    opening, closing = (b'{"shop":', b"}") if namespace else (b"", b"")
    assert before + row[0] + after == b'{"data":' + opening + b'{"mine":[{"title":"a"}]}' + closing + b"}"
    assert null == b'{"data":' + opening + b'{"mine":[]}' + closing + b"}"


def _within(operation: str, namespace: str, field: str, variables: str = "") -> str:
    inner = f"{namespace} {{ {field} }}" if namespace else field
    return f"{operation} {variables} {{ {inner} }}"


def _refusal(backend: Backend, document: str) -> tuple[str, str]:
    error = backend.error(document, role="reader")
    return error["extensions"]["problem"], error["message"]
