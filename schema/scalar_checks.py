"""Is a JSON value of a type: what the scalars that both engines have take, and what they say of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

MAX_TEXT_DIGITS = 1000
_INT_LIMITS = {"smallint": 2**15, "Int": 2**31, "bigint": 2**63}
_MOMENT_WORDS = frozenset({"infinity", "-infinity", "now", "today", "tomorrow", "yesterday", "epoch", "allballs"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_FLAGS = {"true": True, "false": False}
_DIGITS = re.compile(r"[+-]?\d{1,20}")


def check_whole(name: str) -> Callable[[Any], Any]:
    """A whole number that fits; its digits as text are taken, too."""
    limit = _INT_LIMITS[name]

    def check(value: Any) -> int:
        # Digits as text are taken because the dialect does, and because JavaScript cannot write 2**53 + 1.
        if (isinstance(value, str) and _DIGITS.fullmatch(value)) or (isinstance(value, float) and value.is_integer()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("expected a whole number")
        if not -limit <= value < limit:
            raise ValueError(f"the number does not fit {name}")
        return value

    return check


def check_number(value: Any) -> float:
    """A finite number; its digits as text are taken, too."""
    if isinstance(value, str) and len(value) < MAX_TEXT_DIGITS and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError("the number is too large") from error
    if number in (float("inf"), float("-inf")) or number != number:
        raise ValueError("the number is too large")
    return number


def check_digits(value: Any) -> str:
    """A decimal, as text with all its digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("expected a number, or its digits as text")
    text = str(value)
    if len(text) > MAX_TEXT_DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError("expected a number, or its digits as text")
    try:
        return str(Decimal(text))
    except InvalidOperation as error:
        raise ValueError("expected a number, or its digits as text") from error


def check_text(value: Any) -> str:
    """Text as both engines take it: a JSON string without NUL."""
    if not isinstance(value, str):
        raise ValueError("expected text")
    if "\0" in value:
        raise ValueError("the text contains a NUL character, which no database stores")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("the text contains half of a surrogate pair") from None
    return value


def check_flag(value: Any) -> bool:
    """True or false, or one of the words as text."""
    if isinstance(value, str):
        value = _FLAGS.get(value, value)
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def check_uuid(value: Any) -> str:
    """A UUID, as text in its usual form."""
    try:
        return str(UUID(check_text(value)))
    except ValueError as error:
        raise ValueError("expected a UUID such as 0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e") from error


def check_moment(read: Callable[[str], Any], example: str) -> Callable[[Any], Any]:
    """A text that `read` can read, or one of the words that Postgres has for moments."""

    def check(value: Any) -> str:
        value = check_text(value)
        if value.lower() not in _MOMENT_WORDS:
            try:
                read(value)
            except ValueError as error:
                raise ValueError(f"expected {example}") from error
        return value

    return check


def check_json(value: Any) -> Any:
    """Anything."""
    return value


def check_plain(value: Any) -> Any:
    """What becomes text for a type that the database alone knows."""
    if isinstance(value, str):
        return check_text(value)
    if value is None or isinstance(value, dict | list):
        raise ValueError("expected text, a number or a boolean")
    return value


def check_bytes(value: Any) -> str:
    """Bytes in hexadecimal as Postgres writes them, in lower case."""
    value = check_text(value)
    if not re.fullmatch(r"\\x([0-9a-fA-F]{2})*", value):
        raise ValueError(r"expected bytes in hexadecimal, such as \x48656c6c6f")
    return value.lower()
