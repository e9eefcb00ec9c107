"""What does a seed give: a random world of tables, links, rules and roles, with rows and callers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from tests.properties.conditions import CLAIM_OF, random_condition
from tests.properties.description import (
    MIXIN,
    MIXIN_COLUMN,
    Always,
    CallerId,
    Claim,
    Column,
    Compare,
    Constant,
    Kind,
    Link,
    Preset,
    Principal,
    RootKind,
    Row,
    Rule,
    State,
    Table,
    Value,
    Verb,
    World,
)

Item = TypeVar("Item")
_TABLE_NAMES = ("Bolt", "Crane", "Drum", "Fence")
_ROLES = ("anonymous", "user", "clerk", "chief", "boss")
_KINDS: tuple[Kind, ...] = ("int", "int", "text", "text", "bool")
_PREFIX: dict[Kind, str] = {"int": "num", "text": "txt", "bool": "flag"}
_ROOT_KINDS: tuple[RootKind, ...] = ("list", "by_key", "aggregate", "connection")
_WRITES: tuple[Verb, ...] = ("create", "update", "delete")
TEXTS = ("", "a", "b", "Ab", "a%", "ü")


class Canaries:
    """Texts of which each is made once, so that one seen where it should not be tells which cell leaked."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"cn{self._count:05d}x"


def random_world(random: Random) -> World:
    """Two to four tables with everything that hangs on them."""
    tables, links = _tables(random)
    return with_rules(random, World(tuple(tables), tuple(links), (), _roles(random)))


def with_rules(random: Random, world: World) -> World:
    """The same tables under other rules."""
    rules: list[Rule] = []
    for table in world.tables:
        rules += _rules(random, world, table)
    if any(column.name == MIXIN_COLUMN for table in world.tables for column in table.columns):
        rules.append(_tenant_rule(random))
    numbered = tuple(_renamed(rule, index) for index, rule in enumerate(rules))
    return replace(world, rules=numbered)


