"""What would subscriptions forget: rules, dependencies, digests and positions left out, as if nobody had thought of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portico.resolvers import documents
from portico.resolvers.live import operations, plans, queries
from portico.resolvers.live.event_groups import EventGroups
from portico.resolvers.live.events import EventSubscriber
from portico.resolvers.live.index import MemberIndex
from portico.resolvers.live.operations import Live, LiveSubscription
from portico.resolvers.live.queries import QueryMember
from portico.resolvers.plan.live_nodes import ChangesField, StreamField
from portico.resolvers.plan.nodes import Guard
from portico.resolvers.sql.dependencies import Dependencies, Dependency
from portico.resolvers.sql.live_slots import ChangesSlot
from tests.properties.live_session import Wanted
from tests.properties.mutants import changed_rows, every_cell, every_row, tampered
from tests.properties.subscriptions import LiveQuery, Stream, Told


@dataclass(frozen=True)
class LiveMutant:
    """
    What stands in the place of a function, method or property, made of the real one, and the subscriptions in which it may show.

    place: the module or class that holds it, and its name.
    """

    place: tuple[Any, str]
    change: Callable[[Any], Any]
    wanted: Wanted | None = None


def _is(*kinds: type) -> Wanted:
    return lambda subscription: isinstance(subscription, kinds)


# ---- rules -------------------------------------------------------------------------------------------


def _guarding(field: type, change: Callable[[Guard | None], Guard]) -> Callable[[Any], Any]:
    """The rows of a live field under another guard; what is nested in them keeps its own."""
    tampering = changed_rows(lambda rows, inside: field in inside and rows.link is None, change)
    return lambda real: lambda plan, access: tampered(real(plan, access), tampering)


def _before_whatever(real: Any) -> Any:
    """Whether the caller saw the row before is not asked."""

    def event(self: Any, verb: Any, old: Any, new: Any, at: Any, position: Any) -> Any:
        return real(self, verb, old or (new if verb == "update" else None), new, at, position)

    return event


def _after_whatever(real: Any) -> Any:
    """Whether the caller sees the row after is not asked."""

    def event(self: Any, verb: Any, old: Any, new: Any, at: Any, position: Any) -> Any:
        return real(self, verb, old, new or (old if verb == "update" else None), at, position)

    return event


def _leaving_whole(real: Any) -> Any:
    """A row that leaves the view is told as one that is deleted."""

    def event(self: Any, verb: Any, old: Any, new: Any, at: Any, position: Any) -> Any:
        return real(self, "delete" if new is None else verb, old, new, at, position)

    return event


# ---- who is asked again ------------------------------------------------------------------------------


def _without(place: int) -> Callable[[Any], Any]:
    def change(real: Any) -> Any:
        def dependencies_of(roots: Any, dialect: Any) -> Dependencies:
            found = real(roots, dialect)
            on = list(found.on)
            if len(on) > 1:
                del on[place]
            return replace(found, on=tuple(on))

        return dependencies_of

    return change


def _of_one_column(real: Any) -> Any:
    """Of the columns that are read, one alone is looked at: pruning that is too narrow."""

    def dependencies_of(roots: Any, dialect: Any) -> Dependencies:
        found = real(roots, dialect)
        return replace(found, on=tuple(_narrowed(each) for each in found.on))

    return dependencies_of


def _narrowed(dependency: Dependency) -> Dependency:
    return (
        dependency
        if dependency.columns is None
        else replace(dependency, columns=frozenset(sorted(dependency.columns)[:1]))
    )


def _new_alone(real: Any) -> Any:
    return lambda self, change: real(self, change if change.new is None else replace(change, old=None))


def _old_alone(real: Any) -> Any:
    return lambda self, change: real(self, change if change.old is None else replace(change, new=None))


def _no_updates(real: Any) -> Any:
    return lambda self, old, new: old is None or new is None


def _one_for_all(real: Any) -> Any:
    return lambda plan, parameters: ()


# ---- what was said -----------------------------------------------------------------------------------


def _by_length(real: Any) -> Any:
    return lambda text, digest_size: real(str(len(text)).encode(), digest_size=digest_size)


def _always_another(real: Any) -> Any:
    def settle(self: QueryMember, row: Sequence[Any], position: Any) -> None:
        self.digest = b""
        real(self, row, position)

    return settle


def _slow_ones_miss(real: Any) -> Any:
    def tell(self: EventSubscriber, events: Any, upto: Any) -> None:
        if self.outlet.is_clear:
            real(self, events, upto)
        else:
            self.position = upto

    return tell


def _begins_now(real: Any) -> Any:
    return lambda self, plan, values, bind, outlet, position: real(self, plan, values, bind, outlet, None)


def _nothing(real: Any) -> Any:
    return lambda *arguments: None


def _executor_alone(real: Any) -> Any:
    def reload(self: Any, executor: Any) -> None:
        self._executor = executor

    return reload


_EVENT = (ChangesSlot, "event")
_GUARD = (documents, "guard")
_DEPENDENCIES = (plans, "dependencies_of")

LIVE_MUTANTS: Mapping[str, LiveMutant] = {
    "changes are told of every row": LiveMutant(_GUARD, _guarding(ChangesField, every_row), _is(Told)),
    "changes show every cell": LiveMutant(_GUARD, _guarding(ChangesField, every_cell), _is(Told)),
    "whether the row before was seen is not asked": LiveMutant(_EVENT, _before_whatever, _is(Told)),
    "whether the row after is seen is not asked": LiveMutant(_EVENT, _after_whatever, _is(Told)),
    "a row that leaves the view is told whole": LiveMutant(_EVENT, _leaving_whole, _is(Told)),
    "a stream gives every row": LiveMutant(_GUARD, _guarding(StreamField, every_row), _is(Stream)),
    "a stream shows every cell": LiveMutant(_GUARD, _guarding(StreamField, every_cell), _is(Stream)),
    "the first dependency is forgotten": LiveMutant(_DEPENDENCIES, _without(0), _is(LiveQuery)),
    "the last dependency is forgotten": LiveMutant(_DEPENDENCIES, _without(-1), _is(LiveQuery)),
    "one column of each table matters": LiveMutant(_DEPENDENCIES, _of_one_column, _is(LiveQuery)),
    "what a row was does not matter": LiveMutant((MemberIndex, "touched"), _new_alone, _is(LiveQuery, Told)),
    "what a row is does not matter": LiveMutant((MemberIndex, "touched"), _old_alone, _is(LiveQuery, Told)),
    "updates do not matter": LiveMutant((Dependency, "reads"), _no_updates, _is(LiveQuery, Told)),
    "callers share a member whoever they are": LiveMutant((queries, "own_of"), _one_for_all, _is(LiveQuery)),
    "answers of one length are the same": LiveMutant((queries, "blake2b"), _by_length, _is(LiveQuery)),
    "every answer is another": LiveMutant((QueryMember, "settle"), _always_another, _is(LiveQuery)),
    "who does not read misses events": LiveMutant((EventSubscriber, "tell"), _slow_ones_miss, _is(Told)),
    "who comes back hears of what is new alone": LiveMutant((EventGroups, "join"), _begins_now, _is(Told)),
    "a stream that comes back begins anew": LiveMutant((operations, "resumed"), _nothing, _is(Stream)),
    "who joins anew has heard nothing": LiveMutant((EventSubscriber, "token"), lambda real: None, _is(Told)),
    "other credentials are those from before": LiveMutant((LiveSubscription, "act_as"), _nothing),
    "other rules are those from before": LiveMutant((Live, "reload"), _executor_alone),
}
"""What is forgotten → how."""
