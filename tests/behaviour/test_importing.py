"""An existing database becomes models that say what it has, serve all of it, and leave nothing for a migration to do."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from portico.gateway.importing.database import Database, read_database
from portico.gateway.importing.models_text import write_package
from portico.gateway.loading import load_models
from portico.gateway.migrating import missing
from portico.gateway.settings import Settings
from portico.schema.declarations import Declarations
from portico.schema.infos import view_verbs_in
from portico.schema.names import CONVENTIONS, Convention
from tests.support.backend import Backend, Place, sqlite_place
from tests.support.imported import connected, found_again, imported, questions, run_ruff
from tests.support.old_shop import DEPARTMENTS, fill_postgres, fill_sqlite
from tests.support.postgres import fresh_database
from tests.support.system_postgres import SystemPostgres

# SQLAlchemy has yet to say which operators its type for money has.
pytestmark = pytest.mark.filterwarnings("ignore:Type object .*MONEY")
# Columns of domains, which the models have as what these are domains of.
DOMAINS = {"address", "amount", "a_domain", "a_domain_of_domain", "some_emails"}
RULES = "F,E,W,I,UP,N,B,A,C4,PIE,SIM,RUF"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Place]:
    """The old shop on each engine; nothing writes to it."""
    if request.param == "sqlite":
        place = sqlite_place(tmp_path_factory.mktemp("shop"))
        fill_sqlite(Path(place.url.removeprefix("sqlite:///")))
        yield place
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        fill_postgres(url)
        yield Place("postgres", url)


@pytest.fixture(scope="module")
def database(shop: Place) -> Database:
    return read_database(shop.url)


@pytest.fixture(scope="module")
def package(shop: Place, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the models."""
    folder = tmp_path_factory.mktemp("written")
    imported(shop, folder)
    return folder / "models"


@pytest.fixture(scope="module")
def models(shop: Place, package: Path) -> Declarations:
    return load_models(package, shop.url)


@pytest.fixture(scope="module")
def backend(shop: Place, models: Declarations) -> Generator[Backend]:
    """The models being served, under plain names."""
    with closing(Backend(models, shop, create=False)) as made:
        yield made


@pytest.fixture(scope="module")
def text(package: Path) -> str:
    """All modules of tables after another."""
    return "\n".join(file.read_text() for file in sorted(package.glob("*.py")))


def settings(shop: Place) -> Settings:
    return Settings(database_url=shop.url)


def test_more_than_two_hundred_tables_are_imported(database: Database, models: Declarations) -> None:
    assert len(database.tables) >= 200
    empty = [table for table in database.tables if not table.columns]
    assert len(models.models) == len(database.tables) - len(empty)


def test_the_same_database_gives_the_same_bytes(shop: Place, database: Database) -> None:
    assert write_package(database) == write_package(read_database(shop.url))


def test_nothing_is_exposed(models: Declarations) -> None:
    assert models.rules == []


@pytest.mark.parametrize("width", ["88", "120"])
def test_the_text_is_as_formatters_and_linters_have_it(package: Path, width: str) -> None:
    assert run_ruff(package, "format", "--check", "--diff", f"--line-length={width}") == ""
    # Long texts of SQL, and names that fill a line by themselves, cannot be broken.
    assert run_ruff(package, "check", f"--select={RULES}", "--ignore=E501", f"--line-length={width}") == ""


@pytest.mark.parametrize("naming", CONVENTIONS)
def test_every_table_is_served(shop: Place, models: Declarations, naming: Convention) -> None:
    backend = Backend(models, shop, naming=naming, create=False)
    try:
        # Names of the departments' tables are made as those of one of them are.
        asked = [each for each in questions(backend) if naming == "plain" or not each[0].startswith(DEPARTMENTS[1:])]
        failed = {table: answer for table, question in asked if "errors" in (answer := backend.ask(question))}
        assert failed == {}
        assert naming != "plain" or len(asked) >= 200
    finally:
        backend.close()


def test_rows_are_found_by_their_values(backend: Backend) -> None:
    # What has no equality in its database, is no single value, or was not written as SQLAlchemy writes it.
    excepted = {"a_json", "a_pair", "a_matrix", "some_emails", "an_hstore", "a_time", "a_datetime", "a_timestamp"}
    for name in ("users", "everything", "My Table"):
        table = next(each for each in backend.catalog.tables.values() if each.sql.name == name)
        missed = {
            column.name: (value, found)
            for column, value, found in found_again(backend, table)
            if found not in (1, 2) and column.name not in excepted
        }
        assert missed == {}


async def _lacking(models: Declarations, shop: Place) -> list[str]:
    """What the models need and the database lacks, but for Portico's own tables."""
    return [each for each in await missing(models, settings(shop), Path("/")) if "portico_" not in each]


def test_a_migration_has_nothing_to_do(shop: Place, models: Declarations, backend: Backend) -> None:
    assert backend.run(_lacking(models, shop)) == []


