"""What is a recorded case: a document with its models, caller and variables in the comments that open it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portico.schema.names import CONVENTIONS, Convention
from portico.schema.scalars import DialectName

FOLDER = Path(__file__).parent
ENGINES: tuple[DialectName, ...] = ("postgres", "sqlite")

_HEADER = re.compile(r"#\s*([a-z][a-z ]*?)\s*:\s*(.*)")
_OPERATION = re.compile(r"^\s*(?:query|mutation|subscription)\s+(\w+)", re.MULTILINE)
_KNOWN = frozenset(
    {"models", "as", "variables", "naming", "only on", "differs", "broken on sqlite", "broken on postgres"}
)


@dataclass(frozen=True)
class Case:
    """
    One `.graphql` file.

    Its comments say `models:` a module of `tests/cases/models`; `as:` one of that module's callers; and, where
    they matter, `variables:` a JSON object; `naming:` a convention; `only on:` the one engine that has the
    feature; `differs:` why SQLite's answer is another, which stands in `.sqlite.json`; `broken on <engine>:`
    what is wrong there, which makes the test of that engine an expected failure.

    A document of several operations runs them in order and answers by operation name.
    """

    path: Path
    text: str
    models: str
    caller: str
    variables: Mapping[str, Any]
    naming: Convention
    engines: tuple[DialectName, ...]
    differs: str | None
    broken: Mapping[DialectName, str] = field(default_factory=dict[DialectName, str])

    @property
    def name(self) -> str:
        """`topic/name`."""
        return str(self.path.relative_to(FOLDER).with_suffix(""))

    @property
    def operations(self) -> list[str]:
        """The names of the operations, in order; empty for a document of one without a name."""
        return _OPERATION.findall(self.text)

    @property
    def writes(self) -> bool:
        """Whether the seeded rows have to be put back."""
        return re.search(r"^\s*mutation\b", self.text, re.MULTILINE) is not None

    @property
    def measures(self) -> Sequence[DialectName]:
        """The engines whose answers are recorded: the first that works, and SQLite too where it differs."""
        working: list[DialectName] = [engine for engine in self.engines if engine not in self.broken]
        return working if self.differs else working[:1]

    def json_path(self, engine: DialectName) -> Path:
        """Where the answer is recorded."""
        return self.path.with_suffix(".sqlite.json" if engine == "sqlite" and self.differs else ".json")

    def sql_path(self, engine: DialectName) -> Path:
        """Where the statements are recorded."""
        return self.path.with_suffix(f".{engine}.sql")


def cases() -> Iterator[Case]:
    """Every case below this folder, in order of its path."""
    for path in sorted(FOLDER.glob("*/*.graphql")):
        yield read_case(path)


def read_case(path: Path) -> Case:
    """
    The case in a file.

    Raises:
        ValueError: a comment of its head says something that no case has.
    """
    text = path.read_text()
    said = dict(_comments(text))
    if unknown := said.keys() - _KNOWN:
        raise ValueError(f"{path}: a case does not say {sorted(unknown)[0]!r}")
    naming = said.get("naming", "plain")
    if naming not in CONVENTIONS:
        raise ValueError(f"{path}: there is no naming {naming!r}")
    only = said.get("only on")
    return Case(
        path=path,
        text=text,
        models=said["models"],
        caller=said.get("as", "admin"),
        variables=json.loads(said.get("variables", "{}")),
        naming=naming,
        engines=tuple(engine for engine in ENGINES if only in (None, engine)),
        differs=said.get("differs"),
        broken={engine: said[f"broken on {engine}"] for engine in ENGINES if f"broken on {engine}" in said},
    )


def _comments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):  # splitlines() would also split at U+2028 inside a variable
        if not line.startswith("#"):
            return
        if (match := _HEADER.fullmatch(line)) is not None:
            yield match[1], match[2]
