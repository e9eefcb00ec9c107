"""How do arguments of a job travel: as JSON, and back by the types that the function names."""

from __future__ import annotations

import base64
import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import orjson

from portico.schema.problems import Problem
from portico.schema.provided import is_provided


class WrongArguments(Problem):
    """A job is given what its function does not take, what JSON cannot say, or more than a job may carry."""

    code, status, error_code = "PT577", 500, "unexpected"


def to_json(function: Callable[..., Any], arguments: Mapping[str, Any], most_bytes: int) -> str:
    """
    The arguments as JSON.

    Raises:
        WrongArguments: one is missing or unknown, none that JSON can say, or too long.
    """
    signature = inspect.signature(function)
    hints = typing.get_type_hints(inspect.unwrap(function))
    taken = [each for each in signature.parameters.values() if not is_provided(hints.get(each.name))]
    unknown = arguments.keys() - {each.name for each in taken}
    missing = [each.name for each in taken if each.default is inspect.Parameter.empty and each.name not in arguments]
    if unknown or missing:
        wrong = f"does not take {', '.join(sorted(unknown))}" if unknown else f"needs {', '.join(missing)}"
        raise WrongArguments(f"{function.__name__} {wrong}.", hint='jobs.later(function, {"name": value})')
    try:
        text = orjson.dumps(dict(arguments), default=_said)
    except TypeError as error:
        raise WrongArguments(f"An argument of {function.__name__} cannot be kept: {error}") from error
    if len(text) > most_bytes:
        raise WrongArguments(
            f"The arguments of {function.__name__} have {len(text):,} bytes, and may have {most_bytes:,}.",
            hint="Keep them in a table, and give the job its key.",
        )
    return text.decode()


def from_json(function: Callable[..., Any], text: str) -> dict[str, Any]:
    """
    The arguments as the function names their types.

    Raises:
        WrongArguments: the function takes others by now.
    """
    hints = typing.get_type_hints(inspect.unwrap(function))
    try:
        return {name: _read(value, hints.get(name, Any)) for name, value in orjson.loads(text).items()}
    except (ValueError, TypeError, KeyError) as error:
        raise WrongArguments(f"{function.__name__} takes other arguments than the job has: {error}") from error


def _said(value: Any) -> Any:
    if isinstance(value, Decimal | UUID):  # drivers have UUIDs of their own
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, set | frozenset):
        return [*value]
    raise TypeError(f"{type(value).__name__} is not JSON")


_OF_TEXT: Mapping[Any, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
    bytes: base64.b64decode,
    timedelta: lambda value: timedelta(seconds=value),
}


def _read(value: Any, hint: Any) -> Any:
    if value is None or hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        chosen = [each for each in get_args(hint) if each is not type(None)]
        return _read(value, chosen[0]) if len(chosen) == 1 else value
    if origin in (list, tuple, set, frozenset):
        inner = get_args(hint)[0]
        return origin(_read(each, inner) for each in value)
    if origin is dict:
        return {key: _read(each, get_args(hint)[1]) for key, each in value.items()}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        return hint(**{name: _read(each, hints[name]) for name, each in value.items()})
    return _OF_TEXT.get(hint, lambda same: same)(value)
