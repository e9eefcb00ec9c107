"""How do a caller's id and claims become binds: read as the type a rule wants, and nothing where they are of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import types as sa
from sqlalchemy.engine.interfaces import Dialect

from portico.resolvers.sql.binding import Convert, json_text, stored
from portico.schema.caller import Caller
from portico.schema.rules import CallerValue
from portico.schema.scalars import Family, scalar_of

_WORDS = {"true": True, "t": True, "yes": True, "1": True, "false": False, "f": False, "no": False, "0": False}


def caller_parameter(bind: CallerValue, engine: Dialect) -> Callable[[Sequence[Any], Caller], Any]:
    """
    What fills a bind from the caller.

    A claim of another type than a rule wants matches nothing: tokens are signed by others, and are no reason
    to fail.
    """
    name = bind.name
    match bind.about:
        case "id":
            read = _given if bind.given else _reader(bind.type, engine)
            return lambda values, caller: read(caller.id)
        case "role":
            return lambda values, caller: caller.role
        case "session":
            return lambda values, caller: json_text(session(caller))
        case "claim":
            if bind.items is not None:
                each = _item_reader(bind.items, engine)
                return lambda values, caller: _list(each, caller.claims.get(name))
            read = _given if bind.given else _reader(bind.type, engine)
            return lambda values, caller: read(caller.claims.get(name))


def session(caller: Caller) -> dict[str, str]:
    """The caller as Hasura's functions and webhooks know them: `x-hasura-role`, `x-hasura-user-id`, every claim as text."""
    said = {"x-hasura-role": caller.role}
    if caller.id is not None:
        said["x-hasura-user-id"] = str(caller.id)
    for name, value in caller.claims.items():
        said[f"x-hasura-{name.replace('_', '-')}"] = value if isinstance(value, str) else json_text(value)
    return said


def _given(value: Any) -> bool | None:
    return None if value is None else True


def _reader(type_: sa.TypeEngine[Any], engine: Dialect) -> Convert:
    """JSON value → the driver's value, None for one that is not of the type."""
    check, write = _checker(type_, engine), stored(type_, engine)
    if isinstance(type_, sa.Uuid):
        check = _as_it_is  # the conversion refuses as well, and the check would cost it twice: 3 µs a request

    def read(value: Any) -> Any:
        if value is None:
            return None
        try:
            checked = check(value)
            return checked if write is None else write(checked)
        except (ValueError, TypeError, AttributeError, ArithmeticError):
            return None

    return read


def _item_reader(type_: sa.TypeEngine[Any], engine: Dialect) -> Convert:
    """The same for an item of a list, as JSON: Postgres reads its text as the type, SQLite has to have it as stored."""
    if engine.name == "sqlite":
        return _reader(type_, engine)
    check = _checker(type_, engine)

    def read(value: Any) -> Any:
        try:
            return check(value)
        except (ValueError, TypeError, ArithmeticError):
            return None

    return read


def _checker(type_: sa.TypeEngine[Any], engine: Dialect) -> Convert:
    scalar = scalar_of(type_, "sqlite" if engine.name == "sqlite" else "postgres")
    # Headers and many token issuers have nothing but text.
    return _boolean if scalar.family is Family.BOOLEAN and not scalar.is_array else scalar.check


def _as_it_is(value: Any) -> Any:
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError("no boolean")


def _list(read: Convert, value: Any) -> str:
    """A claim that is a list, as JSON text of the items that fit; Postgres' `{a,b}` is read too."""
    if value is None:
        return "[null]"  # which is in no list, and no value is not in it either
    if isinstance(value, str):
        text = value.strip()
        value = [part.strip().strip('"') for part in text[1:-1].split(",") if part] if text[:1] == "{" else [text]
    items: list[Any] = [read(item) for item in value if item is not None] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return json_text([item for item in items if item is not None])
