"""How does a function become a root field: the `query` decorator over a typed Python function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

from portico.schema.declarations import FunctionDeclaration, current
from portico.schema.problems import Source

Function = TypeVar("Function", bound=Callable[..., Any])


@overload
def query(function: Function) -> Function: ...
@overload
def query(*, to: str | Iterable[str] | None = None) -> Callable[[Function], Function]: ...
def query(function: Any = None, *, to: str | Iterable[str] | None = None) -> Any:
    """
    Makes a typed function a query field: `async def weather(city: str, caller: Caller) -> Weather`.

    The field is called like the function; its docstring describes it. Arguments and results are scalars,
    lists, enums, dataclasses made with `strawberry.type` and `strawberry.input`. A parameter annotated
    `Caller` is filled with the caller and is no argument of the field.

    Args:
        to: the roles that have the field; every role unless given.
    """

    def declare(each: Callable[..., Any]) -> Any:
        code = each.__code__
        roles = None if to is None else (to,) if isinstance(to, str) else tuple(to)
        current().functions.append(
            FunctionDeclaration("query", each, roles, Source(code.co_filename, code.co_firstlineno))
        )
        return each

    return declare if function is None else declare(inspect.unwrap(function))
