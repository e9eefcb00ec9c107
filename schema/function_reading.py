"""How do functions of the database become part of the Catalog: as root fields, computed columns and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Table as SqlTable
from sqlalchemy.types import to_instance

from portico.schema.catalog import Column, DatabaseFunction, FunctionArgument, Link, Table
from portico.schema.database_functions import NotADatabaseFunction
from portico.schema.declarations import DatabaseFunctionDeclaration
from portico.schema.names import Names, NameTaken
from portico.schema.problems import Problem
from portico.schema.scalars import scalar_of


def read_functions(
    declarations: Iterable[DatabaseFunctionDeclaration],
    by_subject: Mapping[Any, Table],
    names: Names,
    problems: list[Problem],
) -> tuple[DatabaseFunction, ...]:
    """
    The functions that are root fields; those that are fields of rows are put into their tables.

    Args:
        by_subject: mapped classes and bare tables → their tables.
    """
    roots: list[DatabaseFunction] = []
    for declaration in declarations:
        returns = _table(declaration.returns, by_subject)
        on = _table(declaration.on, by_subject) if declaration.on is not None else None
        if declaration.on is not None and on is None:
            problems.append(_problem(declaration, f"{declaration.name} is a field of what is not served."))
            continue
        if on is None and returns is None:
            problems.append(_problem(declaration, f"{declaration.name} is a root field and gives rows of no model."))
            continue
        function = _function(declaration, returns, names, on)
        if on is not None and (function.field in on.columns or function.field in on.links):
            problems.append(_taken(declaration, on, function))
            continue
        if on is None:
            roots.append(function)
        elif returns is None:
            _add(on, "columns", function.field, _column(declaration, function))
        else:
            _add(on, "links", function.field, _link(on, returns, function))
    return tuple(roots)


def _function(
    declaration: DatabaseFunctionDeclaration, returns: Table | None, names: Names, on: Table | None
) -> DatabaseFunction:
    prefix = f"{declaration.schema}_" if declaration.schema not in (None, "public") else ""
    identifier = prefix + declaration.name
    given = declaration.named.name
    row = next((name for name, type_ in declaration.arguments.items() if type_ is declaration.on), None)
    if on is None:
        field, aggregate = names.function_roots(
            given or identifier, exact=given is not None, own=declaration.named.roots
        )
        base = names.object_type(None, given or identifier) if given is None else given
    else:
        field = given or names.column(identifier)
        aggregate = ""
        base = names.of_type(names.object_type(None, field) if given is None else field, on.type_base)
    arguments = tuple(
        FunctionArgument(
            name=name,
            field=names.column(name),
            scalar=scalar_of(to_instance(type_), "postgres"),
            type=to_instance(type_),
            required=name not in declaration.optional,
        )
        for name, type_ in declaration.arguments.items()
        if name not in (row, declaration.session)
    )
    return DatabaseFunction(
        schema=declaration.schema,
        name=declaration.name,
        field=field,
        aggregate=aggregate,
        base=base,
        arguments=arguments,
        order=tuple(declaration.arguments),
        row=row,
        session=declaration.session,
        positional=declaration.positional,
        returns=returns,
        many=declaration.many,
        operation=declaration.operation,
        roles=declaration.roles,
        description=declaration.description,
    )


def _column(declaration: DatabaseFunctionDeclaration, function: DatabaseFunction) -> Column:
    sql: SqlColumn[Any] = SqlColumn(function.name, to_instance(declaration.returns))
    return Column(
        name=function.field,
        field=function.field,
        scalar=scalar_of(sql.type, "postgres"),
        nullable=True,
        optional=True,
        writable=False,
        sql=sql,
        description=function.description,
        function=function,
    )


def _link(source: Table, target: Table, function: DatabaseFunction) -> Link:
    return Link(
        name=function.field,
        field=function.field,
        source=source,
        target=target,
        to_many=function.many,
        pairs=(),
        nullable=True,
        single=False,
        owns_key=False,
        function=function,
        description=function.description,
    )


def _add(table: Table, where: str, field: str, what: Any) -> None:
    # The Table is frozen for its readers; what leads to other tables can only be added once all exist.
    object.__setattr__(table, where, {**getattr(table, where), field: what})


def _table(subject: Any, by_subject: Mapping[Any, Table]) -> Table | None:
    return by_subject.get(subject) if isinstance(subject, type | SqlTable) else None


def _taken(declaration: DatabaseFunctionDeclaration, on: Table, function: DatabaseFunction) -> Problem:
    return NameTaken(
        f"The computed field {function.field!r} of {on.type_name} has the name of a column or relation.",
        hint='Name it otherwise: info=named("…").',
        source=declaration.source,
    )


def _problem(declaration: DatabaseFunctionDeclaration, message: str) -> Problem:
    return NotADatabaseFunction(
        message, hint="Models are served when they derive from Model or a rule names them.", source=declaration.source
    )
