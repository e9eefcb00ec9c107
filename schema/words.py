"""How does one word become another: plural and singular of English nouns, and the cases of names."""

from __future__ import annotations

import re

# Nouns that occur as table names and follow no rule. A project with others sets __tablename__.
_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "datum": "data",
    "medium": "media",
    "criterion": "criteria",
    "analysis": "analyses",
    "quiz": "quizzes",
    "bus": "buses",
    "alias": "aliases",
    "status": "statuses",
    "leaf": "leaves",
    "shelf": "shelves",
    "life": "lives",
    "half": "halves",
}
_REGULAR_AGAIN = {plural: singular for singular, plural in _IRREGULAR.items()}
_UNCOUNTED = frozenset(
    [
        "equipment",
        "information",
        "money",
        "news",
        "series",
        "species",
        "sheep",
        "fish",
        "metadata",
        "audio",
        "video",
        "hardware",
        "software",
        "staff",
    ]
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")


def plural(noun: str) -> str:
    """The plural of the last word of a snake_case noun: `blog_post` → `blog_posts`."""
    head, last = _last_word(noun)
    if last in _UNCOUNTED:
        return noun
    if last in _IRREGULAR:
        return head + _IRREGULAR[last]
    if re.search(r"[^aeiou]y$", last):
        return head + last[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", last):
        return head + last + "es"
    return head + last + "s"


def made_plural(noun: str) -> str:
    """The plural of a noun that may be one already, as names of tables are: `entry`, `entries` → `entries`."""
    return plural(singular(noun))


def singular(noun: str) -> str:
    """The singular of the last word of a snake_case noun; the noun itself where it is none."""
    head, last = _last_word(noun)
    if last in _UNCOUNTED or last in _IRREGULAR:
        return noun
    if last in _REGULAR_AGAIN:
        return head + _REGULAR_AGAIN[last]
    if re.search(r"[^aeiou]ies$", last):
        return head + last[:-3] + "y"
    if re.search(r"(ss|x|z|ch|sh)es$", last):
        return head + last[:-2]
    if re.search(r"[^su]s$", last) or (re.search(r"[^s]us$", last) is None and re.search(r"[^s]s$", last)):
        return head + last[:-1]
    return noun


def words_of(name: str) -> list[str]:
    """The words of any identifier, lower-case: `InvoiceLine`, `invoice_line`, `invoiceLine` → invoice, line."""
    return [word.lower() for word in _WORD.findall(name)]


def snake(name: str) -> str:
    """`InvoiceLine` → `invoice_line`."""
    return "_".join(words_of(name))


def camel(name: str) -> str:
    """`invoice_line`, `InvoiceLine` → `invoiceLine`; a leading underscore stays."""
    lead = name[: len(name) - len(name.lstrip("_"))]
    first, *rest = words_of(name) or [""]
    return lead + first + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(name: str) -> str:
    """`invoice_line` → `InvoiceLine`; a class name stays as it is."""
    if name[:1].isupper() and "_" not in name:
        return name
    text = camel(name)
    lead = text[: len(text) - len(text.lstrip("_"))]
    rest = text[len(lead) :]
    return lead + rest[:1].upper() + rest[1:]


def _last_word(noun: str) -> tuple[str, str]:
    head, separator, last = noun.rpartition("_")
    return head + separator, last
