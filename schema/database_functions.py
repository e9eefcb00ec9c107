"""How is a function of the database served: as a root field, or as a computed field of a model's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from portico.schema.declarations import DatabaseFunctionDeclaration, current
from portico.schema.function_conditions import RuleFunction
from portico.schema.infos import Info, name_in
from portico.schema.problems import ModelProblem
from portico.schema.rules import author_source


class NotADatabaseFunction(ModelProblem):
    """`database_function` is given arguments that make no sense together."""

    code = "PT215"


def database_function(
    name: str,
    *,
    returns: Any,
    arguments: Mapping[str, Any] | None = None,
    optional: Iterable[str] = (),
    on: Any = None,
    many: bool = True,
    session: str | None = None,
    positional: bool = False,
    operation: Literal["query", "mutation"] = "query",
    to: str | Iterable[str] | None = None,
    info: Info | None = None,
    description: str | None = None,
) -> RuleFunction:
    """
    Serves a function that the database has. Postgres alone; on SQLite there is no such field.

    Returning rows of a model it is a field that takes the arguments of a list besides its own, and its rows are
    under the model's read rules; whoever may not read the model has no such field. Returning a scalar it is a
    computed column of `on`, which rules grant with the other columns. Rules may ask it: what is returned is called
    with the row and the caller, `total = database_function(…)` by `total(row, me) > 5`.

    Args:
        name: of the function, with its schema where that is not `public`: `search_posts`, `sales.totals`.
        returns: a model whose rows it gives, or a SQLAlchemy type.
        arguments: name → SQLAlchemy type, in order; the argument that is a row of `on` has the model for type.
        optional: the arguments that may be left out.
        on: the model whose rows have the field; without it the field is a root field.
        many: whether it gives any number of rows, and not one or none.
        session: the argument, of type json, that is filled with the caller's id, role and claims under Hasura's names.
        positional: pass arguments by place: the function does not name them.
        operation: `mutation` for one that writes.
        to: the roles that have the field; of queries every role that may read the model unless given, of mutations none.
        info: `named(…)` for the exact name of the field; roots: `select`, `select_aggregate`.
        description: of the field.
    """
    source = author_source()
    known = dict(arguments or {})
    for each in (*optional, *((session,) if session else ())):
        if each not in known:
            raise NotADatabaseFunction(
                f"{name} has no argument {each!r}.", hint=f"It has {', '.join(known) or 'none'}.", source=source
            )
    if on is not None and not any(type_ is on for type_ in known.values()):
        raise NotADatabaseFunction(
            f"No argument of {name} is a row of {getattr(on, '__name__', on)}.",
            hint='Give the model as the type of one: arguments={"post": Post}.',
            source=source,
        )
    if on is not None and operation == "mutation":
        raise NotADatabaseFunction(f"{name} is a field of rows, which cannot be a mutation.", source=source)
    schema, _, plain = name.rpartition(".")
    roles = () if to is None and operation == "mutation" else (to,) if isinstance(to, str) else to
    declaration = DatabaseFunctionDeclaration(
        schema=schema or None,
        name=plain,
        returns=returns,
        arguments=known,
        optional=frozenset(optional),
        on=on,
        many=many,
        session=session,
        positional=positional,
        operation=operation,
        roles=None if roles is None else tuple(roles),
        named=name_in(info or {}),
        description=description,
        source=source,
    )
    current().database_functions.append(declaration)
    return RuleFunction(declaration)
