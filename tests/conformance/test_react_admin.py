"""react-admin over Portico: every method of its Hasura provider, as admin panels send them, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import pytest

from tests.support.node import Conversation
from tests.support.record_stores import admin_headers, record_store, token_headers
from tests.support.server import Server

PAGE = {"pagination": {"page": 1, "perPage": 10}, "sort": {"field": "id", "order": "ASC"}, "filter": {}}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    with record_store(request.param, "hasura-default", tmp_path_factory.mktemp("store"), request) as server:
        yield server


class Panel:
    """The provider under one caller's headers."""

    def __init__(self, server: Server, provider: Conversation, headers: Mapping[str, str]) -> None:
        self._provider = provider
        url = f"http://127.0.0.1:{server.port}/v1/graphql"
        self._question = {"server": str(server.folder), "url": url, "headers": dict(headers)}

    def __call__(self, *calls: tuple[str, str, Mapping[str, Any]]) -> list[Any]:
        return self._provider.ask({**self._question, "calls": calls})


@pytest.fixture
def admin(store: Server, react_admin_provider: Conversation) -> Panel:
    return Panel(store, react_admin_provider, admin_headers())


def ids(answer: Any) -> tuple[list[Any], int]:
    """The keys of a page, and how many rows there are in all."""
    return [row["id"] for row in answer["data"]], answer["total"]


def test_a_list_is_filtered_sorted_and_paged(admin: Panel) -> None:
    page, rest, cold, everything = admin(
        (
            "getList",
            "tracks",
            PAGE | {"pagination": {"page": 1, "perPage": 2}, "sort": {"field": "name", "order": "ASC"}},
        ),
        (
            "getList",
            "tracks",
            PAGE | {"pagination": {"page": 2, "perPage": 3}, "sort": {"field": "name", "order": "ASC"}},
        ),
        ("getList", "artists", PAGE | {"filter": {"name": "cOLD"}}),
        ("getList", "tracks", PAGE | {"pagination": {"page": 1, "perPage": -1}}),
    )
    assert ids(page) == ([4, 3], 4)
    assert ids(rest) == ([2], 4)
    assert cold == {"data": [{"id": 1, "name": "Cold Lanterns"}, {"id": 3, "name": "Cold Harbour"}], "total": 2}
    assert ids(everything) == ([1, 2, 3, 4], 4)
    assert everything["data"][1] == {
        "id": 2, "name": "River", "album_id": 2, "media_type_id": 1, "genre_id": 2, "composer": None,
        "milliseconds": 187_000, "bytes": 1_000, "unit_price": 1.99,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"genre_id": "1"}, [1, 3]),
        ({"genre_id": ["1", 2]}, [1, 2, 3, 4]),
        ({"ids": ["4", "1"]}, [1, 4]),
        ({"unit_price@_gt": "0.99"}, [2, 4]),
        ({"unit_price": 0.99}, [1, 3]),
        ({"milliseconds@_gte": "187000", "milliseconds@_lt": 402000}, [1, 2]),
        ({"composer@_is_null": True}, [2]),
        ({"name@_like": "River"}, [2]),
        ({"name@_nin": ["River", "Midnight"]}, [3, 4]),
        ({"album#title@_ilike": "train"}, [1, 3]),
        ({"album#artist#name@_ilike": "quiet"}, [2, 4]),
        ({"album#artist_id": "1", "genre_id": 1}, [1, 3]),
        ({"name@_ilike,album#title@_ilike": "harbour"}, [2, 4]),
        ({"name@_ilike,album#title@_ilike": "harbour", "genre_id": "2", "name@_neq": "River"}, [4]),
        ({"album": {"format": "hasura-raw-query", "value": {"_not": {"title": {"_eq": "Night Train"}}}}}, [2, 3, 4]),
        ({"sales@{}": None}, []),
    ],
)  # fmt: skip
def test_filters_as_the_panel_spells_them(filters: Mapping[str, Any], found: list[int], admin: Panel) -> None:
    (answer,) = admin(("getList", "tracks", PAGE | {"filter": filters}))
    assert ids(answer) == (found, len(found))


@pytest.mark.parametrize(
    ("field", "order", "found"),
    [
        ("composer@nulls_first", "ASC", 2),
        ("composer@nulls_last", "DESC", 3),
        ("composer,milliseconds", "ASC,DESC", 1),
        ("album.artist.name,id", "DESC,DESC", 4),
        ("genre.tracks_aggregate.max.milliseconds,id", "desc,asc", 1),
    ],
)
def test_sorting_by_several_by_relations_and_by_aggregates(field: str, order: str, found: int, admin: Panel) -> None:
    (answer,) = admin(("getList", "tracks", PAGE | {"sort": {"field": field, "order": order}}))
    assert answer["data"][0]["id"] == found


def test_distinct_rows_are_listed_and_counted(admin: Panel) -> None:
    (answer,) = admin(("getList", "tracks", PAGE | {"sort": {"field": "genre_id,id", "order": "ASC,ASC"}, "filter": {"distinct_on": "genre_id"}}))  # fmt: skip
    assert ids(answer) == ([1, 2], 2)


