"""Laying SQL out: the same tokens in the same order, over lines that begin with clauses."""

from __future__ import annotations

import re

import pytest

from portico.resolvers.sql.pretty import WIDTH, pretty

STATEMENTS = {
    "short": "SELECT a, b FROM t WHERE a = $1",
    "texts": "SELECT 'it''s (', \"odd \"\"name\" FROM t WHERE a = 'FROM x WHERE'",
    "nested": "SELECT (SELECT count(*) FROM u WHERE u.a = t.a AND u.b IN (SELECT c FROM v)) FROM t ORDER BY a DESC",
    "upsert": "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a",
    "json": "SELECT '{\"x\":' || coalesce(json_extract(t.d, '$.a')::text, 'null') || '}' FROM t WHERE d @> $1::jsonb",
    "long list": "SELECT " + ", ".join(f"column_{n}" for n in range(60)) + " FROM t",
    "long or": "SELECT a FROM t WHERE " + " OR ".join(f"(a = ${n} AND b <> {n})" for n in range(1, 40)),
    "case": "SELECT CASE WHEN a THEN " + " || ".join("'piece'" for _ in range(30)) + " ELSE b END FROM t",
    "empty parentheses": "SELECT now() FROM t WHERE a IN ()",
    "groups": "SELECT a, count(*) FROM t WHERE b = $1 GROUP BY a HAVING (count(*) > 2) AND (max(b) < 3) ORDER BY a LIMIT 1",
    "delete": "WITH gone AS (DELETE FROM t WHERE a = $1 RETURNING a) SELECT count(*) FROM gone LIMIT 1",
}


def tokens(sql: str) -> str:
    """What the database reads: the text without white space outside of quotes."""
    return "".join(re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\s]", sql))


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_tokens_stay_as_they_are(name: str) -> None:
    assert tokens(pretty(STATEMENTS[name])) == tokens(STATEMENTS[name])


@pytest.mark.parametrize("name", STATEMENTS)
def test_laying_out_again_changes_nothing(name: str) -> None:
    assert pretty(pretty(STATEMENTS[name])) == pretty(STATEMENTS[name])


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_line_is_longer_than_the_width(name: str) -> None:
    text = pretty(STATEMENTS[name])
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.endswith("\n")
    assert text == "\n".join(line.rstrip() for line in text.split("\n"))


def test_clauses_begin_lines_and_inner_statements_are_indented() -> None:
    assert pretty(STATEMENTS["nested"]) == (
        "SELECT (\n"
        "  SELECT count(*)\n"
        "  FROM u\n"
        "  WHERE u.a = t.a\n"
        "    AND u.b IN (\n"
        "      SELECT c\n"
        "      FROM v\n"
        "    )\n"
        ")\n"
        "FROM t\n"
        "ORDER BY a DESC\n"
    )


def test_names_that_look_like_clauses_are_names() -> None:
    assert pretty("SELECT t.limit FROM t") == "SELECT t.limit\nFROM t\n"
    assert pretty("SELECT a FROM t FOR UPDATE OF t").splitlines()[-1] == "FOR UPDATE OF t"
