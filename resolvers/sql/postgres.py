"""What is particular to Postgres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, cast, func, literal_column, select, tuple_
from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from portico.resolvers.plan.paths import path_keys
from portico.resolvers.plan.values import Tree
from portico.resolvers.sql.binding import json_text, keys_text
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind, Opaque, joined, quoted
from portico.schema.catalog import Column
from portico.schema.operators import Operator
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
}


class PostgresDialect(SqlDialect):
    """SQL for Postgres through asyncpg."""

    name = "postgres"

    def __init__(self) -> None:
        self.engine = asyncpg_dialect()

    def bind(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        if scalar.is_array:
            return self._array(tree, scalar.item or scalar, _item_type(type_), item)
        if scalar.family in (Family.JSON, Family.JSONB):
            return cast(InputBind.make(tree, sa.String(), json_text, item), type_)
        native = _NATIVE.get(scalar.name)
        if native is not None:
            return InputBind.make(tree, native, None if item is None else _unchecked(scalar), item)
        return self._from_text(InputBind.make(tree, sa.String(), _as_text, item), scalar, type_)

    def _from_text(self, bind: ColumnElement[Any], scalar: Scalar, type_: Any) -> ColumnElement[Any]:
        if isinstance(type_, sa.NullType):
            return bind
        # A numeric(10,2) would round the operand of a comparison.
        return cast(bind, sa.Numeric() if scalar.name == "numeric" else _plain(type_))

    def _array(self, tree: Tree, scalar: Scalar, type_: Any, item: int | None = None) -> ColumnElement[Any]:
        native = _NATIVE.get(scalar.name)
        if native is not None:
            return InputBind.make(tree, ARRAY(native), None, item)
        texts = InputBind.make(tree, ARRAY(sa.String()), _texts, item)
        if isinstance(type_, sa.NullType):
            return texts
        return cast(texts, ARRAY(sa.Numeric() if scalar.name == "numeric" else _plain(type_)))

    def position(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return Opaque.of(value)

    def json(self, value: ColumnElement[Any], scalar: Scalar, type_: Any, *, nullable: bool) -> ColumnElement[str]:
        text = self._json(value, scalar)
        return func.coalesce(text, quoted("null")) if nullable else text

    def _json(self, value: ColumnElement[Any], scalar: Scalar) -> ColumnElement[str]:
        if not scalar.is_array:
            if scalar.family in (Family.JSON, Family.JSONB) or scalar.name in ("Int", "smallint", "bigint", "Boolean"):
                return cast(value, sa.Text())
            if scalar.name == "uuid":
                return joined(['"', cast(value, sa.Text()), '"'])
        # Quotes text, dates and whatever else, writes numbers bare, and NaN and Infinity in quotes.
        return cast(func.to_json(value), sa.Text())

    def json_at(self, value: ColumnElement[Any], scalar: Scalar, path: Tree) -> ColumnElement[str]:
        keys = InputBind.make(path, ARRAY(sa.String()), path_keys)
        return func.coalesce(cast(value.op("#>")(keys), sa.Text()), quoted("null"))

    def compare(self, left: ColumnElement[Any], operator: Operator, value: Tree, column: Column) -> ColumnElement[bool]:
        scalar, type_ = column.scalar, column.sql.type
        if scalar.name == "Text":
            left = cast(left, sa.Text())
        if operator.name in ("_in", "_nin"):
            return self._member(left, value, scalar, type_, negated=operator.name == "_nin")
        return left.bool_op(_OPERATORS[operator.name])(self._operand(operator, value, scalar, type_))

    def _operand(self, operator: Operator, value: Tree, scalar: Scalar, type_: Any) -> ColumnElement[Any]:
        match operator.operand:
            case "text":
                return InputBind.make(value, sa.String())
            case "text_list":
                return InputBind.make(value, ARRAY(sa.String()))
            case "json":
                return cast(InputBind.make(value, sa.String(), json_text), JSONB())
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
        array = self._array(value, scalar, type_)
        return left != func.all(array) if negated else left == func.any(array)

    def aggregate(
        self, function: str, values: Sequence[ColumnElement[Any]], scalar: Scalar | None, *, distinct: bool
    ) -> ColumnElement[Any]:
        if function == "count":
            return _count(values, distinct=distinct)
        call: Any = getattr(func, function)
        answer = call(values[0].distinct() if distinct else values[0])
        return answer if function in ("sum", "min", "max", "bool_and", "bool_or") else cast(answer, sa.Double())

    def hexadecimal(self, text: ColumnElement[str]) -> ColumnElement[str]:
        return func.encode(func.convert_to(text, quoted("UTF8")), quoted("hex"))

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
    if isinstance(type_, sa.String) and not isinstance(type_, sa.Enum):
        return sa.Text()
    return type_


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