def _roles(random: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who inherits from whom: a chain, a chain that meets another role, a diamond, or three at once."""
    clerk, chief, boss = random.choice(
        (
            ((), ("clerk",), ("chief",)),
            ((), ("clerk", "user"), ("chief",)),
            (("user",), ("user",), ("clerk", "chief")),
            ((), (), ("user", "clerk", "chief")),
        )
    )
    return (("clerk", clerk), ("chief", chief), ("boss", boss))


# ---- tables ----------------------------------------------------------------------------------------


def _tables(random: Random) -> tuple[list[Table], list[Link]]:
    names = _TABLE_NAMES[: random.choice((2, 2, 3, 3, 4))]
    tenanted = random.random() < 0.25
    tables: list[Table] = []
    links: list[Link] = []
    counter = iter(range(1, 100))
    for index, name in enumerate(names):
        columns = [Column("id", "int", nullable=False)]
        for target in _referred(random, names[: index + 1]):
            number = next(counter)
            single = random.random() < 0.15
            key = Column(f"key{number}", "int", target == name or random.random() < 0.6, target)
            columns.append(key)
            links += _key_links(key.name, number, name, target, single=single)
        for _ in range(random.randint(2, 4)):
            kind = random.choice(_KINDS)
            columns.append(Column(f"{_PREFIX[kind]}{next(counter)}", kind, random.random() < 0.7))
        if tenanted and random.random() < 0.7:
            columns.append(Column(MIXIN_COLUMN, "int"))
        columns = [columns[0], *(_maybe_set(random, column) for column in columns[1:])]
        tables.append(Table(name, tuple(columns), _uniques(random, columns, links)))
    if random.random() < 0.45:
        links += _many_links(random.choice(names), random.choice(names), next(counter))
    return tables, links


def _maybe_set(random: Random, column: Column) -> Column:
    """The column, now and then one that clients never set."""
    if random.random() > 0.07 or column.name == MIXIN_COLUMN:
        return column
    verbs: tuple[Verb, ...] = random.choice((("create",), ("create",), ("update",), ("create", "update")))
    return replace(column, preset=_preset(random, column), set_on=verbs)


def _referred(random: Random, names: Sequence[str]) -> list[str]:
    """The tables that a new table refers to: earlier ones or itself, and mostly at least one."""
    if len(names) == 1:
        return [names[0]] if random.random() < 0.5 else []
    count = random.choice((1, 1, 1, 2))
    return [names[-1] if random.random() < 0.25 else random.choice(names[:-1]) for _ in range(count)]


def _key_links(column: str, number: int, source: str, target: str, *, single: bool) -> list[Link]:
    up, down = f"up{number}", f"down{number}"
    back = "child" if single else "children"
    return [Link(up, source, target, "parent", down, column), Link(down, target, source, back, up, column)]


def _many_links(source: str, target: str, number: int) -> list[Link]:
    pair, there, back = f"pairs{number}", f"mates{number}", f"peers{number}"
    return [
        Link(there, source, target, "many", back, pair=pair),
        Link(back, target, source, "many", there, pair=pair, forward=False),
    ]


def _uniques(random: Random, columns: list[Column], links: list[Link]) -> tuple[tuple[str, ...], ...]:
    """A unique set for every one-to-one link, and sometimes one besides."""
    mine = {column.name for column in columns}
    found: list[tuple[str, ...]] = [(link.column,) for link in links if link.shape == "child" and link.column in mine]
    others = [column.name for column in columns[1:] if column.kind != "bool"]
    if random.random() < 0.5:
        chosen = tuple(sorted(random.sample(others, min(len(others), random.choice((1, 1, 2))))))
        if chosen and chosen not in found:
            found.append(chosen)
    return tuple(found)


# ---- rules -----------------------------------------------------------------------------------------


def _rules(random: Random, world: World, table: Table) -> list[Rule]:
    found: list[Rule] = []
    capped = random.random() < 0.25
    for _ in range(random.randint(2, 4)):
        verbs: tuple[Verb, ...] = ("read",)
        if random.random() < 0.25:
            verbs = ("read", *random.sample(_WRITES, random.randint(1, 3)))
        rule = _allow(random, world, table, verbs)
        # A role has a limit only where each of its rules has one.
        found.append(replace(rule, limit=random.choice((1, 1, 2, 3))) if capped else rule)
    for _ in range(random.randint(1, 4)):
        found.append(_allow(random, world, table, tuple(random.sample(_WRITES, random.randint(1, 3)))))
    if random.random() < 0.3:
        verbs = ("read", "create", "update", "delete")
        chosen = tuple(random.sample(verbs, random.randint(1, 4)))
        condition = random_condition(random, world, table)
        found.append(Rule("", "require", table.name, chosen, condition, _some_roles(random)))
    return found


def _allow(random: Random, world: World, table: Table, verbs: tuple[Verb, ...]) -> Rule:
    # Rules of writing say yes more often, because both the rows there are and those that become must pass.
    always = 0.2 if verbs == ("read",) else 0.4
    condition = Always(value=True) if random.random() < always else random_condition(random, world, table)
    return Rule(
        name="",
        kind="allow",
        table=table.name,
        verbs=verbs,
        condition=condition,
        roles=_some_roles(random),
        fields=_some_fields(random, table) if "delete" not in verbs and random.random() < 0.35 else None,
        limit=random.randint(1, 5) if random.random() < 0.12 else None,
        aggregates=random.random() > 0.12,
        presets=_presets(random, table) if verbs != ("read",) and random.random() < 0.25 else (),
        hide=tuple(random.sample(_ROOT_KINDS, random.randint(1, 3))) if random.random() < 0.15 else (),
        backend_only=random.random() < 0.06,
    )


def _some_roles(random: Random) -> tuple[str, ...] | None:
    if random.random() < 0.5:
        return None
    return tuple(random.sample(_ROLES, random.choice((1, 1, 2))))


def _some_fields(random: Random, table: Table) -> tuple[str, ...]:
    names = [column.name for column in table.columns]
    chosen = set(random.sample(names, random.randint(1, len(names))))
    if random.random() < 0.7:
        chosen.add("id")
    return tuple(name for name in names if name in chosen)


def _presets(random: Random, table: Table) -> tuple[tuple[str, Preset], ...]:
    others = table.columns[1:]
    columns = random.sample(others, min(len(others), random.choice((1, 1, 2))))
    return tuple((column.name, _preset(random, column)) for column in columns)


def _preset(random: Random, column: Column) -> Preset:
    roll = random.random()
    if roll < 0.3 and column.kind == "int":
        return CallerId()
    if roll < 0.5:
        return Claim(CLAIM_OF[column.kind], typed=random.random() < 0.5)
    return Constant(random_value(random, column.kind))


def _tenant_rule(random: Random) -> Rule:
    verbs: tuple[Verb, ...] = ("read", "create", "update", "delete")
    own = Compare(MIXIN_COLUMN, "int", "eq", Claim("org", typed=random.random() < 0.5))
    return Rule("", "require", MIXIN, verbs, own, None if random.random() < 0.5 else ("user", "clerk"))


def _renamed(rule: Rule, index: int) -> Rule:
    return replace(rule, name=f"rule_{index}")


# ---- values ----------------------------------------------------------------------------------------


def random_value(random: Random, kind: Kind) -> Value:
    """One of the few values of a kind, so that rows often share them."""
    match kind:
        case "int":
            return random.randint(0, 4)
        case "text":
            return random.choice(TEXTS)
        case "bool":
            return random.random() < 0.5


def random_cell(random: Random, column: Column, state: State, canaries: Canaries) -> Value:
    """A value that may stand in a column, and whose row, if it refers to one, exists."""
    if column.nullable and random.random() < 0.25:
        return None
    if column.refers is not None:
        ids = sorted(state.rows[column.refers])
        return random.choice(ids) if ids else None
    if column.kind == "text" and random.random() < 0.6:
        return canaries.next()
    return random_value(random, column.kind)


def random_state(random: Random, world: World, canaries: Canaries) -> State:
    """A few rows in every table, and some pairs."""
    state = State({table.name: {} for table in world.tables})
    for table in world.tables:
        for id_ in range(1, random.randint(4, 9)):
            row: dict[str, Value] = {"id": id_}
            row.update({each.name: random_cell(random, each, state, canaries) for each in table.columns[1:]})
            if fits(row, table, state):
                state.rows[table.name][id_] = row
    for link in world.pairs:
        left, right = sorted(state.rows[link.source]), sorted(state.rows[link.target])
        state.pairs[link.pair] = frozenset((a, b) for a in left for b in right if random.random() < 0.3)
    return state


def fits(row: Row, table: Table, state: State) -> bool:
    """Whether a row breaks neither a unique set nor a column that must not be null."""
    if any(row[column.name] is None and not column.nullable for column in table.columns):
        return False
    others = [other for id_, other in state.rows[table.name].items() if id_ != row["id"]]
    return not any(
        all(row[name] is not None and row[name] == other[name] for name in unique)
        for other in others
        for unique in table.uniques
    )


# ---- callers ---------------------------------------------------------------------------------------

_CLAIMS: dict[str, tuple[Any, ...]] = {
    "org": (0, 1, 2, 3, 4, None, "1", "2", "abc", [1]),
    "tier": ("a", "b", "Ab", "", None, ["a"], 5),
    "adult": (True, False, None, "true", "maybe"),
    "teams": ([0, 1], [2, 3, 4], [], [None, 1, "x"], None, 1),
    "labels": (["a", "b"], ["", "Ab"], [], None, ["ü"]),
}


def random_principal(random: Random, role: str | None = None) -> Principal:
    """A caller in the given role or some role, whose id and claims may be missing, null or of a wrong type."""
    claims = [(name, random.choice(values)) for name, values in _CLAIMS.items() if random.random() < 0.85]
    id_ = random.choice((*range(5), None, "1"))
    drawn = "admin" if random.random() < 0.04 else random.choice(_ROLES)
    return Principal(role or drawn, id_, tuple(claims), backend=random.random() < 0.2)
