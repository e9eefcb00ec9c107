"""How does a rule ask a function of the database: for a value of its row, or for rows that hang on it. Postgres alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    cast,
    column,
    func,
    literal_column,
    null,
    quoted_name,
    select,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import Function
from sqlalchemy.types import UserDefinedType, to_instance

from portico.schema.declarations import DatabaseFunctionDeclaration
from portico.schema.rules import Me

# Postgres takes a hundred arguments.
_MOST_MEMBERS = 50


class AskedFunction(Function[Any]):
    """A call inside of a condition."""

    inherit_cache = True


class _RowType(UserDefinedType[Any]):
    """The type of a table's rows."""

    cache_ok = True

    def __init__(self, schema: str | None, name: str) -> None:
        self.path = (schema, name) if schema else (name,)

    def get_col_spec(self, **_: Any) -> str:
        return ".".join('"' + part.replace('"', '""') + '"' for part in self.path)


class RuleFunction:
    """
    A declared function as rules call it: `total_marks(row, me) >= 220`; `articles(row, me).any(lambda article: …)`.

    A scalar function gives a SQL expression, one that returns rows of a model `FunctionRows`. Arguments besides the
    row and the session are given by name.
    """

    def __init__(self, declaration: DatabaseFunctionDeclaration) -> None:
        self._declaration = declaration

    def __call__(self, row: Any, me: Me, **arguments: Any) -> Any:
        """
        The call for a row.

        Raises:
            TypeError: an argument that it needs is missing, or one is given that it does not have.
        """
        declared = self._declaration
        path = [quoted_name(part, quote=True) for part in (declared.schema, declared.name) if part]
        given = [*self._given(row, me, arguments)]
        made = AskedFunction(path[-1], *given, packagenames=tuple(path[:-1]) or None)
        if isinstance(declared.returns, SqlTable) or _is_mapped(declared.returns):
            return FunctionRows(made, declared.returns)
        made.type = to_instance(declared.returns)
        return made

    def _given(self, row: Any, me: Me, arguments: Mapping[str, Any]) -> Iterator[ColumnElement[Any]]:
        """The arguments in order; Postgres takes those with defaults last, so that some at the end may be left out."""
        declared = self._declaration
        if unknown := set(arguments) - set(declared.arguments):
            raise TypeError(f"{declared.name} has no argument {min(unknown)!r}")
        left_out = None
        for name, type_ in declared.arguments.items():
            if type_ is declared.on:
                value = _row_value(row, _table_of(declared.on))
            elif name == declared.session:
                value = cast(me.session, type_)
            elif name in arguments:
                value = cast(arguments[name], type_)
            elif name in declared.optional:
                left_out = name
                continue
            else:
                raise TypeError(f"{declared.name} needs the argument {name!r}")
            if left_out is not None:
                raise TypeError(f"{declared.name} needs the argument {left_out!r} where {name!r} is given")
            yield value


class FunctionRows:
    """The rows that a function gives for a row."""

    def __init__(self, call: AskedFunction, model: Any) -> None:
        self._call = call
        self._model = model

    def any(self, condition: Callable[[Any], ColumnElement[bool]] | None = None) -> ColumnElement[bool]:
        """Whether there is one that meets a condition, which receives it as a rule does its row."""
        columns = [column(each.name, each.type) for each in _table_of(self._model).columns]
        found: Any = self._call.table_valued(*columns).alias()
        query = select(literal_column("1")).select_from(found)
        if condition is None:
            return query.exists()
        # SQLAlchemy finds the columns of the model among those of the call by their names.
        row = aliased(self._model, found, adapt_on_names=True) if _is_mapped(self._model) else found
        return query.where(condition(row)).exists()


def asks_function(condition: ClauseElement) -> bool:
    """Whether a condition calls a function, which may read whatever it likes."""
    return any(isinstance(each, AskedFunction) for each in visitors.iterate(condition))


def _row_value(row: Any, table: SqlTable) -> ColumnElement[Any]:
    """
    The row as a value of the table's type, made of its columns by name.

    A row that is going to be written is no row of the table yet, and that of a relation is an alias's: neither has a
    name that a function would take. By place, as ROW(…) has them, columns could be each other's.
    """
    members = [part for name, value in _columns(row) for part in (_text(name), value)]
    parts = [members[start : start + 2 * _MOST_MEMBERS] for start in range(0, len(members), 2 * _MOST_MEMBERS)]
    document: Any = func.jsonb_build_object(*parts[0], type_=JSONB())
    for part in parts[1:]:
        document = document.op("||")(func.jsonb_build_object(*part))
    kind = _RowType(table.schema, table.name)
    return func.jsonb_populate_record(cast(null(), kind), document, type_=kind)


def _columns(row: Any) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """(name in SQL, value) of what a rule receives as its row: an entity, or columns."""
    inspected = sql_inspect(row)
    if not hasattr(inspected, "mapper"):
        yield from ((each.name, each) for each in row.c)
        return
    for each in inspected.mapper.column_attrs:
        yield each.columns[0].name, getattr(row, each.key)


def _text(value: str) -> ColumnElement[str]:
    return literal_column("'" + value.replace("'", "''") + "'")


def _table_of(model: Any) -> SqlTable:
    return model if isinstance(model, SqlTable) else sql_inspect(model).local_table


def _is_mapped(subject: Any) -> bool:
    return isinstance(subject, type) and sql_inspect(subject, raiseerr=False) is not None
