"""What do authors' functions add to the schema: Strawberry reads their signatures, we take its types in."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    specified_scalar_types,
)

from portico.schema.access import known_roles, lineage
from portico.schema.caller import ADMIN, Caller
from portico.schema.catalog import Catalog
from portico.schema.declarations import FunctionDeclaration
from portico.schema.names import NameTaken
from portico.schema.problems import ModelProblem, Problem, Problems
from portico.schema.provided import Sent, is_provided
from portico.schema.types.specs import Field, FunctionSpec


class FunctionSignature(ModelProblem):
    """A function's arguments or result cannot be written in GraphQL."""

    code = "PT209"


class FunctionTypes:
    """
    The schema that Strawberry makes of a Catalog's functions, and the parts of it that roles see.

    types: its named types by name. schema: executes the function fields; None where there are none.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.schema: GraphQLSchema | None = None
        self._fields: dict[str, dict[str, Field]] = {}
        if catalog.functions:
            self.schema = _strawberry_schema(catalog)
            self._fields = _fields(self.schema, catalog)

    def for_role(self, role: str) -> Mapping[str, Mapping[str, GraphQLField]]:
        """The function fields of a role, by operation and name."""
        roles = lineage(self._catalog, role)
        if role not in known_roles(self._catalog):
            return {}
        return {
            operation: {name: field for name, field in fields.items() if _has(role, roles, field)}
            for operation, fields in self._fields.items()
        }

    def fields(self, operation: str) -> Mapping[str, FunctionDeclaration]:
        """Every function of an operation by its field's name, whoever may call it."""
        specs = {name: field.spec for name, field in self._fields.get(operation, {}).items()}
        return {name: spec.declaration for name, spec in specs.items() if isinstance(spec, FunctionSpec)}

    def types_for(self, role: str) -> dict[str, GraphQLNamedType]:
        """The named types that the role's function fields reach."""
        found: dict[str, GraphQLNamedType] = {}
        for fields in self.for_role(role).values():
            for field in fields.values():
                self._reach(field, found)
        return found

    def types_of(self, declaration: FunctionDeclaration) -> dict[str, GraphQLNamedType]:
        """The named types that one function's field reaches."""
        found: dict[str, GraphQLNamedType] = {}
        for name, each in self.fields(declaration.operation).items():
            if each is declaration:
                self._reach(self._fields[declaration.operation][name], found)
        return found

    def _reach(self, field: Any, found: dict[str, GraphQLNamedType]) -> None:
        named: list[Any] = [get_named_type(field.type)]
        named += [get_named_type(argument.type) for argument in getattr(field, "args", {}).values()]
        for type_ in named:
            if type_.name in found or type_.name in specified_scalar_types:
                continue
            found[type_.name] = type_
            for each in _members(type_, self.schema):
                found.setdefault(each.name, each)
            for type_with_fields in (type_, *_members(type_, self.schema)):
                if isinstance(type_with_fields, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
                    for inner in type_with_fields.fields.values():
                        self._reach(inner, found)


def _members(type_: Any, schema: GraphQLSchema | None) -> list[Any]:
    if schema is not None and isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return list(schema.get_possible_types(type_))
    return list(type_.interfaces) if isinstance(type_, GraphQLObjectType) else []


def _has(role: str, roles: frozenset[str], field: Field) -> bool:
    assert isinstance(field.spec, FunctionSpec)
    allowed = field.spec.declaration.roles
    return role == ADMIN or allowed is None or not roles.isdisjoint(allowed)


def _strawberry_schema(catalog: Catalog) -> GraphQLSchema:
    problems = [problem for each in catalog.functions if (problem := _unannotated(each)) is not None]
    problems += _twins(catalog)
    if problems:
        raise Problems(problems)
    try:
        return _schema_of(catalog.functions, catalog)
    except Exception as error:
        # Alone, each of them tells whose mistake it is; two that only together make no schema, none.
        found = [problem for each in catalog.functions if (problem := _alone(each, catalog)) is not None]
        raise Problems(found or [_unreadable(error, None)]) from error


def _schema_of(declarations: Sequence[FunctionDeclaration], catalog: Catalog) -> GraphQLSchema:
    # Imported here because it costs 0.2 s, which a project without functions need not pay at each reload.
    import strawberry
    from strawberry.schema.config import StrawberryConfig

    by_operation: dict[str, dict[str, Any]] = {"query": {}, "mutation": {}}
    for declaration in declarations:
        resolver = _without_what_is_handed(declaration, strawberry.Info)
        field = strawberry.field(resolver=resolver, description=inspect.getdoc(declaration.function))
        by_operation[declaration.operation][declaration.function.__name__] = field
    roots: dict[str, Any] = {
        operation: strawberry.type(type(operation.capitalize(), (), fields))
        for operation, fields in by_operation.items()
        if fields
    }
    if "query" not in roots:
        roots["query"] = strawberry.type(type("Query", (), {"__annotations__": {"nothing": bool}, "nothing": True}))
    config = StrawberryConfig(
        auto_camel_case=catalog.names.convention != "hasura-default", scalar_map=_sent(declarations)
    )
    made = strawberry.Schema(query=roots["query"], mutation=roots.get("mutation"), config=config)
    return made._schema  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _sent(declarations: Sequence[FunctionDeclaration]) -> dict[object, Any]:
    """Scalars of what is sent along with requests: the classes of arguments that derive from `Sent`."""
    import strawberry

    hints = {hint for each in declarations for hint in typing.get_type_hints(each.function).values()}
    return {
        hint: strawberry.scalar(
            name=hint.__name__, description=inspect.getdoc(hint), serialize=str, parse_value=hint.taken
        )
        for hint in hints
        if isinstance(hint, type) and issubclass(hint, Sent)
    }


def _unannotated(declaration: FunctionDeclaration) -> Problem | None:
    signature = inspect.signature(declaration.function)
    bare = [each.name for each in signature.parameters.values() if each.annotation is inspect.Parameter.empty]
    if signature.return_annotation is inspect.Signature.empty:
        bare.append("its result")
    if not bare:
        return None
    return FunctionSignature(
        f"{declaration.function.__name__} does not say of what type {', '.join(bare)} is.",
        hint="Annotate arguments and results: def weather(city: str) -> Weather.",
        source=declaration.source,
    )


def _twins(catalog: Catalog) -> Iterator[Problem]:
    """Functions that would be one field; the field would have the roles of the first and run the last."""
    seen: dict[tuple[str, str], FunctionDeclaration] = {}
    for each in catalog.functions:
        name = each.function.__name__
        field = name if catalog.names.convention == "hasura-default" else catalog.names.word(name)
        if seen.setdefault((each.operation, field), each) is not each:
            yield NameTaken(
                f"Two functions are the {each.operation} {field!r}.", hint="Rename one of them.", source=each.source
            )


def _alone(declaration: FunctionDeclaration, catalog: Catalog) -> Problem | None:
    try:
        _schema_of([declaration], catalog)
    except Exception as error:
        return _unreadable(error, declaration)
    return None


def _unreadable(error: Exception, declaration: FunctionDeclaration | None) -> Problem:
    return FunctionSignature(
        f"A function's signature cannot be written in GraphQL: {error}",
        hint="Annotate arguments and results with scalars, lists, enums, or strawberry types.",
        source=declaration.source if declaration is not None else None,
    )


def _without_what_is_handed(declaration: FunctionDeclaration, info_type: type[Any]) -> Callable[..., Any]:
    """The function as Strawberry wants it: without what it is handed, which the context has by type."""
    function = declaration.function
    hints = typing.get_type_hints(function, include_extras=True)
    handed = {name: hint for name, hint in hints.items() if name != "return" and (hint is Caller or is_provided(hint))}

    @functools.wraps(function)
    def resolver(info: Any, **arguments: Any) -> Any:
        # What an async function gives is awaited by whoever executes the field.
        return function(**arguments, **{name: info.context(hint) for name, hint in handed.items()})

    signature = inspect.signature(function)
    kept = [
        parameter.replace(annotation=hints.get(name, parameter.annotation), kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in handed
    ]
    info = inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=info_type)
    resolver.__signature__ = signature.replace(  # pyright: ignore[reportAttributeAccessIssue]
        parameters=[info, *kept], return_annotation=hints.get("return")
    )
    resolver.__annotations__ = {
        "info": info_type,
        **{p.name: p.annotation for p in kept},
        "return": hints.get("return"),
    }
    return resolver


def _fields(schema: GraphQLSchema, catalog: Catalog) -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    for operation, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        fields = list(root.fields.items()) if root is not None else []
        declared = [each for each in catalog.functions if each.operation == operation]
        found[operation] = {
            name: Field(field.type, FunctionSpec(declaration), field.args, field.description)
            for (name, field), declaration in zip(fields, declared, strict=False)
        }
    return found
