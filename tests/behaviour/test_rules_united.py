"""What do several rules and roles give together: cells, presets, limits and root fields of rules that are united."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import exists
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Me, Model, Rule, allow, everyone, owner, preset, require, role
from tests.support.backend import Backend


@pytest.fixture
def articles(serve: Callable[..., Backend]) -> Backend:
    """Guests see the titles of what is published, writers everything of theirs, editors everything of theirs."""

    class Article(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        note: Mapped[str]
        writer: Mapped[int]
        editor: Mapped[int]
        published: Mapped[bool]

    @allow(Article, "read", to="guest", fields=[Article.id, Article.title])
    def published(article: type[Article], me: Me) -> Rule:
        return article.published

    @allow(Article, "read", "update", to="writer")
    def written(article: type[Article], me: Me) -> Rule:
        return article.writer == me.id

    @allow(Article, "read", to="proofreader", fields=["note"])
    def edited(article: type[Article], me: Me) -> Rule:
        return article.editor == me.id

    allow(Article, "update", to="guest", when=published, fields=["title"])
    role("staff", inherits=["guest", "writer"])
    role("head", inherits=["staff"])
    role("proofreader", inherits=["head"])
    role("left", inherits=["head"])
    role("right", inherits=["staff"])
    role("top", inherits=["left", "right"])
    backend = serve()
    backend.sql(
        "INSERT INTO articles (id, title, note, writer, editor, published) VALUES"
        " (1, 'own', 'n1', 7, 0, false), (2, 'open', 'n2', 8, 0, true), (3, 'both', 'n3', 7, 0, true),"
        " (4, 'hidden', 'n4', 8, 0, false), (5, 'edited', 'n5', 8, 7, false)"
    )
    return backend


_SEEN = [(1, "own", "n1"), (2, "open", None), (3, "both", "n3")]


@pytest.mark.parametrize("as_role", ["staff", "head", "left", "top"])
def test_a_cell_that_one_inherited_role_shows_is_shown_though_a_rule_of_another_names_its_column(
    as_role: str, articles: Backend
) -> None:
    found = articles.data("{ articles(orderBy: {id: ASC}) { id title note } }", role=as_role, id=7)

    assert [(row["id"], row["title"], row["note"]) for row in found["articles"]] == _SEEN


def test_a_roles_own_rule_takes_nothing_from_what_it_inherits(articles: Backend) -> None:
    found = articles.data("{ articles(orderBy: {note: ASC}) { title note } }", role="proofreader", id=7)

    # The rule of its own names `note` and shows nothing else.
    assert [(row["title"], row["note"]) for row in found["articles"]] == [
        ("own", "n1"),
        ("both", "n3"),
        (None, "n5"),
        ("open", None),
    ]


def test_a_cell_is_written_where_one_inherited_role_writes_it(articles: Backend) -> None:
    document = 'mutation { updateArticles(where: {}, _set: {%s: "x"}) { returning { id } } }'

    def changed(column: str) -> list[int]:
        answer = articles.data(document % column, role="staff", id=7)["updateArticles"]
        return sorted(row["id"] for row in answer["returning"])

    assert (changed("title"), changed("note")) == ([1, 2, 3], [1, 3])


@pytest.fixture
def tickets(serve: Callable[..., Backend]) -> Backend:
    """Users write their own tickets at level 1, agents those of their desk at level 9."""

    class Ticket(Model):
        id: Mapped[IntId]
        text: Mapped[str | None] = mapped_column(unique=True)
        writer: Mapped[int | None]
        desk: Mapped[int | None]
        level: Mapped[int | None]

    @allow(Ticket, "create", "update", to="user", set={Ticket.level: 1})
    def own(ticket: type[Ticket], me: Me) -> Rule:
        return ticket.writer == me.id

    @allow(Ticket, "create", "update", to="agent", set={Ticket.level: 9})
    def of_desk(ticket: type[Ticket], me: Me) -> Rule:
        return ticket.desk == me.claim("desk")

    @allow(Ticket, "create", "update", to="friend", fields=["text", "writer"])
    def own_text(ticket: type[Ticket], me: Me) -> Rule:
        return ticket.writer == me.id

    @allow(Ticket, "create", "update", to="free")
    def own_whole(ticket: type[Ticket], me: Me) -> Rule:
        return ticket.writer == me.id

    @allow(Ticket, "create", "update", to="twin", set={"level": lambda me: 9})
    def own_at_nine(ticket: type[Ticket], me: Me) -> Rule:
        return ticket.writer == me.id

    allow(Ticket, "read", when=everyone)
    for name in ("user", "friend", "free", "twin"):
        role(f"agent_{name}", inherits=[name, "agent"])
    return serve()


_INSERT = 'mutation { insertTicket(object: {text: "a", writer: %s, desk: %s}) { level } }'


@pytest.mark.parametrize("as_role", ["agent_user", "agent_friend"])
def test_a_preset_is_not_written_by_a_rule_that_would_not_write_it(as_role: str, tickets: Backend) -> None:
    desk = "desk: 5" if as_role == "agent_user" else "text: null"
    refused = tickets.error(
        f"mutation {{ insertTicket(object: {{writer: 7, {desk}}}) {{ level }} }}",
        role=as_role,
        id=7,
        claims={"desk": 4},
    )

    assert refused["extensions"]["problem"] == "PT302"
    assert tickets.data("{ tickets { id } }", role="user") == {"tickets": []}


@pytest.mark.parametrize("as_role", ["agent_user", "agent_free", "agent_twin", "agent"])
def test_a_preset_is_written_where_its_rule_holds(as_role: str, tickets: Backend) -> None:
    answer = tickets.data(_INSERT % (7, 4), role=as_role, id=7, claims={"desk": 4})

    assert answer == {"insertTicket": {"level": 9}}


@pytest.mark.parametrize("as_role", ["agent_free", "agent_twin"])
def test_a_preset_is_written_by_rules_that_say_the_same_or_leave_the_column_to_clients(
    as_role: str, tickets: Backend
) -> None:
    answer = tickets.data(_INSERT % (7, 5), role=as_role, id=7, claims={"desk": 4})

    assert answer == {"insertTicket": {"level": 9}}


def test_updates_reach_no_row_that_the_preset_may_not_be_written_to(tickets: Backend) -> None:
    tickets.sql("INSERT INTO tickets VALUES (1, 'a', 7, 4, 1), (2, 'b', 7, 5, 1), (3, 'c', 8, 4, 1)")
    tickets.data(
        "mutation { updateTickets(where: {}, _set: {writer: 7}) { affectedRows } }",
        role="agent_user",
        id=7,
        claims={"desk": 4},
    )

    found = tickets.data("{ tickets(orderBy: {id: ASC}) { writer level } }", role="user")
    assert found["tickets"] == [
        {"writer": 7, "level": 9},
        {"writer": 7, "level": 1},
        {"writer": 7, "level": 9},
    ]


@pytest.mark.parametrize(("desk", "level"), [(4, 9), (5, None)])
def test_upserts_change_no_row_that_the_preset_may_not_be_written_to(
    desk: int, level: int | None, tickets: Backend
) -> None:
    tickets.sql(f"INSERT INTO tickets VALUES (1, 'a', 7, {desk}, 1)")
    answer = tickets.ask(
        'mutation { insertTicket(object: {text: "a", writer: 7, desk: 4},'
        " onConflict: {constraint: uq_tickets_text, updateColumns: [writer]}) { level } }",
        role="agent_user",
        id=7,
        claims={"desk": 4},
    )

    if level is None:
        assert answer["errors"][0]["extensions"]["problem"] == "PT302"
    else:
        assert answer["data"] == {"insertTicket": {"level": level}}
    left = tickets.data("{ tickets { level } }", role="user")["tickets"]
    assert left == [{"level": level or 1}]


def test_a_rule_that_sets_another_owner_stands_behind_it_alone(serve: Callable[..., Backend]) -> None:
    class User(Model):
        id: Mapped[IntId]

    class Post(Model):
        id: Mapped[IntId]
        writer: Mapped[int] = owner(User.id)
        kind: Mapped[str | None] = preset("plain")
        bot: Mapped[bool]

    @allow(Post, "create", to="bot", set={"writer": 1})
    def by_bots(post: type[Post], me: Me) -> Rule:
        return post.bot

    allow(Post, "create", to="user", when=everyone)
    allow(Post, "read", when=everyone)
    role("both", inherits=["user", "bot"])
    backend = serve()
    backend.sql("INSERT INTO users VALUES (1), (5)")

    def insert(bot: str, as_role: str) -> Any:
        document = f"mutation {{ insertPost(object: {{bot: {bot}}}) {{ writer kind }} }}"
        return backend.ask(document, role=as_role, id=5)

    assert insert("false", "user")["data"] == {"insertPost": {"writer": 5, "kind": "plain"}}
    assert insert("true", "both")["data"] == {"insertPost": {"writer": 1, "kind": "plain"}}
    # As a user the row would be one's own, as a bot it would be a bot's.
    assert insert("false", "both")["errors"][0]["extensions"]["problem"] == "PT302"


def test_inherited_roles_have_the_largest_limit_any_aggregates_and_every_requirement(
    serve: Callable[..., Backend],
) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        gone: Mapped[bool]

    allow(Paper, "read", to="one", when=everyone, limit=2, aggregates=False, hide=["list", "aggregate"])
    allow(Paper, "read", to="two", when=everyone, limit=3, hide=["list", "connection"])
    role("both", inherits=["one", "two"])

    @require(Paper, "read", to="one")
    def there(paper: type[Paper], me: Me) -> Rule:
        return ~paper.gone

    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1, true), (2, false), (3, false), (4, false), (5, false)")

    def seen(as_role: str) -> list[int]:
        nodes = backend.data("{ papersAggregate(orderBy: {id: ASC}) { nodes { id } } }", role=as_role)
        return [row["id"] for row in nodes["papersAggregate"]["nodes"]]

    assert (seen("two"), seen("both")) == ([1, 2, 3], [2, 3, 4])
    assert backend.error("{ papers { id } }", role="both")["extensions"]["code"] == "validation-failed"
    assert len(backend.data("{ papersConnection { nodes { id } } }", role="both")["papersConnection"]["nodes"]) == 3


def test_rules_compare_columns_and_ask_tables_that_nothing_relates(serve: Callable[..., Backend]) -> None:
    class Item(Model):
        id: Mapped[IntId]
        low: Mapped[int | None]
        high: Mapped[int | None]

    class Pass(Model):
        id: Mapped[IntId]
        holder: Mapped[int]
        most: Mapped[int]

    @allow(Item, "read", to="user")
    def in_range(item: type[Item], me: Me) -> Rule:
        return item.low < item.high

    @allow(Item, "read", to="user")
    def with_pass(item: type[Item], me: Me) -> Rule:
        return exists().where(Pass.holder == me.id, Pass.most >= item.id)

    @allow(Item, "read", to="stranger")
    def without_pass(item: type[Item], me: Me) -> Rule:
        return ~exists().where(Pass.holder == me.id)

    backend = serve()
    backend.sql(
        "INSERT INTO items VALUES (1, 1, 2), (2, 2, 2), (3, 3, 2), (4, null, 2), (5, 1, 9); INSERT INTO passes VALUES (1, 7, 3)"
    )

    def seen(as_role: str, id_: int | None) -> list[int]:
        return [
            row["id"] for row in backend.data("{ items(orderBy: {id: ASC}) { id } }", role=as_role, id=id_)["items"]
        ]

    assert (seen("user", 7), seen("user", 8)) == ([1, 2, 3, 5], [1, 5])
    assert (seen("stranger", 7), seen("stranger", 8), seen("stranger", None)) == ([], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
