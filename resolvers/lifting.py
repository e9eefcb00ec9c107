"""When are two documents one: literals are lifted out of the text, so that documents which differ only in them share a plan."""

from __future__ import annotations

import re

# A number or a string without escapes that stands as a token of its own. Whatever the pattern takes by
# mistake (inside a comment or block string) is no value of the parsed document, and such documents are
# not shared; see `Document.shareable`.
_LITERAL = re.compile(
    r'((?<![\w."])-?(?:0|[1-9][0-9]{0,999})(?:\.[0-9]{1,999})?(?:[eE][+-]?[0-9]{1,9})?(?![\w.])'
    r'|(?<!")"[^"\\\x00-\x1f]*"(?!"))'
)


def lift(text: str) -> tuple[str, list[str]]:
    """
    The text with its literals taken out, and the literals as written.

    Two texts with the same first part have the same tokens but for the values of their numbers and
    strings, and these have the same kinds: whole, fractional, text.
    """
    pieces = _LITERAL.split(text)
    literals = pieces[1::2]
    if not literals:
        return text, literals
    pieces[1::2] = [_kind(literal) for literal in literals]
    return "".join(pieces), literals


def spans(text: str) -> list[int]:
    """Where each literal that `lift` takes begins."""
    return [match.start() for match in _LITERAL.finditer(text)]


def _kind(literal: str) -> str:
    # Control characters cannot stand in a document, so no text can imitate these marks.
    if literal[0] == '"':
        return "\x01"
    return "\x03" if "." in literal or "e" in literal or "E" in literal else "\x02"


def value_of(literal: str) -> int | float | str:
    """What a lifted literal means."""
    if literal[0] == '"':
        return literal[1:-1]
    return float(literal) if "." in literal or "e" in literal or "E" in literal else int(literal)
