"""Who answers introspection: types made for the purpose, once for each document and role."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_variable_values

from portico.resolvers.documents import Operation
from portico.resolvers.generations import Generations
from portico.resolvers.plan.selections import Selections
from portico.resolvers.problems import InvalidValue
from portico.resolvers.run.introspection_writer import IntrospectionWriter
from portico.schema.problems import Problem
from portico.schema.types.build import SchemaBuilder

MAX_INTROSPECTIONS = 64


class Introspection:
    """Answers `__schema` and `__type`; what was answered is remembered as bytes."""

    def __init__(self, builder: SchemaBuilder) -> None:
        self._builder = builder
        self._introspections: Generations[Any, dict[str, bytes]] = Generations(MAX_INTROSPECTIONS)

    async def answer(self, operation: Operation, keys: Iterable[str], variables: Mapping[str, Any]) -> dict[str, bytes]:
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
        nodes = _root_nodes(operation, keys)
        try:
            writer = IntrospectionWriter(
                schema,
                operation.document.fragments,
                _coerced(operation, nodes.values(), schema, variables),
                # As Hasura does, so that schema files can be compared.
                is_sorted=self._builder.catalog.names.convention != "plain",
            )
            return {key: zlib.compress(writer.field(same), 1) for key, same in nodes.items()}
        except GraphQLError as error:
            raise _problem(error) from None


def _declared(operation: Operation, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the operation names; whatever else was sent is nobody's business."""
    names = [each.variable.name.value for each in operation.node.variable_definitions or ()]
    return {name: variables[name] for name in names if name in variables}


def _text_of(variables: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(variables)
    except TypeError:
        raise InvalidValue("A variable is nested too deeply.", path="$.variables") from None


def _problem(error: GraphQLError) -> Problem:
    """Nothing is worked out here but what a document says, so whatever is wrong is a value of it."""
    where = "$.variables" if error.path is None else "$.selectionSet." + ".".join(str(part) for part in error.path)
    return InvalidValue(error.message, path=where)


def _root_nodes(operation: Operation, keys: frozenset[str]) -> dict[str, list[FieldNode]]:
    """The nodes of each of these response keys."""
    root = operation.role.types.fixed(f"{operation.kind}_root")
    selections = Selections(operation.document.fragments, lambda directives: True)
    grouped = selections.fields([operation.node.selection_set], root)
    return {key: same for key, same in grouped.items() if key in keys}


def _coerced(
    operation: Operation, nodes: Iterable[list[FieldNode]], schema: GraphQLSchema, variables: Mapping[str, Any]
) -> VariableValues:
    """The values of the variables that these nodes use; what else the operation declares is for its other fields."""
    used = _names([node for same in nodes for node in same], operation.document.fragments)
    declared = [each for each in operation.node.variable_definitions or () if each.variable.name.value in used]
    found = get_variable_values(schema, declared, dict(variables))
    if isinstance(found, list):
        raise found[0]
    return found


def _names(nodes: Iterable[FieldNode], fragments: Mapping[str, Any]) -> set[str]:
    """The variables that nodes use, also through fragments."""
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
    return variables
