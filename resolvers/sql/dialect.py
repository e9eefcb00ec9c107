"""Where do the engines differ: the dozen differences, each a method with a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from typing import Any, Self

from sqlalchemy import ColumnElement, FromClause, Select, case
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine.interfaces import Dialect

from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.elements import MARK, joined, quoted
from portico.resolvers.sql.logged_tables import changing
from portico.schema.catalog import Column, Table
from portico.schema.operators import Operator
from portico.schema.periods import Period
from portico.schema.scalars import DialectName, Scalar


def unlike(name: str, taken: Collection[str]) -> str:
    """This name, or one like it that is not taken; the names taken are in lower case, for SQLite takes no notice of it."""
    while name.lower() in taken:
        name += "_"
    return name


_WIDE = ("bigint", "numeric", "float8")


def filtered(call: Any, only: ColumnElement[bool] | None) -> ColumnElement[Any]:
    """An aggregate of the rows that meet a condition, or of all."""
    return call if only is None else call.filter(only)


class SqlDialect(ABC):
    """
    What SQL generation asks of an engine; both implementations are pure.

    Args:
        stringify_numbers: numbers that a client's may not hold are text in answers.
    """

    name: DialectName
    engine: Dialect
    _taken: frozenset[str] = frozenset()
    _logged: frozenset[SqlTable] = frozenset()

    def __init__(self, *, stringify_numbers: bool = False) -> None:
        self._stringify_numbers = stringify_numbers

    def stringifies(self, scalar: Scalar) -> bool:
        """
        Whether numbers of a type are written as text in answers.

        Those that a double-precision number cannot hold, and doubles; the rest and lists stay numbers, as in
        Hasura.
        """
        return self._stringify_numbers and scalar.name in _WIDE and not scalar.is_array

    def reserving(self, names: Iterable[str]) -> Self:
        """The same engine, whose statements give no alias any of these names, whatever their case."""
        made = copy(self)
        made._taken = frozenset(name.lower() for name in names)  # noqa: SLF001
        return made

    def logging(self, tables: Collection[SqlTable]) -> Self:
        """The same engine, which logs the changes of these tables."""
        made = copy(self)
        made._logged = changing(tables)  # noqa: SLF001
        return made

    def logs(self, table: SqlTable) -> bool:
        """Whether a write of this table may be logged, of itself or of tables that follow it."""
        return table in self._logged

    @property
    def logs_any(self) -> bool:
        """Whether any changes are logged."""
        return bool(self._logged)

    def free(self, name: str) -> str:
        """
        This name, or one like it that no table has.

        An alias called like a table that a rule selects from would stand for that table inside the rule.
        """
        return unlike(name, self._taken)

    @abstractmethod
    def bind(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        """A value as an operand beside a column of this type."""

    def position(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value from which an ordered walk goes on, of which the engine's planner learns nothing of use."""
        return value

    def labelled(self, value: ColumnElement[Any], scalar: Scalar) -> ColumnElement[Any]:
        """An enum's value as GraphQL names it, where that is not how it is stored."""
        if scalar.is_array or all(label == stored for label, stored in scalar.labels):
            return value
        return case({stored: quoted(label) for label, stored in scalar.labels}, value=value)

    def marked(self, value: ColumnElement[Any]) -> ColumnElement[str]:
        """A value as JSON text in which whoever sends the answer finds it, to put an address in its place; SQL's NULL as null."""
        return case((value.is_not(None), joined([quoted(f'"{MARK}'), value, quoted(f'{MARK}"')])), else_=quoted("null"))

    @abstractmethod
    def json(self, value: ColumnElement[Any], scalar: Scalar, type_: Any, *, nullable: bool) -> ColumnElement[str]:
        """A value as JSON text; SQL's NULL as the text null."""

    @abstractmethod
    def json_at(self, value: ColumnElement[Any], scalar: Scalar, path: Tree) -> ColumnElement[str]:
        """What a JSON value has at a path, as JSON text."""

    def comparable(self, value: ColumnElement[Any], scalar: Scalar) -> ColumnElement[Any]:
        """A value in a form that the engine can order and tell from others: for DISTINCT."""
        return value

    @abstractmethod
    def compare(self, left: ColumnElement[Any], operator: Operator, value: Tree, column: Column) -> ColumnElement[bool]:
        """A comparison of the dialect's operator table; `_is_null` and `cast` are not among them."""

    @abstractmethod
    def aggregate(
        self,
        function: str,
        values: Sequence[ColumnElement[Any]],
        scalar: Scalar | None,
        *,
        distinct: bool,
        only: ColumnElement[bool] | None = None,
    ) -> ColumnElement[Any]:
        """`count`, `sum`, `bool_and` … of the rows that meet a condition; no values count rows."""

    @abstractmethod
    def beginning(self, moment: ColumnElement[Any], scalar: Scalar, period: Period) -> ColumnElement[Any]:
        """When the period began, in UTC, in which a moment lies; of the moment's own type."""

    @abstractmethod
    def hexadecimal(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """The UTF-8 bytes of a text in lower-case hexadecimal."""

    @abstractmethod
    def base64(self, text: ColumnElement[str]) -> ColumnElement[str]:
        """A text's bytes in base64, on one line."""

    @abstractmethod
    def ordered(self, term: ColumnElement[Any], *, descending: bool, nulls_first: bool, nullable: bool) -> Any:
        """One term of ORDER BY, NULLS said only where the engine would not do so by itself."""

    @abstractmethod
    def distinct_on(
        self, select: Select[Any], columns: Sequence[ColumnElement[Any]], order: Sequence[Any]
    ) -> Select[Any]:
        """The first row, in this order, of each combination of columns."""

    @abstractmethod
    def limited(self, select: Select[Any], tree: Tree, bound: int | None, name: str) -> Select[Any]:
        """At most as many rows as a bind says; `bound` is what it cannot exceed."""

    @abstractmethod
    def with_ties(
        self,
        select: Select[Any],
        columns: Any,
        size: ColumnElement[Any],
        last: Callable[[], ColumnElement[Any]],
        *,
        descending: bool,
    ) -> Select[Any]:
        """
        As many rows of an ordered SELECT as asked for, and those that tie with the last.

        Args:
            columns: what it is ordered by, as one value or row. last: the same of the last of so many rows.
        """

    @abstractmethod
    def start(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        """A value behind which a stream goes on: as a client sends it, or as `start_text` wrote it."""

    @abstractmethod
    def start_text(self, value: ColumnElement[Any], column: Column) -> ColumnElement[str]:
        """A value of a cursor as JSON, from which `start` makes exactly this value again."""

    @abstractmethod
    def checked_start(self, value: Any, column: Column) -> Any:
        """What `start_text` wrote, from somebody who may have changed it; raises ValueError."""

    @abstractmethod
    def image(self, table: Table, tree: Tree, alias: str) -> FromClause:
        """A row as the change log has it, which is bound as JSON text, with the columns of the table."""

    @abstractmethod
    def change(self, operator: str, current: ColumnElement[Any], value: Tree, column: Column) -> ColumnElement[Any]:
        """The new value of a column under an update operator."""

    @abstractmethod
    def key_out(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A column of a written row, as it travels to the next step of the transaction."""

    @abstractmethod
    def key_in(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        """What `key_out` gave, as an operand beside the column."""

    @abstractmethod
    def listed_keys(self, tree: Tree, key: Sequence[Column]) -> tuple[FromClause, Sequence[ColumnElement[Any]]]:
        """A list of keys as `key_out` gave them, as rows to select from, and what each has of the key."""
