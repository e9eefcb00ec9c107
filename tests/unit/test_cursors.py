"""Cursors and paths: what is read, and that everything else is refused as never having been one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portico.resolvers.plan.cursors import MAX_CURSOR_CHARACTERS, BadCursor, decode_cursor
from portico.resolvers.plan.paths import MAX_STEPS, path_keys, sqlite_path


def encoded(items: Any) -> str:
    return json.dumps(items).encode().hex()


@pytest.mark.parametrize("items", [["mark"], ["mark", 1, None, True, "ä🎈"], ["mark", 2**63, [1, 2]]], ids=str)
def test_a_cursor_gives_back_its_values(items: list[Any]) -> None:
    assert decode_cursor(encoded(items)) == items
    assert decode_cursor(encoded(items).upper()) == items


def test_fractions_keep_their_digits() -> None:
    assert decode_cursor(b'["mark",0.1000000000000000055,1e400]'.hex()) == ["mark", "0.1000000000000000055", "1e400"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "5b",
        "5b5",
        encoded([]),
        encoded({}),
        encoded("mark"),
        encoded(None),
        encoded(["mark", {}]),
        encoded(["mark", [[1]]]),
        b"\xff\xfe".hex(),
        ("[" * 3_000).encode().hex(),
        ("9" * 3_999).encode().hex(),
        encoded(["m"]) + " " * MAX_CURSOR_CHARACTERS,
        None,
        7,
        ["5b5d"],
    ],
    ids=lambda each: repr(each)[:20],
)
def test_what_was_never_a_cursor_is_refused(text: Any) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("$", []),
        ("", []),
        ("a", ["a"]),
        ("$.a.b", ["a", "b"]),
        ("a[0].b", ["a", "0", "b"]),
        ("$[3]", ["3"]),
        ("$['a.b']", ["a.b"]),
        ('$["two words"].x', ["two words", "x"]),
        (" $.a ", ["a"]),
    ],
)
def test_a_path_is_read_into_its_keys(path: str, keys: list[str]) -> None:
    assert path_keys(path) == keys


@pytest.mark.parametrize("path", ["$.", "a..b", "a[", "a[x]", "a]", "$.a'", "." * 5, "a" + ".a" * MAX_STEPS])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="expected a path"):
        path_keys(path)


def test_a_key_cannot_end_the_text_of_a_path_on_sqlite() -> None:
    assert sqlite_path("$.a[0]['b c']") == '$."a"[0]."b c"'
    with pytest.raises(ValueError, match="expected a path"):
        sqlite_path("$['a\".b']")
