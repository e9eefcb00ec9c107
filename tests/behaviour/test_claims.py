"""What do claims match: the values of a token inside rules, and what absence means."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Date, DateTime, Enum, Numeric, and_, exists, or_
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import IntId, Me, Model, Rule, allow
from tests.support.backend import Backend

TEAM = UUID("00000000-0000-0000-0000-00000000000a")


def _seen(backend: Backend, field: str, **caller: Any) -> list[int]:
    """The ids that a caller sees."""
    answer = backend.data(f"{{ {field}(orderBy: {{id: ASC}}) {{ id }} }}", role="user", **caller)
    return [row["id"] for row in answer[field]]


def _serve_three(serve: Callable[..., Backend]) -> Backend:
    backend = serve()
    backend.sql("INSERT INTO docs VALUES (1, 'a', 10, true); INSERT INTO docs VALUES (2, 'b', 20, false)")
    backend.sql("INSERT INTO docs VALUES (3, NULL, NULL, NULL)")
    return backend


class Color(enum.Enum):
    """Stored by its name."""

    red = "red"
    blue = "blue"


class DocColumns:
    """The columns of this file's documents."""

    id: Mapped[IntId]
    org: Mapped[str | None]
    level: Mapped[int | None]
    open: Mapped[bool | None]


def test_a_claim_matches_the_rows_that_have_its_value(serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_org(doc: type[Doc], me: Me) -> Rule:
        return doc.org == me.claim("org")

    backend = _serve_three(serve)

    assert _seen(backend, "docs", claims={"org": "a"}) == [1]
    assert _seen(backend, "docs", claims={"org": "c"}) == []


@pytest.mark.parametrize("claims", [{}, {"org": None}, {"level": 10}])
def test_a_claim_that_is_absent_or_null_never_matches(claims: dict[str, Any], serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    # Also not a row that has nothing there itself, and also not where the comparison is turned round.
    @allow(Doc, "read", to="user")
    def by_claim(doc: type[Doc], me: Me) -> Rule:
        return or_(doc.org == me.claim("org"), doc.org != me.claim("org"), ~(doc.org == me.claim("org")))

    assert _seen(_serve_three(serve), "docs", claims=claims) == []


def test_a_caller_without_an_id_matches_no_row_by_it(serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def mine(doc: type[Doc], me: Me) -> Rule:
        return or_(doc.level == me.id, doc.level != me.id)

    backend = _serve_three(serve)

    assert _seen(backend, "docs", id=10) == [1, 2]
    assert _seen(backend, "docs", id=None) == []


@pytest.mark.parametrize(
    "level",
    [
        "x",
        "",
        [],
        {},
        10.5,
        10**20,
        True,
    ],
)
def test_a_claim_of_another_type_than_the_rule_wants_never_matches(level: Any, serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_level(doc: type[Doc], me: Me) -> Rule:
        return doc.level == me.claim("level", int)

    assert _seen(_serve_three(serve), "docs", claims={"level": level}) == []


@pytest.mark.parametrize(("level", "found"), [(10, [1]), ("10", [1]), (20, [2])])
def test_a_claim_is_read_as_the_type_that_the_rule_names(
    level: Any, found: list[int], serve: Callable[..., Backend]
) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_level(doc: type[Doc], me: Me) -> Rule:
        return doc.level == me.claim("level", int)

    assert _seen(_serve_three(serve), "docs", claims={"level": level}) == found


def test_a_claim_without_a_type_takes_that_of_the_other_side(serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def open_as_claimed(doc: type[Doc], me: Me) -> Rule:
        return (doc.open == me.claim("open")) & (doc.level >= me.claim("level"))

    assert _seen(_serve_three(serve), "docs", claims={"open": "true", "level": "5"}) == [1]


@pytest.mark.parametrize("name", ["org_id", "Org-Id", "X-Hasura-Org-Id", "x_hasura_org_id"])
def test_a_claim_is_named_in_any_spelling(name: str, serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_org(doc: type[Doc], me: Me) -> Rule:
        return doc.org == me.claim(name)

    assert _seen(_serve_three(serve), "docs", claims={"org_id": "b"}) == [2]


@pytest.mark.parametrize(
    ("orgs", "found"),
    [(["a", "b"], [1, 2]), ("{a,c}", [1]), ("b", [2]), ([], []), (None, []), ([None, "b"], [2]), (5, [])],
)
def test_a_claim_that_is_a_list_matches_by_its_items(
    orgs: Any, found: list[int], serve: Callable[..., Backend]
) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_orgs(doc: type[Doc], me: Me) -> Rule:
        return doc.org.in_(me.claims("orgs"))

    assert _seen(_serve_three(serve), "docs", claims={"orgs": orgs}) == found


def test_a_list_that_is_absent_matches_nothing(serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_orgs(doc: type[Doc], me: Me) -> Rule:
        return doc.org.in_(me.claims("orgs"))

    assert _seen(_serve_three(serve), "docs", claims={}) == []


def test_items_of_a_list_are_read_as_the_type_that_the_rule_names(
    serve: Callable[..., Backend],
) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_levels(doc: type[Doc], me: Me) -> Rule:
        return doc.level.in_(me.claims("levels", int))

    backend = _serve_three(serve)

    assert _seen(backend, "docs", claims={"levels": [10, "20", "x"]}) == [1, 2]


def test_teams_are_found_by_a_list_of_their_keys(serve: Callable[..., Backend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        team: Mapped[UUID]

    @allow(Paper, "read", to="user")
    def of_my_teams(paper: type[Paper], me: Me) -> Rule:
        return paper.team.in_(me.claims("teams", UUID))

    backend = serve()
    backend.data(f'mutation {{ insertPapers(objects: [{{id: 1, team: "{TEAM}"}}]) {{ affectedRows }} }}')

    assert _seen(backend, "papers", claims={"teams": [str(TEAM), "no uuid"]}) == [1]


def test_the_role_is_a_value_in_rules(serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def named_like_my_role(doc: type[Doc], me: Me) -> Rule:
        return doc.org == me.role

    backend = serve()
    backend.sql("INSERT INTO docs VALUES (1, 'user', NULL, NULL); INSERT INTO docs VALUES (2, 'admin', NULL, NULL)")

    assert _seen(backend, "docs") == [1]


@pytest.mark.parametrize("org", [10, 1.5, True, ["a"], {"a": "a"}, [], "\0"])
def test_what_is_no_text_matches_no_text(org: Any, serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    @allow(Doc, "read", to="user")
    def of_my_org(doc: type[Doc], me: Me) -> Rule:
        return or_(doc.org == me.claim("org"), doc.org == me.claim("org", str), doc.org == me.id)

    assert _seen(_serve_three(serve), "docs", id=org, claims={"org": org}) == []


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"days": ["2024-02-29", "no day"]}, [1]),
        ({"prices": ["1.50", 2.25, "x", None]}, [1, 2]),
        ({"flags": [True]}, [1]),
        ({"flags": ["false", "f"]}, [2]),
        ({"weights": [0.5, "1e1", []]}, [1, 2]),
        ({"moments": ["2024-01-01T12:00:00+01:00"]}, [2]),
        ({"colors": ["red", "pink"]}, [2]),
        ({"levels": [10**18, 2.5]}, [1]),
    ],
)
def test_items_are_read_as_any_type(claims: dict[str, Any], found: list[int], serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]
        day: Mapped[date]
        price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
        flag: Mapped[bool]
        weight: Mapped[float]
        moment: Mapped[datetime]
        color: Mapped[Color]
        level: Mapped[int] = mapped_column(BigInteger)

    @allow(Thing, "read", "create", to="user")
    def claimed(thing: type[Thing], me: Me) -> Rule:
        return or_(
            thing.day.in_(me.claims("days", Date())),
            thing.price.in_(me.claims("prices", Numeric(10, 2))),
            thing.flag.in_(me.claims("flags", bool)),
            thing.weight.in_(me.claims("weights", float)),
            thing.moment.in_(me.claims("moments", DateTime(timezone=True))),
            thing.color.in_(me.claims("colors", Enum(Color, native_enum=False))),
            thing.level.in_(me.claims("levels", int)),
        )

    backend = serve()
    insert = "mutation ($rows: [ThingInsertInput!]!) { insertThings(objects: $rows) { affectedRows } }"
    one = {"id": 1, "day": "2024-02-29", "price": "1.50", "flag": True, "weight": 0.5}
    one |= {"moment": "2024-01-01T12:00:00Z", "color": "blue", "level": str(10**18)}
    two = {"id": 2, "day": "2023-02-28", "price": "2.25", "flag": False, "weight": 10}
    two |= {"moment": "2024-01-01T11:00:00Z", "color": "red", "level": 7}
    rows = [one, two]
    backend.data(insert, rows=rows)

    assert _seen(backend, "things", claims=claims) == found
    backend.data("mutation { deleteThings(where: {}) { affectedRows } }")
    for row in rows:
        answer = backend.ask(insert, role="user", claims=claims, rows=[row])
        assert ("data" in answer) is (row["id"] in found)


@pytest.mark.parametrize("verb", ["insert", "update"])
def test_a_check_reads_the_caller_as_the_columns_type(verb: str, serve: Callable[..., Backend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        level: Mapped[int]
        team: Mapped[UUID]

    @allow(Paper, "read", "write", to="user")
    def mine(paper: type[Paper], me: Me) -> Rule:
        return and_(paper.level == me.id, paper.team == me.claim("team"))

    backend = serve()
    caller: dict[str, Any] = {"role": "user", "id": "7", "claims": {"team": str(TEAM)}}
    insert = "mutation ($row: PaperInsertInput!) { insertPaper(object: $row) { id } }"
    backend.data(insert, row={"id": 1, "level": 7, "team": str(TEAM)}, **caller)
    if verb == "insert":
        answer = backend.ask(insert, row={"id": 2, "level": 8, "team": str(TEAM)}, **caller)
    else:
        update = "mutation ($set: PaperSetInput!) { updatePapers(where: {}, _set: $set) { affectedRows } }"
        assert backend.data(update, set={"level": 7}, **caller) == {"updatePapers": {"affectedRows": 1}}
        answer = backend.ask(update, set={"level": 8}, **caller)

    assert answer["errors"][0]["extensions"]["code"] == "permission-error"


@pytest.mark.parametrize("asked", ["is_not", "ne"])
def test_whether_a_caller_has_an_id_or_claim_can_be_asked(asked: str, serve: Callable[..., Backend]) -> None:
    class Doc(DocColumns, Model):
        pass

    class Ban(Model):
        id: Mapped[IntId]
        holder: Mapped[int]

    def given(value: Any) -> Any:
        return value.is_not(None) if asked == "is_not" else value != None  # noqa: E711

    @allow(Doc, "read", to="user")
    def unbanned(doc: type[Doc], me: Me) -> Rule:
        # Without the first part it holds for callers without an id: no row matches them.
        return and_(given(me.id), ~exists().where(Ban.holder == me.id), or_(doc.id == 1, ~given(me.claim("guest"))))

    backend = _serve_three(serve)
    backend.sql("INSERT INTO bans VALUES (1, 7)")

    seen = [_seen(backend, "docs", id=each) for each in (7, 8, "8", "not a number", None)]
    assert seen == [[], [1, 2, 3], [1, 2, 3], [1, 2, 3], []]
    assert _seen(backend, "docs", id=8, claims={"guest": None}) == [1, 2, 3]
    assert _seen(backend, "docs", id=8, claims={"guest": [1]}) == [1]
