"""The parts that write an import: layout, literals, names, and what SQLite says in CREATE TABLE alone."""

from __future__ import annotations

import re

import pytest

from portico.gateway.importing.database import ColumnType, Database, DatabaseColumn, DatabaseTable
from portico.gateway.importing.decisions import Decisions
from portico.gateway.importing.exact_names import exact_tables
from portico.gateway.importing.hasura_metadata import HasuraProject
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.hasura_rules import rules_text
from portico.gateway.importing.identifiers import attribute_name, free, identifier
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import call, in_tuple, laid_out, quoted
from portico.gateway.importing.rule_expressions import ModelNames
from portico.gateway.importing.sqlite_text import generated_expression


@pytest.mark.parametrize(
    "text", ["plain", "it's", 'a "b"', "both ' and \"", "back\\slash", "two\nlines\t", "名前", "\x00\x7f"]
)
def test_a_literal_is_the_text(text: str) -> None:
    assert eval(quoted(text)) == text


def test_what_fits_is_one_line_and_what_does_not_is_split_at_every_comma() -> None:
    assert laid_out("x = ", call("f", "a", b="1"), 4) == "    x = f(a, b=1)"
    long = call("function", quoted("a" * 40), quoted("b" * 40))
    assert laid_out("x = ", long) == f'x = function(\n    "{"a" * 40}",\n    "{"b" * 40}",\n)'


def test_a_tuple_of_one_is_split_with_what_is_in_it() -> None:
    one = in_tuple([call("function", quoted("a" * 40), quoted("b" * 30))])
    assert laid_out("x = ", one).splitlines()[:3] == ["x = (", "    function(", f'        "{"a" * 40}",']


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("user_id", "user_id"),
        ("CustomerId", "customer_id"),
        ("class", "class_"),
        ("metadata", "metadata_"),
        ("list", "list_"),
        ("weird-col", "weird_col"),
        ("2fa", "_2fa"),
        ("__dunder", "_dunder"),
        ("a__b", "a__b"),
        ("Prénom", "prenom"),
        ("名", "u540d"),
        ("!", "unnamed"),
    ],
)
def test_any_name_is_an_attribute(name: str, attribute: str) -> None:
    assert attribute_name(name) == attribute
    assert identifier(name).isidentifier()


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free("name", ["name", "name_2"]) == "name_3"
    assert free("Name", ["Name"]) == "Name2"


def test_an_import_that_a_column_would_hide_is_renamed() -> None:
    imports = Imports(["text"])
    assert imports.name("sqlalchemy", "text") == "text_"
    assert imports.name("sqlalchemy", "Index") == "Index"
    assert imports.text() == "from sqlalchemy import Index\nfrom sqlalchemy import text as text_"


@pytest.mark.parametrize(
    ("column", "expression"),
    [
        ("full", "first || ' AS (' || \"last, one\""),
        ("half", "(1 + 2) * max(first, 3)"),
        ("first", None),
        ("missing", None),
    ],
)
def test_expressions_of_generated_columns_are_found(column: str, expression: str | None) -> None:
    sql = """CREATE TABLE "t" (first text, -- as (nothing)
        [full] text GENERATED ALWAYS AS (first || ' AS (' || "last, one") STORED,
        half as ((1 + 2) * max(first, 3)) /* as (x) */, CHECK (first <> 'a,b'))"""
    assert generated_expression(sql, column) == expression


@pytest.mark.parametrize(
    ("queries", "subscriptions", "hidden", "is_noted"),
    [
        (None, None, None, False),
        (["select"], None, '["by_key", "aggregate"]', False),
        (None, ["select", "select_by_pk", "select_aggregate", "select_stream"], '["changes"]', False),
        (None, [], '["stream", "changes"]', True),
        ([], ["select_stream"], '["list", "by_key", "aggregate", "changes"]', False),
        (["select"], ["select"], '["by_key", "aggregate", "stream", "changes"]', False),
        ([], ["select"], '["list", "by_key", "aggregate", "stream", "changes"]', True),
    ],
)
def test_root_fields_of_hasura_that_are_not_shown_are_hidden(
    queries: list[str] | None, subscriptions: list[str] | None, hidden: str | None, is_noted: bool
) -> None:
    permission = {"columns": "*", "filter": {}, "allow_aggregations": True}
    permission |= {} if queries is None else {"query_root_fields": queries}
    permission |= {} if subscriptions is None else {"subscription_root_fields": subscriptions}
    entry = {
        "table": {"schema": "public", "name": "posts"},
        "select_permissions": [{"role": "user", "permission": permission}],
    }
    project = HasuraProject((entry,), (), {}, {}, {})
    table = ("public", "posts")
    names = ModelNames(
        {table: ("models", "Post")},
        {table: {}},
        {table: {}},
        {table: DatabaseTable(*table, "table", ())},
        {table: {}},
        {},
    )
    report = Report()

    text = rules_text(project, names, report)
    found = re.search(r"hide=(\[[^]]*\])", text)
    assert (found[1] if found else None) == hidden
    assert bool(report.notes) is is_noted


def test_a_table_keeps_a_name_that_changes_of_another_would_have() -> None:
    column = DatabaseColumn("id", ColumnType("integer", "int4"), nullable=False)
    tables = tuple(DatabaseTable("public", name, "table", (column,)) for name in ("posts", "posts_changes"))
    classes = {("public", "posts"): "Post", ("public", "posts_changes"): "PostsChange"}

    found = exact_tables(tables, classes, Database("postgres", "public", tables), Decisions())
    assert [exact.roots for exact in found.values()] == [{}, {}]
