"""What does SQLite not say but in the text of CREATE TABLE: the expressions of generated columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A quoted name or text, a comment, a bracket, a comma, a word, or anything else.
_TOKEN = re.compile(
    r"""\"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|[(),]|\w+|\s+|.""", re.DOTALL
)


def generated_expression(create_table: str, column: str) -> str | None:
    """The expression behind `AS` in a column's definition."""
    for definition in _definitions(create_table):
        words = [part for part in definition if not part.isspace() and not part.startswith(("--", "/*"))]
        if words and _unquoted(words[0]).lower() == column.lower():
            return _behind_as(definition)
    return None


def _definitions(create_table: str) -> Iterator[list[str]]:
    """What stands between the commas of CREATE TABLE (…)."""
    depth, definition = 0, list[str]()
    for part in _TOKEN.findall(create_table):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if (part == "(" and depth == 1) or (part == ")" and depth == 0) or (part == "," and depth == 1):
            yield definition
            definition = []
        else:
            definition.append(part)


def _behind_as(definition: list[str]) -> str | None:
    depth, found, begun = 0, list[str](), False
    for part in definition:
        if not begun:
            begun = depth == 0 and part.lower() == "as"
            depth += {"(": 1, ")": -1}.get(part, 0)
            continue
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth == 0 and part == ")":
            return "".join(found).strip()
        if depth > 1 or part != "(":
            found.append(part)
    return None


def _unquoted(name: str) -> str:
    quote = name[:1]
    if quote in "\"`'":
        return name[1:-1].replace(quote * 2, quote)
    return name[1:-1] if quote == "[" else name
