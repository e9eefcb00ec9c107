"""What does `where` mean: input members turned into conditions on columns, relations and aggregates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from portico.resolvers.limits import Limits
from portico.resolvers.plan.nodes import TRUE, AggregateComparison, And, Comparison, Not, Or, Predicate, Related
from portico.resolvers.plan.values import NULL, Items, Known, Members, Tree
from portico.resolvers.problems import InvalidArgument, InvalidValue, TooManyFields
from portico.schema.catalog import Column, Link
from portico.schema.operators import Operator
from portico.schema.scalars import Scalar
from portico.schema.types.specs import CastSpec, ColumnSpec, FunctionsSpec, Input, LinkSpec, OperatorSpec, PartSpec


class PredicateReader:
    """Reads the filters of one plan; counts their comparisons against the limit."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.max_predicates
        self._count = 0

    def read(self, tree: Tree | None, type_: Any, path: str) -> Predicate:
        """
        The condition of an input; absent, null and empty mean true.

        Args:
            type_: the GraphQL input type that the tree is of.
            path: where the tree stands in the request.
        """
        if tree is None or tree == NULL:
            return TRUE
        assert isinstance(tree, Members)
        parts = [self._member(name, each, _field(type_, name), f"{path}.{name}") for name, each in tree.members.items()]
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def read_all_of(self, tree: Tree | None, type_: Any, path: str) -> Predicate:
        """
        The condition of a write, which must not lose a part.

        Raises:
            InvalidValue: a part is null or a variable that was not sent; without it more rows would be reached.
        """
        for part in _left_out(tree):
            raise InvalidValue(
                f"{part} is not given, and without it the filter would reach more rows.",
                hint="Send a value, or leave that part out of the document.",
                path=path,
            )
        return self.read(tree, type_, path)

    def _member(self, name: str, tree: Tree, field: Input, path: str) -> Predicate:
        spec = field.spec
        match spec:
            case PartSpec(name="_and"):
                return And(self._each(tree, field, path))
            case PartSpec(name="_or"):
                return Or(self._each(tree, field, path)) if tree != NULL else TRUE
            case PartSpec(name="_not"):
                return Not(self.read(tree, field.type, path)) if tree != NULL else TRUE
            case PartSpec(name="count") | FunctionsSpec():
                return self._compared(tree, field, None, path)
            case ColumnSpec(column=column):
                return And(tuple(self._comparisons(tree, field, column, path)))
            case LinkSpec(link=link, shape="rows"):
                return Related(link, self.read(tree, field.type, path)) if tree != NULL else TRUE
            case LinkSpec(link=link):
                return self._aggregate(tree, field, link, path)
            case _:
                raise AssertionError(spec)

    def _each(self, tree: Tree, field: Input, path: str) -> tuple[Predicate, ...]:
        if not isinstance(tree, Items):
            return ()
        item = _item_type(field.type)
        return tuple(self.read(each, item, f"{path}[{index}]") for index, each in enumerate(tree.items))

    def _comparisons(
        self, tree: Tree, field: Input, column: Column, path: str, casts: tuple[Scalar, ...] = ()
    ) -> Iterator[Predicate]:
        if not isinstance(tree, Members):
            return
        for name, value in tree.members.items():
            inner = _field(field.type, name)
            assert isinstance(inner.spec, OperatorSpec)
            self._counted(path)
            if inner.spec.operator.operand == "cast":
                yield from self._cast(value, inner, column, f"{path}.{name}", casts)
            else:
                given = _spelt(_given(value, f"{path}.{name}"), inner)
                yield Comparison(column, inner.spec.operator, given, casts)

    def _cast(
        self, tree: Tree, field: Input, column: Column, path: str, casts: tuple[Scalar, ...]
    ) -> Iterator[Predicate]:
        if not isinstance(tree, Members):
            return
        for name, inner in tree.members.items():
            target = _field(field.type, name)
            assert isinstance(target.spec, CastSpec)
            yield from self._comparisons(inner, target, column, f"{path}.{name}", (*casts, target.spec.scalar))

    def _aggregate(self, tree: Tree, field: Input, link: Link, path: str) -> Predicate:
        if not isinstance(tree, Members):
            return TRUE
        if len(tree.members) != 1:
            raise InvalidArgument(
                "Exactly one aggregate belongs in one object.", hint="Join several by _and.", path=path
            )
        ((name, inner),) = tree.members.items()
        return self._compared(inner, _field(field.type, name), link, f"{path}.{name}")

    def _compared(self, tree: Tree, field: Input, link: Link | None, path: str) -> Predicate:
        if not isinstance(tree, Members):
            return TRUE
        function = field.spec.aggregate.name if isinstance(field.spec, FunctionsSpec) else "count"
        distinct = tree.get("distinct")
        filter_field = _field(field.type, "filter")
        predicate_field = _field(field.type, "predicate")
        return AggregateComparison(
            link=link,
            function=function,
            columns=_columns(tree.get("arguments")),
            distinct=isinstance(distinct, Known) and distinct.value is True,
            filter=self.read(tree.get("filter"), filter_field.type, f"{path}.filter"),
            comparisons=tuple(self._operators(tree.get("predicate"), predicate_field, f"{path}.predicate")),
        )

    def _operators(self, tree: Tree | None, field: Input, path: str) -> Iterator[tuple[Operator, Tree]]:
        for name, value in tree.members.items() if isinstance(tree, Members) else ():
            spec = _field(field.type, name).spec
            assert isinstance(spec, OperatorSpec)
            self._counted(path)
            yield spec.operator, _given(value, f"{path}.{name}")

    def _counted(self, path: str) -> None:
        self._count += 1
        if self._count > self._most:
            raise TooManyFields(f"The filters make more than {self._most} comparisons.", path=path)


def _left_out(tree: Tree | None) -> Iterator[str]:
    if isinstance(tree, Members):
        yield from (f"The variable ${name}" for name in tree.left_out)
        for name, member in tree.members.items():
            if member == NULL:
                yield f"A value for {name}"
            yield from _left_out(member)
    elif isinstance(tree, Items):
        for item in tree.items:
            yield from _left_out(item)


def _given(value: Tree, path: str) -> Tree:
    # A null here is most often a variable that the client forgot to fill; taken for "no condition" it would
    # widen the answer to everything (Hasura v1 did, and made it an error in v2).
    if value == NULL:
        raise InvalidValue(
            "A comparison cannot be with null.",
            hint="Ask for null with _isNull, or leave the comparison out.",
            path=path,
        )
    return value


def _spelt(value: Tree, field: Input) -> Tree:
    """An operand; the members of one that is an object by their names in the dialect, whatever the convention."""
    if not isinstance(value, Members):
        return value
    specs = {name: _field(field.type, name).spec for name in value.members}
    return Members({spec.name: value.members[name] for name, spec in specs.items() if isinstance(spec, PartSpec)})


def _columns(tree: Tree | None) -> tuple[Column, ...]:
    items = tree.items if isinstance(tree, Items) else (tree,) if tree is not None else ()
    return tuple(item.value for item in items if isinstance(item, Known))


def _field(type_: Any, name: str) -> Input:
    named = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    assert isinstance(named, GraphQLInputObjectType)
    field = named.fields[name]
    assert isinstance(field, Input)
    return field


def _item_type(type_: Any) -> Any:
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    assert isinstance(inner, GraphQLList)
    item: Any = inner.of_type
    return item.of_type if isinstance(item, GraphQLNonNull) else item
