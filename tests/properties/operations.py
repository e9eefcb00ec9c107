"""What may a caller ask: reads and writes as plain frozen records, before they become GraphQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tests.properties.description import Link, Value

# ---- filters ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """A column beside a value: `_eq _neq _gt _lt _gte _lte _in _nin _like _nlike _ilike _nilike`."""

    table: str
    column: str
    operator: str
    value: Any


@dataclass(frozen=True)
class NullTest:
    """`_isNull`."""

    table: str
    column: str
    wanted: bool


@dataclass(frozen=True)
class Every:
    """`_and`; `merged` as members of one object where that says the same."""

    parts: tuple[Where, ...]
    merged: bool = False


@dataclass(frozen=True)
class Some:
    """`_or`."""

    parts: tuple[Where, ...]


@dataclass(frozen=True)
class Without:
    """`_not`."""

    part: Where


@dataclass(frozen=True)
class Related:
    """A related row meets the condition."""

    link: Link
    where: Where | None


@dataclass(frozen=True)
class Aggregated:
    """An aggregate of the related rows beside a value; of the rows of a group where there is no link."""

    table: str
    link: Link | None
    function: str
    columns: tuple[str, ...]
    distinct: bool
    filter: Where | None
    operator: str
    value: Any


Where: TypeAlias = Comparison | NullTest | Every | Some | Without | Related | Aggregated

# ---- reads -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """
    One term of an ordering: a column, or an aggregate of `link`, after following `path`.

    table: that of the column. column: None for a count. Of groups, a function without a link is an aggregate
    of the group, and a column without a function a key.
    """

    path: tuple[Link, ...]
    table: str
    column: str | None
    direction: str
    link: Link | None = None
    function: str = ""


@dataclass(frozen=True)
class Arguments:
    """The arguments of a list."""

    where: Where | None = None
    order: tuple[Term, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """The window of a page: its size (None for all), from the end where `backward`, and what else is asked of it."""

    size: int | None
    backward: bool = False
    total: bool = False


@dataclass(frozen=True)
class Part:
    """One aggregate under an alias of its own: `count`, `sum`, `min`, `max`, `avg`."""

    function: str
    columns: tuple[str, ...]
    distinct: bool = False


@dataclass(frozen=True)
class Groups:
    """The rows of an aggregate, aggregated for each combination of the columns `by`, which are selected where `shown`."""

    by: tuple[str, ...]
    parts: tuple[Part, ...]
    shown: bool = True
    having: Where | None = None
    order: tuple[Term, ...] = ()
    limit: int | None = None
    offset: int | None = None


@dataclass(frozen=True)
class ColumnItem:
    """A column of the row."""

    column: str


@dataclass(frozen=True)
class IdentityItem:
    """The identifier of the row."""

    table: str


Form: TypeAlias = Literal["list", "one", "key", "node", "aggregate", "page"]


@dataclass(frozen=True)
class Rows:
    """
    Rows of a table, at the root or along a link, and what is selected of them.

    id: of the forms `key` and `node`. parts, groups, nodes: of form `aggregate`; `items` are then those of its nodes.
    """

    form: Form
    table: str
    items: tuple[Item, ...]
    link: Link | None = None
    arguments: Arguments = Arguments()
    id: int = 0
    parts: tuple[Part, ...] = ()
    nodes: bool = False
    window: Window = Window(None)
    groups: tuple[Groups, ...] = ()


Item: TypeAlias = ColumnItem | IdentityItem | Rows


@dataclass(frozen=True)
class Query:
    """Root fields that read. variables: whether filters are sent as variables."""

    roots: tuple[Rows, ...]
    variables: bool = False


@dataclass(frozen=True)
class Walk:
    """Every page of a connection, one after another, `size` rows each."""

    root: Rows


# ---- writes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnConflict:
    """What an insert does where the unique columns are taken."""

    unique: tuple[str, ...]
    columns: tuple[str, ...]
    where: Where | None = None


@dataclass(frozen=True)
class Nested:
    """Rows inserted along a link."""

    link: Link
    rows: tuple[NewRow, ...]
    conflict: OnConflict | None = None


@dataclass(frozen=True)
class NewRow:
    """A row to insert."""

    values: tuple[tuple[str, Value], ...]
    nested: tuple[Nested, ...] = ()


@dataclass(frozen=True)
class Insert:
    """`insertXs`, or `insertX` where `single`."""

    table: str
    rows: tuple[NewRow, ...]
    items: tuple[Item, ...]
    conflict: OnConflict | None = None
    single: bool = False


@dataclass(frozen=True)
class Changes:
    """One update: what is set and what is counted up, where; by key where `id` is given, `condition` is then its `_if`."""

    set: tuple[tuple[str, Value], ...]
    increase: tuple[tuple[str, int], ...] = ()
    where: Where | None = None
    id: int | None = None
    condition: Where | None = None


@dataclass(frozen=True)
class Update:
    """`updateXs`, `updateX` where the one change has an id, or `updateXsMany` where `many`."""

    table: str
    changes: tuple[Changes, ...]
    items: tuple[Item, ...]
    many: bool = False


@dataclass(frozen=True)
class Delete:
    """`deleteXs`, or `deleteX` where `id` is given, with its `_if`."""

    table: str
    items: tuple[Item, ...]
    where: Where | None = None
    id: int | None = None
    condition: Where | None = None


Write: TypeAlias = Insert | Update | Delete


@dataclass(frozen=True)
class Mutation:
    """Root fields that write, in order, in one transaction. variables: whether rows and filters are sent as variables."""

    roots: tuple[Write, ...]
    variables: bool = False


Operation: TypeAlias = Query | Walk | Mutation
