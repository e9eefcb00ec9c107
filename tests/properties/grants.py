"""What may a role do: the rules of a world united per table and verb, by the documented semantics alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.properties.description import (
    MIXIN,
    MIXIN_COLUMN,
    AllOf,
    Always,
    AnyOf,
    CallerId,
    Condition,
    Constant,
    Link,
    Negated,
    Principal,
    Row,
    Rule,
    State,
    Table,
    Truth,
    Verb,
    World,
)
from tests.properties.truth import all_of, any_of, holds

ADMIN = "admin"


@dataclass(frozen=True)
class Grant:
    """
    What a role may do with a table by one verb.

    columns: name → the rules that grant it. A column that every allowing rule grants, or one of which
    holds always, needs no question of its own.
    """

    allows: tuple[Rule, ...]
    requires: tuple[Rule, ...]
    columns: Mapping[str, tuple[Rule, ...]]
    limit: int | None
    aggregates: bool
    presets: Mapping[str, Constant | CallerId]

    def passes(self, row: Row, state: State, principal: Principal) -> bool:
        """Whether the rules let the row through as a whole."""
        truths: list[Truth] = [holds(rule.condition, row, state, principal) for rule in self.requires]
        return all_of([any_of(holds(rule.condition, row, state, principal) for rule in self.allows), *truths]) is True

    def shows(self, column: str, row: Row, state: State, principal: Principal) -> bool:
        """Whether a rule that holds for the row grants the column."""
        return any(holds(rule.condition, row, state, principal) is True for rule in self.columns[column])

    def is_whole(self, column: str) -> bool:
        """Whether the column can be had in every row that the rules let through."""
        return column in self.columns and self.columns[column] == self.allows


class Access:
    """The grants of one role, worked out as they are asked for."""

    def __init__(self, world: World, role: str) -> None:
        self.world = world
        self.role = role
        self._lineage = set(_lineage(world, role))
        self._known: dict[tuple[str, Verb], Grant | None] = {}

    def grant(self, table: str, verb: Verb) -> Grant | None:
        """The grant of one verb; None where it is denied."""
        key = (table, verb)
        if key not in self._known:
            self._known[key] = self._work_out(self.world.table(table), verb)
        return self._known[key]

    def reads(self, table: str) -> bool:
        return self.grant(table, "read") is not None

    def names(self, table: str, column: str, verb: Verb) -> bool:
        """Whether the role may name a column for a verb."""
        grant = self.grant(table, verb)
        return grant is not None and column in grant.columns

    def aggregates(self, table: str) -> bool:
        grant = self.grant(table, "read")
        return grant is not None and grant.aggregates

    def is_total(self, table: str) -> bool:
        """Whether rows can be put in one order, because every row shows its id."""
        grant = self.grant(table, "read")
        return grant is not None and grant.is_whole("id")

    def is_unclear(self, table: str) -> bool:
        """Whether every row may show its id by a rule that always holds, which only the server works out."""
        grant = self.grant(table, "read")
        if grant is None or grant.is_whole("id"):
            return False
        return any(_has_constant(rule.condition) for rule in grant.columns.get("id", ()))

    def readable_links(self, table: str) -> list[Link]:
        return [link for link in self.world.links_of(table) if self.reads(link.target)]

    def _work_out(self, table: Table, verb: Verb) -> Grant | None:
        if self.role == ADMIN:
            everything = (Rule("everything", "allow", table.name, (verb,), Always(value=True)),)
            return Grant(everything, (), {column.name: everything for column in table.columns}, None, True, {})
        rules = [rule for rule in self.world.rules if verb in rule.verbs and _is_about(rule, table)]
        rules = [rule for rule in rules if self._holds_for_role(rule)]
        allows = tuple(rule for rule in rules if rule.kind == "allow")
        if not allows:
            return None
        presets = {name: value for rule in allows for name, value in rule.presets} if verb in _SETTING else {}
        columns = _columns(table, allows, presets)
        if not columns and verb in ("read", "update"):
            return None
        limits = [rule.limit for rule in allows]
        return Grant(
            allows=allows,
            requires=tuple(rule for rule in rules if rule.kind == "require"),
            columns=columns,
            limit=None if None in limits else max(limit for limit in limits if limit is not None),
            aggregates=any(rule.aggregates for rule in allows),
            presets=presets,
        )

    def _holds_for_role(self, rule: Rule) -> bool:
        # No caller of these tests is a trusted backend.
        return not rule.backend_only and (rule.roles is None or not self._lineage.isdisjoint(rule.roles))


_SETTING: tuple[Verb, ...] = ("create", "update")


def _is_about(rule: Rule, table: Table) -> bool:
    if rule.table == MIXIN:
        return any(column.name == MIXIN_COLUMN for column in table.columns)
    return rule.table == table.name


def _columns(table: Table, allows: tuple[Rule, ...], presets: Mapping[str, object]) -> dict[str, tuple[Rule, ...]]:
    """Column → the rules that grant it; what a rule's `fields` name is had only through rules that name it."""
    named = {name for rule in allows for name in rule.fields or ()}
    found: dict[str, tuple[Rule, ...]] = {}
    for column in table.columns:
        if column.name in presets:
            continue
        if column.name in named:
            granting = tuple(rule for rule in allows if column.name in (rule.fields or ()))
        else:
            granting = tuple(rule for rule in allows if rule.fields is None)
        if granting:
            found[column.name] = granting
    return found


def _has_constant(condition: Condition) -> bool:
    match condition:
        case Always():
            return True
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return any(map(_has_constant, parts))
        case Negated(part=part):
            return _has_constant(part)
        case _:
            return False


def _lineage(world: World, role: str) -> Iterator[str]:
    """The role and every role that it inherits from."""
    yield role
    for parent in dict(world.roles).get(role, ()):
        yield from _lineage(world, parent)
