"""How does a statement look to a reader: clauses on lines of their own, sub-selects indented, long lists broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 110
_STEP = "  "

_TOKEN = re.compile(
    r"""'(?:[^']|'')*'          # text
      | "(?:[^"]|"")*"          # quoted name
      | \$\d+                   # parameter of Postgres
      | \w+                     # word or number
      | ::|\|\||->>|->|\#>>|\#>|\#-|<=|>=|<>|!=|@>|<@|\?\||\?&|~\*|!~\*|!~
      | \S                      # any other sign
    """,
    re.VERBOSE,
)

# Each begins a line, at the level of its statement; the longest that fits is taken.
_CLAUSES = tuple(
    tuple(clause.split())
    for clause in (
        "LEFT OUTER JOIN", "ON CONFLICT", "DELETE FROM", "INSERT INTO", "GROUP BY", "ORDER BY", "FOR UPDATE",
        "RETURNING", "HAVING", "SELECT", "VALUES", "OFFSET", "UPDATE", "LIMIT", "WHERE", "FROM", "JOIN", "WITH", "SET",
    )
)  # fmt: skip
_STATEMENTS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
# Where a line that is too long may be broken, the loosest first. A comma stays at the end of its line.
_BREAKS: tuple[tuple[str, ...], ...] = (
    (",",), ("OR",), ("AND",), ("||",), ("WHEN", "ELSE", "END"), ("THEN",), ("ON",),
)  # fmt: skip
_NO_SPACE_BEFORE = frozenset([",", ")", ".", "::", "[", "]", ";"])
_NO_SPACE_AFTER = frozenset(["(", ".", "::", "[", "$"])
# Words before a parenthesis that are not the names of functions.
_NO_FUNCTIONS = frozenset(
    [
        "AND", "OR", "NOT", "IN", "AS", "ON", "WHERE", "SELECT", "VALUES", "FROM", "JOIN", "WHEN", "THEN", "ELSE",
        "EXISTS", "OVER", "HAVING", "SET", "CONFLICT", "BY", "IS", "LIKE", "GLOB", "UPDATE", "DISTINCT", "RETURNING",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class _Group:
    """What stands between parentheses."""

    parts: tuple[_Part, ...]

    @property
    def is_statement(self) -> bool:
        return bool(self.parts) and self.parts[0] in _STATEMENTS


_Part: TypeAlias = str | _Group


def pretty(sql: str) -> str:
    """
    The same tokens in the same order, laid out over lines.

    The text is a function of the statement alone, so that recorded statements change only where SQL does.
    """
    parts = _grouped(iter(_TOKEN.findall(sql)))
    return "\n".join(_statement(parts, "")) + "\n"


def _grouped(tokens: Iterator[str]) -> tuple[_Part, ...]:
    """Tokens up to the closing parenthesis, those in parentheses as groups."""
    found: list[_Part] = []
    for word in tokens:
        if word == ")":
            break
        found.append(_Group(_grouped(tokens)) if word == "(" else word)
    return tuple(found)


def _statement(parts: Sequence[_Part], indent: str) -> Iterator[str]:
    for clause in _clauses(parts):
        yield from _lines(clause, indent)


def _clauses(parts: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    """A statement cut before each of its clauses."""
    start = position = 0
    while position < len(parts):
        length = _clause_at(parts, position)
        if length and position > start:
            yield parts[start:position]
            start = position
        position += length or 1
    if start < len(parts):
        yield parts[start:]


def _clause_at(parts: Sequence[_Part], position: int) -> int:
    """How many words the clause that begins here takes; 0 where none begins."""
    # DO UPDATE SET is one phrase, and a name may be qualified into looking like a clause: t.limit.
    if position and parts[position - 1] in (".", "DO", "FOR"):
        return 0
    for clause in _CLAUSES:
        if tuple(parts[position : position + len(clause)]) == clause:
            return len(clause)
    return 0


def _lines(parts: Sequence[_Part], indent: str) -> Iterator[str]:
    """One line where it fits; else broken at its loosest sign, or inside its groups."""
    line = indent + _flat(parts)
    if len(line) <= WIDTH and not any(_has_statement(part) for part in parts):
        yield line
        return
    for signs in _BREAKS:
        pieces = _broken(parts, signs)
        if len(pieces) > 1:
            yield from _filled(pieces, indent) if signs == (",",) else _stacked(pieces, indent)
            return
    yield from _opened(parts, indent)


def _stacked(pieces: Sequence[Sequence[_Part]], indent: str) -> Iterator[str]:
    """A line for each piece, the END of a CASE below its beginning."""
    yield from _lines(pieces[0], indent)
    for piece in pieces[1:]:
        yield from _lines(piece, indent if piece[0] == "END" else indent + _STEP)


def _filled(pieces: Sequence[Sequence[_Part]], indent: str) -> Iterator[str]:
    """As many items of a list on a line as fit; items after a clause's own word hang below it."""
    hanging = indent + _STEP if _clause_at(pieces[0], 0) else indent
    line: list[_Part] = list(pieces[0])
    at = indent
    for piece in pieces[1:]:
        if any(_has_statement(part) for part in (*line, *piece)) or len(at + _flat([*line, *piece])) > WIDTH:
            yield from _lines(line, at)
            line, at = list(piece), hanging
        else:
            line += piece
    yield from _lines(line, at)


def _has_statement(part: _Part) -> bool:
    return isinstance(part, _Group) and (part.is_statement or any(_has_statement(each) for each in part.parts))


def _broken(parts: Sequence[_Part], signs: tuple[str, ...]) -> list[Sequence[_Part]]:
    found: list[Sequence[_Part]] = []
    start = 0
    for index, part in enumerate(parts):
        cut = index + 1 if part == "," else index
        if part in signs and start < cut < len(parts):
            found.append(parts[start:cut])
            start = cut
    return [*found, parts[start:]]


def _opened(parts: Sequence[_Part], indent: str) -> Iterator[str]:
    """The first group that can be opened on lines of its own, what is before and after it beside the parentheses."""
    for index, part in enumerate(parts):
        if not isinstance(part, _Group) or not part.parts:
            continue
        if not _has_statement(part) and len(_flat([part])) < WIDTH // 2:
            continue
        yield indent + _flat([*parts[:index], "("]).rstrip()
        yield from _statement(part.parts, indent + _STEP)
        rest = list(_lines(parts[index + 1 :], indent)) if index + 1 < len(parts) else []
        if not rest:
            yield indent + ")"
            return
        first = rest[0].strip()
        yield f"{indent}){'' if first[0] in ',.:' else ' '}{first}"
        yield from rest[1:]
        return
    yield indent + _flat(parts)


def _flat(parts: Sequence[_Part]) -> str:
    """Parts on one line."""
    text = ""
    previous = ""
    for word in _words(parts):
        if text and _spaced(previous, word):
            text += " "
        text += word
        previous = word
    return text


def _words(parts: Sequence[_Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, _Group):
            yield "("
            yield from _words(part.parts)
            yield ")"
        else:
            yield part


def _spaced(previous: str, word: str) -> bool:
    if word in _NO_SPACE_BEFORE or previous in _NO_SPACE_AFTER:
        return False
    if word == "(":
        return not (previous[:1].isalnum() or previous[:1] in '_"') or previous in _NO_FUNCTIONS
    return True
