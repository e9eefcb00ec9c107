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

from portico.schema import scalars
from portico.schema.access import known_roles, lineage
from portico.schema.caller import ADMIN
from portico.schema.catalog import Catalog, Table
from portico.schema.declarations import FunctionDeclaration
from portico.schema.names import NameTaken
from portico.schema.problems import ModelProblem, Problem, Problems
from portico.schema.provided import Sent, is_handed
from portico.schema.scalars import Scalar
from portico.schema.types.function_faces import Faces
from portico.schema.types.function_hints import STREAMS, Hints
from portico.schema.types.function_values import arguments_of
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Field, FunctionSpec

_OPERATIONS = ("query", "mutation", "subscription")
_COMPUTED = "Computed"


class FunctionSignature(ModelProblem):
    """A function's arguments or result cannot be written in GraphQL."""

    code = "PT209"


class FunctionTypes:
    """
    The schema that Strawberry makes of a Catalog's functions, and the parts of it that roles see.

    schema: has the types as Strawberry made them, in which rows are stand-ins; None where there are no functions.
    hints: what these types were made of. scalars: those that columns may have, by name: they are the role's own.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.schema: GraphQLSchema | None = None
        self.hints = Hints(catalog)
        self.scalars: Mapping[str, Scalar] = {}
        self._fields: dict[str, dict[str, Field]] = {}
        if catalog.functions:
            made = _strawberry_schema(catalog, self.hints)
            self.schema = made._schema  # noqa: SLF001
            self.scalars = _scalars(catalog)
            self._fields = _fields(made, catalog, self.hints)

    def for_role(self, role: str) -> Mapping[str, Mapping[str, GraphQLField]]:
        """The function fields of a role, by operation and name."""
        roles = lineage(self._catalog, role)
        if role not in known_roles(self._catalog):
            return {}
        return {
            operation: {name: field for name, field in fields.items() if _has(role, roles, field)}
            for operation, fields in self._fields.items()
        }

    def faces(self, types: RoleTypes) -> Faces:
        """The functions of a role with its own rows and scalars in them."""
        return Faces(types, self.for_role(types.access.role), self.hints, self.scalars)

    def computed(self, table: Table) -> Mapping[str, FunctionDeclaration]:
        """What is computed of a table's rows, by field."""
        return self.fields(_COMPUTED + table.type_name)

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
            if type_.name in found or type_.name in specified_scalar_types or type_.name in self.hints.rows:
                continue
            found[type_.name] = type_
            members = [each for each in _members(type_, self.schema) if each.name not in self.hints.rows]
            found.update({each.name: each for each in members if each.name not in found})
            for type_with_fields in (type_, *members):
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


def _strawberry_schema(catalog: Catalog, hints: Hints) -> Any:
    problems = [problem for each in catalog.functions if (problem := _unannotated(each)) is not None]
    problems += _twins(catalog)
    if problems:
        raise Problems(problems)
    try:
        return _schema_of(catalog.functions, catalog, hints)
    except Exception as error:
        # Alone, each of them tells whose mistake it is; two that only together make no schema, none.
        found = [problem for each in catalog.functions if (problem := _alone(each, catalog)) is not None]
        raise Problems(found or [_unreadable(error, None)]) from error


def _schema_of(declarations: Sequence[FunctionDeclaration], catalog: Catalog, hints: Hints) -> Any:
    # Imported here because it costs 0.2 s, which a project without functions need not pay at each reload.
    import strawberry
    from strawberry.schema.config import StrawberryConfig

    fields_of: dict[str, dict[str, Any]] = {}
    for declaration in declarations:
        resolver = _as_strawberry_reads_it(declaration, hints)
        field = strawberry.field(resolver=resolver, description=inspect.getdoc(declaration.function))
        fields_of.setdefault(_place(declaration, catalog), {})[declaration.function.__name__] = field
    # No subscription to Strawberry, for which it would want generators; nor are fields of rows in any type of its own.
    roots: dict[str, Any] = {
        place: strawberry.type(type(place.capitalize() if place in _OPERATIONS else place, (), fields))
        for place, fields in fields_of.items()
    }
    if "query" not in roots:
        roots["query"] = strawberry.type(type("Query", (), {"__annotations__": {"nothing": bool}, "nothing": True}))
    config = StrawberryConfig(
        auto_camel_case=catalog.names.convention != "hasura-default",
        scalar_map={**hints.scalar_map(), **_sent(declarations)},
    )
    return strawberry.Schema(
        query=roots.pop("query"),
        mutation=roots.pop("mutation", None),
        subscription=roots.pop("subscription", None),
        types=list(roots.values()),
        config=config,
    )


