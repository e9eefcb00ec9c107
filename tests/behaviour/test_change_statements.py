"""Changes by their statement: images of rows under the rules, and the events that are put together from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, DateTime, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.problems import HiddenColumn
from portico.resolvers.sql.conditions import UnguardedPlan
from portico.resolvers.sql.program import compile_program
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.names import CONVENTIONS, Convention, Names
from tests.support.backend import Backend
from tests.support.live_statements import LiveStatement, image_of


def _declare() -> None:
    class Author(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        posts: Mapped[list[Post]] = relationship(back_populates="author")

    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        salary: Mapped[int | None]
        secret: Mapped[int | None]
        author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
        author: Mapped[Author | None] = relationship(back_populates="posts")

    class Veiled(Model):
        id: Mapped[IntId]
        owner: Mapped[int]
        text: Mapped[str]

    @allow(Post, "read", to="user", fields=["id", "title", "author_id"])
    def mine_or_open(post: type[Post], me: Me) -> Rule:
        """One's own, and those of nobody."""
        return (post.author_id == me.claim("n", int)) | post.author_id.is_(None)

    @allow(Post, "read", to="user", fields=["salary"])
    def mine(post: type[Post], me: Me) -> Rule:
        """Salaries are seen in one's own."""
        return post.author_id == me.claim("n", int)

    @allow(Post, "read", to="friend")
    def of_named(post: type[Post], me: Me) -> Rule:
        """Those of authors with the caller's name."""
        return post.author.has(Author.name == me.claim("name", str))

    @allow(Author, "read", to="user")
    def me_myself(author: type[Author], me: Me) -> Rule:
        """Oneself."""
        return author.id == me.claim("n", int)

    @allow(Veiled, "read", to="user", fields=["id"])
    def keys_of_mine(veiled: type[Veiled], me: Me) -> Rule:
        """Keys are seen in one's own rows."""
        return veiled.owner == me.claim("n", int)

    allow(Veiled, "read", to="user", when=everyone, fields=["owner", "text"])
    allow(Author, "read", to="friend", when=everyone)
    del mine_or_open, mine, me_myself, of_named, keys_of_mine


@pytest.fixture
def backend(serve: Callable[..., Backend]) -> Backend:
    _declare()
    backend = serve()
    backend.data('mutation { insertAuthors(objects: [{id: 1, name: "A"}, {id: 2, name: "B"}]) { affectedRows } }')
    return backend


def row(**values: Any) -> dict[str, Any]:
    """A post as the log has it."""
    return {"id": 1, "title": "a", "salary": 7, "secret": 42, "author_id": 1, **values}


ALL = """subscription ($where: PostBoolExp) {
  postsChanges(where: $where) { verb key { id } old { title salary author { name } } new { title salary } }
}"""


@pytest.fixture
def mine(backend: Backend) -> LiveStatement:
    return LiveStatement(backend, ALL, role="user", claims={"n": 1})


def test_what_the_caller_sees_of_both_rows_decides_what_is_told(mine: LiveStatement) -> None:
    shown, other, hidden = row(), row(title="b"), row(author_id=2)
    old = {"title": "a", "salary": 7, "author": {"name": "A"}}

    assert mine.event("insert", None, shown) == {
        "verb": "INSERT", "key": {"id": 1}, "old": None, "new": {"title": "a", "salary": 7},
    }  # fmt: skip
    assert mine.event("update", shown, other) == {
        "verb": "UPDATE", "key": {"id": 1}, "old": old, "new": {"title": "b", "salary": 7},
    }  # fmt: skip
    assert mine.event("delete", shown, None) == {"verb": "DELETE", "key": {"id": 1}, "old": old, "new": None}
    # One that comes into view is new, and one that leaves it is gone: nothing of the other row is told.
    assert mine.event("update", hidden, other) == {
        "verb": "INSERT", "key": {"id": 1}, "old": None, "new": {"title": "b", "salary": 7},
    }  # fmt: skip
    assert mine.event("update", shown, hidden) == {"verb": "DELETE", "key": {"id": 1}, "old": None, "new": None}
    for verb, before, after in (("insert", None, hidden), ("update", hidden, hidden), ("delete", hidden, None)):
        assert mine.event(verb, before, after) is None


