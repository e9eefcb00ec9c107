"""Do pages visit every row once, in the order of the list: whatever it is, both ways, with ties and nulls."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone
from tests.support.backend import Backend


class Color(enum.Enum):
    """Ordered by name."""

    RED = "r"
    BLUE = "b"


@pytest.fixture
def things(serve: Callable[..., Backend]) -> Backend:
    class Box(Model):
        id: Mapped[IntId]
        name: Mapped[str | None]
        things: Mapped[list[Thing]] = relationship(back_populates="box")

    class Thing(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]
        whole: Mapped[int | None]
        big: Mapped[int | None] = mapped_column(BigInteger)
        exact: Mapped[Decimal | None]
        money: Mapped[Decimal | None] = mapped_column(Numeric(24, 4))
        real: Mapped[float | None]
        day: Mapped[date | None]
        hour: Mapped[time | None]
        moment: Mapped[datetime | None]
        uuid: Mapped[UUID | None]
        flag: Mapped[bool | None]
        color: Mapped[Color | None]
        raw: Mapped[bytes | None]
        words: Mapped[list[str] | None]
        box_id: Mapped[int | None] = mapped_column(ForeignKey(Box.id))
        box: Mapped[Box | None] = relationship(back_populates="things")

    for model in (Box, Thing):
        allow(model, "all", when=everyone)
    backend = serve()
    backend.data(
        'mutation { insertBoxes(objects: [{id: 1, name: "b"}, {id: 2, name: "a"}, {id: 3}]) { affectedRows } }'
    )
    backend.data("mutation ($rows: [ThingInsertInput!]!) { insertThings(objects: $rows) { affectedRows } }", rows=ROWS)
    return backend


_SECOND = datetime(2024, 1, 1, 12, 0, 0, tzinfo=UTC)
# Neighbours differ by the least that their type can: a cursor that rounds would stand between two rows.
ROWS: list[dict[str, Any]] = [
    {
        "id": 1, "text": "a", "whole": 1, "big": 2**62 + 1, "exact": "12345678901234567890.1", "money": "12345678901234567.0001",
        "real": 0.1, "day": "2024-01-01", "hour": "12:00", "moment": _SECOND.isoformat(), "flag": True, "color": "RED",
        "uuid": "00000000-0000-0000-0000-000000000001", "raw": "\\x00", "words": ["a"], "boxId": 1,
    },
    {
        "id": 2, "text": "a", "whole": 1, "big": 2**62 + 2, "exact": "12345678901234567890.2", "money": "12345678901234567.0002",
        "real": 0.30000000000000004, "day": "2024-01-02", "hour": "12:00:00.000001", "flag": False, "color": "BLUE",
        "moment": _SECOND.replace(microsecond=1).isoformat(), "uuid": "00000000-0000-0000-0000-000000000002",
        "raw": "\\x0000", "words": ["a", "b"], "boxId": 1,
    },
    {
        "id": 3, "text": "A", "whole": 2, "big": 2**62 + 3, "exact": "0.1", "money": "0.1", "real": 0.3, "day": "0001-01-01",
        "hour": "00:00", "moment": "0001-01-01T00:00:00Z", "flag": True, "color": "RED",
        "uuid": "ffffffff-0000-0000-0000-000000000000", "raw": "\\xff", "words": [], "boxId": 2,
    },
    {"id": 4},
    {"id": 5, "text": "é", "whole": -5, "big": -1, "exact": "-1e-9", "money": "-1", "real": -1e300, "boxId": 3},
    {"id": 6},
    {"id": 7, "text": "", "whole": 1, "real": 1e22, "flag": False, "boxId": 2},
]  # fmt: skip


def _walk(backend: Backend, order: str, size: int, *, backward: bool = False) -> list[int]:
    """The ids of all pages in order, at most a few times as many as there are rows."""
    arguments, flag, cursor = ("last", "before", "startCursor") if backward else ("first", "after", "endCursor")
    has_more = "hasPreviousPage" if backward else "hasNextPage"
    ask = (
        f"query ($at: String) {{ thingsConnection({arguments}: {size}, {flag}: $at, orderBy: {order})"
        f" {{ nodes {{ id }} pageInfo {{ {has_more} {cursor} }} }} }}"
    )
    seen: list[int] = []
    at = None
    for _ in range(3 * len(ROWS)):
        page = backend.data(ask, at=at)["thingsConnection"]
        ids = [row["id"] for row in page["nodes"]]
        seen = ids + seen if backward else seen + ids
        at = page["pageInfo"][cursor]
        if not page["pageInfo"][has_more]:
            break
    return seen


@pytest.mark.parametrize(
    "column",
    [
        "text",
        "whole",
        "big",
        "exact",
        "money",
        "real",
        "day",
        "hour",
        "moment",
        "uuid",
        "flag",
        "color",
        "raw",
        "words",
        "id",
    ],
)
def test_pages_visit_every_row_once_whatever_they_are_ordered_by(column: str, things: Backend) -> None:
    if column == "words" and things.place.dialect == "sqlite":
        # Lists are JSON texts there, which would sort by their signs.
        assert "words" in things.error("{ things(orderBy: {words: ASC}) { id } }")["message"]
        return
    for direction in ("ASC", "DESC", "ASC_NULLS_FIRST", "DESC_NULLS_LAST"):
        order = f"[{{{column}: {direction}}}, {{id: ASC}}]"
        whole = [row["id"] for row in things.data(f"{{ things(orderBy: {order}) {{ id }} }}")["things"]]

        assert _walk(things, order, 1) == whole
        assert _walk(things, order, 2, backward=True) == whole


@pytest.mark.parametrize(
    "order",
    [
        "[{whole: ASC}, {text: DESC}]",
        "[{whole: DESC_NULLS_LAST}, {flag: ASC_NULLS_FIRST}, {text: ASC}]",
        "[{flag: DESC}, {id: DESC}]",
        "[{box: {name: ASC}}, {whole: DESC}]",
        "[{box: {name: DESC_NULLS_LAST}}, {id: DESC}]",
        "[{box: {thingsAggregate: {count: DESC}}}, {id: ASC}]",
        "[{box: {thingsAggregate: {max: {whole: ASC_NULLS_FIRST}}}}, {text: ASC}]",
    ],
)
def test_pages_visit_every_row_once_in_mixed_orders(order: str, things: Backend) -> None:
    total = order[:-1] + ", {id: ASC}]"
    whole = [row["id"] for row in things.data(f"{{ things(orderBy: {total}) {{ id }} }}")["things"]]

    for size in (1, 3, 7, 10):
        assert _walk(things, order, size) == whole
        assert _walk(things, order, size, backward=True) == whole


def test_pages_are_ordered_by_the_key_where_nothing_is_said(things: Backend) -> None:
    assert _walk(things, "null", 2) == [1, 2, 3, 4, 5, 6, 7]


def test_a_page_of_a_relation_stays_within_it(things: Backend) -> None:
    ask = (
        "query ($after: String) { box(id: 1) { thingsConnection(first: 1, after: $after)"
        " { nodes { id } pageInfo { endCursor hasNextPage } totalCount } } }"
    )
    first = things.data(ask)["box"]["thingsConnection"]
    second = things.data(ask, after=first["pageInfo"]["endCursor"])["box"]["thingsConnection"]

    assert ([row["id"] for row in first["nodes"]], first["totalCount"]) == ([1], 2)
    assert [row["id"] for row in second["nodes"]] == [2]
    assert not second["pageInfo"]["hasNextPage"]


def test_rows_inserted_before_a_cursor_do_not_shift_the_next_page(things: Backend) -> None:
    ask = "query ($after: String) { thingsConnection(first: 2, after: $after, orderBy: {id: DESC}) { nodes { id } pageInfo { endCursor } } }"
    after = things.data(ask)["thingsConnection"]["pageInfo"]["endCursor"]
    things.data("mutation { insertThing(object: {id: 100}) { id } deleteThing(id: 7) { id } }")

    assert things.data(ask, after=after)["thingsConnection"]["nodes"] == [{"id": 5}, {"id": 4}]


@pytest.mark.parametrize("cursor", ["", "x", "00", "5b5d", "5b315d", "5b7b7d5d", "ff" * 5000])
def test_what_was_never_a_cursor_is_refused(cursor: str, things: Backend) -> None:
    ask = "query ($after: String) { thingsConnection(first: 1, after: $after) { nodes { id } } }"

    assert things.error(ask, after=cursor)["extensions"]["code"] == "validation-failed"


def test_a_cursor_of_another_list_is_refused(things: Backend) -> None:
    cursor = things.data("{ boxesConnection(first: 1) { pageInfo { endCursor } } }")["boxesConnection"]["pageInfo"][
        "endCursor"
    ]
    ask = "query ($after: String) { thingsConnection(first: 1, after: $after) { nodes { id } } }"

    assert "cursor belongs to another list" in things.error(ask, after=cursor)["message"]


def test_a_refused_cursor_has_its_own_code(things: Backend) -> None:
    ask = "query ($after: String) { thingsConnection(first: 1, after: $after) { nodes { id } } }"

    assert things.error(ask, after="x")["extensions"]["problem"] == "PT106"


@pytest.mark.parametrize("where", ["{}", "{id: {_lt: 0}}"])
def test_a_page_of_which_nothing_is_asked_that_its_rows_say(where: str, things: Backend) -> None:
    ask = f"thingsConnection(first: 5, where: {where})"
    count = 7 if where == "{}" else 0

    assert things.data(f"{{ a: {ask} {{ totalCount }} b: {ask} {{ __typename pageInfo {{ hasPreviousPage }} }} }}") == {
        "a": {"totalCount": count},
        "b": {"__typename": "ThingConnection", "pageInfo": {"hasPreviousPage": False}},
    }
    assert things.data("{ boxes(where: {id: {_eq: 1}}) { thingsConnection { totalCount } } }") == {
        "boxes": [{"thingsConnection": {"totalCount": 2}}]
    }


def test_a_page_of_no_rows_has_no_cursors(things: Backend) -> None:
    info = "nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }"
    pages = things.data(f"{{ a: thingsConnection(first: 0) {{ {info} }} b: thingsConnection(last: 0) {{ {info} }} }}")

    assert pages["a"] == {
        "nodes": [],
        "pageInfo": {"startCursor": None, "endCursor": None, "hasNextPage": True, "hasPreviousPage": False},
    }
    assert pages["b"] == {
        "nodes": [],
        "pageInfo": {"startCursor": None, "endCursor": None, "hasNextPage": False, "hasPreviousPage": True},
    }