def _place(declaration: FunctionDeclaration, catalog: Catalog) -> str:
    """Which type a function is a field of: an operation, or what stands for a model's rows."""
    if declaration.operation != "computed":
        return declaration.operation
    table = catalog.table_of(declaration.subject)
    if table is None:
        raise TypeError(f"{getattr(declaration.subject, '__name__', declaration.subject)} is no model")
    unknown = [name for name in declaration.reads if table.column_named(name) is None]
    if unknown:
        raise TypeError(f"{table.type_name} has no column {unknown[0]!r} to read")
    return _COMPUTED + table.type_name


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
        if seen.setdefault((f"{each.operation} {each.subject}", field), each) is not each:
            yield NameTaken(
                f"Two functions are the {each.operation} {field!r}.", hint="Rename one of them.", source=each.source
            )


def _alone(declaration: FunctionDeclaration, catalog: Catalog) -> Problem | None:
    try:
        _schema_of([declaration], catalog, Hints(catalog))
    except Exception as error:
        return _unreadable(error, declaration)
    return None


def _unreadable(error: Exception, declaration: FunctionDeclaration | None) -> Problem:
    return FunctionSignature(
        f"A function's signature cannot be written in GraphQL: {error}",
        hint="Annotate arguments and results with scalars, lists, enums, dataclasses or strawberry types; results with models, too.",
        source=declaration.source if declaration is not None else None,
    )


def _as_strawberry_reads_it(declaration: FunctionDeclaration, hints: Hints) -> Callable[..., Any]:
    """A function with its arguments and result alone, which is never called."""
    function = declaration.function
    annotations = hints.of(function)
    returned = annotations.get("return")
    parameters = dict(inspect.signature(function).parameters)
    if declaration.operation == "computed":
        if typing.get_origin(returned) is not list or not parameters:
            raise TypeError("what is computed takes a list of rows, and gives a list of as many values")
        del parameters[next(iter(parameters))]
        (returned,) = typing.get_args(returned)
    if (typing.get_origin(returned) in STREAMS) is not (declaration.operation == "subscription"):
        raise TypeError(
            "a subscription is an async generator: its result is an AsyncGenerator[…], and that of nothing else is"
        )

    @functools.wraps(function)
    def resolver(**arguments: Any) -> Any:
        raise AssertionError(arguments)

    signature = inspect.signature(function)
    kept = [
        parameter.replace(
            annotation=hints.argument(annotations.get(name, parameter.annotation)), kind=inspect.Parameter.KEYWORD_ONLY
        )
        for name, parameter in parameters.items()
        if not is_handed(annotations.get(name))
    ]
    result = hints.result(returned)
    resolver.__signature__ = signature.replace(  # pyright: ignore[reportAttributeAccessIssue]
        parameters=kept, return_annotation=result
    )
    resolver.__annotations__ = {**{each.name: each.annotation for each in kept}, "return": result}
    del resolver.__wrapped__  # pyright: ignore[reportAttributeAccessIssue]
    return resolver


def _scalars(catalog: Catalog) -> dict[str, Scalar]:
    """GraphQL name → scalar, of all that columns may have."""
    known = [each for each in vars(scalars).values() if isinstance(each, Scalar)]
    used = [column.scalar for table in catalog.tables.values() for column in table.columns.values()]
    found: dict[str, Scalar] = {}
    for scalar in [*known, *used]:
        base = scalar.item or scalar
        found.setdefault(catalog.names.scalar(base.name, base.plain), base)
    return found


def _fields(made: Any, catalog: Catalog, hints: Hints) -> dict[str, dict[str, Field]]:
    """The fields of functions by place (see `_place`) and name."""
    schema: GraphQLSchema = made._schema  # noqa: SLF001
    declared: dict[str, list[FunctionDeclaration]] = {}
    for each in catalog.functions:
        declared.setdefault(_place(each, catalog), []).append(each)
    found: dict[str, dict[str, Field]] = {}
    for place, declarations in declared.items():
        type_: Any = schema.type_map[place.capitalize() if place in _OPERATIONS else place]
        found[place] = {
            name: Field(field.type, _spec(declaration, field, made, hints), field.args, field.description)
            for (name, field), declaration in zip(type_.fields.items(), declarations, strict=True)
        }
    return found


def _spec(declaration: FunctionDeclaration, field: GraphQLField, made: Any, known: Hints) -> FunctionSpec:
    hints = known.of(declaration.function)
    parameters = inspect.signature(declaration.function).parameters
    handed = {name: hints[name] for name in parameters if is_handed(hints.get(name))}
    given = arguments_of(field, made.schema_converter)
    bare = [each.name for each in given.values() if parameters[each.name].default is inspect.Parameter.empty]
    when = declaration.when
    asked = {} if when is None else known.of(when)
    needs = {} if when is None else {name: asked.get(name) for name in inspect.signature(when).parameters}
    return FunctionSpec(declaration, field, given, handed, tuple(bare), needs)