def test_a_clients_filter_decides_as_rules_do(backend: Backend) -> None:
    statement = LiveStatement(backend, ALL, role="user", claims={"n": 1}, where={"title": {"_eq": "a"}})

    assert statement.event("update", row(), row(title="b"))["verb"] == "DELETE"
    assert statement.event("update", row(title="b"), row())["verb"] == "INSERT"
    assert statement.event("update", row(title="b"), row(title="c")) is None
    by_link = LiveStatement(backend, ALL, where={"author": {"name": {"_eq": "B"}}})
    assert by_link.event("update", row(author_id=2), row(author_id=1))["verb"] == "DELETE"
    assert by_link.event("delete", row(author_id=1), None) is None


def test_a_rule_over_a_relation_is_asked_of_the_image(backend: Backend) -> None:
    statement = LiveStatement(backend, "subscription { postsChanges { verb } }", role="friend", claims={"name": "B"})
    assert statement.event("insert", None, row(author_id=2)) == {"verb": "INSERT"}
    assert statement.event("update", row(author_id=2), row(author_id=1)) == {"verb": "DELETE"}
    assert statement.event("insert", None, row(author_id=None)) is None


def test_a_new_key_is_the_key(mine: LiveStatement) -> None:
    assert mine.event("update", row(), row(id=5))["key"] == {"id": 5}


# ---- what must not be told ---------------------------------------------------------------------------


def test_cells_that_are_masked_stay_masked(mine: LiveStatement) -> None:
    event = mine.event("update", row(author_id=1), row(author_id=None))

    assert event["old"]["salary"] == 7
    assert event["new"]["salary"] is None
    texts = [mine.image(row(author_id=None, salary=123456)), mine.image(row(author_id=2, salary=123456))]
    assert texts[0] is not None
    assert b"123456" not in texts[0]
    assert texts[1] is None


def test_a_filter_sees_what_the_caller_sees(backend: Backend) -> None:
    by_salary = LiveStatement(backend, ALL, role="user", claims={"n": 1}, where={"salary": {"_eq": 7}})

    assert by_salary.event("insert", None, row()) is not None
    assert by_salary.event("insert", None, row(author_id=None)) is None
    for where in ("{secret: {_eq: 42}}", "{_not: {secret: {_eq: 42}}}"):
        document = f"subscription {{ postsChanges(where: {where}) {{ verb }} }}"
        assert backend.error(document, role="user")["extensions"]["problem"] == "PT102"
    error = backend.error(ALL, role="user", where={"secret": {"_eq": 42}})
    assert error["extensions"]["problem"] == "PT104"
    for selection in ("old { secret }", "new { secret }", "key { secret }", "key { title }"):
        document = f"subscription {{ postsChanges {{ {selection} }} }}"
        assert backend.error(document, role="user")["extensions"]["problem"] == "PT102"


def test_relations_of_an_image_show_what_the_caller_may_see(backend: Backend) -> None:
    document = "subscription { postsChanges { new { title author { name posts { title } } } } }"
    backend.data("mutation ($o: [PostInsertInput!]!) { insertPosts(objects: $o) { affectedRows } }", o=[
        {"id": 1, "title": "now", "authorId": 1}, {"id": 2, "title": "hers", "authorId": 2},
    ])  # fmt: skip

    mine = LiveStatement(backend, document, role="user", claims={"n": 1})
    # The row is as the log has it; what it leads to is as it is now.
    assert mine.event("insert", None, row(title="then")) == {
        "new": {"title": "then", "author": {"name": "A", "posts": [{"title": "now"}]}}
    }
    open_one = LiveStatement(backend, document, role="user", claims={"n": 5})
    assert open_one.event("insert", None, row(author_id=None)) == {"new": {"title": "a", "author": None}}


def test_a_row_whose_key_is_hidden_is_not_told_of(backend: Backend) -> None:
    document = "subscription { veiledsChanges { verb %s } }"
    for selection in ("key { id }", "new { text }"):
        statement = LiveStatement(backend, document % selection, role="user", claims={"n": 1})
        shown, hidden = ({"id": 1, "owner": owner, "text": "t"} for owner in (1, 2))
        assert statement.event("insert", None, shown) is not None
        assert statement.event("insert", None, hidden) is None
        assert statement.event("update", shown, hidden)["verb"] == "DELETE"


