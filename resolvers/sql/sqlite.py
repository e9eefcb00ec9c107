"""What is particular to SQLite (3.38 and later)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, cast, exists, func, literal_column, select
from sqlalchemy import types as sa
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from portico.resolvers.plan.paths import sqlite_path
from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.binding import json_text, keys_text, stored
from portico.resolvers.sql.dialect import SqlDialect, filtered, unlike
from portico.resolvers.sql.elements import Convert, InputBind, joined, quoted
from portico.resolvers.sql.spans import span_text, trimmed
from portico.resolvers.sql.sqlite_live import checked_start, image, start_bind, start_text
from portico.schema.catalog import Column, Table
from portico.schema.operators import Operator
from portico.schema.periods import Period
from portico.schema.scalars import Family, Scalar

BASE64_FUNCTION = "portico_base64"
"""What SQLite lacks; connections of `resolvers/run/sqlite.py` have it."""

_OPERATORS: dict[str, str] = {
    "_eq": "=",
    "_neq": "<>",
    "_gt": ">",
    "_lt": "<",
    "_gte": ">=",
    "_lte": "<=",
}


class SqliteDialect(SqlDialect):
    """SQL for SQLite through Python's own driver."""

    name = "sqlite"

    def __init__(self, *, stringify_numbers: bool = False) -> None:
        super().__init__(stringify_numbers=stringify_numbers)
        # The same parameter style as the driver's; SQLAlchemy's default for it.
        self.engine = sqlite_dialect(paramstyle="qmark")

    def bind(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        convert = self._convert(scalar, type_)
        if item is not None and convert is None:
            convert = scalar.check  # what a cursor holds was never checked as a value of the column
        return InputBind.make(tree, sa.NullType(), convert, item)

    def _convert(self, scalar: Scalar, type_: Any) -> Convert | None:
        if scalar.is_array or scalar.family in (Family.JSON, Family.JSONB):
            return json_text
        if scalar.name in ("Int", "smallint", "bigint", "Boolean", "String", "Text") and not isinstance(
            type_, sa.TypeDecorator
        ):
            return None
        return stored(type_, self.engine)

    def _convert_each(self, scalar: Scalar, type_: Any) -> Convert:
        convert = self._convert(scalar, type_)
        return lambda values: json_text([value if convert is None else convert(value) for value in values])

    def json(self, value: ColumnElement[Any], scalar: Scalar, type_: Any, *, nullable: bool) -> ColumnElement[str]:
        if scalar.family is Family.SIGNED:
            return self.marked(value)
        value = self.labelled(value, scalar)
        if not scalar.is_array and scalar.name in ("String", "bpchar", "citext", "date"):
            # json_quote writes NULL as null by itself. Dates are stored as they are shown.
            return func.json_quote(value)
        text = self._json(value, scalar, type_)
        if self.stringifies(scalar):
            # An infinite number is null as text as well.
            text = func.replace(joined(['"', text, '"']), quoted('"null"'), quoted("null"))
        return func.coalesce(text, quoted("null")) if nullable else text

    def _json(self, value: ColumnElement[Any], scalar: Scalar, type_: Any) -> ColumnElement[str]:
        if scalar.is_array or scalar.family in (Family.JSON, Family.JSONB):
            return case((func.json_valid(value), func.json(value)), else_=func.json_quote(value))
        match scalar.name:
            case "Int" | "smallint" | "bigint":
                return cast(value, sa.Text())
            case "Boolean":
                return _boolean(value)
            case "uuid":
                return _uuid(value, type_)
            case "time" | "timetz":
                return joined(['"', trimmed(value, 8), '"'])
            case "interval" if isinstance(type_, sa.Interval):
                return span_text(value)
            case "timestamp" | "timestamptz":
                return _moment(value, zone=scalar.name == "timestamptz")
            case "float8" | "Float":
                return _exact(value)
            case "numeric":
                return _decimal(value, type_)
            case "bytea":
                # hex() of NULL is an empty text, printf() of NULL a zero: neither is what coalesce() looks for.
                return _given(value, joined(['"\\\\x', func.lower(func.hex(value)), '"']))
            case _:
                return case(
                    (func.typeof(value) == quoted("blob"), func.json_quote(func.hex(value))),
                    else_=func.json_quote(value),
                )

    def json_at(self, value: ColumnElement[Any], scalar: Scalar, path: Tree) -> ColumnElement[str]:
        where = InputBind.make(path, sa.NullType(), sqlite_path)
        return func.coalesce(value.op("->")(where), quoted("null"))

    def compare(self, left: ColumnElement[Any], operator: Operator, value: Tree, column: Column) -> ColumnElement[bool]:
        scalar, type_ = column.scalar, column.sql.type
        name = operator.name
        if scalar.is_array:
            return self._compare_list(func.json(left), name, value)
        if name in ("_in", "_nin"):
            items = _items(InputBind.make(value, sa.NullType(), self._convert_each(scalar, type_)))
            return left.not_in(items) if name == "_nin" else left.in_(items)
        if operator.operand == "text":
            return self._pattern(left, name, value)
        if operator.operand == "text_list":
            return self._has_keys(left, name, value)
        return left.bool_op(_OPERATORS[name])(self.bind(value, scalar, type_))

    def _pattern(self, left: ColumnElement[Any], name: str, value: Tree) -> ColumnElement[bool]:
        if name == "_has_key":
            return left.op("->", return_type=sa.Text())(InputBind.make(value, sa.NullType(), _key_path)).is_not(None)
        # LIKE ignores case here and has no default escape; GLOB respects case, so patterns are translated.
        pattern: ColumnElement[Any] = InputBind.make(value, sa.NullType(), like_to_glob)
        if name in ("_ilike", "_nilike"):
            left, pattern = func.lower(left), func.lower(pattern)
        return left.bool_op("NOT GLOB" if name.startswith("_n") else "GLOB")(pattern)

    def _has_keys(self, left: ColumnElement[Any], name: str, value: Tree) -> ColumnElement[bool]:
        keys = func.json_each(InputBind.make(value, sa.NullType(), _key_paths)).table_valued("value", name="keys")
        present = left.op("->", return_type=sa.Text())(keys.c.value)
        if name == "_has_keys_any":
            return exists(select(literal_column("1")).select_from(keys).where(present.is_not(None)))
        missing = exists(select(literal_column("1")).select_from(keys).where(present.is_(None)))
        return and_(left.is_not(None), ~missing)

    def _compare_list(self, left: ColumnElement[Any], name: str, value: Tree) -> ColumnElement[bool]:
        bind = InputBind.make(value, sa.NullType(), json_text)
        match name:
            case "_eq" | "_neq":
                return left.bool_op(_OPERATORS[name])(func.json(bind))
            case "_in" | "_nin":
                items = _items(bind)
                return left.not_in(items) if name == "_nin" else left.in_(items)
            case "_contains":
                return and_(left.is_not(None), _all_in(bind, left))
            case _:
                return and_(left.is_not(None), _all_in(left, bind))

    def aggregate(
        self,
        function: str,
        values: Sequence[ColumnElement[Any]],
        scalar: Scalar | None,
        *,
        distinct: bool,
        only: ColumnElement[bool] | None = None,
    ) -> ColumnElement[Any]:
        if function == "count":
            return filtered(_count(values, distinct=distinct) if values else func.count(), only)
        call: Any = getattr(func, {"bool_and": "min", "bool_or": "max"}.get(function, function))
        return filtered(call(values[0].distinct() if distinct else values[0]), only)

    def beginning(self, moment: ColumnElement[Any], scalar: Scalar, period: Period) -> ColumnElement[Any]:
        if scalar.name == "date":
            return _beginning(moment, period, "%Y-%m-%d")
        return _beginning(moment, period, "%Y-%m-%d %H:%M:00")

    def hexadecimal(self, text: ColumnElement[str]) -> ColumnElement[str]:
        return func.lower(func.hex(text))

    def base64(self, text: ColumnElement[str]) -> ColumnElement[str]:
        return getattr(func, BASE64_FUNCTION)(text)

    def ordered(self, term: ColumnElement[Any], *, descending: bool, nulls_first: bool, nullable: bool) -> Any:
        direction = term.desc() if descending else term.asc()
        # NULL is the smallest value here, the largest in Postgres, whose answers are the measure.
        if not nullable or nulls_first != descending:
            return direction
        return direction.nulls_first() if nulls_first else direction.nulls_last()

    def distinct_on(
        self, select: Select[Any], columns: Sequence[ColumnElement[Any]], order: Sequence[Any]
    ) -> Select[Any]:
        place = unlike("place", {str(column.key).lower() for column in select.selected_columns})
        number = func.row_number().over(partition_by=list(columns), order_by=list(order) or None).label(place)
        numbered = select.add_columns(number).subquery("numbered")
        kept = [column for column in numbered.c if column.key != place]
        return _select(kept).where(numbered.c[place] == literal_column("1"))

    def limited(self, select: Select[Any], tree: Tree, bound: int | None, name: str) -> Select[Any]:
        return select.limit(InputBind.make(tree, sa.Integer()))

    def with_ties(
        self,
        select: Select[Any],
        columns: Any,
        size: ColumnElement[Any],
        last: Callable[[], ColumnElement[Any]],
        *,
        descending: bool,
    ) -> Select[Any]:
        return select.where(columns >= last() if descending else columns <= last())

    def start(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        return start_bind(tree, self._convert(column.scalar, column.sql.type))

    def start_text(self, value: ColumnElement[Any], column: Column) -> ColumnElement[str]:
        return start_text(value, _exact)

    def checked_start(self, value: Any, column: Column) -> Any:
        return checked_start(value)

    def image(self, table: Table, tree: Tree, alias: str) -> FromClause:
        return image(table, tree, alias)

    def change(self, operator: str, current: ColumnElement[Any], value: Tree, column: Column) -> ColumnElement[Any]:
        match operator:
            case "_delete_key":
                return func.json_delete_key(current, InputBind.make(value, sa.NullType()))
            case "_delete_elem":
                return func.json_delete_element(current, InputBind.make(value, sa.NullType()))
            case "_delete_at_path":
                return func.json_delete_path(current, InputBind.make(value, sa.NullType(), json_text))
            case _:
                operand = self.bind(value, column.scalar, column.sql.type)
        match operator:
            case "_inc":
                return current + operand
            case "_append":
                return func.json_append(current, operand)
            case "_prepend":
                return func.json_append(operand, current)
            case _:
                return operand

    def key_out(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return value

    def key_in(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        return InputBind.make(tree, sa.NullType(), _decoded)

    def listed_keys(self, tree: Tree, key: Sequence[Column]) -> tuple[FromClause, Sequence[ColumnElement[Any]]]:
        listed = func.json_each(InputBind.make(tree, sa.NullType(), keys_text)).table_valued(
            "value", name=self.free("listed")
        )
        at = [literal_column(f"'$[{index}]'") for index in range(len(key))]
        return listed, [func.json_extract(listed.c.value, each) for each in at]


def _select(columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return select(*columns)


def _count(values: Sequence[ColumnElement[Any]], *, distinct: bool) -> ColumnElement[Any]:
    """As Postgres counts: several columns are one value, distinct ones whatever is null, others only when none is."""
    if len(values) == 1:
        return func.count(values[0].distinct() if distinct else values[0])
    if distinct:
        return func.count(func.json_array(*(_distinguishable(value) for value in values)).distinct())
    return func.count(case((and_(*(value.is_not(None) for value in values)), literal_column("1"))))


def _distinguishable(value: ColumnElement[Any]) -> ColumnElement[Any]:
    # json_array() takes no blobs.
    return case((func.typeof(value) == quoted("blob"), func.hex(value)), else_=value)


def _beginning(moment: ColumnElement[Any], period: Period, form: str) -> ColumnElement[Any]:
    # Without fractions of seconds, because SQLite rounds them, and the last microsecond of a day to the next one.
    whole = func.substr(moment, literal_column("1"), literal_column("19"))
    steps = [quoted(step) for step in _STEPS[period]]
    if period == "quarter":
        month = cast(func.strftime(quoted("%m"), whole), sa.Integer())
        steps.append(joined(["-", cast((month + literal_column("2")) % literal_column("3"), sa.Text()), " months"]))
    if period == "hour":
        form = form.replace("%M", "00")
    return func.strftime(quoted(form), whole, *steps)


# How one comes from a moment to the beginning of its period, but for the minutes of an hour.
_STEPS: dict[Period, tuple[str, ...]] = {
    "minute": (),
    "hour": (),
    "day": ("start of day",),
    "week": ("start of day", "-6 days", "weekday 1"),
    "month": ("start of month",),
    "quarter": ("start of month",),
    "year": ("start of year",),
}


def _items(bind: ColumnElement[Any]) -> Select[Any]:
    return select(func.json_each(bind).table_valued("value", name="items").c.value)


def _all_in(needles: ColumnElement[Any], haystack: ColumnElement[Any]) -> ColumnElement[bool]:
    wanted = func.json_each(needles).table_valued("value", name="wanted")
    offered = func.json_each(haystack).table_valued("value", name="offered")
    return ~exists(
        select(literal_column("1")).select_from(wanted).where(wanted.c.value.not_in(select(offered.c.value)))
    )


def _boolean(value: ColumnElement[Any]) -> ColumnElement[str]:
    return case((value.is_(None), None), (value, quoted("true")), else_=quoted("false"))


def _uuid(value: ColumnElement[Any], type_: Any) -> ColumnElement[str]:
    """SQLAlchemy stores 32 digits; the dashes belong to the answer."""
    if not isinstance(type_.dialect_impl(sqlite_dialect()), sa.Uuid):
        return func.json_quote(value)
    parts: list[Any] = ['"']
    for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12)):
        parts += [func.substr(value, literal_column(str(start)), literal_column(str(length))), "-"]
    return joined([*parts[:-1], '"'])


def _moment(value: ColumnElement[Any], *, zone: bool) -> ColumnElement[str]:
    """As Postgres writes it: a T, no trailing zeros, and the zone."""
    return joined(['"', func.replace(trimmed(value, 19), quoted(" "), quoted("T")), '+00:00"' if zone else '"'])


def _exact(value: ColumnElement[Any]) -> ColumnElement[str]:
    """
    A float's shortest text of 15 digits, or 17 where 15 do not bring it back.

    SQLite rounds the 17th digit wrongly beyond 1e102 (0.3 % of all floats, 9 % of those near 1e308): two more bring those back.
    """
    short = cast(value, sa.Text())
    digits = case((func.abs(value) < literal_column("1e100"), quoted("%!.17g")), else_=quoted("%!.19g"))
    exact = func.printf(digits, value)
    return case(
        (func.abs(value) > literal_column("1.7976931348623157e308"), quoted("null")),
        (cast(short, sa.REAL()) == value, short),
        (value.is_not(None), exact),
    )


def _decimal(value: ColumnElement[Any], type_: Any) -> ColumnElement[str]:
    scale = getattr(type_, "scale", None)
    if scale is None:
        return case((func.typeof(value) == quoted("real"), _exact(value)), else_=cast(value, sa.Text()))
    # printf() writes 16 digits; a longer number is a float all the same, and written so that it comes back.
    fits = func.abs(value) < literal_column(f"1e{15 - scale}")
    return case((fits, func.printf(quoted(f"%.{scale}f"), value)), else_=_exact(value))


def _given(value: ColumnElement[Any], text: ColumnElement[str]) -> ColumnElement[str]:
    return case((value.is_not(None), text))


def _decoded(value: Any) -> Any:
    # Text comes from the connection as bytes, which as a parameter would be a blob.
    return value.decode() if isinstance(value, bytes) else value


def like_to_glob(pattern: Any) -> str:
    """A LIKE pattern as a GLOB pattern: % and _ become * and ?, and GLOB's own signs are taken as they stand."""
    found: list[str] = []
    escaped = False
    for character in pattern:
        if escaped or character not in "%_\\":
            found.append(f"[{character}]" if character in "*?[" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            found.append("*" if character == "%" else "?")
    return "".join(found)


def _key_path(key: Any) -> str:
    if '"' in key:
        raise ValueError("SQLite cannot look for a key that contains a quotation mark")
    return f'$."{key}"'


def _key_paths(keys: Any) -> str:
    return json_text([_key_path(key) for key in keys])
