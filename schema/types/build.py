"""How does a role's schema come to be: an index of every possible type name, and a schema that builds on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLDeprecatedDirective,
    GraphQLDirective,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    specified_directives,
)
from graphql.type import introspection_types
from graphql.type.schema import InterfaceImplementations

from portico.schema.access import RoleAccess
from portico.schema.aggregates import AGGREGATES, PREDICATES
from portico.schema.caller import ADMIN
from portico.schema.catalog import Catalog, ChannelType, Table
from portico.schema.names import LIVE_KINDS, NameTaken, RootKind
from portico.schema.problems import Problem, Problems
from portico.schema.types import (
    changes,
    filters,
    groups,
    inputs,
    nested_inputs,
    nodes,
    objects,
    orders,
    roots,
    streams,
    subscriptions,
)
from portico.schema.types.channel_names import channels_taken
from portico.schema.types.channels import channel_type, channel_type_names
from portico.schema.types.functions import FunctionTypes
from portico.schema.types.remote_faces import WithRemotes
from portico.schema.types.remote_names import remotes_taken
from portico.schema.types.role_types import FixedBuilder, FunctionFaces, Owner, RoleTypes, TypeBuilder
from portico.schema.types.root_fields import RootOwner

_TABLE_BUILDERS: Mapping[str, TypeBuilder] = {
    "": objects.object_type,
    "aggregate": objects.aggregate_type,
    "aggregate_fields": objects.aggregate_fields_type,
    **{f"{each.name}_fields": objects.function_fields_type(each.name) for each in AGGREGATES},
    "connection": objects.connection_type,
    "edge": objects.edge_type,
    "mutation_response": objects.mutation_response_type,
    "bool_exp": filters.bool_exp_type,
    "aggregate_bool_exp": filters.aggregate_bool_exp_type,
    "aggregate_bool_exp_count": filters.count_predicate_type,
    **{f"aggregate_bool_exp_{each.name}": filters.function_predicate_type(each) for each in PREDICATES},
    "aggregate_group": groups.group_type,
    "aggregate_group_keys": groups.group_keys_type,
    "aggregate_group_column": groups.group_column_enum,
    "aggregate_group_per": groups.group_per_type,
    "aggregate_group_bool_exp": groups.group_bool_exp_type,
    "aggregate_group_order_by": groups.group_order_by_type,
    "aggregate_group_keys_order_by": groups.group_keys_order_by_type,
    "order_by": orders.order_by_type,
    "aggregate_order_by": orders.aggregate_order_by_type,
    **{f"{each.name}_order_by": orders.function_order_by_type(each.name) for each in AGGREGATES},
    "select_column": orders.select_column_enum,
    "update_column": orders.update_column_enum,
    "constraint": orders.constraint_enum,
    **{f"select_column_{each.name}_arguments": orders.predicate_column_enum(each) for each in PREDICATES},
    "insert_input": inputs.insert_input_type,
    "obj_rel_insert_input": inputs.nested_insert_type(many=False),
    "arr_rel_insert_input": inputs.nested_insert_type(many=True),
    "on_conflict": inputs.on_conflict_type,
    **{f"{name[1:]}_input": inputs.update_input_type(name) for name in inputs.UPDATE_OPERATORS},
    "pk_columns_input": inputs.pk_columns_type,
    "updates": nested_inputs.updates_type,
    "stream_cursor_input": streams.cursor_type,
    "stream_cursor_value_input": streams.cursor_value_type,
    "change": changes.change_type,
    "key": changes.key_type,
    **nested_inputs.BUILDERS,
}

_NAMESPACES = ("query_namespace", "mutation_namespace", "subscription_namespace")

# graphql-core is ahead of the published specification: clients that know no DIRECTIVE_DEFINITION, those on
# graphql-js 16 among them, cannot read a schema that mentions it.
_DIRECTIVES = tuple(
    GraphQLDirective(
        each.name,
        [location for location in each.locations if location is not DirectiveLocation.DIRECTIVE_DEFINITION],
        args=each.args,
        description=each.description,
    )
    if each is GraphQLDeprecatedDirective
    else each
    for each in specified_directives
)


class SchemaBuilder:
    """
    Makes the schema of each role over one Catalog.

    The index of names (about 75 for a table) is made once and shared; a role's types are made when a
    document first mentions them, so that a further role costs what it uses (benchmarks/schema_size).
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.functions = FunctionTypes(catalog)
        self._fixed: Mapping[str, FixedBuilder] = {
            "order_by": orders.order_by_enum,
            "group_period": groups.group_period_enum,
            "cursor_ordering": streams.cursor_ordering_enum,
            "change_verb": changes.change_verb_enum,
            "page_info": objects.page_info_type,
            nodes.NODE: nodes.node_type,
        }
        names = catalog.names
        self._index: dict[str, tuple[Owner, str]] = {
            names.root_type("query"): (None, "query_root"),
            names.root_type("mutation"): (None, "mutation_root"),
            names.root_type("subscription"): (None, "subscription_root"),
            names.fixed_type("order_by"): (None, "order_by"),
            **{names.fixed_type(each): (None, each) for each in ("group_period", "cursor_ordering", "change_verb")},
            "PageInfo": (None, "page_info"),
        }
        if names.namespace:
            self._index |= {names.fixed(each): (None, each) for each in _NAMESPACES}
        self._queries: dict[str, RootOwner] = {}
        self._mutations: dict[str, RootOwner] = {}
        self._lives: dict[str, RootOwner] = {}
        for table in catalog.tables.values():
            for kind, root in table.roots.items():
                self._of_kind(kind)[root] = table
            for suffix in _TABLE_BUILDERS:
                name = names.table_type(table.type_base, suffix)
                # `PostKey` may be a table's own type as well as one of the table Post, which then does without.
                if name not in catalog.tables or not suffix:
                    self._index[name] = (table, suffix)
        for function in catalog.database_functions:
            where = self._queries if function.operation == "query" else self._mutations
            where[function.field] = function
            if function.many:
                where[function.aggregate] = function
        for function in catalog.every_database_function():
            if function.arguments:
                self._index[names.table_type(function.base, "args")] = (function, "args")
        self._subscriptions = {**self._lives, **self._queries}
        if catalog.relay:
            self._index[nodes.NODE] = (None, nodes.NODE)
        fields = {"query": self._queries, "subscription": self._subscriptions, "mutation": self._mutations}
        taken = list(channels_taken(catalog, dict(self._index), fields, self.functions))
        self._index |= channel_type_names(catalog)
        taken += remotes_taken(catalog, self._index, fields, self.functions)
        if problems := [*nodes.names_taken(catalog), *self._fields_taken(), *self._types_taken(), *taken]:
            raise Problems(problems)

    def _of_kind(self, kind: RootKind) -> dict[str, RootOwner]:
        if kind in LIVE_KINDS:
            return self._lives
        return self._queries if kind in roots.QUERY_KINDS else self._mutations

    def _fields_taken(self) -> Iterator[Problem]:
        """Functions that would take the place of a table's field."""
        for operation, where in (
            ("query", self._queries),
            ("mutation", self._mutations),
            ("subscription", self._subscriptions),
        ):
            for name, declaration in self.functions.fields(operation).items():
                if self.catalog.relay and (operation, name) == ("query", nodes.NODE_ROOT):
                    yield NameTaken(
                        f"The function {name} has the name of a field that the setting relay gives.",
                        hint="Rename the function.",
                        source=declaration.source,
                    )
                if name in where:
                    yield NameTaken(
                        f"The function {declaration.function.__name__} and a field of {_owner_name(where[name])}"
                        f" are both {name!r}.",
                        hint="Rename the function.",
                        source=declaration.source,
                    )

        for table in self.catalog.tables.values():
            for name, declaration in self.functions.computed(table).items():
                if name in table.columns or name in table.links:
                    yield NameTaken(
                        f"What {declaration.function.__name__} computes and a field of {table.type_name} are both {name!r}.",
                        hint="Rename the function.",
                        source=declaration.source,
                    )

    def _types_taken(self) -> Iterator[Problem]:
        """Types of functions that would take the place of a generated type."""
        for name, type_ in self.functions.types_for(ADMIN).items():
            if name in self._index and not isinstance(type_, GraphQLScalarType):
                owner, _ = self._index[name]
                users = [each for each in self.catalog.functions if name in self.functions.types_of(each)]
                yield NameTaken(
                    f"A type of a function and one of {'Portico' if owner is None or isinstance(owner, ChannelType) else _owner_name(owner)}"
                    f" are both {name!r}.",
                    hint=f'Give the function\'s type another name: @strawberry.type(name="Other{name}").',
                    source=users[0].source if users else None,
                )

    def types(self, role: str, *, backend: bool = False) -> RoleTypes:
        """The types of a role."""
        fixed: dict[str, FixedBuilder] = {
            **self._fixed,
            "query_root": roots.query_root(self._queries),
            "query_namespace": roots.query_namespace(self._queries),
            "mutation_root": roots.mutation_root(self._mutations),
            "mutation_namespace": roots.mutation_namespace(self._mutations),
            "subscription_root": subscriptions.subscription_root(self._subscriptions),
            "subscription_namespace": subscriptions.subscription_namespace(self._subscriptions),
        }
        return RoleTypes(
            RoleAccess(self.catalog, role, backend=backend),
            table_builders=_TABLE_BUILDERS,
            fixed_builders=fixed,
            index=self._index,
            functions=self._with_remotes if self.catalog.remotes else self.functions.faces,
            of_channel=channel_type,
        )

    def _with_remotes(self, types: RoleTypes) -> FunctionFaces:
        return WithRemotes(self.functions.faces(types), types)

    def schema(self, types: RoleTypes) -> GraphQLSchema:
        """A schema that asks `types` for each type as validation comes upon it."""
        return LazySchema(types)

    def whole_schema(self, types: RoleTypes) -> GraphQLSchema:
        """The schema with every type of the role built, for introspection and SDL."""
        mutation, subscription = (_unless_empty(types.fixed(f"{each}_root")) for each in ("mutation", "subscription"))
        # Objects that are reached through an interface alone are told of beside the roots.
        found = list(types.implementing(types.fixed(nodes.NODE))) if self.catalog.relay else []
        found += [each for each in types.abstract() if isinstance(each, GraphQLObjectType) and each.interfaces]
        return GraphQLSchema(
            query=types.fixed("query_root"),
            mutation=mutation,
            subscription=subscription,
            types=found,
            directives=_DIRECTIVES,
            assume_valid=True,
        )


