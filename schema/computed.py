"""How does a field of a model come to be worked out, by the database or in Python: the decorator `computed`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from portico.schema.declarations import ExpressionDeclaration, FunctionDeclaration, current
from portico.schema.hooks import source_of

Function = TypeVar("Function", bound=Callable[..., Any])


def computed(
    subject: Any,
    *,
    reads: Iterable[Any] | None = None,
    to: str | Iterable[str] | None = None,
    timeout_s: float | None = None,
) -> Callable[[Function], Function]:
    """
    Makes a function a field of a model's rows. One that takes the row and gives SQL, as rules do, is asked of the database; clients may
    filter and order by it:

        @computed(Post)
        def full_title(post: type[Post]) -> ColumnElement[str]:
            return post.title + " (" + post.language + ")"

    One that says what it reads is called with rows:

        @computed(Post, reads=[Post.body])
        def excerpt(posts: list[Post], length: int = 80) -> list[str]:
            return [post.body[:length] for post in posts]

    This is called once for a request, with all rows of the answer whose field is selected, and gives as many values in their
    order. Rows have the columns that it reads and no others, as the caller may see them: a role that may not read one of these
    does not have the field. Further parameters are those of functions.

    Args:
        reads: the columns that it reads; they need not be selected. None for an expression of SQL.
        to: the roles that have the field; every role unless given. Of an expression that is said by rules (`fields=`).
        timeout_s: as for `query`.
    """
    if reads is None:
        return _expression(subject)
    columns = tuple(each if isinstance(each, str) else each.key for each in reads)

    def declare(function: Function) -> Function:
        roles = None if to is None else (to,) if isinstance(to, str) else tuple(to)
        current().functions.append(
            FunctionDeclaration(
                "computed", function, roles, source_of(function), timeout_s=timeout_s, subject=subject, reads=columns
            )
        )
        return function

    return declare


def _expression(subject: Any) -> Callable[[Function], Function]:
    def declare(function: Function) -> Function:
        current().expressions.append(ExpressionDeclaration(subject, function, source_of(function)))
        return function

    return declare
