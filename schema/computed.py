"""How does a field of a model come to be worked out in Python: the decorator `computed`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from portico.schema.declarations import FunctionDeclaration, current
from portico.schema.hooks import source_of

Function = TypeVar("Function", bound=Callable[..., Any])


def computed(
    subject: Any, *, reads: Iterable[Any], to: str | Iterable[str] | None = None, timeout_s: float | None = None
) -> Callable[[Function], Function]:
    """
    Makes a typed function a field of a model's rows:

        @computed(Post, reads=[Post.body])
        def excerpt(posts: list[Post], length: int = 80) -> list[str]:
            return [post.body[:length] for post in posts]

    It is called once for a request, with all rows of the answer whose field is selected, and gives as many values in their
    order. Rows have the columns that it reads and no others, as the caller may see them: a role that may not read one of these
    does not have the field. Further parameters are those of functions.

    Args:
        reads: the columns that it reads; they need not be selected.
        to: the roles that have the field; every role unless given.
        timeout_s: as for `query`.
    """
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