def test_one_many_and_what_refers_to_one(admin: Panel) -> None:
    one, many, albums, filtered, far = admin(
        ("getOne", "albums", {"id": "2"}),
        ("getMany", "albums", {"ids": ["3", 1]}),
        ("getManyReference", "albums", PAGE | {"target": "artist_id", "id": "1"}),
        ("getManyReference", "albums", PAGE | {"target": "artist_id", "id": 1, "filter": {"title": "night"}}),
        ("getManyReference", "tracks", PAGE | {"target": "album.artist_id", "id": "1", "filter": {}}),
    )
    assert one == {"data": {"id": 2, "title": "Golden Harbour", "artist_id": 2}}
    assert sorted(row["id"] for row in many["data"]) == [1, 3]
    assert ids(albums) == ([1, 3], 2)
    assert ids(filtered) == ([1], 1)
    assert ids(far) == ([1, 3], 2)


def test_a_row_lives_from_create_to_delete(admin: Panel) -> None:
    track = {"name": "New", "album_id": "1", "genre_id": "2", "media_type_id": 1, "milliseconds": 1, "bytes": 2, "unit_price": "0.49"}  # fmt: skip
    (created,) = admin(("create", "tracks", {"data": track | {"nothing_of_the_kind": 1}}))
    row = created["data"]
    assert row == track | {"id": row["id"], "album_id": 1, "genre_id": 2, "unit_price": 0.49, "composer": None}
    key = str(row["id"])
    updated, same, nulled, many, deleted, gone = admin(
        (
            "update",
            "tracks",
            {"id": key, "data": row | {"composer": "Cleo", "unit_price": "1.25"}, "previousData": row},
        ),
        ("update", "tracks", {"id": key, "data": row, "previousData": row}),
        ("update", "tracks", {"id": key, "data": {"composer": None}, "previousData": {"composer": "Cleo"}}),
        ("updateMany", "tracks", {"ids": [key], "data": {"composer": "Dora", "genre_id": "1"}}),
        ("delete", "tracks", {"id": key}),
        ("getMany", "tracks", {"ids": [key]}),
    )
    assert updated == {"data": row | {"composer": "Cleo", "unit_price": 1.25}}
    assert same == {"data": None}  # as Hasura has it: nothing was set, so nothing was updated
    assert nulled == {"data": row | {"unit_price": 1.25}}
    assert many == {"data": [row["id"]]}
    assert deleted == {"data": row | {"composer": "Dora", "unit_price": 1.25, "genre_id": 1}}
    assert gone == {"data": []}


def test_many_are_deleted_at_once(admin: Panel) -> None:
    first, second = admin(*(("create", "artists", {"data": {"name": "Short-lived"}}) for _ in range(2)))
    keys = [first["data"]["id"], second["data"]["id"]]
    deleted, none = admin(
        ("deleteMany", "artists", {"ids": [str(key) for key in keys]}), ("deleteMany", "artists", {"ids": []})
    )
    assert sorted(deleted["data"]) == sorted(keys)
    assert none == {"data": []}


@pytest.mark.parametrize("credentials", [admin_headers, token_headers], ids=["secret", "token"])
def test_a_panel_of_one_role_has_its_rows_and_fields(
    credentials: Callable[..., dict[str, str]], store: Server, react_admin_provider: Conversation
) -> None:
    panel = Panel(store, react_admin_provider, credentials("customer", customer_id="1"))
    invoices, me, moved, employees, refused = panel(
        ("getList", "invoices", PAGE),
        ("getOne", "customers", {"id": "1"}),
        # The panel sends the whole row; what the role may not set is left out, as the schema says.
        ("update", "customers", {"id": "1", "data": {"first_name": "Eve", "phone": "1"}, "previousData": {}}),
        ("getList", "employees", PAGE | {"sort": {"field": "email", "order": "ASC"}}),
        ("create", "invoices", {"data": {"customer_id": 1}}),
    )
    assert ids(invoices) == ([1], 1)
    assert me["data"]["email"] == "iris@mail.example"
    assert (moved["data"]["first_name"], moved["data"]["phone"]) == ("Iris", "1")
    assert employees["data"] == [{"first_name": "Ada", "last_name": "Keller", "email": "ada@store.example"}]
    assert "No query or mutation matching fetch type CREATE" in refused["message"]


def test_errors_are_told_as_the_panel_expects_them(admin: Panel) -> None:
    taken, text, unknown = admin(
        ("create", "customers", {"data": {"first_name": "I", "last_name": "N", "email": "iris@mail.example", "city": "G", "country": "A"}}),
        ("getList", "tracks", PAGE | {"filter": {"id": "one"}}),
        ("getList", "tracks", PAGE | {"filter": {"name@_sounds_like": "x"}}),
    )  # fmt: skip
    assert taken["message"].startswith("Uniqueness violation. ")
    assert (taken["code"], text["code"], unknown["code"]) == ("constraint-violation", "validation-failed", "validation-failed")  # fmt: skip
