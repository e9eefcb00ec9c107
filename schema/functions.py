"""How does a function become a root field, or run before another: the decorators `query`, `mutation` and `before`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, overload

from portico.schema.declarations import FunctionDeclaration, HookDeclaration, current
from portico.schema.hooks import check_hook, source_of
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
    `Caller` is filled with the caller, one annotated `Data` with the database, and neither is an argument of the field.

    Args:
        to: the roles that have the field; every role unless given.
    """

    return _declaring("query", function, to)


@overload
def mutation(function: Function) -> Function: ...
@overload
def mutation(*, to: str | Iterable[str] | None = None) -> Callable[[Function], Function]: ...
def mutation(function: Any = None, *, to: str | Iterable[str] | None = None) -> Any:
    """
    Makes a typed function a mutation field, as `query` does; the functions of one document run one after another, after
    what the document writes into tables.

    Args:
        to: the roles that have the field; every role unless given.
    """
    return _declaring("mutation", function, to)


def _declaring(operation: Literal["query", "mutation"], function: Any, to: str | Iterable[str] | None) -> Any:
    def declare(each: Callable[..., Any]) -> Any:
        code = each.__code__
        roles = None if to is None else (to,) if isinstance(to, str) else tuple(to)
        current().functions.append(
            FunctionDeclaration(operation, each, roles, Source(code.co_filename, code.co_firstlineno))
        )
        return each

    return declare if function is None else declare(inspect.unwrap(function))


def before(subject: Callable[..., Any]) -> Callable[[Function], Function]:
    """
    Calls a function before what another does, however that is begun: `@before(sign_up)`.

    It takes what it needs of the other's arguments by name, and what functions are handed by type; it may raise `Refused`.

    Args:
        subject: a function that says it can be: `sign_up` of accounts.
    """

    def declare(function: Function) -> Function:
        check_hook("before", function, current().asking.get(subject), subject.__name__)
        current().hooks.append(HookDeclaration("before", subject, function, source_of(function)))
        return function

    return declare


def asks_before(*names: str) -> Callable[[Function], Function]:
    """
    Says of a function of Portico's that it calls hooks itself, wherever what it does is done.

    Args:
        names: what hooks may take.
    """

    def declare(function: Function) -> Function:
        current().asking[function] = names
        return function

    return declare