def _unless_empty(root: GraphQLObjectType | None) -> GraphQLObjectType | None:
    return root if root is not None and len(root.fields) else None


def _owner_name(owner: RootOwner) -> str:
    return owner.type_name if isinstance(owner, Table) else owner.field


class LazySchema(GraphQLSchema):
    """
    A GraphQLSchema whose type map is filled by need.

    graphql-core's constructor walks every reachable type: 11,000 of them for 250 tables, 0.9 s and 80 MB
    a role (benchmarks/schema_size). Validation asks only for types by name and for fields of types it has,
    so the map can be a view of `RoleTypes`, and what implements an interface is asked of it as well.
    """

    def __init__(self, types: RoleTypes) -> None:
        super().__init__(query=GraphQLObjectType("Empty", {}), directives=_DIRECTIVES, assume_valid=True, types=())
        self.query_type = types.fixed("query_root")
        self.mutation_type = types.fixed("mutation_root")
        self.subscription_type = types.fixed("subscription_root")
        self.type_map = _TypeMap(types, introspection_types.values())
        self._types = types

    def get_implementations(self, interface_type: GraphQLInterfaceType) -> InterfaceImplementations:
        """Every object that implements an interface; interfaces implement none here."""
        return InterfaceImplementations(objects=self._types.implementing(interface_type), interfaces=[])

    def is_sub_type(self, abstract_type: Any, maybe_sub_type: Any) -> bool:
        """Asked of the object, not of the interface: those that implement it need not be built."""
        if isinstance(abstract_type, GraphQLInterfaceType):
            return abstract_type in getattr(maybe_sub_type, "interfaces", ())
        return super().is_sub_type(abstract_type, maybe_sub_type)


class _TypeMap(dict[str, GraphQLNamedType]):
    """Types by name, built when they are looked up."""

    def __init__(self, types: RoleTypes, known: Iterable[GraphQLNamedType]) -> None:
        super().__init__({type_.name: type_ for type_ in known})
        self._types = types

    def get(self, name: str, default: Any = None) -> Any:
        found = dict.get(self, name)
        if found is None:
            found = self._types.named(name)
        return default if found is None else found

    def __missing__(self, name: str) -> GraphQLNamedType:
        found = self._types.named(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None
