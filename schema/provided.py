"""What does the process hand to functions: parameters that are filled, and are no arguments of the field."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from portico.schema.caller import Caller

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class Provided:
    """
    The base of what functions are handed.

    A parameter annotated with a class that derives from it is filled when the function is called. Which object that is, is
    for the application to say, once for each class.
    """


class Data(Provided, ABC):
    """
    The database, for functions: GraphQL as the caller, under the rules, and SQLAlchemy's own session, past them.

        @mutation
        async def leave_room(room_id: UUID, caller: Caller, data: Data) -> bool:
            async with data.begin() as session:
                member = await session.get(Member, (room_id, UUID(caller.id)))
                ...
            found = await data.ask("query ($id: UUID!) { room(id: $id) { title } }", id=str(room_id))
    """

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """
        What the caller is answered: a GraphQL document under their role and rules, in a transaction of its own.

        Args:
            variables: as JSON has them.

        Raises:
            Problem: the answer would have errors; nothing was changed.
        """
        raise NotImplementedError("no caller is known here")

    @abstractmethod
    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session in a transaction of its own, which is committed at the end, or undone where an exception leaves it."""

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that changes nothing, and waits for no writer."""


class Sent:
    """
    The base of what is sent along with a request and is no JSON: a file.

    An argument annotated with a class that derives from it is a scalar of GraphQL with the name of the class; its values are
    put among the variables by the transport, and nothing else is taken.
    """

    @classmethod
    def taken(cls, value: Any) -> Any:
        """
        The value, if a transport has put it there.

        Raises:
            ValueError
        """
        if not isinstance(value, cls):
            raise ValueError(f"{cls.__name__} is sent along with the request, not as JSON")
        return value


def is_provided(hint: Any) -> bool:
    """Whether a parameter of this type is filled by the process."""
    return isinstance(hint, type) and issubclass(hint, Provided)


def is_handed(hint: Any) -> bool:
    """Whether a parameter of this type is no argument of the field: the caller, or what the process provides."""
    return hint is Caller or is_provided(hint)
