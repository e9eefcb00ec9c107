"""The Hasura project of examples/moving_from_hasura: its migrations run, and its metadata speaks of what they make."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from portico.gateway.importing.database import read_database
from portico.gateway.importing.enum_rows import read_enum_values
from portico.gateway.importing.hasura import import_hasura
from portico.gateway.importing.hasura_metadata import name_of, read_project
from portico.gateway.loading import load_models
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database

BEFORE = Path(__file__).resolve().parents[2] / "examples" / "moving_from_hasura" / "before"
COLUMNS = "SELECT table_name, array_agg(column_name::text) AS names FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"  # fmt: skip


def read(file: Path) -> Any:
    """A YAML file with what it includes."""
    return resolve(yaml.safe_load(file.read_text()), file.parent)


def resolve(value: Any, folder: Path) -> Any:
    match value:
        case str() if value.startswith("!include "):
            return read(folder / value.removeprefix("!include "))
        case list():
            return [resolve(each, folder) for each in value]
        case dict():
            return {name: resolve(each, folder) for name, each in value.items()}
        case _:
            return value


async def load(url: str) -> Mapping[str, list[str]]:
    connection = await asyncpg.connect(url)
    try:
        for file in [*sorted(BEFORE.glob("migrations/default/*/up.sql")), *sorted(BEFORE.glob("seeds/default/*.sql"))]:
            await connection.execute(file.read_text())
        return {row["table_name"]: row["names"] for row in await connection.fetch(COLUMNS)}
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def columns(postgres: str) -> Generator[Mapping[str, list[str]]]:
    """The columns of each table that the migrations make."""
    with fresh_database(postgres) as url:
        yield asyncio.run(load(url))


@pytest.fixture(scope="module")
def tables() -> Mapping[str, Any]:
    (database,) = read(BEFORE / "metadata" / "databases" / "databases.yaml")
    return {each["table"]["name"]: each for each in database["tables"]}


def test_every_table_is_tracked(columns: Mapping[str, list[str]], tables: Mapping[str, Any]) -> None:
    assert set(tables) == set(columns)
    assert len(tables) == 8


def test_the_permissions_name_columns_that_there_are(
    columns: Mapping[str, list[str]], tables: Mapping[str, Any]
) -> None:
    for name, table in tables.items():
        for verb in ("select", "insert", "update"):
            for each in table.get(f"{verb}_permissions", ()):
                named = each["permission"]["columns"]
                known = set(columns[name])
                assert named == "*" or set(named) <= known, (name, verb, each["role"])
                assert set(each["permission"].get("set", ())) <= known


def test_it_has_what_a_grown_project_has(tables: Mapping[str, Any]) -> None:
    roles = {each["role"] for table in tables.values() for each in table.get("select_permissions", ())}
    assert roles == {"anonymous", "customer", "staff"}
    (inherited,) = read(BEFORE / "metadata" / "inherited_roles.yaml")
    assert set(inherited["role_set"]) <= roles
    assert tables["order_status"]["is_enum"]
    assert tables["orders"]["event_triggers"][0]["name"] == "order_placed"
    assert read(BEFORE / "metadata" / "actions.yaml")["actions"][0]["name"] == "checkout"


# ---- after -------------------------------------------------------------------------------------------

AFTER = BEFORE.parent / "after"
OWN_ORDERS = "{ orders(order_by: {id: asc}) { id status } plants(limit: 1) { name average_stars } }"


@pytest.fixture
def shop(postgres: str) -> Generator[str]:
    """The shop's database."""
    with fresh_database(postgres) as url:
        asyncio.run(load(url))
        yield url


def test_what_is_after_is_what_the_importer_makes_of_what_is_before(shop: str) -> None:
    project, database = read_project(BEFORE / "metadata"), read_database(shop)
    enums = [name_of(table["table"]) for table in project.tables if table.get("is_enum")]
    imported = import_hasura(project, database, read_enum_values(shop, database, enums))
    assert imported.report.refusals == []
    assert {path: (AFTER / "models" / path).read_text() for path in imported.package} == imported.package


def test_roles_see_after_what_they_saw_before(shop: str) -> None:
    backend = Backend(load_models(AFTER / "models"), Place("postgres", shop), naming="hasura-default", create=False)
    try:
        someone = backend.data("{ orders(limit: 1, order_by: {id: asc}) { customer_id } }")["orders"][0]["customer_id"]
        mine = backend.data(OWN_ORDERS, role="customer", id=str(someone))
        assert mine["plants"][0]["name"]
        every = backend.data("{ orders { id } }")["orders"]
        assert 0 < len(mine["orders"]) < len(every)
        assert backend.error("{ orders { id } }", role="anonymous")["extensions"]["code"] == "validation-failed"
        document = "mutation { update_orders(where: {}, _set: {status: sent}) { affected_rows } }"
        assert "update_orders" in backend.error(document, role="staff_on_duty")["message"]
    finally:
        backend.close()
