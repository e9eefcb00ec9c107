"""How is a function of the database called: by the names of its arguments, for one value or as a table of rows. Postgres alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, FromClause, cast
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portico.resolvers.plan.nodes import FunctionCall
from portico.resolvers.plan.values import Tree
from portico.schema.catalog import FunctionArgument, Table
from portico.schema.rules import CallerValue

Bind = Callable[[Tree, FunctionArgument], ColumnElement[Any]]


class DatabaseCall(FunctionElement[Any]):
    """
    A call: `"sales"."totals"("since" => …)`.

    path: the schema, unless it is the search path's own, and the name. names: of the arguments in order; empty
    for arguments that go by place.
    """

    inherit_cache = False
    name = "database_call"
    path: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, call: FunctionCall, row: ColumnElement[Any] | None, bind: Bind) -> DatabaseCall:
        """The call with what the client gives, the row it is asked of, and the caller where it wants them."""
        function = call.function
        given = {argument.name: bind(tree, argument) for argument, tree in call.arguments}
        if function.row is not None and row is not None:
            given[function.row] = row
        if function.session is not None:
            given[function.session] = cast(CallerValue.make("session"), JSON())
        names = [name for name in function.order if name in given]
        made = cls(*(given[name] for name in names))
        made.path = (function.schema, function.name) if function.schema else (function.name,)
        made.names = () if function.positional else tuple(names)
        return made


def rows_of_call(call: DatabaseCall, table: Table, alias: str) -> FromClause:
    """The rows of a call under an alias, with the columns of the table whose rows they are."""
    columns = [SqlColumn(each.name, each.type, key=each.key) for each in table.sql.columns]
    return call.table_valued(*columns).alias(alias)


@compiles(DatabaseCall)
def _compile_database_call(element: DatabaseCall, compiler: Any, **keywords: Any) -> str:
    quote = compiler.preparer.quote_identifier
    arguments: Sequence[str] = [compiler.process(each, **keywords) for each in element.clauses]
    if element.names:
        arguments = [f"{quote(name)} => {text}" for name, text in zip(element.names, arguments, strict=True)]
    return f"{'.'.join(map(quote, element.path))}({', '.join(arguments)})"
