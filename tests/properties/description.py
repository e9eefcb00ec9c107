"""What is a world: tables, links, rules, roles and callers as plain frozen records that know nothing of Portico."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Value: TypeAlias = int | str | bool | float | None
Kind: TypeAlias = Literal["int", "text", "bool"]
Verb: TypeAlias = Literal["read", "create", "update", "delete"]
Row: TypeAlias = Mapping[str, Value]
Truth: TypeAlias = bool | None
"""Three values: None is unknown."""

MIXIN = "Tenanted"
"""The name that a rule gives as its table when it is about every table with the mixin's column."""
MIXIN_COLUMN = "tenant"

# ---- what there is ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """
    A column; `refers` names the table whose id it holds. Names are unique in a world but for `id`.

    preset: what is written there on the verbs `set_on`; no client ever sets it.
    """

    name: str
    kind: Kind
    nullable: bool = True
    refers: str | None = None
    preset: Preset | None = None
    set_on: tuple[Verb, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table; its first column is `id`. uniques: sets of columns, besides the key."""

    name: str
    columns: tuple[Column, ...]
    uniques: tuple[tuple[str, ...], ...] = ()

    @property
    def singular(self) -> str:
        return self.name.lower()

    @property
    def plural(self) -> str:
        return self.name.lower() + "s"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Link:
    """
    A relation from `source` to `target`, by table name.

    column: the referring column, on the source of a `parent`, on the target of `children` and `child`.
    pair: of `many`, the table of pairs; `forward` when the source's id stands first in it.
    """

    name: str
    source: str
    target: str
    shape: Literal["parent", "children", "child", "many"]
    back: str
    column: str = ""
    pair: str = ""
    forward: bool = True

    @property
    def to_many(self) -> bool:
        return self.shape in ("children", "many")


# ---- who may ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    """A value written into a rule."""

    value: Value


@dataclass(frozen=True)
class Claim:
    """A claim of the caller; `typed` rules say its type, others leave it to the column."""

    name: str
    typed: bool


@dataclass(frozen=True)
class CallerId:
    """The caller's id."""


@dataclass(frozen=True)
class OwnColumn:
    """A column of the row that the whole rule is about, from inside a relation."""

    column: str


@dataclass(frozen=True)
class BesideColumn:
    """Another column of the row that is compared."""

    column: str


Operand: TypeAlias = Constant | Claim | CallerId | OwnColumn | BesideColumn
Preset: TypeAlias = Constant | Claim | CallerId


@dataclass(frozen=True)
class Always:
    """Everyone, or no one."""

    value: bool


@dataclass(frozen=True)
class Compare:
    """A column of the row beside an operand: `eq ne lt gt`."""

    column: str
    kind: Kind
    operator: Literal["eq", "ne", "lt", "gt"]
    operand: Operand


@dataclass(frozen=True)
class InClaim:
    """A column whose value is among the items of a claim that is a list."""

    column: str
    kind: Kind
    claim: str


@dataclass(frozen=True)
class IsNull:
    """A column that is null, or is not."""

    column: str
    negated: bool


@dataclass(frozen=True)
class RoleIs:
    """The role that the caller acts under."""

    role: str


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Some part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Negated:
    """The part does not hold; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True)
class Exists:
    """A related row, raw, that meets the condition. style: one of the ways to write it in SQLAlchemy."""

    link: Link
    inner: Condition
    style: Literal["plain", "alias", "query"]


@dataclass(frozen=True)
class ExistsIn:
    """Any row of a table, raw, that meets the condition. style: of the class itself, or of an alias."""

    table: str
    inner: Condition
    style: Literal["plain", "alias"]


Condition: TypeAlias = Always | Compare | InClaim | IsNull | RoleIs | AllOf | AnyOf | Negated | Exists | ExistsIn
RootKind: TypeAlias = Literal["list", "by_key", "aggregate", "connection"]


@dataclass(frozen=True)
class Rule:
    """One `allow` or `require`; `fields` and `roles` None where the rule does not say."""

    name: str
    kind: Literal["allow", "require"]
    table: str
    verbs: tuple[Verb, ...]
    condition: Condition
    roles: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    limit: int | None = None
    aggregates: bool = True
    presets: tuple[tuple[str, Preset], ...] = ()
    hide: tuple[RootKind, ...] = ()
    backend_only: bool = False


@dataclass(frozen=True)
class Principal:
    """A caller: claims may be absent, null or of a wrong type; `backend` where a trusted backend asks."""

    role: str
    id: Any
    claims: tuple[tuple[str, Any], ...] = ()
    backend: bool = False


@dataclass(frozen=True)
class World:
    """Everything that a model file would say; `roles` are (name, the roles it inherits)."""

    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    rules: tuple[Rule, ...]
    roles: tuple[tuple[str, tuple[str, ...]], ...]

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    def links_of(self, table: str) -> Iterator[Link]:
        return (link for link in self.links if link.source == table)

    @property
    def pairs(self) -> Iterator[Link]:
        """The tables of pairs, each as its forward link."""
        return (link for link in self.links if link.shape == "many" and link.forward)


# ---- what is stored --------------------------------------------------------------------------------


@dataclass
class State:
    """The rows of every table by id, the pairs of every table of pairs, and each table's next id if a counter gives it."""

    rows: dict[str, dict[int, Row]]
    pairs: dict[str, frozenset[tuple[int, int]]] = field(default_factory=dict[str, frozenset[tuple[int, int]]])
    counters: dict[str, int] = field(default_factory=dict[str, int])

    def copy(self) -> State:
        rows = {table: dict(each) for table, each in self.rows.items()}
        return State(rows, dict(self.pairs), dict(self.counters))

    def related(self, link: Link, row: Row) -> list[Row]:
        """The rows that a link leads to, whoever may see them."""
        targets = self.rows[link.target]
        match link.shape:
            case "parent":
                found = targets.get(row[link.column])  # pyright: ignore[reportArgumentType]
                return [] if found is None else [found]
            case "children" | "child":
                return [each for each in targets.values() if row["id"] is not None and each[link.column] == row["id"]]
            case "many":
                pairs = self.pairs[link.pair]
                ids = [b if link.forward else a for a, b in sorted(pairs) if (a if link.forward else b) == row["id"]]
                return [targets[each] for each in ids]

    def same_as(self, other: State) -> bool:
        """Whether the stored rows and pairs are the same; counters may differ."""
        return self.rows == other.rows and self.pairs == other.pairs
