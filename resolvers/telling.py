"""What may a message tell to a role that may not read the schema: its own words, and no name of a type."""

from __future__ import annotations

import re

# graphql-core's messages name types in these ways; what a client wrote itself may be repeated.
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r" in position expecting type '[^']*'"), " where another type is expected"),
    (re.compile(r" since type '[^']*' has"), " since it has"),
    (re.compile(r" as objects of type '[^']*' can never be of type '[^']*'"), ""),
    (re.compile(r"^Expected value of non-null type '[^']*' not to be None"), "Expected a value that is not null"),
    (re.compile(r" return conflicting types '[^']*' and '[^']*'"), " are of different types"),
    (re.compile(r",? (?:on|of|by) type '[^']*'"), ""),
    (re.compile(r"'[A-Za-z_]\w*\.(\w+[(':])"), r"'\1"),
    (re.compile(r"^Expected value, found"), "Another value is expected than"),
    (re.compile(r"Value '([^']*)' does not exist in '[^']*' enum\."), r"There is no value '\1'."),
    (re.compile(r"Enum '[^']*' cannot represent"), "This enum cannot represent"),
)


def without_types(message: str) -> str:
    """A message of validation without the names of types."""
    for pattern, words in _NAMES:
        message = pattern.sub(words, message)
    return message
