"""Subscriptions in a role's schema: which fields there are, what validation says, and who answers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLSchema, get_named_type
from sqlalchemy.orm import Mapped

from portico.schema import Id, IntId, Me, Model, Rule, allow, everyone, query
from portico.schema.caller import Caller
from portico.schema.infos import named, view
from portico.schema.names import CONVENTIONS, Convention, Names
from portico.schema.problems import Problems
from portico.schema.sdl import print_sdl
from tests.support.backend import Backend

QUERIES = {
    "plain": {"posts", "post", "postsAggregate", "postsConnection"},
    "graphql-default": {"posts", "postsByPk", "postsAggregate"},
    "hasura-default": {"posts", "posts_by_pk", "posts_aggregate"},
}
LIVE = {
    "plain": {"postsStream", "postsChanges"},
    "graphql-default": {"postsStream", "postsChanges"},
    "hasura-default": {"posts_stream", "posts_changes"},
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
    assert set(found) == QUERIES[convention] | LIVE[convention]
    assert not LIVE[convention] & set(schema.query_type.fields)
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


SDL = {
    "plain": """
postsStream(batchSize: Int!, cursor: [PostStreamCursorInput]!, where: PostBoolExp): [Post!]!
postsChanges(batchSize: Int = 100, since: String, where: PostBoolExp): [PostChange!]!
input PostStreamCursorInput { initialValue: PostStreamCursorValueInput! ordering: CursorOrdering = ASC }
input PostStreamCursorValueInput { id: Int owner: Int title: String }
enum CursorOrdering { ASC DESC }
type PostChange { at: DateTime! key: PostKey! new: Post old: Post position: String! verb: ChangeVerb! }
type PostKey { id: Int! }
enum ChangeVerb { DELETE INSERT UPDATE }""",
    "graphql-default": """
postsStream(batchSize: Int!, cursor: [PostsStreamCursorInput]!, where: PostsBoolExp): [Posts!]!
postsChanges(batchSize: Int = 100, since: String, where: PostsBoolExp): [PostsChange!]!
input PostsStreamCursorInput { initialValue: PostsStreamCursorValueInput! ordering: CursorOrdering = ASC }
input PostsStreamCursorValueInput { id: Int owner: Int title: String }
enum CursorOrdering { ASC DESC }
type PostsChange { at: timestamptz! key: PostsKey! new: Posts old: Posts position: String! verb: ChangeVerb! }
type PostsKey { id: Int! }
enum ChangeVerb { DELETE INSERT UPDATE }""",
    "hasura-default": """
posts_stream(batch_size: Int!, cursor: [posts_stream_cursor_input]!, where: posts_bool_exp): [posts!]!
posts_changes(batch_size: Int = 100, since: String, where: posts_bool_exp): [posts_change!]!
input posts_stream_cursor_input { initial_value: posts_stream_cursor_value_input! ordering: cursor_ordering = ASC }
input posts_stream_cursor_value_input { id: Int owner: Int title: String }
enum cursor_ordering { ASC DESC }
type posts_change { at: timestamptz! key: posts_key! new: posts old: posts position: String! verb: change_verb! }
type posts_key { id: Int! }
enum change_verb { delete insert update }""",
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_streams_and_changes_are_typed(convention: Convention, library: Callable[..., Backend]) -> None:
    text = re.sub(r'"""(?:[^"]|"(?!""))*"""', " ", print_sdl(_schema(library(naming=convention), "reader")))
    text = re.sub(r"\s+", " ", text).replace("( ", "(").replace(" )", ")")
    # Arguments stand on lines of their own where they are described.
    text = text.replace(", ", " ")
    for line in SDL[convention].strip().splitlines():
        assert line.replace(", ", " ") in text, line


def test_streams_and_changes_can_be_hidden(serve: Callable[..., Backend]) -> None:
    class Post(Model):
        id: Mapped[IntId]

    allow(Post, "read", to="all", when=everyone)
    allow(Post, "read", to="none", when=everyone, hide=["stream", "changes"])
    allow(Post, "read", to="streams", when=everyone, hide=["changes"])
    backend = serve()

    live = {role: {"postsStream", "postsChanges"} & set(_fields(backend, role)) for role in ("all", "none", "streams")}
    assert live == {"all": {"postsStream", "postsChanges"}, "none": set(), "streams": {"postsStream"}}
    document = "subscription { postsChanges { verb } }"
    assert backend.error(document, role="none")["extensions"]["problem"] == "PT102"


def test_what_has_no_key_to_be_seen_has_no_changes(serve: Callable[..., Backend]) -> None:
    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]

    class Digest(Model):
        __table_args__ = {"info": view()}  # noqa: RUF012
        id: Mapped[IntId]

    allow(Post, "read", to="titles", when=everyone, fields=["title"])
    allow(Digest, "read", when=everyone)
    backend = serve()

    assert {"postsStream"} == {"postsStream", "postsChanges"} & set(_fields(backend, "titles"))
    assert {"digestsStream"} == {"digestsStream", "digestsChanges"} & set(_fields(backend, "titles"))
    assert "DigestChange" not in _schema(backend, "admin").type_map


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_table_that_has_the_name_keeps_it(convention: Convention, serve: Callable[..., Backend]) -> None:
    class Post(Model):
        id: Mapped[IntId]

    class PostsChange(Model):
        id: Mapped[IntId]
        note: Mapped[str]

    class PostKey(Model):
        id: Mapped[IntId]

    class Item(Model):
        id: Mapped[IntId]

    class ItemChange(Model):
        __tablename__ = "items_change"
        id: Mapped[IntId]

    for each in (Post, PostsChange, PostKey, Item, ItemChange):
        allow(each, "all", when=everyone)
    backend = serve(naming=convention)
    schema = _schema(backend, "user")

    name = "posts_changes" if convention == "hasura-default" else "postsChanges"
    fields = _fields(backend, "user")
    assert fields[name] is not None
    assert "note" in get_named_type(fields[name].type).fields
    assert schema.query_type is not None
    assert name in schema.query_type.fields
    # Types as well: where one is another table's own, the table does without the field.
    assert ("items_changes" if convention == "hasura-default" else "itemsChanges") not in fields
    assert ("items_stream" if convention == "hasura-default" else "itemsStream") in fields
    assert backend.data(f"{{ {name} {{ id note }} }}", role="user") == {name: []}


def test_names_can_be_given(serve: Callable[..., Backend]) -> None:
    names = named(roots={"select_stream": "Feed", "changes": "Log"}, comments={"changes": "All."})

    class Post(Model):
        __table_args__ = {"info": names}  # noqa: RUF012
        id: Mapped[IntId]

    allow(Post, "read", when=everyone)
    fields = _fields(serve(), "user")

    assert {"Feed", "Log"} <= set(fields)
    assert fields["Log"].description == "All."
    assert not {"postsStream", "postsChanges"} & set(fields)


def test_a_given_name_that_is_taken_is_a_problem(serve: Callable[..., Backend]) -> None:
    class Post(Model):
        __table_args__ = {"info": named(roots={"changes": "notes"})}  # noqa: RUF012
        id: Mapped[IntId]

    class Note(Model):
        id: Mapped[IntId]

    allow(Post, "read", when=everyone)
    allow(Note, "read", when=everyone)
    with pytest.raises(Problems, match="both have the root field 'notes'"):
        serve()


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
