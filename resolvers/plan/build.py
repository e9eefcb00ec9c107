"""How does an operation become a plan: each root field sent to the planner of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from portico.resolvers.limits import Limits
from portico.resolvers.plan.calls import CallPlanner
from portico.resolvers.plan.channels import ChannelPlanner
from portico.resolvers.plan.live import LivePlanner
from portico.resolvers.plan.operation import OperationInputs
from portico.resolvers.plan.read import ReadPlanner
from portico.resolvers.plan.remote_nodes import RemoteField
from portico.resolvers.plan.remote_selections import RemoteSelections
from portico.resolvers.plan.remotes import RemotePlanner
from portico.resolvers.plan.root_nodes import (
    IntrospectionField,
    NamespaceField,
    Plan,
    ReadField,
    RootField,
    TextField,
    WriteField,
    leaves,
)
from portico.resolvers.plan.selections import Selections, subselections
from portico.resolvers.plan.values import Identity, Shape
from portico.resolvers.plan.write import WritePlanner
from portico.resolvers.plan.write_nodes import Called, Written
from portico.resolvers.problems import InvalidDocument, TooCostly
from portico.schema.types.role_types import RoleTypes
from portico.schema.types.roots import NO_QUERIES
from portico.schema.types.specs import (
    ChannelSpec,
    DatabaseFunctionSpec,
    Field,
    FunctionSpec,
    NamespaceSpec,
    NodeSpec,
    PartSpec,
    RemoteSpec,
    RootSpec,
)

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

    kind: Any = operation.operation.value
    root: GraphQLObjectType = types.fixed(f"{kind}_root")
    selections = Selections(fragments, included)
    reader = ReadPlanner(trees, selections, limits)
    remotes = RemotePlanner(trees, RemoteSelections(operation.selection_set, fragments, included, types))
    calls = CallPlanner(trees, selections, reader, types)
    live = LivePlanner(reader, trees, selections)
    writer = WritePlanner(reader, trees, types.access, types.names)

    def plan_field(response_key: str, nodes: list[FieldNode], parent: GraphQLObjectType, path: str) -> RootField:
        name = nodes[0].name.value
        if name == "__typename":
            return TextField(response_key, parent.name)
        field = parent.fields.get(name)
        if field is None:
            return IntrospectionField(response_key)
        assert isinstance(field, Field)
        path = f"{path}.selectionSet.{response_key}"
        match field.spec:
            case NamespaceSpec():
                inner: GraphQLObjectType = get_named_type(field.type)  # pyright: ignore[reportAssignmentType]
                return NamespaceField(response_key, plan_fields(subselections(nodes), inner, path))
            case DatabaseFunctionSpec(function=function, kind=root_kind):
                rows = reader.call(root_kind, function, nodes, field, path)
                if function.operation == "query":
                    return ReadField(response_key, rows)
                return WriteField(response_key, (Called(rows),), Written())
            case RootSpec(kind=root_kind, table=table) if root_kind in _READS:
                return ReadField(response_key, reader.root(root_kind, table, nodes, field, path))
            case RootSpec(kind="select_stream", table=table):
                return live.stream(response_key, table, nodes, field, path)
            case RootSpec(kind="changes", table=table):
                return live.changes(response_key, table, nodes, field, path)
            case RootSpec(kind=root_kind, table=table):
                return writer.root(response_key, root_kind, table, nodes, field, path)
            case NodeSpec():
                return plan_node(response_key, nodes, field, path)
            case ChannelSpec():
                return ChannelPlanner(trees, selections).root(response_key, nodes, field, path)
            case FunctionSpec():
                return calls.root(response_key, nodes, field, path)
            case RemoteSpec():
                return remotes.root(response_key, nodes, field, path)
            case PartSpec():
                return TextField(response_key, NO_QUERIES)
            case _:
                raise AssertionError(field.spec)

    def plan_node(response_key: str, nodes: list[FieldNode], field: Field, path: str) -> RootField:
        (identity,) = trees.of(nodes[0], field, path).values()
        assert isinstance(identity, Identity)
        row_type = types.of(identity.table, "") if identity.table is not None else None
        rows = reader.node(identity, nodes, row_type, path)
        return ReadField(response_key, rows) if rows is not None else TextField(response_key, "")

    def plan_fields(sets: list[SelectionSetNode], parent: GraphQLObjectType, path: str) -> tuple[RootField, ...]:
        found = selections.fields(sets, parent)
        return tuple(plan_field(response_key, nodes, parent, path) for response_key, nodes in found.items())

    fields = plan_fields([operation.selection_set], root, "$")
    plan = Plan(kind, fields, calls.computed(), tuple(map(remotes.joined, reader.joined)))
    check_requests(plan, limits)
    check_apart(plan)
    if kind == "subscription":
        check_told(plan)
        check_single(plan)
    return plan


def check_requests(plan: Plan, limits: Limits) -> None:
    """
    How many requests to other services a document makes.

    Raises:
        TooCostly
    """
    asked = [each for each in leaves(plan.fields) if isinstance(each, RemoteField) and each.selection.text]
    total = len(asked) + len(plan.joined)
    if total > limits.max_remote_requests:
        raise TooCostly(
            f"The document makes {total} requests to other services; {limits.max_remote_requests} are allowed.",
            hint="Select what is asked of one service under one field.",
        )


def check_apart(plan: Plan) -> None:
    """Rows that are read for what is computed come when the answer is there, and nothing more is put into them."""
    for each in plan.joined:
        if any(each.path.startswith(f"{computed.path}.") for computed in plan.computed):
            raise InvalidDocument(
                "What another service answers cannot be selected of what is computed.",
                hint="Read the rows by a field of their own.",
                path=each.path,
            )


def check_told(plan: Plan) -> None:
    """Subscribers are told of changes of rows that are read here; of others, nobody tells."""
    for each in plan.computed:
        if each.selected.rows:
            raise InvalidDocument(
                "Rows that are computed in Python cannot be subscribed to: nobody is told when they change.",
                hint="Leave them out.",
                path=each.path,
            )
    if plan.joined:
        raise InvalidDocument(
            "What another service answers cannot be subscribed to.", hint="Leave it out.", path=plan.joined[0].path
        )


def check_single(plan: Plan) -> None:
    """
    A subscription has one root field: one stream of answers. Source: GraphQL, §5.2.3.1 "Single Root Field".

    Validation has counted those of the root; here they are counted under a namespace, and once it is known which
    are left out by directives.
    """
    if len(list(leaves(plan.fields))) != 1:
        raise InvalidDocument(
            "A subscription must select exactly one field.",
            hint="Send a subscription for each field.",
            path="$.selectionSet",
        )
