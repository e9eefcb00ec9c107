"""How do other GraphQL services become part of the Catalog: their schemas read, and what roles have and rows ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_ast_schema,
    get_named_type,
    is_leaf_type,
    parse,
    validate_schema,
)
from sqlalchemy import inspect

from portico.schema.catalog import Column, Table
from portico.schema.declarations import Declarations, RoleDeclaration, lineage_of
from portico.schema.names import NameTaken, is_graphql_name
from portico.schema.problems import ModelProblem, Problem
from portico.schema.remote_permissions import grant_of_schema
from portico.schema.remotes import FieldGrant, RemoteAccess, RemoteGrant, RemoteJoin, RemoteSchema, check_constant
from portico.schema.services import JoinDeclaration, RemoteSchemaDeclaration


class WrongRemoteSchema(ModelProblem):
    """Another GraphQL service cannot be served: its schema is not known or cannot be read, or what is said of it does not fit it."""

    code = "PT590"


def read_remotes(
    declarations: Declarations, tables: Mapping[Any, Table], problems: list[Problem]
) -> tuple[RemoteSchema, ...]:
    """The services that are served; `tables` are by class."""
    found: dict[str, RemoteSchema] = {}
    for declaration in declarations.remote_schemas:
        try:
            if declaration.name in found:
                raise ValueError(f"Two services are called {declaration.name}.")
            found[declaration.name] = made = _read(declaration, declarations.joins, tables, problems)
            problems.extend(_lost(made, declarations.roles))
        except ValueError as error:
            problems.append(_wrong(declaration, str(error)))
    return tuple(found.values())


def _read(
    declaration: RemoteSchemaDeclaration,
    joins: Iterable[JoinDeclaration],
    tables: Mapping[Any, Table],
    problems: list[Problem],
) -> RemoteSchema:
    if not is_graphql_name(declaration.name) or not is_graphql_name(declaration.prefix + "A"):
        raise ValueError(f"{declaration.name!r} and {declaration.prefix!r} must be names of GraphQL.")
    schema = _schema(declaration)
    grants: dict[str, RemoteGrant] = {}
    for role, given in declaration.to.items():
        try:
            grants[role] = grant_of_schema(schema, given) if isinstance(given, str) else _grant(schema, given)
        except ValueError as error:
            problems.append(_wrong(declaration, f"What {role} has of {declaration.name} {error}"))
    mine = [each for each in joins if each.remote == declaration.name]
    return RemoteSchema(declaration.name, declaration, schema, grants, tuple(_joins(mine, schema, tables, problems)))


def _lost(remote: RemoteSchema, roles: Mapping[str, RoleDeclaration]) -> Iterable[Problem]:
    """Fields that were given by name, and that neither the role nor one that inherits from it can ask: their types have nothing, or nothing leads there."""
    every = {*remote.grants, *roles}
    above = {role: lineage_of(roles, role) for role in every}
    access = {
        role: RemoteAccess(remote, [grant for each, grant in remote.grants.items() if each in above[role]])
        for role in every
    }
    for role in remote.grants:
        given = remote.declaration.to[role]
        heirs = [each for each in every if role in above[each]]
        for pattern in () if isinstance(given, str) else given:
            type_name, _, name = pattern.partition(".")
            if name != "*" and not any(name in access[each].fields.get(type_name, ()) for each in heirs):
                message = f"{role} is given {pattern} of {remote.name}, and cannot ask it."
                inner = get_named_type(remote.source(type_name).fields[name].type)
                lacks = f"what leads to {type_name}" if is_leaf_type(inner) else f"fields of {inner.name}"
                yield WrongRemoteSchema(message, hint=f"Give it {lacks}, too.", source=remote.declaration.source)


def _schema(declaration: RemoteSchemaDeclaration) -> GraphQLSchema:
    if declaration.sdl is None:
        where = f" There is no {declaration.file}." if declaration.file is not None else ""
        raise ValueError(f"The schema of {declaration.name} is not known.{where}")
    try:
        return _built(declaration.sdl)
    except (GraphQLError, TypeError, KeyError, ValueError) as error:
        raise ValueError(f"The schema of {declaration.name} cannot be read: {error}") from error


@lru_cache(maxsize=16)
def _built(sdl: str) -> GraphQLSchema:
    """A schema of its text, kept for the next reload: a thousand types take 1.4 s."""
    # Directives of its own (of federation, say) need not be declared: nothing here asks for them.
    schema = build_ast_schema(parse(sdl, no_location=True), assume_valid_sdl=True)
    if errors := validate_schema(schema):
        raise ValueError(errors[0].message)
    return schema


def _grant(schema: GraphQLSchema, given: Mapping[str, Mapping[str, Any]]) -> RemoteGrant:
    fields: dict[str, dict[str, FieldGrant]] = {}
    for pattern, presets in given.items():
        type_name, _, name = pattern.partition(".")
        type_ = schema.type_map.get(type_name)
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) or type_ is schema.subscription_type:
            raise ValueError(f"names {pattern!r}, and {type_name} is no object or interface of its schema.")
        if name == "*":
            if presets:
                raise ValueError(f"sets arguments of {pattern!r}, which is no single field.")
            for each in type_.fields:
                fields.setdefault(type_name, {}).setdefault(each, FieldGrant())
            continue
        if name not in type_.fields:
            raise ValueError(f"names {pattern!r}, and {type_name} has the fields {', '.join(type_.fields)}.")
        unknown = [each for each in presets if each not in type_.fields[name].args]
        if unknown:
            raise ValueError(f"sets {unknown[0]!r}, which is no argument of {pattern}.")
        for argument, value in presets.items():
            check_constant(type_.fields[name].args[argument], value, f"{argument!r} of {pattern}")
        fields.setdefault(type_name, {})[name] = FieldGrant(presets=dict(presets))
    return RemoteGrant(fields)


def _joins(
    joins: Iterable[JoinDeclaration], schema: GraphQLSchema, tables: Mapping[Any, Table], problems: list[Problem]
) -> Iterable[RemoteJoin]:
    taken: set[tuple[Table, str]] = set()
    for declaration in joins:
        try:
            join = _join(declaration, schema, tables)
        except ValueError as error:
            hint = "Join it as the schema says: weather.join(Trip, “forecast”, {“city”: Trip.city})."
            problems.append(
                WrongRemoteSchema(str(error), hint=hint.replace("“", '"').replace("”", '"'), source=declaration.source)
            )
            continue
        if join.field in join.table.columns or join.field in join.table.links or (join.table, join.field) in taken:
            message = f"What is joined to {join.table.type_name} and another field of it are both {join.field!r}."
            problems.append(NameTaken(message, hint="Name it otherwise: name=…", source=declaration.source))
            continue
        taken.add((join.table, join.field))
        yield join


def _join(declaration: JoinDeclaration, schema: GraphQLSchema, tables: Mapping[Any, Table]) -> RemoteJoin:
    table = tables.get(declaration.subject)
    if table is None:
        raise ValueError(f"{declaration.subject!r} is no model that is served.")
    field = None if schema.query_type is None else schema.query_type.fields.get(declaration.asks)
    if field is None:
        raise ValueError(f"{declaration.remote} has no query {declaration.asks!r}.")
    unknown = [name for name in (*declaration.columns, *declaration.constants) if name not in field.args]
    if unknown:
        raise ValueError(f"{declaration.asks} of {declaration.remote} has no argument {unknown[0]!r}.")
    for argument, value in declaration.constants.items():
        try:
            check_constant(field.args[argument], value, repr(argument))
        except ValueError as error:
            raise ValueError(f"The join of {table.type_name} to {declaration.asks} {error}") from error
    columns = {argument: _column(table, key) for argument, key in declaration.columns.items()}
    name = declaration.name or declaration.asks
    if not is_graphql_name(name):
        raise ValueError(f"{name!r} is no name of GraphQL.")
    return RemoteJoin(table, name, declaration.asks, columns, declaration.constants, declaration.source)


def _column(table: Table, key: str) -> Column:
    """The column of an attribute of the model, whatever it is called in the database."""
    mapper: Any = None if table.entity is None else inspect(table.entity)
    for column in table.columns.values():
        if key == (
            column.name if mapper is None or not column.is_stored else mapper.get_property_by_column(column.sql).key
        ):
            return column
    raise ValueError(f"{table.type_name} has no column {key!r}.")


def _wrong(declaration: RemoteSchemaDeclaration, message: str) -> Problem:
    hint = f"portico remote fetch {declaration.name} asks the service for its schema."
    return WrongRemoteSchema(message, hint=hint, source=declaration.source)
