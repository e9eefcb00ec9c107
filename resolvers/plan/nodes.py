"""What does a plan read: the records of rows, conditions and orderings, with the rules that guard them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from portico.resolvers.plan.values import Bind, Position, Size, Tree
from portico.schema.catalog import Column, DatabaseFunction, FunctionArgument, Link, RuleRef, Table
from portico.schema.operators import Operator
from portico.schema.periods import Period
from portico.schema.scalars import Scalar

# ---- who may: filled in by guard.py alone -----------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Guard:
    """
    The rules over one node's rows.

    any_of: one must hold (none means every row); all_of: all must; cells: columns that are null where
    none of their rules holds. nothing: no row passes, whatever the rules say.
    """

    any_of: tuple[RuleRef, ...] = ()
    all_of: tuple[RuleRef, ...] = ()
    cells: Mapping[Column, tuple[RuleRef, ...]] = field(default_factory=dict[Column, tuple[RuleRef, ...]])
    nothing: bool = False

    @property
    def is_open(self) -> bool:
        """Whether every row passes."""
        return not (self.any_of or self.all_of or self.nothing)


# ---- conditions --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class And:
    """All parts hold; no parts is true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Or:
    """Any part holds; no parts is false."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Not:
    """The part does not hold (nor is it unknown)."""

    part: Predicate


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """A column of the row compared with a value; `casts` are the types that the column is cast to first, in order."""

    column: Column
    operator: Operator
    value: Tree
    casts: tuple[Scalar, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Related:
    """A related row that the caller may see meets the condition."""

    link: Link
    where: Predicate
    guard: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class AggregateComparison:
    """An aggregate of related rows that the caller may see compares with a value; of a group's where there is no link."""

    link: Link | None
    function: str
    columns: tuple[Column, ...]
    distinct: bool
    filter: Predicate
    comparisons: tuple[tuple[Operator, Tree], ...]
    guard: Guard | None = None


Predicate: TypeAlias = And | Or | Not | Comparison | Related | AggregateComparison
TRUE = And(())

# ---- order -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Hop:
    """A to-one link on the way to an ordering column, and the rules of where it leads."""

    link: Link
    guard: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class OrderTerm:
    """
    One term of an ordering.

    hops: to-one links to follow first. function: when set, the term is that aggregate of `column` (or a count)
    over the rows of `link`; without a link, over those of a group.
    """

    hops: tuple[Hop, ...]
    column: Column | None
    descending: bool
    nulls_first: bool
    link: Hop | None = None
    function: str = ""


# ---- reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class FunctionCall:
    """A call of a function of the database with what the client gives; arguments left out have their defaults."""

    function: DatabaseFunction
    arguments: tuple[tuple[FunctionArgument, Tree], ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class ColumnItem:
    """A column under a key of the answer; `path` leads into a JSON column, `call` works out a computed one."""

    key: str
    column: Column
    path: Tree | None = None
    call: FunctionCall | None = None


@dataclass(frozen=True, eq=False, slots=True)
class TextItem:
    """A constant text: `__typename`."""

    key: str
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class IdentityItem:
    """The row's identifier: the name of its type, and its key."""

    key: str
    type_name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, eq=False, slots=True)
class LinkItem:
    """Related rows, or an aggregate or page of them, under a key of the answer."""

    key: str
    rows: Rows


@dataclass(frozen=True, eq=False, slots=True)
class FieldsItem:
    """An object of more items about the same rows: `aggregate {…}`, `sum {…}`, `pageInfo {…}`."""

    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True, eq=False, slots=True)
class AggregateItem:
    """An aggregate function of a column, or a count (`column` None counts rows)."""

    key: str
    function: str
    columns: tuple[Column, ...]
    distinct: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ListItem:
    """The rows themselves inside an aggregate or page: `nodes`, `edges`, `returning`."""

    key: str
    items: tuple[Item, ...]


@dataclass(frozen=True, eq=False, slots=True)
class PageItem:
    """A fact of a page: `has_next_page`, `has_previous_page`, `start_cursor`, `end_cursor`, `total_count`, `cursor`."""

    key: str
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class GroupsItem:
    """
    The rows of an aggregate, aggregated for each combination of columns, or of the periods that their moments lie in.

    items: of one group; a ColumnItem is a key. having, order: of aggregates without a link. most: groups answered at all.
    """

    key: str
    by: tuple[tuple[Column, Period | None], ...]
    items: tuple[Item, ...]
    having: Predicate
    order: tuple[OrderTerm, ...]
    most: int
    limit: Size | None = None
    offset: Bind | None = None


Item: TypeAlias = (
    ColumnItem | TextItem | IdentityItem | LinkItem | FieldsItem | AggregateItem | ListItem | PageItem | GroupsItem
)
Form: TypeAlias = Literal["list", "one", "aggregate", "page"]


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """The window of a connection."""

    after: Position | None
    before: Position | None
    backward: bool


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """
    Rows of a table and what is selected of them.

    form: a list of objects, one object or null, an aggregate object, or a page of a connection.
    link: how they hang on the surrounding row; None for a root field.
    key: (column, bind) pairs that pick one row. limits: page sizes, the smallest counts; `row_limit` is
    the role's own. call: the function of the database that gives the rows instead of the table. stands_alone: the values of
    the key are the row; there is no table. guard: None until guard.py has seen the node, and such a plan cannot be compiled.
    """

    table: Table
    form: Form
    items: tuple[Item, ...]
    link: Link | None = None
    key: tuple[tuple[Column, Tree], ...] = ()
    where: Predicate = TRUE
    order: tuple[OrderTerm, ...] = ()
    distinct: tuple[Column, ...] = ()
    limit: Size | None = None
    offset: Bind | None = None
    page: Page | None = None
    row_limit: int | None = None
    guard: Guard | None = None
    call: FunctionCall | None = None
    stands_alone: bool = False
