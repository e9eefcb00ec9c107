"""Admin panels and columns that are more than numbers and texts: UUIDs, JSON, days, moments, big numbers, enums."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from tests.support.node import Conversation
from tests.support.postgres import fresh_database
from tests.support.record_stores import admin_headers
from tests.support.server import Server, served

PAGE = {"pagination": {"page": 1, "perPage": 10}, "sort": {"field": "title", "order": "ASC"}, "filter": {}}
MODELS = '''"""A desk: tickets with a column of every kind."""
import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from sqlalchemy import BigInteger, Numeric
from sqlalchemy.orm import Mapped, mapped_column
from portico.schema import Id, Model, Now, allow, everyone

class State(enum.Enum):
    OPEN = "open"
    DONE = "done"

class Ticket(Model):
    id: Mapped[Id]
    title: Mapped[str]
    state: Mapped[State | None]
    due: Mapped[date | None]
    seen_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    weight: Mapped[float | None]
    is_urgent: Mapped[bool | None]
    details: Mapped[dict[str, Any] | None]
    created_at: Mapped[Now]

allow(Ticket, "all", when=everyone)
'''
TICKET: dict[str, Any] = {
    "title": "Broken \"quotes\" and 'more'", "state": "OPEN", "due": "2026-03-01", "seen_at": "2026-03-01T10:20:30.5+00:00",
    "size": 2**40, "price": "12.5", "weight": 0.25, "is_urgent": False, "details": {"tags": ["a", {"b": None}], "n": 1.5},
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    folder = tmp_path_factory.mktemp("desk")
    settings = {"naming": "hasura-default", "introspection": ["admin", "anonymous"]}
    if request.param == "sqlite":
        with served(folder, MODELS, f"sqlite:///{folder / 'desk.db'}", settings=settings) as server:
            yield server
        return
    with (
        fresh_database(request.getfixturevalue("postgres")) as url,
        served(folder, MODELS, url, settings=settings) as server,
    ):
        yield server


Ask = Callable[..., list[Any]]


@pytest.fixture
def react_admin(desk: Server, react_admin_provider: Conversation) -> Ask:
    """Calls methods of react-admin's provider."""
    asked = {"server": str(desk.folder), "url": _url(desk), "headers": dict(admin_headers())}
    return lambda *calls: react_admin_provider.ask({**asked, "calls": calls})


@pytest.fixture
def refine(desk: Server, refine_provider: Conversation) -> Ask:
    """Calls methods of refine's provider."""
    asked = {"url": _url(desk), "headers": dict(admin_headers()), "options": {}}
    return lambda *calls: refine_provider.ask({**asked, "calls": calls})


def _url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/v1/graphql"


@pytest.fixture
def ticket(react_admin: Ask) -> dict[str, Any]:
    """A row that react-admin made."""
    (created,) = react_admin(("create", "tickets", {"data": TICKET}))
    return created["data"]


def test_what_is_written_comes_back(ticket: dict[str, Any]) -> None:
    assert len(ticket["id"]) == 36
    assert ticket["created_at"].endswith("+00:00")
    assert float(ticket["price"]) == 12.5
    assert {name: ticket[name] for name in TICKET if name != "price"} == {
        name: value for name, value in TICKET.items() if name != "price"
    }


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({"title": "QUOTES\""}, True),
        ({"state": "OPEN"}, True),
        ({"state@_in": ["DONE"]}, False),
        ({"due": "2026-03-01"}, True),
        ({"due@_gt": "2026-03-01"}, False),
        ({"seen_at@_gte": "2026-03-01T10:20:30"}, True),
        ({"seen_at@_lt": "2026-03-01"}, False),
        ({"created_at@_gte": "2020-01-01"}, True),
        ({"created_at@_lte": "2020-01-01T00:00:00.000Z"}, False),
        ({"size": str(2**40)}, True),
        ({"price@_gte": "12.50"}, True),
        ({"weight@_lt": "0.3"}, True),
        ({"is_urgent": False}, True),
        ({"is_urgent": True}, False),
        ({"details@_is_null": False}, True),
    ],
)  # fmt: skip
def test_rows_are_found_by_every_kind(filters: Any, matches: bool, ticket: dict[str, Any], react_admin: Ask) -> None:
    (found,) = react_admin(("getList", "tickets", PAGE | {"filter": filters | {"ids": [ticket["id"]]}}))  # fmt: skip
    assert found.get("total") == (1 if matches else 0), found


def test_json_is_searched_on_postgres_alone(
    ticket: dict[str, Any], react_admin: Ask, request: pytest.FixtureRequest
) -> None:
    filters = {"details": '{"tags": ["a"]}', "ids": [ticket["id"]]}
    (found,) = react_admin(("getList", "tickets", PAGE | {"filter": filters}))
    if "sqlite" in request.node.name:
        assert found["code"] == "validation-failed"
    else:
        assert found["total"] == 1


def test_a_day_that_was_emptied_is_null(ticket: dict[str, Any], react_admin: Ask) -> None:
    change = {name: None for name in TICKET if name not in ("title", "due")} | {"due": "", "details": {"only": []}}
    (updated,) = react_admin(("update", "tickets", {"id": ticket["id"], "data": change, "previousData": ticket}))  # fmt: skip
    assert updated["data"] == ticket | change | {"due": None}


def test_refine_takes_keys_for_uuids_unless_told_otherwise(ticket: dict[str, Any], refine: Ask) -> None:
    key = ticket["id"]
    one, many, updated, deleted = refine(
        ("getOne", {"resource": "tickets", "id": key, "meta": {"fields": ["id", "details", "size"]}}),
        ("getMany", {"resource": "tickets", "ids": [key], "meta": {"fields": ["id"]}}),
        ("update", {"resource": "tickets", "id": key, "variables": {"details": None, "due": "2027-01-01"}, "meta": {"fields": ["due", "details"]}}),
        ("deleteOne", {"resource": "tickets", "id": key}),
    )  # fmt: skip
    assert one["data"] == {"id": key, "details": TICKET["details"], "size": 2**40}
    assert many["data"] == [{"id": key}]
    assert updated["data"] == {"due": "2027-01-01", "details": None}
    assert deleted["data"] == {"id": key}