def test_nothing_unguarded_is_compiled(backend: Backend) -> None:
    statement = LiveStatement(backend, "subscription { postsChanges { verb key { id } } }")
    operation, executor = statement.operation, backend.executor
    plan = build_plan(operation.node, {}, operation.role.types, operation.inputs, statement.key, operation.role.limits)
    dialect = executor.documents.dialect
    with pytest.raises(UnguardedPlan):
        compile_program(Guarded(plan), dialect)
    with pytest.raises(HiddenColumn):
        guard(plan, executor.builder.types("anonymous").access)


# ---- what is selected --------------------------------------------------------------------------------


def test_everything_stands_under_the_clients_keys_in_its_order(backend: Backend) -> None:
    statement = LiveStatement(
        backend,
        """subscription { postsChanges {
             position at __typename a: new { id __typename } kind: __typename b: new { title } ...rest
           } }
           fragment rest on PostChange { verb k: key { n: id __typename } b: new { salary } old { id } what: verb }""",
    )
    text = statement.slot.event("insert", None, statement.image(row()), 1_764_150_000.25, 'p"1')
    assert text == (
        b'{"position":"p\\"1","at":"2025-11-26T09:40:00.25+00:00","__typename":"PostChange",'
        b'"a":{"id":1,"__typename":"Post"},"kind":"PostChange","b":{"title":"a","salary":7},"verb":"INSERT",'
        b'"k":{"n":1,"__typename":"PostKey"},"old":null,"what":"INSERT"}'
    )


def test_no_image_needs_to_be_selected(backend: Backend) -> None:
    statement = LiveStatement(backend, "subscription { postsChanges { verb at } }", role="user", claims={"n": 1})
    assert statement.image(row()) == b""
    assert statement.image(row(author_id=2)) is None
    text = statement.slot.event("delete", b"", None, 0, "p")
    assert text == b'{"verb":"DELETE","at":"1970-01-01T00:00:00+00:00"}'


def test_texts_are_told_apart_whatever_they_contain(backend: Backend) -> None:
    title = '",{}[]\\ \x1e \n \x01 é 😀'
    statement = LiveStatement(backend, "subscription { postsChanges { a: new { title } old { title } key { id } } }")
    event = statement.event("update", row(title=title), row(title=title))

    assert event == {"a": {"title": title}, "old": {"title": title}, "key": {"id": 1}}


def test_arguments_are_the_runners_to_read(backend: Backend) -> None:
    document = "subscription ($s: String, $n: Int = 7) { postsChanges(since: $s, batchSize: $n) { verb } }"
    statement = LiveStatement(backend, document, s="there")
    slot = statement.slot
    assert (slot.position(statement.values), slot.batch_size(statement.values)) == ("there", 7)
    assert slot.table == "posts"
    statement = LiveStatement(backend, document)
    assert statement.slot.position(statement.values) is None
    plain = LiveStatement(backend, 'subscription { postsChanges(since: "x") { verb } }')
    assert (plain.slot.position(plain.values), plain.slot.batch_size(plain.values)) == ("x", 100)
    assert plain.slot.with_image(["x", "left over"], "{}") == ["x", "{}"]
    before, after, _ = plain.program.around or (b"", b"", b"")
    assert (before, after) == (b'{"data":{"postsChanges":[', b"]}}")
    for arguments, code in (("batchSize: 0", "PT546"), ("batchSize: 10001", "PT404"), ("batchSize: -1", "PT104")):
        with pytest.raises(Exception) as caught:  # noqa: PT011
            LiveStatement(backend, f"subscription {{ postsChanges({arguments}) {{ verb }} }}")
        assert getattr(caught.value, "code", "") == code


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_convention_has_its_names(convention: Convention, serve: Callable[..., Backend]) -> None:
    _declare()
    snake = convention == "hasura-default"
    backend = serve(naming=Names(convention, namespace="shop"))
    field, size = ("posts_changes", "batch_size") if snake else ("postsChanges", "batchSize")
    document = f"subscription {{ shop {{ {field}({size}: 5) {{ __typename verb key {{ __typename id }} }} }} }}"
    statement = LiveStatement(backend, document)
    name, key = {"plain": ("PostChange", "PostKey"), "graphql-default": ("PostsChange", "PostsKey")}.get(
        convention, ("posts_change", "posts_key")
    )
    text = statement.slot.event("insert", None, statement.image(row()), 0, "p")
    assert json.loads(text) == {
        "__typename": name, "verb": "insert" if snake else "INSERT", "key": {"__typename": key, "id": 1},
    }  # fmt: skip
    assert statement.program.around is not None
    assert statement.program.around[0] == b'{"data":{"shop":{"' + field.encode() + b'":['


