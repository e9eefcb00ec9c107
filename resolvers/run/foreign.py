"""Who answers fields that are no tables: GraphQL's own executor, for introspection and authors' functions."""

from __future__ import annotations

import asyncio
import inspect
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    SelectionSetNode,
    VariableNode,
    execute,
    lexicographic_sort_schema,
)

from portico.resolvers.documents import Operation
from portico.resolvers.generations import Generations
from portico.resolvers.plan.selections import Selections
from portico.resolvers.problems import FunctionFailed, InvalidValue, NotProvided
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from portico.schema.problems import Problem
from portico.schema.types.build import SchemaBuilder

MAX_INTROSPECTIONS = 64


Provide = Callable[[type[Any], Request], Any]
"""A class that derives from `Provided` and the request → what a function is handed for it."""


def nothing_provided(kind: type[Any], request: Request | None = None) -> Any:
    """Stands where no functions run: a process that only explains or prints."""
    raise NotProvided(f"Nothing here provides a {kind.__name__}.")


class Foreign:
    """Runs the root fields that GraphQL's own executor answers; introspection is remembered as bytes."""

    def __init__(self, builder: SchemaBuilder, provide: Provide) -> None:
        self._builder = builder
        self._provide = provide
        self._introspections: Generations[Any, dict[str, bytes]] = Generations(MAX_INTROSPECTIONS)

    async def introspection(
        self, operation: Operation, keys: Iterable[str], variables: Mapping[str, Any]
    ) -> dict[str, bytes]:
        """The answers of `__schema` and `__type` by response key."""
        variables = _declared(operation, variables)
        known = (operation, _text_of(variables))
        found = self._introspections.get(known)
        if found is None:
            # In a thread: the 14,000 types of 250 tables take seconds, in which others must be served.
            found = await asyncio.to_thread(self._introspect, operation, frozenset(keys), variables)
            self._introspections.put(known, found)
        return {key: zlib.decompress(text) for key, text in found.items()}

    def _introspect(self, operation: Operation, keys: frozenset[str], variables: Mapping[str, Any]) -> dict[str, bytes]:
        # Types of its own, which are forgotten afterwards: those of the role are built by need and stay few.
        access = operation.role.types.access
        schema = self._builder.whole_schema(self._builder.types(access.role, backend=access.backend))
        if self._builder.catalog.names.convention != "plain":
            schema = lexicographic_sort_schema(schema)  # as Hasura does, so that schema files can be compared
        result = execute(schema, _only(operation, keys), variable_values=dict(variables))
        assert isinstance(result, ExecutionResult)
        return {key: zlib.compress(text, 1) for key, text in _answers(result).items()}

    async def functions(self, operation: Operation, keys: Iterable[str], request: Request) -> dict[str, bytes]:
        """The answers of authors' functions by response key."""
        schema = self._builder.functions.schema
        assert schema is not None

        def handed(kind: type[Any]) -> Any:
            return request.caller if kind is Caller else self._provide(kind, request)

        return await _execute(schema, operation, frozenset(keys), request.variables, handed)


async def _execute(
    schema: GraphQLSchema, operation: Operation, keys: frozenset[str], variables: Mapping[str, Any], context: Any
) -> dict[str, bytes]:
    document = _only(operation, keys)
    result = execute(schema, document, context_value=context, variable_values=dict(variables))
    if inspect.isawaitable(result):
        result = await result
    assert isinstance(result, ExecutionResult)
    return _answers(result)


def _declared(operation: Operation, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the operation names; whatever else was sent is nobody's business."""
    names = [each.variable.name.value for each in operation.node.variable_definitions or ()]
    return {name: variables[name] for name in names if name in variables}


def _text_of(variables: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(variables)
    except TypeError:
        raise InvalidValue("A variable is nested too deeply.", path="$.variables") from None


def _answers(result: ExecutionResult) -> dict[str, bytes]:
    if result.errors:
        raise _problem(result.errors[0])
    return {key: orjson.dumps(value, default=str) for key, value in (result.data or {}).items()}


def _problem(error: GraphQLError) -> Problem:
    if error.path is None:
        return InvalidValue(error.message, path="$.variables")  # nothing was called yet
    path = "$.selectionSet." + ".".join(str(part) for part in error.path)
    cause = error.original_error
    if isinstance(cause, Problem):
        cause.path = path
        return cause
    # A value that does not fit an argument: such errors know their place in the document, an author's does not.
    if cause is None or (isinstance(cause, GraphQLError) and cause.nodes):
        return InvalidValue(error.message, path=path)
    problem = FunctionFailed("The function failed.", path=path)
    problem.__cause__ = cause
    return problem


def _only(operation: Operation, keys: frozenset[str]) -> DocumentNode:
    """The document with nothing but the root fields of these keys, and the variables that they use."""
    fragments = operation.document.fragments
    root = operation.role.types.fixed(f"{operation.kind}_root")
    grouped = Selections(fragments, lambda directives: True).fields([operation.node.selection_set], root)
    nodes = [node for key, same in grouped.items() if key in keys for node in same]
    used, spread = _names(nodes, fragments)
    definitions = tuple(each for each in operation.node.variable_definitions or () if each.variable.name.value in used)
    only = replace(
        operation.node, selection_set=SelectionSetNode(selections=tuple(nodes)), variable_definitions=definitions
    )
    return DocumentNode(definitions=(only, *(fragments[name] for name in spread)))


def _names(nodes: Iterable[FieldNode], fragments: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The variables and fragments that nodes use, also through fragments."""
    variables: set[str] = set()
    spread: set[str] = set()
    waiting: list[Any] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, VariableNode):
            variables.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
            spread.add(node.name.value)
            waiting.append(fragments[node.name.value])
        for key in node.keys:
            child = getattr(node, key, None)
            children: Any = child if isinstance(child, list | tuple) else (child,)
            waiting += [item for item in children if isinstance(item, Node)]
    return variables, spread
