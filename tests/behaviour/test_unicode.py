"""Does text come through as it was sent: other scripts, characters beyond 16 bits, quotes, controls, and names in code."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow, everyone
from tests.support.backend import Backend

TEXTS = [
    "",
    " ",
    "naïve café",
    "Ελληνικά русский 中文 العربية עברית",
    "😀👩‍👩‍👧‍👦🇪🇺",
    "e\u0301 is not \u00e9",
    "\u200b\u200e\u202e\ufeff",
    "\u2028\u2029\u0085",
    "\ufffd\uffff\U0010ffff",
    "tab\tnewline\nreturn\rbell\x07escape\x1bdelete\x7f",
    "quote\" apostrophe' backslash\\ slash/ backtick`",
    "'; DROP TABLE texts; --",
    '","injected":"yes',
    "%s %(x)s {x} $1 :x ?",
    "</script><!--",
]


@pytest.fixture
def texts(serve: Callable[..., Backend]) -> Backend:
    class Text(Model):
        id: Mapped[IntId]
        value: Mapped[str]

    allow(Text, "all", when=everyone)
    return serve()


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_text_comes_back_as_it_was_sent(text: str, texts: Backend) -> None:
    written = texts.data("mutation ($t: String!) { insertText(object: {id: 1, value: $t}) { value } }", t=text)
    literal = json.dumps(text)

    assert written == {"insertText": {"value": text}}
    assert texts.data("query ($t: String!) { texts(where: {value: {_eq: $t}}) { value } }", t=text) == {
        "texts": [{"value": text}]
    }
    # JSON's escapes are GraphQL's, but for pairs of surrogates and the slash.
    assert texts.data(f"{{ texts(where: {{value: {{_in: [{literal}]}}}}) {{ value }} }}") == {
        "texts": [{"value": text}]
    }


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_a_nul_is_refused_before_the_database_sees_it(text: str, texts: Backend) -> None:
    error = texts.error("mutation ($t: String!) { insertText(object: {value: $t}) { id } }", t=text)

    assert error["extensions"]["problem"] == "PT104"


def test_block_strings_are_texts(texts: Backend) -> None:
    data = texts.data('mutation { insertText(object: {value: """\n    two\n      lines "quoted"\n  """}) { value } }')

    assert data == {"insertText": {"value": 'two\n  lines "quoted"'}}


def test_a_cursor_holds_any_text(texts: Backend) -> None:
    rows = [{"value": text} for text in TEXTS]
    texts.data("mutation ($rows: [TextInsertInput!]!) { insertTexts(objects: $rows) { affectedRows } }", rows=rows)
    ask = "query ($after: String) { textsConnection(first: 1, after: $after, orderBy: {value: ASC}) { nodes { value } pageInfo { endCursor hasNextPage } } }"
    seen: list[str] = []
    after = None
    for _ in range(len(TEXTS) + 1):
        page = texts.data(ask, after=after)["textsConnection"]
        seen += [row["value"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == sorted(TEXTS)


def test_patterns_count_characters_not_bytes(texts: Backend) -> None:
    texts.data('mutation { insertTexts(objects: [{value: "é"}, {value: "😀"}, {value: "ab"}]) { affectedRows } }')

    assert texts.data('{ texts(where: {value: {_like: "_"}}, orderBy: {id: ASC}) { value } }') == {
        "texts": [{"value": "é"}, {"value": "😀"}]
    }


@pytest.mark.parametrize(
    ("pattern", "on_sqlite", "on_postgres"),
    [
        ("ÉMILE", True, True),
        ("Émile", True, True),
        ("éMILE", False, True),
        ("%MILE", True, True),
        ("_MILE", True, True),
    ],
)
def test_case_is_ignored_in_the_latin_alphabet_on_sqlite_and_in_every_script_on_postgres(
    pattern: str, on_sqlite: bool, on_postgres: bool, texts: Backend
) -> None:
    # SQLite's lower() knows ASCII only, and a Python function in its place takes 16 µs a row where the process
    # is busy, since it waits for the interpreter's lock each time (docs/types.md).
    texts.data('mutation { insertText(object: {value: "Émile"}) { id } }')
    found = texts.data("query ($p: String!) { texts(where: {value: {_ilike: $p}}) { value } }", p=pattern)

    assert bool(found["texts"]) is (on_sqlite if texts.place.dialect == "sqlite" else on_postgres)


def test_a_documents_own_text_may_hold_anything(texts: Backend) -> None:
    assert texts.data('# ümläut "comment" 1 2 3\n{ texts { id } } # "unfinished') == {"texts": []}
    assert texts.error("{ tëxts { id } }")["extensions"]["problem"] == "PT101"
    assert texts.error('{ texts(where: {value: {_eq: "\ud800"}}) { id } }')["extensions"]["problem"] == "PT101"
