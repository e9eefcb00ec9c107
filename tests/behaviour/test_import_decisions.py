"""Another importer steers the package: which tables, what they are called in GraphQL, and relations along no foreign key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portico.gateway.importing.database import read_database
from portico.gateway.importing.decisions import Decisions, Relation, TableDecision
from portico.gateway.importing.models_text import attributes_of, class_of, write_package
from portico.schema.declarations import Declarations
from tests.support.backend import Backend, Place
from tests.support.imported import imported

Opened = Callable[..., Backend]


@pytest.fixture
def schema(place: Place) -> str:
    """A small database; its tables' schema, as the records have it."""
    backend = Backend(Declarations(), place, create=False)
    for statement in (
        "CREATE TABLE authors (id integer PRIMARY KEY, full_name text NOT NULL, country text)",
        "CREATE TABLE articles (id integer PRIMARY KEY, title text, author_id integer REFERENCES authors, country text)",
        "CREATE TABLE countries (code text PRIMARY KEY, comment text)",
        "CREATE TABLE secrets (id integer PRIMARY KEY, author_id integer REFERENCES authors)",
        "INSERT INTO authors VALUES (1, 'Alice', 'de'), (2, 'Bob', NULL)",
        "INSERT INTO articles VALUES (1, 'One', 1, 'de'), (2, 'Two', 2, 'fr')",
        "INSERT INTO countries VALUES ('de', 'Germany')",
    ):
        backend.sql(statement)
    backend.close()
    return "" if place.dialect == "sqlite" else "public"


def decided(schema: str) -> Decisions:
    authors, articles, countries = (schema, "authors"), (schema, "articles"), (schema, "countries")
    return Decisions(
        naming="hasura-default",
        tables={
            authors: TableDecision(
                graphql="Writer",
                roots={"select": "allWriters"},
                columns={"full_name": "fullName"},
                relations=(
                    Relation("pieces", articles, (("id", "author_id"),), to_many=True, exact=True),
                    # Along no foreign key, there and to the table itself.
                    Relation("compatriots", articles, (("country", "country"),), to_many=True, exact=True),
                    Relation("like_me", authors, (("country", "country"),), to_many=True, exact=True),
                    Relation("homeCountry", countries, (("country", "code"),), to_many=False, exact=True),
                ),
                description="Who writes.",
            ),
            articles: TableDecision(
                relations=(Relation("class", authors, (("author_id", "id"),), to_many=False, exact=True),),
            ),
            countries: TableDecision(class_name="Land", enum_values={"de": "Germany"}),
        },
        further={"rules.py": '"""Rules."""\n\nfrom . import Article\n\n__all__ = ["Article"]\n'},
    )


def test_exact_names_and_relations_are_served(place: Place, schema: str, tmp_path: Path) -> None:
    backend = Backend(imported(place, tmp_path, decided(schema)), place, naming="hasura-default", create=False)
    try:
        rows = backend.data(
            """{ allWriters(order_by: { id: asc }) {
                __typename fullName pieces { title class { fullName } }
                compatriots { title } like_me { fullName } homeCountry { code }
            } }"""
        )["allWriters"]
        assert rows == [
            {
                "__typename": "Writer",
                "fullName": "Alice",
                "pieces": [{"title": "One", "class": {"fullName": "Alice"}}],
                "compatriots": [{"title": "One"}],
                "like_me": [{"fullName": "Alice"}],
                "homeCountry": {"code": "de"},
            },
            {
                "__typename": "Writer",
                "fullName": "Bob",
                "pieces": [{"title": "Two", "class": {"fullName": "Bob"}}],
                "compatriots": [],
                "like_me": [],
                "homeCountry": None,
            },
        ]
        assert "secrets" not in {table.name for table in backend.catalog.tables.values()}
        (writer,) = [table for table in backend.catalog.tables.values() if table.type_name == "Writer"]
        assert writer.description == "Who writes."
    finally:
        backend.close()


def test_further_modules_are_written_and_imported(place: Place, schema: str, tmp_path: Path) -> None:
    texts = write_package(read_database(place.url), decided(schema))
    assert texts["rules.py"].startswith('"""Rules."""')
    assert "from . import rules" in texts["__init__.py"]
    imported(place, tmp_path, decided(schema))


def test_another_importer_learns_the_names_of_classes_and_attributes(place: Place, schema: str) -> None:
    database = read_database(place.url)
    assert class_of(database, decided(schema))[schema, "countries"][1] == "Land"
    assert attributes_of(database, decided(schema))[schema, "authors"]["full_name"] == "full_name"
