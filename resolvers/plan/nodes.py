"""What is a plan: the frozen records between a document and its SQL, all on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from portico.resolvers.plan.values import Bind, NewRows, Position, Size, Tree
from portico.schema.access import Grant
from portico.schema.catalog import Column, DatabaseFunction, FunctionArgument, Link, RuleRef, Table, Unique
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
    """
    An aggregate over the related rows that the caller may see compares with a value.

    link: None where it is over the rows of a group, which are those of the surrounding node and guarded there.
    """

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

    hops: to-one links to follow first. link: when set, the term is an aggregate over its rows, `function`
    of `column` (or their count). Of groups, a term with a function and no link is an aggregate over the group.
    nulls_first: None leaves it to the direction (asc last, desc first).
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
class GroupKey:
    """What groups are told apart by: a column as the caller may see it, or the period in which its moment lies."""

    column: Column
    period: Period | None = None


@dataclass(frozen=True, eq=False, slots=True)
class GroupsItem:
    """
    The rows of an aggregate, aggregated for each combination of keys.

    items: of one group; a ColumnItem among them is a key. having: its AggregateComparisons have no link.
    order: total, for it ends with the keys that it lacks. most: groups that are answered at all.
    """

    key: str
    by: tuple[GroupKey, ...]
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
    the role's own. call: the function of the database that gives the rows instead of the table. guard: None until guard.py has seen the node, and such a plan cannot be compiled.
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


# ---- writing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Conflict:
    """
    What an insert does when a row with the same unique values exists; no columns leaves it as it is.

    visible, filter: that row must be one the caller may read and update, or the insert is refused; check: what it
    must meet as changed.
    """

    unique: Unique
    columns: tuple[Column, ...]
    where: Predicate
    presets: tuple[tuple[Column, Any], ...] = ()
    visible: Guard | None = None
    filter: Guard | None = None
    check: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class NewRow:
    """One variant of a row to insert: its columns, the rows it refers to, and those that refer to it."""

    columns: tuple[tuple[Column, Tree], ...]
    parents: tuple[NestedInsert, ...] = ()
    children: tuple[NestedInsert, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class NestedInsert:
    """Rows inserted along a link of the surrounding row."""

    link: Link
    insert: Insert


@dataclass(frozen=True, eq=False, slots=True)
class Insert:
    """Rows to insert into one table, by variant of their members."""

    table: Table
    rows: NewRows
    variants: tuple[NewRow, ...]
    presets: tuple[tuple[Column, Any], ...] = ()
    conflict: Conflict | None = None
    check: Guard | None = None
    grant: Grant | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One column of an update: the operator (`_set`, `_inc`, …) and its operand, or a preset."""

    column: Column
    operator: str
    value: Any


@dataclass(frozen=True, eq=False, slots=True)
class Update:
    """
    Changes to the rows that match; by key where `key` is given.

    visible: the read rules, which rows must pass too, or a filter could probe rows that stay hidden
    (PostgreSQL, CREATE POLICY: SELECT policies hold for an UPDATE that reads). filter, check: the update
    rules on the row as it is, and as it becomes. condition: what every row that is reached must meet, or the
    write fails.
    """

    table: Table
    changes: tuple[Change, ...]
    where: Predicate = TRUE
    key: tuple[tuple[Column, Tree], ...] = ()
    condition: Predicate | None = None
    visible: Guard | None = None
    filter: Guard | None = None
    check: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Delete:
    """The rows that match are deleted; by key where `key` is given; `condition`, `visible` as in Update."""

    table: Table
    where: Predicate = TRUE
    key: tuple[tuple[Column, Tree], ...] = ()
    condition: Predicate | None = None
    visible: Guard | None = None
    filter: Guard | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Called:
    """A function of the database that writes, and what is read of the rows it gives."""

    rows: Rows

    @property
    def table(self) -> Table:
        """The table that the rows are of."""
        return self.rows.table


Write: TypeAlias = Insert | Update | Delete | Called


@dataclass(frozen=True, eq=False, slots=True)
class Written:
    """
    The answer of a write.

    one: the single row that is the answer, or None where the answer is a response object of `items`, in
    which `affected_rows` is a PageItem and each `returning` a LinkItem over the rows written.
    """

    items: tuple[Item, ...] = ()
    one: Rows | None = None


# ---- whole documents ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class ReadField:
    """A root field that reads."""

    key: str
    rows: Rows


@dataclass(frozen=True, eq=False, slots=True)
class NamespaceField:
    """A root field that holds root fields."""

    key: str
    fields: tuple[RootField, ...]


@dataclass(frozen=True, eq=False, slots=True)
class WriteField:
    """A root field that writes; several writes answer a list (`updatePostsMany`)."""

    key: str
    writes: tuple[Write, ...]
    written: Written
    many: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class TextField:
    """`__typename` of the root."""

    key: str
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class CallField:
    """A root field that GraphQL's own executor answers: an author's function, or introspection."""

    key: str
    introspection: bool


LeafField: TypeAlias = ReadField | WriteField | TextField | CallField
RootField: TypeAlias = LeafField | NamespaceField


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """All root fields of one operation, in order."""

    operation: Literal["query", "mutation"]
    fields: tuple[RootField, ...]


def leaves(fields: Iterable[RootField]) -> Iterator[LeafField]:
    """The fields that read, write or say something, those in namespaces included."""
    for each in fields:
        if isinstance(each, NamespaceField):
            yield from leaves(each.fields)
        else:
            yield each


@dataclass(frozen=True, eq=False, slots=True)
class Guarded:
    """A plan that guard.py has put its rules into; nothing else may be compiled."""

    plan: Plan
