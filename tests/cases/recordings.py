"""How are answers and statements recorded and compared: JSON with exact numbers, SQL laid out over lines."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from portico.resolvers.sql.pretty import pretty

KINDS = frozenset({"json", "sql"})


class Recording:
    """
    What a run writes instead of comparing: `PORTICO_TEST_RECORD=all`, `json` or `sql`.

    Raises:
        ValueError: another word, or recording where it must not be: a machine that records approves of itself.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        wanted = environment.get("PORTICO_TEST_RECORD", "")
        if wanted and environment.get("CI"):
            raise ValueError("CI compares with what is recorded; it does not record")
        if wanted not in ("", "all", *KINDS):
            raise ValueError(f"PORTICO_TEST_RECORD is all, json or sql, not {wanted!r}")
        self.kinds = KINDS if wanted == "all" else KINDS & {wanted}

    def check_json(self, path: Path, body: bytes, *, measure: bool = True) -> None:
        """
        The answer is what the file says, number for number.

        Args:
            measure: this engine's answer may be recorded; any other must be the same also while recording.
        """
        answer = _read(body)
        if "json" in self.kinds and measure:
            # Only what differs is written: 1 and 1.0 are one number, and engines write either.
            if not path.exists() or _read(path.read_bytes()) != answer:
                path.write_text(_written(json.loads(body, parse_float=_Number)) + "\n")
            return
        assert path.exists(), f"{path.name} is not recorded: make record"
        assert answer == _read(path.read_bytes()), _difference(path.read_bytes(), body)

    def check_sql(self, path: Path, statements: Iterable[str]) -> None:
        """The statements are those of the file; there is no file where there are none."""
        text = "\n".join(map(pretty, statements))
        if "sql" in self.kinds:
            if text:
                path.write_text(text)
            else:
                path.unlink(missing_ok=True)
            return
        recorded = path.read_text() if path.exists() else ""
        assert text == recorded


def _difference(recorded: bytes, answer: bytes) -> str:
    """The lines that differ; with them numbers that differ in writing alone, which are equal."""
    before, after = (_written(json.loads(each, parse_float=_Number)).split("\n") for each in (recorded, answer))
    return "\n".join(["", *difflib.unified_diff(before, after, "recorded", "answered", lineterm="")])


class _Number(str):
    """A number with a fraction, as the database wrote it."""


def _read(body: bytes) -> Any:
    # Python's float would take 0.1 and 0.1000000000000000055 for one number.
    return json.loads(body, parse_float=Decimal)


def _written(value: Any, indent: str = "") -> str:
    """JSON as a person would lay it out: short values on one line, numbers as they came."""
    short = _on_one_line(value)
    if len(indent) + len(short) <= 100 or not isinstance(value, dict | list):
        return short
    deeper = indent + "  "
    if isinstance(value, dict):
        members: dict[str, Any] = value
        inner = [
            f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_written(each, deeper)}" for key, each in members.items()
        ]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    items: list[Any] = value
    return "[\n" + ",\n".join(deeper + _written(each, deeper) for each in items) + f"\n{indent}]"


def _on_one_line(value: Any) -> str:
    match value:
        case _Number():
            return str(value)
        case dict():
            members: dict[str, Any] = value
            inner = ", ".join(
                f"{json.dumps(key, ensure_ascii=False)}: {_on_one_line(each)}" for key, each in members.items()
            )
            return f"{{{inner}}}"
        case list():
            items: list[Any] = value
            return f"[{', '.join(map(_on_one_line, items))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
