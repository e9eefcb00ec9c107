"""What may a role do: the rules of a world united per table and verb, by the documented semantics alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.properties.description import (
    MIXIN,
    MIXIN_COLUMN,
    AllOf,
    Always,
    AnyOf,
    Condition,
    Link,
    Negated,
    Preset,
    Principal,
    RootKind,
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
    holds always, needs no question of its own. presets: name → what is written there, which clients cannot;
    presetting: name → the rules that grant this writing. hidden: root fields that are not offered.
    """

    allows: tuple[Rule, ...]
    requires: tuple[Rule, ...]
    columns: Mapping[str, tuple[Rule, ...]]
    limit: int | None
    aggregates: bool
    presets: Mapping[str, Preset]
    presetting: Mapping[str, tuple[Rule, ...]]
    hidden: frozenset[RootKind]

    def passes(self, row: Row, state: State, principal: Principal) -> bool:
        """Whether the rules let the row through as a whole."""
        truths: list[Truth] = [holds(rule.condition, row, state, principal) for rule in self.requires]
        return all_of([any_of(holds(rule.condition, row, state, principal) for rule in self.allows), *truths]) is True

    def shows(self, column: str, row: Row, state: State, principal: Principal) -> bool:
        """Whether a rule that holds for the row grants the column."""
        return any(holds(rule.condition, row, state, principal) is True for rule in self.columns[column])

    def may_preset(self, column: str, row: Row, state: State, principal: Principal) -> bool:
        """Whether a rule that holds for the row lets this value be written."""
        return any(holds(rule.condition, row, state, principal) is True for rule in self.presetting[column])

    def is_whole(self, column: str) -> bool:
        """Whether the column can be had in every row that the rules let through."""
        return column in self.columns and self.columns[column] == self.allows


class Access:
    """
    The grants of one role, worked out as they are asked for.

    backend: whether rules for trusted backends hold.
    """

    def __init__(self, world: World, role: str, *, backend: bool = False) -> None:
        self.world = world
        self.role = role
        self.backend = backend
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

    def offers(self, table: str, kind: RootKind) -> bool:
        """Whether a root field that reads is there, as far as rules can hide it."""
        grant = self.grant(table, "read")
        return grant is not None and kind not in grant.hidden

    def is_total(self, table: str) -> bool:
        """Whether rows can be put in one order, because every row shows its id."""
        grant = self.grant(table, "read")
        return grant is not None and grant.is_whole("id")

    def identifies(self, table: str) -> bool:
        """Whether rows have identifiers, by which they are found as by their keys."""
        return self.is_total(table) and self.offers(table, "by_key")

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
            columns = {column.name: everything for column in table.columns}
            return Grant(everything, (), columns, None, True, {}, {}, frozenset())
        rules = [rule for rule in self.world.rules if verb in rule.verbs and _is_about(rule, table)]
        # What a backend is trusted with is no rule to anyone else.
        rules = [rule for rule in rules if self.backend or not rule.backend_only]
        allows, requires = (_of_role(self.world, self.role, rules, kind) for kind in ("allow", "require"))
        if not allows:
            return None
        # Whoever inherits has all that each of the others has alone, and what the rules of all give together.
        alone = [_of_role(self.world, role, rules, "allow") for role in sorted(set(_lineage(self.world, self.role)))]
        granted = {column.name: _granting(column.name, allows, alone) for column in table.columns}
        marks: dict[str, Preset] = {}
        presets: dict[str, Preset] = {}
        if verb in _SETTING:
            granted = {name: () if table.column(name).preset else rules for name, rules in granted.items()}
            marks = {each.name: each.preset for each in table.columns if each.preset and verb in each.set_on}
            presets = {**marks, **{name: value for rule in allows for name, value in rule.presets}}
        columns = {name: rules for name, rules in granted.items() if rules and name not in presets}
        if not columns and verb in ("read", "update"):
            return None
        limits = [rule.limit for rule in allows]
        return Grant(
            allows=allows,
            requires=requires,
            columns=columns,
            limit=None if None in limits else max(limit for limit in limits if limit is not None),
            aggregates=any(rule.aggregates for rule in allows),
            presets=presets,
            presetting={
                name: _presetting(name, value, allows, granted[name], marks) for name, value in presets.items()
            },
            hidden=frozenset.intersection(*(frozenset(rule.hide) for rule in allows)),
        )


_SETTING: tuple[Verb, ...] = ("create", "update")


def _is_about(rule: Rule, table: Table) -> bool:
    if rule.table == MIXIN:
        return any(column.name == MIXIN_COLUMN for column in table.columns)
    return rule.table == table.name


def _of_role(world: World, role: str, rules: Sequence[Rule], kind: str) -> tuple[Rule, ...]:
    """The rules of a kind that hold for a role, because of itself or of one that it inherits from."""
    lineage = set(_lineage(world, role))
    mine = [rule for rule in rules if rule.roles is None or not lineage.isdisjoint(rule.roles)]
    return tuple(rule for rule in mine if rule.kind == kind)


def _granting(column: str, allows: tuple[Rule, ...], alone: Sequence[tuple[Rule, ...]]) -> tuple[Rule, ...]:
    """The rules that grant a column: where some of a role's rules name it in `fields`, those; otherwise those without."""
    found = {rule.name for rules in (allows, *alone) for rule in _granting_together(column, rules)}
    return tuple(rule for rule in allows if rule.name in found)


def _granting_together(column: str, rules: tuple[Rule, ...]) -> list[Rule]:
    naming = [rule for rule in rules if column in (rule.fields or ())]
    return naming or [rule for rule in rules if rule.fields is None]


def _presetting(
    column: str,
    value: Preset,
    allows: tuple[Rule, ...],
    granting: tuple[Rule, ...],
    marks: Mapping[str, Preset],
) -> tuple[Rule, ...]:
    """The rules by which a value is written: those that say it, and those that would let clients write any."""
    found: list[Rule] = []
    for rule in allows:
        said = {**marks, **dict(rule.presets)}.get(column)
        if said == value or (said is None and rule in granting):
            found.append(rule)
    return tuple(found)


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
