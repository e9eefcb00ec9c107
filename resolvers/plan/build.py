"""How does an operation become a plan: each root field sent to the planner of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from graphql import DirectiveNode, FieldNode, FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode

from portico.resolvers.limits import Limits
from portico.resolvers.plan.nodes import CallField, Plan, ReadField, RootField, TextField
from portico.resolvers.plan.operation import OperationInputs
from portico.resolvers.plan.read import ReadPlanner
from portico.resolvers.plan.selections import Selections
from portico.resolvers.plan.values import Identity, Shape
from portico.resolvers.plan.write import WritePlanner
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.specs import Field, FunctionSpec, NodeSpec, PartSpec, RootSpec

_READS = ("select", "select_by_pk", "select_aggregate", "connection")


def build_plan(
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    types: RoleTypes,
    inputs: OperationInputs,
    key: Shape,
    limits: Limits,
) -> Plan:
    """The plan of one operation under one plan key, still without rules."""
    trees = inputs.trees(key)

    def included(directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            if directive.name.value in ("include", "skip"):
                wanted = directive.name.value == "include"
                if inputs.flag(trees, next(iter(directive.arguments or ())).value) is not wanted:
                    return False
        return True

    kind: Literal["query", "mutation"] = "query" if operation.operation.value == "query" else "mutation"
    root: GraphQLObjectType = types.fixed(f"{kind}_root")
    selections = Selections(fragments, included)
    reader = ReadPlanner(trees, selections, limits)
    writer = WritePlanner(reader, trees, types.access, types.names)

    def plan_field(response_key: str, nodes: list[FieldNode]) -> RootField:
        name = nodes[0].name.value
        if name == "__typename":
            return TextField(response_key, root.name)
        field = root.fields.get(name)
        if field is None:
            return CallField(response_key, introspection=True)
        assert isinstance(field, Field)
        path = f"$.selectionSet.{response_key}"
        match field.spec:
            case RootSpec(kind=root_kind, table=table) if root_kind in _READS:
                return ReadField(response_key, reader.root(root_kind, table, nodes, field, path))
            case RootSpec(kind=root_kind, table=table):
                return writer.root(response_key, root_kind, table, nodes, field, path)
            case NodeSpec():
                return plan_node(response_key, nodes, field, path)
            case FunctionSpec():
                return CallField(response_key, introspection=False)
            case PartSpec():
                return TextField(response_key, "")
            case _:
                raise AssertionError(field.spec)

    def plan_node(response_key: str, nodes: list[FieldNode], field: Field, path: str) -> RootField:
        (identity,) = trees.of(nodes[0], field, path).values()
        assert isinstance(identity, Identity)
        row_type = types.of(identity.table, "") if identity.table is not None else None
        rows = reader.node(identity, nodes, row_type, path)
        return ReadField(response_key, rows) if rows is not None else TextField(response_key, "")

    found = selections.fields([operation.selection_set], root)
    return Plan(kind, tuple(plan_field(response_key, nodes) for response_key, nodes in found.items()))
