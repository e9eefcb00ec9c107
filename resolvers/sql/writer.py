"""Who writes, as the change log is told: the caller with the id of the request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from sqlalchemy import BindParameter, ColumnElement, case, func, literal_column
from sqlalchemy.types import Text

from portico.resolvers.sql.change_log import ACTOR, TRACE
from portico.resolvers.sql.elements import quoted
from portico.schema.caller import Caller


@dataclass(frozen=True, slots=True)
class Writer(Caller):
    """A caller whose writes are logged. trace: the id of the request."""

    trace: str = ""

    @classmethod
    def of(cls, caller: Caller, trace: bytes) -> Self:
        """The caller of a request with this id."""
        return cls(
            caller.id, caller.role, caller.roles, caller.claims, caller.backend, caller.reads_only, trace.decode()
        )

    @property
    def actor(self) -> str:
        """The caller's id as text, empty without one."""
        return "" if self.id is None else str(self.id)


class WriterBind(BindParameter[Any]):
    """A bind that is filled from the `Writer` when a statement runs; empty where it is no more than a caller."""

    inherit_cache = True
    about: Literal["actor", "trace"]

    @classmethod
    def make(cls, about: Literal["actor", "trace"]) -> WriterBind:
        """One parameter."""
        bind = cls(about, None, unique=True, type_=Text())
        bind.about = about
        return bind


def writer_parameter(bind: WriterBind) -> Callable[[Sequence[Any], Caller], str]:
    """What fills a bind."""
    if bind.about == "actor":
        return lambda values, caller: "" if caller.id is None else str(caller.id)
    return lambda values, caller: caller.trace if isinstance(caller, Writer) else ""


def signatures() -> list[ColumnElement[Any]]:
    """
    Columns of a statement of Postgres that tell its triggers who writes, until the transaction ends.

    Triggers run when all of a statement is done, so that its SELECT has been answered: nothing is sent for it, where a
    transaction of three statements took 3 times as long (benchmarks/change_log).
    """
    true = literal_column("true")
    actor = func.set_config(quoted(ACTOR), WriterBind.make("actor"), true)
    trace = func.set_config(quoted(TRACE), WriterBind.make("trace"), true)
    return [actor.label("actor"), trace.label("trace")]


def signed_first(answer: ColumnElement[Any]) -> ColumnElement[Any]:
    """An answer that is asked for after it was told who writes: of functions, which run statements of their own."""
    actor, trace = signatures()
    return case((func.concat(actor.element, trace.element).is_not(None), answer))  # pyright: ignore[reportAttributeAccessIssue]
