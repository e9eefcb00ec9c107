"""What is particular to Postgres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, cast, func, literal_column, select, tuple_
from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import ARRAY, BIT, CITEXT, JSONB, distinct_on
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from portico.resolvers.plan.paths import path_keys
from portico.resolvers.plan.values import Members, Tree
from portico.resolvers.sql.binding import json_text, keys_text
from portico.resolvers.sql.dialect import SqlDialect, filtered
from portico.resolvers.sql.elements import InputBind, Opaque, joined, quoted
from portico.resolvers.sql.postgres_live import checked_start, float_start, image, start_text
from portico.resolvers.sql.postgres_operators import (
    LABEL_OPERATORS,
    WITH_VALUE,
    shape,
    shape_json,
    shape_text,
    shape_texts,
    with_object,
)
from portico.schema.catalog import Column, Table
from portico.schema.operators import Operator, Parts
from portico.schema.periods import Period
from portico.schema.postgres_types import Named
from portico.schema.scalars import Family, Scalar

# Types that asyncpg encodes from what JSON gives. Every other value goes as text and is cast by the
# database, which reads more forms of a date than any Python parser.
_NATIVE: dict[str, sa.TypeEngine[Any]] = {
    "Int": sa.Integer(),
    "smallint": sa.SmallInteger(),
    "bigint": sa.BigInteger(),
    "Float": sa.Double(),
    "float8": sa.Double(),
    "Boolean": sa.Boolean(),
    "String": sa.String(),
    "uuid": sa.Uuid(),
}
_OPERATORS: dict[str, str] = {
    "_eq": "=",
    "_neq": "<>",
    "_gt": ">",
    "_lt": "<",
    "_gte": ">=",
    "_lte": "<=",
    "_like": "LIKE",
    "_nlike": "NOT LIKE",
    "_ilike": "ILIKE",
    "_nilike": "NOT ILIKE",
    "_similar": "SIMILAR TO",
    "_nsimilar": "NOT SIMILAR TO",
    "_regex": "~",
    "_nregex": "!~",
    "_iregex": "~*",
    "_niregex": "!~*",
    "_contains": "@>",
    "_contained_in": "<@",
    "_has_key": "?",
    "_has_keys_any": "?|",
    "_has_keys_all": "?&",
    **LABEL_OPERATORS,
}
# PostGIS has an operator = for these, and none for its opposite.
_WITHOUT_UNEQUAL = (Family.GEOMETRY, Family.GEOGRAPHY, Family.RASTER)
# Of these Postgres may not know whether two are equal.
_COMPARED_AS_TEXT = (Family.JSON, Family.UNORDERED, Family.OTHER)


class PostgresDialect(SqlDialect):
    """SQL for Postgres through asyncpg."""

    name = "postgres"

    def __init__(self, *, stringify_numbers: bool = False) -> None:
        super().__init__(stringify_numbers=stringify_numbers)
        self.engine = asyncpg_dialect()

    def bind(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        if scalar.is_array:
            return self._list(tree, scalar.item or scalar, _item_type(type_), item)
        if scalar.is_spatial:
            return shape(InputBind.make(tree, sa.String(), shape_text(tree), item), scalar)
        if scalar.family in (Family.JSON, Family.JSONB):
            return cast(InputBind.make(tree, sa.String(), json_text, item), type_)
        native = _native(scalar, type_)
        if native is not None:
            return InputBind.make(tree, native, None if item is None else _unchecked(scalar), item)
        return self._from_text(InputBind.make(tree, sa.String(), _as_text, item), scalar, type_)

    def _from_text(self, bind: ColumnElement[Any], scalar: Scalar, type_: Any) -> ColumnElement[Any]:
        if isinstance(type_, sa.NullType):
            return bind
        # A numeric(10,2) would round the operand of a comparison.
        return cast(bind, sa.Numeric() if scalar.name == "numeric" else _plain(type_))

    def _list(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None) -> ColumnElement[Any]:
        """The value of a column of lists, which Postgres compares with lists of the very same type only."""
        array = self._array(tree, scalar, type_, item)
        is_other = isinstance(type_, sa.Text | sa.REAL) and _native(scalar, type_) is not None
        return cast(array, ARRAY(type_)) if is_other else array

    def _array(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        native = _native(scalar, type_)
        if native is not None:
            return InputBind.make(tree, ARRAY(native), None, item)
        texts = InputBind.make(tree, ARRAY(sa.String()), _texts, item)
        if isinstance(type_, sa.NullType):
            return texts
        return cast(texts, ARRAY(sa.Numeric() if scalar.name == "numeric" else _plain(type_)))

    def position(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return Opaque.of(value)

    def json(self, value: ColumnElement[Any], scalar: Scalar, type_: Any, *, nullable: bool) -> ColumnElement[str]:
        if scalar.family is Family.SIGNED:
            return self.marked(value)
        text = self._json(self.labelled(value, scalar), scalar)
        return func.coalesce(text, quoted("null")) if nullable else text

    def _json(self, value: ColumnElement[Any], scalar: Scalar) -> ColumnElement[str]:
        if self.stringifies(scalar):
            return joined(['"', cast(value, sa.Text()), '"'])
        if not scalar.is_array:
            if scalar.family in (Family.JSON, Family.JSONB) or scalar.name in ("Int", "smallint", "bigint", "Boolean"):
                return cast(value, sa.Text())
            if scalar.name == "uuid":
                return joined(['"', cast(value, sa.Text()), '"'])
            if scalar.is_spatial:
                return shape_json(value)
        # Quotes text, dates and whatever else, writes numbers bare, and NaN and Infinity in quotes.
        return cast(func.to_json(value), sa.Text())

    def json_at(self, value: ColumnElement[Any], scalar: Scalar, path: Tree) -> ColumnElement[str]:
        keys = InputBind.make(path, ARRAY(sa.String()), path_keys)
        return func.coalesce(cast(value.op("#>")(keys), sa.Text()), quoted("null"))

    def comparable(self, value: ColumnElement[Any], scalar: Scalar) -> ColumnElement[Any]:
        return cast(value, sa.Text()) if scalar.family in _COMPARED_AS_TEXT else value

    def compare(self, left: ColumnElement[Any], operator: Operator, value: Tree, column: Column) -> ColumnElement[bool]:
        scalar, type_ = column.scalar, column.sql.type
        if scalar.name == "Text" or scalar.family is Family.UNORDERED:
            left = cast(left, sa.Text())
        if operator.name in ("_in", "_nin"):
            return self._member(left, value, scalar, type_, negated=operator.name == "_nin")
        if operator.parts is not None:
            return with_object(operator.name, left, self._parts(operator.parts, value), scalar)
        operand = self._operand(operator, value, scalar, type_)
        if operator.name == "_neq" and scalar.family in _WITHOUT_UNEQUAL:
            return ~left.bool_op("=")(operand)
        function = WITH_VALUE.get(operator.name)
        return left.bool_op(_OPERATORS[operator.name])(operand) if function is None else function(left, operand)

    def _parts(self, parts: Parts, value: Tree) -> dict[str, ColumnElement[Any]]:
        """The members of an object that are given."""
        assert isinstance(value, Members)
        return {
            part.name: self.bind(tree, part.scalar, Named(part.scalar.name))
            for part in parts.parts
            if (tree := value.get(part.name)) is not None
        }

    def _operand(self, operator: Operator, value: Tree, scalar: Scalar, type_: Any) -> ColumnElement[Any]:
        match operator.operand:
            case "text" if scalar.name == "citext":
                return cast(InputBind.make(value, sa.String()), CITEXT())
            case "text":
                return InputBind.make(value, sa.String())
            case "text_list":
                return InputBind.make(value, ARRAY(sa.String()))
            case "json":
                return cast(InputBind.make(value, sa.String(), json_text), JSONB())
            case "list":
                of = operator.of
                return self._array(value, of or scalar, type_ if of is None else Named(of.name))
            case _ if operator.of is not None:
                return self.bind(value, operator.of, Named(operator.of.name))
            case _ if scalar.family is Family.UNORDERED:
                return cast(self.bind(value, scalar, type_), sa.Text())
            case _:
                return self.bind(value, scalar, type_)

    def _member(
        self, left: ColumnElement[Any], value: Tree, scalar: Scalar, type_: Any, *, negated: bool
    ) -> ColumnElement[bool]:
        # One array parameter, whatever the number of values: 65,535 binds are the protocol's limit, and one
        # text serves every length.
        if scalar.is_array or scalar.family is Family.JSONB:
            # unnest() would flatten arrays of arrays, so these are compared as JSON.
            items = func.jsonb_array_elements(cast(InputBind.make(value, sa.String(), json_text), JSONB()))
            found = func.to_jsonb(left).in_(select(items.column_valued("item")))
            return ~found if negated else found
        if scalar.is_spatial:
            texts = func.unnest(InputBind.make(value, ARRAY(sa.String()), shape_texts)).column_valued("item")
            found = left.in_(select(shape(texts, scalar)))
            return ~found if negated else found
        array = self._array(value, scalar, type_)
        if scalar.family is Family.UNORDERED:
            array = cast(array, ARRAY(sa.Text()))
        if negated and scalar.family not in _WITHOUT_UNEQUAL:
            return left != func.all(array)
        found = left == func.any(array)
        return ~found if negated else found

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
            return filtered(_count(values, distinct=distinct), only)
        call: Any = getattr(func, function)
        answer = filtered(call(values[0].distinct() if distinct else values[0]), only)
        if function in ("sum", "min", "max", "bool_and", "bool_or"):
            return answer
        # As text it keeps every digit that Postgres gives.
        return answer if scalar is not None and self.stringifies(scalar) else cast(answer, sa.Double())

    def beginning(self, moment: ColumnElement[Any], scalar: Scalar, period: Period) -> ColumnElement[Any]:
        match scalar.name:
            case "date":
                return cast(func.date_trunc(quoted(period), cast(moment, sa.TIMESTAMP())), sa.Date())
            case "timestamp":
                return func.date_trunc(quoted(period), moment)
            case _:
                return func.date_trunc(quoted(period), moment, quoted("UTC"))

    def hexadecimal(self, text: ColumnElement[str]) -> ColumnElement[str]:
        return func.encode(func.convert_to(text, quoted("UTF8")), quoted("hex"))

    def base64(self, text: ColumnElement[str]) -> ColumnElement[str]:
        # encode() breaks its lines after 76 characters.
        lines = func.encode(func.convert_to(text, quoted("UTF8")), quoted("base64"))
        return func.replace(lines, func.chr(literal_column("10")), quoted(""))

    def ordered(self, term: ColumnElement[Any], *, descending: bool, nulls_first: bool, nullable: bool) -> Any:
        direction = term.desc() if descending else term.asc()
        # NULLS FIRST on an ascending term cannot use an ordinary index, so it is said only when it differs.
        if not nullable or nulls_first == descending:
            return direction
        return direction.nulls_first() if nulls_first else direction.nulls_last()

    def distinct_on(
        self, select: Select[Any], columns: Sequence[ColumnElement[Any]], order: Sequence[Any]
    ) -> Select[Any]:
        return select.ext(distinct_on(*columns)).order_by(*order)

    def limited(self, select: Select[Any], tree: Tree, bound: int | None, name: str) -> Select[Any]:
        limit = InputBind.make(tree, sa.Integer())
        if bound is None:
            return select.limit(limit)
        # A generic plan takes an unknown LIMIT for a tenth of the table; the bound inside says better.
        inner = select.limit(literal_column(str(bound))).subquery(name)
        return _select_all(inner).limit(limit)

    def with_ties(
        self,
        select: Select[Any],
        columns: Any,
        size: ColumnElement[Any],
        last: Callable[[], ColumnElement[Any]],
        *,
        descending: bool,
    ) -> Select[Any]:
        return select.fetch(size, with_ties=True)

    def start(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        number = float_start(tree, column)
        return self.bind(tree, column.scalar, column.sql.type) if number is None else number

    def start_text(self, value: ColumnElement[Any], column: Column) -> ColumnElement[str]:
        return start_text(value, column)

    def checked_start(self, value: Any, column: Column) -> Any:
        return checked_start(value, column)

    def image(self, table: Table, tree: Tree, alias: str) -> FromClause:
        return image(table, tree, alias)

    def change(self, operator: str, current: ColumnElement[Any], value: Tree, column: Column) -> ColumnElement[Any]:
        scalar, type_ = column.scalar, column.sql.type
        match operator:
            case "_inc":
                return current + self.bind(value, scalar, type_)
            case "_append":
                return current.op("||")(self.bind(value, scalar, type_))
            case "_prepend":
                return self.bind(value, scalar, type_).op("||")(current)
            case "_delete_key":
                return current.op("-")(InputBind.make(value, sa.String()))
            case "_delete_elem":
                return current.op("-")(InputBind.make(value, sa.Integer()))
            case "_delete_at_path":
                return current.op("#-")(InputBind.make(value, ARRAY(sa.String())))
            case _:
                return self.bind(value, scalar, type_)

    def key_out(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        # As text, which every type can be written as and read from.
        return cast(value, sa.Text())

    def key_in(self, tree: Tree, column: Column) -> ColumnElement[Any]:
        return cast(InputBind.make(tree, sa.String(), _decoded), _plain(column.sql.type))

    def listed_keys(self, tree: Tree, key: Sequence[Column]) -> tuple[FromClause, Sequence[ColumnElement[Any]]]:
        keys = cast(InputBind.make(tree, sa.String(), keys_text), JSONB())
        listed = func.jsonb_array_elements(keys).table_valued("value", name=self.free("listed"))
        at = [listed.c.value.op("->>")(literal_column(str(index))) for index in range(len(key))]
        return listed, [cast(each, _plain(column.sql.type)) for each, column in zip(at, key, strict=True)]


def _select_all(inner: Any) -> Select[Any]:
    query: Any = select(*inner.c)
    return query


def _count(values: Sequence[ColumnElement[Any]], *, distinct: bool) -> ColumnElement[Any]:
    if not values:
        return func.count()
    if len(values) == 1:
        return func.count(values[0].distinct() if distinct else values[0])
    row = tuple_(*values)
    return func.count(row.distinct()) if distinct else func.count(case((row.is_not(None), 1)))


def _plain(type_: Any) -> Any:
    """The type to cast text to: without a length, which would cut instead of refusing."""
    if isinstance(type_, sa.String) and not isinstance(type_, sa.Enum | CITEXT):
        return sa.Text()
    return BIT(varying=True) if isinstance(type_, BIT) else type_


def _native(scalar: Scalar, type_: Any) -> Any:
    """The type that the driver itself writes values as; enums whose labels are no GraphQL names are texts but to Postgres."""
    return None if isinstance(type_, sa.Enum) else _NATIVE.get(scalar.name)


def _item_type(type_: Any) -> Any:
    item: Any = getattr(type_.dialect_impl(asyncpg_dialect()), "item_type", None)
    return sa.Text() if item is None else item


def _unchecked(scalar: Scalar) -> Callable[[Any], Any]:
    """What a cursor holds was never checked as a value of the column; floats may be infinite there."""
    return float if isinstance(_NATIVE[scalar.name], sa.Double) else scalar.check


def _decoded(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _texts(values: Any) -> list[str | None]:
    return [None if value is None else _as_text(value) for value in values]
