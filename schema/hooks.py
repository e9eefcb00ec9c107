"""What may a hook take: some values by name, and by type what functions are handed."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from typing import Any

from portico.schema.problems import ModelProblem, Source
from portico.schema.provided import is_handed, is_provided


class NotAHook(ModelProblem):
    """A function cannot be called where it is meant to be: nothing calls it there, or it takes or gives what is not known there."""

    code = "PT361"


def check_hook(kind: str, function: Callable[..., Any], names: Sequence[str] | None, of: str) -> None:
    """
    Whether a hook can be called.

    Args:
        names: what it is offered; None where nothing calls it.
        of: what it is a hook of.

    Raises:
        NotAHook
    """
    source = source_of(function)
    if names is None:
        raise NotAHook(
            f"Nothing is called before {of}.", hint="Functions of accounts can have it: sign_up.", source=source
        )
    hints = typing.get_type_hints(function)
    unknown = [
        name
        for name in inspect.signature(function).parameters
        if name not in names and not is_provided(hints.get(name))
    ]
    if unknown:
        raise NotAHook(
            f"{function.__name__} takes {', '.join(unknown)}, which a hook of {of} is not given.",
            hint=f"It may take {', '.join(names)}, Data and Connection.",
            source=source,
        )


def check_condition(condition: Callable[..., Any], function: Callable[..., Any]) -> None:
    """
    Whether a condition can be asked before a function: it takes arguments of the function's by name, and what functions are handed.

    Raises:
        NotAHook
    """
    hints = typing.get_type_hints(condition)
    offered = inspect.signature(function).parameters
    unknown = [
        name
        for name in inspect.signature(condition).parameters
        if name not in offered and not is_handed(hints.get(name))
    ]
    if unknown:
        raise NotAHook(
            f"{condition.__name__} takes {', '.join(unknown)}, which {function.__name__} does not have.",
            hint=f"It may take {', '.join(offered) or 'no argument'}, and what functions are handed: Caller, Data.",
            source=source_of(condition),
        )


def source_of(function: Callable[..., Any]) -> Source:
    """Where an author wrote it."""
    code = inspect.unwrap(function).__code__
    return Source(code.co_filename, code.co_firstlineno)
