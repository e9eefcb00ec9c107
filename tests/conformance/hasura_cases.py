"""What must a server that speaks Hasura v2's dialect answer: the cases, and how an answer is compared with one expected."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

FOLDER = Path(
    os.environ.get("PORTICO_TEST_HASURA") or Path(__file__).resolve().parents[3] / "shared" / "conformance" / "hasura"
)


@dataclass(frozen=True)
class Case:
    """One case; `document` is what the case file says, `group` the folder it is in."""

    group: Group
    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name of the case."""
        return self.document["id"]

    @property
    def kind(self) -> str:
        """What the case is about: core, naming, geo, …"""
        return self.document["kind"]

    @property
    def writes(self) -> bool:
        """Whether the database may be another one afterwards."""
        if self.document.get("values_setup_sql"):
            return True
        return self.document["op"] == "mutation" or any(
            "mutation" in json.dumps(each) for each in self.document["steps"]
        )


@dataclass(frozen=True)
class Group:
    """Cases over one database and one project."""

    folder: Path

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """Hasura's environment variables."""
        return self._read("group.json").get("settings") or {}

    @cached_property
    def requires(self) -> frozenset[str]:
        """The extensions of Postgres that the database needs."""
        return frozenset(self._read("group.json").get("requires") or ())

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases in order."""
        return tuple(Case(self, each) for each in self._read("cases.json"))

    def _read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())


def groups() -> list[Group]:
    """Every group, by name; none where the cases are not here."""
    folder = FOLDER / "groups"
    return [Group(each) for each in sorted(folder.iterdir())] if folder.exists() else []


# ---- comparison: README of the cases, "Comparison" ----------------------------------------------------


def difference(request: Mapping[str, Any], expected: Mapping[str, Any], status: int, answer: Any) -> str | None:
    """Why an answer is not what is expected; None where it is."""
    if "status" in expected and status != expected["status"]:
        return f"HTTP status {status}, expected {expected['status']}: {_short(answer)}"
    if "allowed" in expected:
        found = [_unequal(request["query"], each, answer) for each in expected["allowed"]]
        return None if None in found else found[0]
    if "outcome" in expected:
        failed = _code(answer) is not None
        return (
            None if failed == (expected["outcome"] == "error") else f"expected {expected['outcome']}: {_short(answer)}"
        )
    if "contains" in expected and not _contains(expected["contains"], answer):
        return f"{_short(answer)} lacks {_short(expected['contains'])}"
    if "lacks" in expected and _contains(expected["lacks"], answer):
        return f"{_short(answer)} has {_short(expected['lacks'])}"
    return _unequal(request["query"], expected["body"], answer) if "body" in expected else None


def same_error(expected: Mapping[str, Any], answer: Any) -> bool:
    """The stricter score: message, path and code of an error, and no other keys."""
    body = expected.get("body")
    if not isinstance(body, dict) or "errors" not in body:
        return True
    stripped = [_without_internal(each) for each in answer.get("errors", ())] if isinstance(answer, dict) else []
    return stripped == [_without_internal(each) for each in body["errors"]] and set(answer) == {"errors"}


def _without_internal(error: Mapping[str, Any]) -> dict[str, Any]:
    extensions = {key: value for key, value in (error.get("extensions") or {}).items() if key != "internal"}
    return {**error, "extensions": extensions}


def _unequal(body: Any, expected: Any, answer: Any) -> str | None:
    if isinstance(body, list):
        if not isinstance(answer, list) or len(answer) != len(expected):
            return f"expected {len(expected)} answers: {_short(answer)}"
        found = [_unequal(*each) for each in zip(body, expected, answer, strict=True)]
        return next((each for each in found if each is not None), None)
    wanted, got = _code(expected), _code(answer)
    if wanted is not None or got is not None:
        return None if wanted == got else f"expected {wanted or _short(expected)}: {_short(answer)}"
    return _differs(expected, answer, Selected.of(body), "$")


def _code(answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return None
    if answer.get("errors"):
        return str((answer["errors"][0].get("extensions") or {}).get("code"))
    return str(answer["code"]) if "code" in answer and "error" in answer else None


class Selected:
    """Which keys of an answer stem from a selection set: there the order counts."""

    def __init__(self, sets: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._fields: dict[str, list[SelectionSetNode]] = {}
        for each in sets:
            self._add(each)

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Selected | None:
        """What a request selects of its whole answer."""
        try:
            document = parse(body["query"])
        except Exception:
            return None
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        wanted = body.get("operationName")
        for each in document.definitions:
            if isinstance(each, OperationDefinitionNode) and (not wanted or (each.name and each.name.value == wanted)):
                made = cls([], fragments)
                made._fields["data"] = [each.selection_set]
                return made
        return None

    def under(self, key: str) -> Selected | None:
        """The same for what stands under a key; None below leaves."""
        sets = self._fields.get(key)
        return Selected(sets, self._fragments) if sets else None

    def _add(self, selection_set: SelectionSetNode) -> None:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                if selection.selection_set is not None:
                    self._fields.setdefault(key, []).append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                self._add(self._fragments[selection.name.value].selection_set)
            elif isinstance(selection, InlineFragmentNode):
                self._add(selection.selection_set)


def _differs(expected: Any, answer: Any, selected: Selected | None, path: str) -> str | None:
    if isinstance(expected, dict) and isinstance(answer, dict):
        return _objects_differ(expected, answer, selected, path)
    if isinstance(expected, list) and isinstance(answer, list):
        if len(expected) != len(answer):
            return f"{path}: {len(answer)} items, expected {len(expected)}: {_short(answer)} / {_short(expected)}"
        found = (
            _differs(a, b, selected, f"{path}[{index}]")
            for index, (a, b) in enumerate(zip(expected, answer, strict=True))
        )
        return next((each for each in found if each is not None), None)
    same = expected == answer and isinstance(expected, bool) == isinstance(answer, bool)
    return None if same else f"{path}: {_short(answer)}, expected {_short(expected)}"


def _objects_differ(
    expected: dict[str, Any], answer: dict[str, Any], selected: Selected | None, path: str
) -> str | None:
    if set(expected) != set(answer) or (selected is not None and path != "$" and list(expected) != list(answer)):
        return f"{path}: keys {list(answer)}, expected {list(expected)}"
    for key, each in expected.items():
        inner = selected.under(key) if selected is not None else None
        if (found := _differs(each, answer[key], inner, f"{path}.{key}")) is not None:
            return found
    return None


def _contains(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _contains(each, whole[key]) for key, each in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(_contains(each, item) for item in whole) for each in part)
    return part == whole


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 300 else text[:300] + "…"


def steps_of(case: Case) -> Iterator[Mapping[str, Any]]:
    """The steps in order."""
    yield from case.document["steps"]