def test_alembic_sees_no_difference_but_domains(shop: Place, models: Declarations) -> None:
    metadata = models.registry.metadata
    names = {(table.schema, table.name) for table in metadata.tables.values()}

    def include(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if "portico_" in str(name):
            return False
        if kind == "foreign_key_constraint":
            return (thing.referred_table.schema, thing.referred_table.name) in names
        return kind != "table" or (view_verbs_in(thing.info) is None and not (reflected and other is None))

    def compare(connection: Connection) -> list[Any]:
        options = {"include_schemas": shop.dialect == "postgres", "include_object": include, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = connected(shop, compare)
    steps = [step for each in found for step in (each if isinstance(each, list) else [each])]
    if shop.dialect == "postgres":
        assert {(step[0], step[3]) for step in steps} == {("modify_type", column) for column in DOMAINS}
    else:
        # SQLite calls keys nullable, and has unique constraints without names.
        assert {step[0] for step in steps} <= {"modify_nullable", "add_constraint"}


def test_names_of_python_and_graphql_are_found_for_any_name(backend: Backend) -> None:
    (row,) = backend.data(
        '{ users(where: { class: { _eq: "x" } }) { class order metadata registry _2fa weirdCol_2 prenom } }'
    )["users"]
    assert row["class"] == "x"
    assert row["weirdCol_2"] == "weird"
    assert backend.data("{ MyTable { user { name } } }") == {"MyTable": [{"user": {"name": "one"}}]}


def test_relations_have_names_that_tell_them_apart(text: str) -> None:
    for line in (
        'parent: Mapped["Category | None"] = relationship(',
        'children: Mapped[list["Category"]] = relationship(',
        'mirror_category: Mapped["Category | None"] = relationship(',
        'categories_by_mirror: Mapped[list["Category"]] = relationship(',
        'manager: Mapped["Users | None"] = relationship(',
        'user_profile: Mapped["UserProfile | None"] = relationship(',
        'loyalty: Mapped["Loyalty | None"] = relationship(',
    ):
        assert line in text, line


def test_a_table_without_a_key_has_no_fields_by_key(backend: Backend) -> None:
    assert backend.data("{ noKey { a b } }") == {"noKey": [{"a": 1, "b": "x"}] * 2}
    assert "noKeyByPk" not in str(backend.data("{ __schema { queryType { fields { name } } } }"))


@pytest.mark.parametrize("shop", ["postgres"], indirect=True)
def test_what_only_postgres_has_is_written(database: Database, text: str) -> None:
    kinds = {table.full_name: table.kind for table in database.tables}
    assert kinds["sales", "events"] == "partitioned table"
    assert ("sales", "events_2025") not in kinds
    assert kinds["sales", "order_counts"] == "materialized view"
    for line in (
        'COLOR = Enum("red", "green", "very blue", name="color", inherit_schema=False)',
        'ORDER_STATUS = Enum("draft", "paid", "shipped", name="order_status", schema="sales")',
        "id: Mapped[int] = mapped_column(BigInteger, Identity(always=True",
        "price * quantity::numeric",
        'DatabaseType("hr.money_range")',
        '"comment": "What was bought."',
        'postgresql_ops={"metadata": "jsonb_path_ops"}',
        'postgresql_include=["text", "date"]',
        '"info": view(insert=True, update=True, delete=True)',
        '"info": view()',
        'foreign_keys="Order.billing_address_id"',
        'orders_by_shipping_address: Mapped[list["Order"]]',
        "if TYPE_CHECKING:",
    ):
        assert (
            line.replace("mapped_column", "mapped_column_") in text or line in text or _folded(line) in _folded(text)
        ), line


def _folded(text: str) -> str:
    """Without what lines and trailing commas make of it."""
    return "".join(text.split()).replace(",)", ")").replace(",}", "}").replace("mapped_column_(", "mapped_column(")


@pytest.mark.parametrize("shop", ["postgres"], indirect=True)
def test_functions_are_read_with_the_tables_whose_rows_they_return(database: Database) -> None:
    (function,) = [each for each in database.functions if each.name == "open_orders"]
    assert [(each.name, each.type, each.has_default) for each in function.arguments] == [
        ("of_tenant", "uuid", False),
        ("at_least", "numeric", True),
    ]
    assert (function.table, function.returns_set, function.volatility) == (("sales", "orders"), True, "stable")
    assert function.comment == "Orders of a tenant."


def test_types_of_extensions_pass_through(extended_postgres: SystemPostgres, tmp_path: Path) -> None:
    assert extended_postgres.url is not None
    with fresh_database(extended_postgres.url, template=extended_postgres.template) as url:
        fill_postgres(url, extensions=True)
        place = Place("postgres", url)
        backend = Backend(imported(place, tmp_path), place, create=False)
        try:
            answer = backend.data("{ places { name path facts position anything names mails { address } } }")
            assert answer["places"][0]["path"] == "top.here"
            assert answer["places"][0]["mails"] == [{"address": "A@b"}]
            assert "spatialRefSys" not in str([table.roots for table in backend.catalog.tables.values()])
            assert backend.run(_lacking(backend.declarations, place)) == []
        finally:
            backend.close()