# ---- images ------------------------------------------------------------------------------------------


def test_an_image_shows_what_the_row_shows(serve: Callable[..., Backend]) -> None:
    class Kind(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]
        flag: Mapped[bool | None]
        big: Mapped[int | None] = mapped_column(BigInteger)
        exact: Mapped[Decimal | None]
        money: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
        real: Mapped[float | None]
        uuid: Mapped[UUID | None]
        day: Mapped[date | None]
        hour: Mapped[time | None]
        local: Mapped[datetime | None] = mapped_column(DateTime())
        moment: Mapped[datetime | None]
        span: Mapped[timedelta | None]
        raw: Mapped[bytes | None]
        document: Mapped[dict[str, Any] | None]
        words: Mapped[list[str] | None]
        numbers: Mapped[list[int] | None]

    allow(Kind, "all", when=everyone)
    backend = serve()
    values = {
        "text": 'a"b\\c\n\x1eé😀', "flag": True, "big": 2**63 - 1, "exact": "0.1", "money": "12.50", "real": 0.5,
        "uuid": "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e", "day": "2024-02-29", "hour": "23:59:59.000001",
        "local": "2024-02-29T23:59:59.000001", "moment": "2024-02-29T23:59:59.1+00:00", "span": "1 day 02:00:00",
        "raw": "\\x00ff1e", "document": {"a": [1, None, "x\n"], "b": {"c": 0.5}}, "words": ['"', "\\", "é"],
        "numbers": [1, -2],
    }  # fmt: skip
    backend.data(
        "mutation ($o: [KindInsertInput!]!) { insertKinds(objects: $o) { affectedRows } }",
        o=[{"id": 1, **values}, {"id": 2}],
    )
    columns = " ".join(["id", *values])
    rows = backend.data(f"{{ kinds(orderBy: {{id: ASC}}) {{ {columns} }} }}")["kinds"]
    assert rows[0]["raw"] == "\\x00ff1e"
    statement = LiveStatement(backend, f"subscription {{ kindsChanges {{ new {{ {columns} }} }} }}")
    for number, expected in enumerate(rows, 1):
        text = statement.slot.event(
            "insert", None, statement.image(image_of(backend, "Kind", f"id = {number}")), 0, "p"
        )
        assert json.loads(text) == {"new": expected}
    # The same values meet the same conditions.
    for column, value in values.items():
        operator = "_contains" if column == "document" and backend.place.dialect == "postgres" else "_eq"
        where = {column: {operator: value}}
        if not backend.ask("query ($w: KindBoolExp) { kinds(where: $w) { id } }", w=where).get("data", {}).get("kinds"):
            continue
        filtered = LiveStatement(
            backend, "subscription ($w: KindBoolExp) { kindsChanges(where: $w) { verb } }", w=where
        )
        assert filtered.image(image_of(backend, "Kind", "id = 1")) == b"", column
        assert filtered.image(image_of(backend, "Kind", "id = 2")) is None, column


def test_an_image_from_before_a_column_was_there_is_not_lost(backend: Backend) -> None:
    statement = LiveStatement(backend, "subscription { postsChanges { new { id title } } }")

    assert statement.event("insert", None, {"id": 1}) == {"new": {"id": 1, "title": None}}
    assert statement.event("insert", None, {"id": 1, "title": "a", "gone": 5}) == {"new": {"id": 1, "title": "a"}}


def test_names_that_sql_must_quote_are_found(serve: Callable[..., Backend]) -> None:
    class Order(Model):
        __tablename__ = "order"
        id: Mapped[IntId]
        group: Mapped[str] = mapped_column("Group by")

    allow(Order, "read", when=everyone)
    backend = serve(naming=Names("plain"))
    table = backend.catalog.tables["Order"]
    (field,) = (each.field for each in table.columns.values() if each.name == "Group by")
    statement = LiveStatement(backend, f"subscription {{ {table.roots['changes']} {{ new {{ {field} }} }} }}")

    assert statement.event("insert", None, {"id": 1, "Group by": "x"}) == {"new": {field: "x"}}
