"""What does the process hand to functions: parameters that are filled, and are no arguments of the field."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self

from portico.schema.caller import Caller

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class Provided:
    """
    The base of what functions are handed.

    A parameter annotated with a class that derives from it is filled when the function is called. Which object that is, is
    for the application to say, once for each class.
    """

    def within(self, data: Data) -> Self:
        """The same for a function that is called in a transaction, which `data` is of: what it does with the database is part of it."""
        return self


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

    async def ask(self, document: str, *, session: AsyncSession | None = None, **variables: Any) -> dict[str, Any]:
        """
        What the caller is answered: a GraphQL document under their role and rules, in a transaction of its own.

        Args:
            session: the transaction, of `begin`, that it is part of instead: it sees what was written there, and is committed or
                undone with it.
            variables: as JSON has them.

        Raises:
            Problem: the answer would have errors; nothing of the document was changed, and the session's transaction may go on.
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


@dataclass(frozen=True, slots=True)
class Event(Provided):
    """
    What a function declared by `on` is about: one row that was written.

    id: the same each time the function is called for it. old, new: the row before and after, as the change log has it: by column, as
    JSON. actor: the id of the caller who wrote, trace: the id of their request; None where another program wrote. attempt: 1 at first.
    """

    id: str
    verb: Literal["create", "update", "delete"]
    table: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    actor: str | None
    trace: str | None
    at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that has not been forgotten. state: `later`, `waiting`, `running`, `done`, `dead` or `cancelled`."""

    id: str
    name: str
    state: str
    due_at: datetime
    tries: int


class Jobs(Provided, ABC):
    """
    What is done later, for functions.

        @mutation
        async def order(product: UUID, data: Data, jobs: Jobs) -> bool:
            async with data.begin() as session:
                session.add(made := Order(product_id=product))
                await session.flush()
                await jobs.later(ship, {"order": made.id}, session=session)
            return True
    """

    @abstractmethod
    async def later(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, Any] | None = None,
        *,
        after: float | timedelta | None = None,
        at: datetime | None = None,
        key: str | None = None,
        priority: int | None = None,
        session: AsyncSession | None = None,
    ) -> str:
        """
        Has a function declared by `job` run in the background; the id of the job.

        Args:
            arguments: by name; what JSON can say, UUIDs, moments, Decimals and dataclasses.
            after: seconds from now. at: when; a moment without a zone is in UTC.
            key: jobs of one function and key run one after another.
            priority: higher ones come first; that of the function unless given.
            session: the transaction that the job belongs to: it is there once that is committed, and not if it is undone.
        """

    @abstractmethod
    async def cancel(self, id: str, *, session: AsyncSession | None = None) -> bool:
        """Has a job not run; False if it runs or has ended."""

    @abstractmethod
    async def find(self, function: Callable[..., Any] | None = None, *, limit: int = 100) -> Sequence[ScheduledJob]:
        """The jobs of a function, or all, the latest first."""


def is_provided(hint: Any) -> bool:
    """Whether a parameter of this type is filled by the process."""
    return isinstance(hint, type) and issubclass(hint, Provided)


def is_handed(hint: Any) -> bool:
    """Whether a parameter of this type is no argument of the field: the caller, or what the process provides."""
    return hint is Caller or is_provided(hint)
