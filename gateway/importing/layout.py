"""How is an expression laid out in Python: on one line where it fits, otherwise as formatters do, with trailing commas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# That of ruff and black. What is longer is split at every comma with a comma at the end, which they
# leave as it is at any greater width.
WIDTH = 88
INDENT = 4


@dataclass(frozen=True)
class Bracketed:
    """A call, list, tuple or dictionary: something in front, and (prefix, item) between brackets."""

    head: str
    brackets: str
    items: tuple[tuple[str, Expression], ...]

    def __str__(self) -> str:
        inner = ", ".join(f"{prefix}{item}" for prefix, item in self.items)
        comma = "," if self.brackets == "()" and not self.head and len(self.items) == 1 else ""
        return f"{self.head}{self.brackets[0]}{inner}{comma}{self.brackets[1]}"


Expression = str | Bracketed
"""Python text that is never split, or something that can be."""


def call(head: str, *arguments: Expression, **keywords: Expression) -> Bracketed:
    """`head(argument, keyword=…)`."""
    return Bracketed(head, "()", (*(("", each) for each in arguments), *((f"{k}=", v) for k, v in keywords.items())))


def listed(items: Iterable[Expression]) -> Bracketed:
    """`[item, …]`."""
    return Bracketed("", "[]", tuple(("", each) for each in items))


def in_tuple(items: Iterable[Expression]) -> Bracketed:
    """`(item, …)`."""
    return Bracketed("", "()", tuple(("", each) for each in items))


def mapping(items: Mapping[str, Expression]) -> Bracketed:
    """`{"key": value, …}`."""
    return Bracketed("", "{}", tuple((f"{quoted(key)}: ", value) for key, value in items.items()))


def merged(items: Iterable[Expression]) -> Expression:
    """One dictionary of several: `{**a, **b}`."""
    every = tuple(items)
    return every[0] if len(every) == 1 else Bracketed("", "{}", tuple(("**", each) for each in every))


def quoted(text: str) -> str:
    """Text as a literal, in the quotes that need fewer escapes, double ones for choice."""
    if text.isprintable() and not any(character in text for character in "\"'\\"):
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = "".join(_escaped(character, quote) for character in text)
    return f"{quote}{body}{quote}"


def _escaped(character: str, quote: str) -> str:
    if character == quote or character == "\\":
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]


def laid_out(before: str, expression: Expression, indent: int = 0, after: str = "") -> str:
    """`before`, the expression and `after`, indented by so many columns; lines after the first, too."""
    line = f"{' ' * indent}{before}{expression}{after}"
    if len(line) <= WIDTH or isinstance(expression, str) or not expression.items:
        return line
    lines = [f"{' ' * indent}{before}{expression.head}{expression.brackets[0]}"]
    if len(lines[0]) > WIDTH and before.endswith(" = "):
        # Formatters would split the annotation of so long a name, each in a way of its own.
        after += "  # fmt: skip"
    alone = not expression.head and expression.brackets == "()" and len(expression.items) == 1
    for prefix, item in expression.items:
        # The comma of a tuple of one is not taken for a wish to have it split; what is in it must be split then.
        lines.append(_split(prefix, item, indent + INDENT) if alone else laid_out(prefix, item, indent + INDENT, ","))
    return "\n".join([*lines, f"{' ' * indent}{expression.brackets[1]}{after}"])


def _split(before: str, expression: Expression, indent: int) -> str:
    if isinstance(expression, str):
        return f"{' ' * indent}{before}{expression},"
    inner = [laid_out(prefix, item, indent + INDENT, ",") for prefix, item in expression.items]
    first = f"{' ' * indent}{before}{expression.head}{expression.brackets[0]}"
    return "\n".join([first, *inner, f"{' ' * indent}{expression.brackets[1]},"])
