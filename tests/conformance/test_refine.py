"""refine over Portico: every method of its Hasura provider, in both naming conventions that it has, on both engines."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import pytest

from tests.support.node import Conversation
from tests.support.record_stores import admin_headers, camel, record_store, token_headers
from tests.support.server import Server


class Panel:
    """The provider in one naming convention; columns are written in snake_case here and named by it."""

    def __init__(self, server: Server, provider: Conversation, naming: str) -> None:
        self.naming = naming
        self._url = f"http://127.0.0.1:{server.port}/v1/graphql"
        self._provider = provider

    def column(self, name: str) -> str:
        """A column, or a path of columns, as the convention has it."""
        if self.naming == "hasura-default":
            return name
        return ".".join(camel(part) for part in name.split("."))

    def row(self, **values: Any) -> dict[str, Any]:
        """A row by its columns."""
        return {self.column(name): value for name, value in values.items()}

    def __call__(self, *calls: tuple[str, Mapping[str, Any]], headers: Mapping[str, str] | None = None) -> list[Any]:
        options = {"idType": "Int", "namingConvention": self.naming}
        given = dict(headers or admin_headers())
        return self._provider.ask({"url": self._url, "headers": given, "options": options, "calls": calls})


@pytest.fixture(
    scope="module", params=[(engine, naming) for naming in ("hasura-default", "graphql-default") for engine in ("sqlite", "postgres")],
    ids="-".join,
)  # fmt: skip
def panel(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, refine_provider: Conversation
) -> Generator[Panel]:
    dialect, naming = request.param
    with record_store(dialect, naming, tmp_path_factory.mktemp("store"), request) as server:
        yield Panel(server, refine_provider, naming)


def listed(panel: Panel, filters: Sequence[Mapping[str, Any]] | None = None, **more: Any) -> tuple[str, dict[str, Any]]:
    """A call of getList for tracks by key."""
    sorters = more.pop("sorters", [{"field": "id", "order": "asc"}])
    call = {"resource": "tracks", "sorters": sorters, "meta": {"fields": ["id"]}, **more}
    return "getList", call if filters is None else call | {"filters": filters}


def keys(answer: Any) -> tuple[list[Any], int]:
    """The keys of a page, and how many rows there are in all."""
    return [row["id"] for row in answer["data"]], answer["total"]


def test_a_list_is_sorted_and_paged(panel: Panel) -> None:
    by_name = [{"field": "name", "order": "asc"}]
    by_price = [{"field": panel.column("unit_price"), "order": "desc"}, {"field": "id", "order": "desc"}]
    page, rest, price, everything, plain = panel(
        listed(panel, sorters=by_name, pagination={"currentPage": 1, "pageSize": 2}),
        listed(panel, sorters=by_name, pagination={"currentPage": 2, "pageSize": 3}),
        listed(panel, sorters=by_price),
        listed(panel, [], pagination={"mode": "off"}),
        ("getList", {"resource": "media_types", "meta": {"fields": ["id", "name"]}}),
    )
    assert keys(page) == ([4, 3], 4)
    assert keys(rest) == ([2], 4)
    assert keys(price)[0][0] == 2
    assert keys(everything) == ([1, 2, 3, 4], 4)
    assert plain == {"data": [{"id": 1, "name": "FLAC"}], "total": 1}


@pytest.mark.parametrize(
    ("field", "operator", "value", "found"),
    [
        ("genre_id", "eq", "1", [1, 3]),
        ("genre_id", "ne", 1, [2, 4]),
        ("milliseconds", "gte", "187000", [1, 2, 3]),
        ("unit_price", "lt", 1.49, [1, 3]),
        ("id", "in", ["1", 4], [1, 4]),
        ("id", "nin", ["1", "4"], [2, 3]),
        ("name", "contains", "iGHt", [1]),
        ("name", "ncontains", "night", [2, 3, 4]),
        ("name", "containss", "ight", [1]),
        ("name", "ncontainss", "Night", [1, 2, 3, 4]),
        ("composer", "null", True, [2]),
        ("composer", "nnull", None, [1, 3, 4]),
        ("album.title", "contains", "train", [1, 3]),
        ("album.artist.name", "eq", "Quiet Engines", [2, 4]),
    ],
)
def test_filters(field: str, operator: str, value: Any, found: list[int], panel: Panel) -> None:
    (answer,) = panel(listed(panel, [{"field": panel.column(field), "operator": operator, "value": value}]))
    assert keys(answer) == (found, len(found))


def test_filters_are_joined(panel: Panel) -> None:
    genre = {"field": panel.column("genre_id"), "operator": "eq", "value": 2}
    river = {"field": "name", "operator": "eq", "value": "River"}
    midnight = {"field": "name", "operator": "eq", "value": "Midnight"}
    either, nested = panel(
        listed(panel, [{"operator": "or", "value": [river, midnight]}]),
        listed(panel, [genre, {"operator": "or", "value": [midnight, {"operator": "and", "value": [river, genre]}]}]),
    )
    assert keys(either) == ([1, 2], 2)
    assert keys(nested) == ([2], 1)


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [("startswith", "mid", [1]), ("endswith", "ER", [2]), ("startswiths", "Mid", [1]), ("endswiths", "er", [2])],
)
def test_filters_by_patterns_that_only_postgres_has(
    operator: str, value: str, found: list[int], panel: Panel, request: pytest.FixtureRequest
) -> None:
    (answer,) = panel(listed(panel, [{"field": "name", "operator": operator, "value": value}]))
    if "sqlite" in request.node.name:
        assert answer["code"] == "validation-failed"
    else:
        assert keys(answer) == (found, 1)


def test_one_and_many(panel: Panel) -> None:
    nested = ["id", "title", {"artist": ["name"]}, {"tracks": ["id"]}]
    one, none, many = panel(
        ("getOne", {"resource": "albums", "id": "1", "meta": {"fields": nested}}),
        ("getOne", {"resource": "albums", "id": 99, "meta": {"fields": ["id"]}}),
        ("getMany", {"resource": "albums", "ids": ["3", 1], "meta": {"fields": ["id"]}}),
    )
    assert one == {
        "data": {"id": 1, "title": "Night Train", "artist": {"name": "Cold Lanterns"}, "tracks": [{"id": 1}]}
    }
    assert none == {"data": None}
    assert sorted(row["id"] for row in many["data"]) == [1, 3]


def test_a_row_lives_from_create_to_delete(panel: Panel) -> None:
    track = panel.row(name="New", album_id="1", genre_id=2, media_type_id=1, milliseconds=1, bytes=2, unit_price="0.49")
    composer, price, fields = "composer", panel.column("unit_price"), {"fields": ["id", "composer"]}
    (created,) = panel(("create", {"resource": "tracks", "variables": track}))
    key = created["data"]["id"]
    assert created["data"] == track | {"id": key, panel.column("album_id"): 1, price: 0.49}
    updated, nulled, many, deleted, gone = panel(
        ("update", {"resource": "tracks", "id": str(key), "variables": {composer: "Cleo", price: 1.25}, "meta": {"fields": ["id", composer, price]}}),
        ("update", {"resource": "tracks", "id": key, "variables": {composer: None}, "meta": fields}),
        ("updateMany", {"resource": "tracks", "ids": [str(key), key], "variables": {composer: "Dora"}, "meta": {"fields": [composer]}}),
        ("deleteOne", {"resource": "tracks", "id": str(key), "meta": fields}),
        ("deleteOne", {"resource": "tracks", "id": key}),
    )  # fmt: skip
    assert updated == {"data": {"id": key, composer: "Cleo", price: 1.25}}
    assert nulled == {"data": {"id": key, composer: None}}
    assert many == {"data": [{"id": key, composer: "Dora"}]}
    assert deleted == {"data": {"id": key, composer: "Dora"}}
    assert gone == {"data": None}


def test_many_are_created_and_deleted_at_once(panel: Panel) -> None:
    (created,) = panel(("createMany", {"resource": "media_types", "variables": [{"name": "a"}, {"name": "b"}], "meta": {"fields": ["name"]}}))  # fmt: skip
    keys = [row["id"] for row in created["data"]]
    assert [row["name"] for row in created["data"]] == ["a", "b"]
    deleted, none = panel(
        ("deleteMany", {"resource": "media_types", "ids": [str(key) for key in keys]}),
        ("deleteMany", {"resource": "media_types", "ids": []}),
    )
    assert sorted(row["id"] for row in deleted["data"]) == keys
    assert none == {"data": []}


def test_a_query_of_the_authors_own_with_the_panels_variables(panel: Panel) -> None:
    if panel.naming == "hasura-default":
        arguments, exp, root = "order_by: $order_by", "$order_by: [tracks_order_by!]", "tracks_aggregate"
        where = "$where: tracks_bool_exp"
    else:
        arguments, exp, root = "orderBy: $orderBy", "$orderBy: [TracksOrderBy!]", "tracksAggregate"
        where = "$where: TracksBoolExp"
    document = f"""
        query Mine({where}, {exp}, $limit: Int, $offset: Int) {{
          tracks(where: $where, {arguments}, limit: $limit, offset: $offset) {{ id }}
          {root}(where: $where) {{ aggregate {{ count }} }}
        }}"""
    filters = [{"field": "composer", "operator": "eq", "value": "Ada"}]
    (answer,) = panel(listed(panel, filters, meta={"gqlQuery": document}))
    assert keys(answer) == ([1, 4], 2)


@pytest.mark.parametrize("credentials", [admin_headers, token_headers], ids=["secret", "token"])
def test_a_panel_of_one_role(credentials: Any, panel: Panel) -> None:
    mine, moved, hidden, refused = panel(
        ("getList", {"resource": "invoices", "meta": {"fields": ["id", "total"]}}),
        ("updateMany", {"resource": "customers", "ids": ["1", "2"], "variables": {"phone": "1"}}),
        ("getOne", {"resource": "invoices", "id": "2", "meta": {"fields": ["id"]}}),
        ("create", {"resource": "invoices", "variables": {"total": 1}}),
        headers=credentials("customer", customer_id="1"),
    )
    assert mine == {"data": [{"id": 1, "total": 2.98}], "total": 1}
    assert moved == {"data": [{"id": 1}]}
    assert hidden == {"data": None}
    assert refused["code"] == "validation-failed"
