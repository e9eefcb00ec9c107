"""What may a document cost: its parts counted before validation, its rows and subqueries before SQL, all in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
)

from portico.resolvers.limits import Limits
from portico.resolvers.plan.live_nodes import ChangesField, LiveField, StreamField
from portico.resolvers.plan.nodes import (
    AggregateComparison,
    And,
    FieldsItem,
    GroupsItem,
    Item,
    LinkItem,
    ListItem,
    Not,
    Or,
    OrderTerm,
    Predicate,
    Related,
    Rows,
)
from portico.resolvers.plan.root_nodes import CallField, Plan, ReadField, WriteField, leaves
from portico.resolvers.plan.write_nodes import Along, Called, Delete, Insert, Update, Write
from portico.resolvers.problems import InvalidDocument, InvalidValue, TooCostly, TooDeep, TooManyFields
from portico.schema.types.literals import MAX_NUMBER_CHARACTERS

# Selection sets inside one another, fragments included: validation and planning use up to six frames of
# Python's thousand for each.
_MAX_NESTING = 100

# Items that a list of the introspection schema has, about; and how much one document may ask of it: not
# quite twice the query that clients send, which comes to 870,000.
_INTROSPECTED = {"types": 200, "fields": 10, "inputFields": 10, "args": 5, "enumValues": 5, "directives": 5}
_MAX_INTROSPECTION = 1_500_000


@dataclass(frozen=True, slots=True)
class Count:
    """What a selection set comes to with its fragments expanded; depth in levels."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    values: int = 0
    depth: int = 0


class DocumentCost:
    """
    Counts operations with one visit per fragment, however often it is spread.

    Counting by expansion is exponential: 736 bytes of nested fragments are 2^20 fields.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._known: dict[str, Count] = {}
        self._open: set[str] = set()
        self._nesting = 0
        self._introspected: dict[str, int] = {}

    def check(self, operation: OperationDefinitionNode) -> None:
        """
        Refuses an operation over the limits.

        Raises:
            TooDeep, TooManyFields: which limit, and its number.
            InvalidDocument: fragments that spread each other in a circle.
            InvalidValue: a number of more digits than anything has.
        """
        limits = self._limits
        count = self._count(operation.selection_set)
        if count.depth > limits.max_depth:
            raise TooDeep(f"The document is {count.depth} levels deep; {limits.max_depth} are allowed.")
        roots = list(self._roots(operation.selection_set, set()))
        for number, most, what in (
            (count.fields, limits.max_fields, "fields"),
            (count.aliases, limits.max_aliases, "aliases"),
            (count.directives + len(operation.directives or ()), limits.max_directives, "directives"),
            (count.values + self._outside(operation), limits.max_argument_values, "values in arguments"),
            (len(roots), limits.max_root_fields, "root fields"),
        ):
            if number > most:
                raise TooManyFields(
                    f"The document has {_shown(number)} {what}; {most} are allowed.",
                    hint="Send it in several requests.",
                )
        asked = sum(self._introspection(each) for each in roots if each.name.value in ("__schema", "__type"))
        if asked > _MAX_INTROSPECTION:
            raise TooManyFields("The document asks for too much of the schema at once.", hint="Ask for less of it.")

    def _count(self, selection_set: SelectionSetNode) -> Count:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise TooDeep("The document is nested too deeply.", path="$.query")
        fields = aliases = directives = values = depth = 0
        for selection in selection_set.selections:
            inner = self._inner(selection)
            directives += len(selection.directives or ()) + inner.directives
            is_field = isinstance(selection, FieldNode)
            fields += inner.fields + is_field
            aliases += inner.aliases + (is_field and selection.alias is not None)
            values += inner.values + self._values_in(selection.directives)
            if is_field and selection.arguments:
                values += self._values(selection.arguments)
            depth = max(depth, inner.depth + is_field)
        self._nesting -= 1
        return Count(fields, aliases, directives, values, depth)

    def _inner(self, selection: object) -> Count:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
        return Count() if inner is None else self._count(inner)

    def _fragment(self, name: str) -> Count:
        known = self._known.get(name)
        if known is not None:
            return known
        fragment = self._fragments.get(name)
        if fragment is None:
            raise InvalidDocument(f"Unknown fragment '{name}'.", path="$.query")
        if name in self._open:
            raise InvalidDocument(f"The fragment {name} spreads itself.", path="$.query")
        self._open.add(name)
        found = self._known[name] = self._count(fragment.selection_set)
        self._open.remove(name)
        return found

    def _roots(self, selection_set: SelectionSetNode, seen: set[str]) -> Iterator[FieldNode]:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    yield from self._roots(self._fragments[selection.name.value].selection_set, seen)
            elif isinstance(selection, InlineFragmentNode):
                yield from self._roots(selection.selection_set, seen)

    # ---- values --------------------------------------------------------------------------------------

    def _outside(self, operation: OperationDefinitionNode) -> int:
        """Values that are written before the selections."""
        total = self._values_in(operation.directives)
        for definition in operation.variable_definitions or ():
            total += self._values_in(definition.directives)
            if definition.default_value is not None:
                total += self._value(definition.default_value)
        return total

    def _values_in(self, directives: Iterable[DirectiveNode] | None) -> int:
        return sum(self._values(each.arguments) for each in directives or () if each.arguments)

    def _values(self, arguments: Iterable[ArgumentNode]) -> int:
        return sum(self._value(argument.value) for argument in arguments)

    def _value(self, value: ValueNode) -> int:
        total = 0
        waiting: list[tuple[ValueNode, int]] = [(value, 0)]
        while waiting:
            node, depth = waiting.pop()
            total += 1
            if isinstance(node, IntValueNode | FloatValueNode):
                if len(node.value) > MAX_NUMBER_CHARACTERS:
                    raise InvalidValue("A number has too many digits.", path="$.query")
                continue
            if isinstance(node, ListValueNode):
                inside = node.values
            elif isinstance(node, ObjectValueNode):
                inside = [field.value for field in node.fields]
            else:
                continue
            if depth > self._limits.max_value_depth:
                raise TooDeep("A value is nested too deeply.", path="$.query")
            waiting += [(each, depth + 1) for each in inside]
        return total

    # ---- introspection -------------------------------------------------------------------------------

    def _introspection(self, node: FieldNode) -> int:
        """About how many things the answer of an introspection field has; no field comes to nothing."""
        each = 1 if node.selection_set is None else self._introspections(node.selection_set)
        return 1 + _INTROSPECTED.get(node.name.value, 1) * each

    def _introspections(self, selection_set: SelectionSetNode) -> int:
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += self._introspection(selection)
            elif isinstance(selection, InlineFragmentNode):
                total += self._introspections(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self._introspected:
                    self._introspected[name] = self._introspections(self._fragments[name].selection_set)
                total += self._introspected[name]
        return total


def _shown(number: int) -> str:
    return str(number) if number < 1_000_000_000 else "over a billion"


# ---- plans -------------------------------------------------------------------------------------------


def check_rows(plan: Plan, limits: Limits) -> int:
    """
    An upper estimate of the rows that a plan reads: page sizes multiplied downwards.

    Raises:
        TooCostly: the estimate is over the limit, or more groups are asked for than are answered.
    """
    total = 0
    for field in leaves(plan.fields):
        if isinstance(field, ReadField):
            total += _rows(field.rows, limits)
        elif isinstance(field, CallField):
            # How many a function gives, nobody knows before.
            total += limits.assumed_rows * sum(_rows(rows, limits) for rows in field.selected.rows)
        elif isinstance(field, StreamField | ChangesField):
            total += _batch(field, limits)
        elif isinstance(field, WriteField):
            written: list[Rows] = [field.written.one] if field.written.one is not None else []
            written += [each.rows for each in field.writes if isinstance(each, Called)]
            total += sum(_rows(rows, limits) for rows in written) + _items(field.written.items, limits)
    for each in plan.computed:
        total += limits.assumed_rows * sum(_rows(rows, limits) for rows in each.selected.rows)
    if total > limits.max_rows:
        raise TooCostly(
            f"The document could read about {_shown(total)} rows; {limits.max_rows} are allowed.",
            hint="Ask for smaller pages with limit, or for fewer levels.",
        )
    return total


def _batch(field: LiveField, limits: Limits) -> int:
    size = field.rows.limit if isinstance(field, StreamField) else field.size
    most = limits.max_batch_rows
    if size is not None and (size.bound is None or size.bound > most):
        asked = "over 10000" if size.bound is None else str(size.bound)
        raise TooCostly(
            f"The subscription asks for {asked} rows at once; {most} are allowed.", hint="Ask for smaller batches."
        )
    return _rows(field.rows, limits)


def _rows(rows: Rows, limits: Limits) -> int:
    groups = sum(_groups(item, limits) for item in rows.items if isinstance(item, GroupsItem))
    return _size(rows, limits) * (1 + _items(rows.items, limits)) + groups


def _items(items: Iterable[Item], limits: Limits) -> int:
    total = 0
    for item in items:
        if isinstance(item, LinkItem):
            total += _rows(item.rows, limits)
        elif isinstance(item, FieldsItem | ListItem):
            total += _items(item.items, limits)
    return total


def _groups(item: GroupsItem, limits: Limits) -> int:
    if item.limit is None:
        return limits.assumed_rows
    size = item.limit.bound
    if size is None or size > limits.max_groups:
        asked = "over 10000" if size is None else str(size)
        raise TooCostly(
            f"The document asks for {asked} groups at once; {limits.max_groups} are allowed.",
            hint="Ask for fewer with limit, or for the next ones with offset.",
        )
    return size


def _size(rows: Rows, limits: Limits) -> int:
    if rows.form == "one":
        return 1
    if rows.form == "aggregate" and not any(isinstance(item, ListItem) for item in rows.items):
        return 1
    if rows.limit is not None and rows.limit.bound is not None:
        return rows.limit.bound
    return rows.row_limit or limits.assumed_rows


def check_subqueries(plan: Plan, limits: Limits) -> int:
    """
    The subqueries and writes that a plan compiles to, 1 ms each.

    Raises:
        TooCostly: there are more than allowed.
    """
    total = 0
    for field in leaves(plan.fields):
        if isinstance(field, ReadField):
            total += _subqueries(field.rows)
        elif isinstance(field, CallField):
            total += sum(map(_subqueries, field.selected.rows))
        elif isinstance(field, StreamField | ChangesField):
            total += 2 * _subqueries(field.rows)
        elif isinstance(field, WriteField):
            total += sum(map(_written, field.writes))
            total += _subqueries(field.written.one) if field.written.one is not None else 0
            total += _subqueries_of(field.written.items)
    total += sum(_subqueries(rows) for each in plan.computed for rows in each.selected.rows)
    if total > limits.max_subqueries:
        raise TooCostly(
            f"The document needs {total} subqueries; {limits.max_subqueries} are allowed.",
            hint="Ask for fewer relations at once; send rows to insert in a variable.",
        )
    return total


def _subqueries(rows: Rows) -> int:
    mine = 3 if rows.form == "page" else 1
    return mine + _tests(rows.where) + sum(map(_hops, rows.order)) + _subqueries_of(rows.items)


def _subqueries_of(items: Iterable[Item]) -> int:
    total = 0
    for item in items:
        if isinstance(item, LinkItem):
            total += _subqueries(item.rows)
        elif isinstance(item, GroupsItem):
            total += 1 + _tests(item.having)
        elif isinstance(item, FieldsItem | ListItem):
            total += _subqueries_of(item.items)
    return total


def _hops(term: OrderTerm) -> int:
    return len(term.hops) + (term.link is not None)


def _tests(where: Predicate) -> int:
    """How many subqueries a condition has."""
    match where:
        case And(parts=parts) | Or(parts=parts):
            return sum(map(_tests, parts))
        case Not(part=part):
            return _tests(part)
        case AggregateComparison(link=None, filter=inner):
            return _tests(inner)
        case Related(where=inner) | AggregateComparison(filter=inner):
            return 1 + _tests(inner)
        case _:
            return 0


def _written(write: Write) -> int:
    """Each statement of a write, and what its filters ask."""
    match write:
        case Insert():
            return _inserted(write)
        case Called(rows=rows):
            return _subqueries(rows)
        case Update() | Delete():
            below = write.nested if isinstance(write, Update) else ()
            condition = 0 if write.condition is None else 1 + _tests(write.condition)
            return 1 + _tests(write.where) + condition + sum(map(_along, below))


def _along(along: Along) -> int:
    total = sum(map(_written, (*along.deletes, *along.updates)))
    total += 0 if along.insert is None else _inserted(along.insert)
    if along.save is None:
        return total
    for row in along.save.variants:
        # One that looks for the row, one that changes it, and one for what is not listed.
        total += 3 + (0 if row.insert is None else _inserted(row.insert)) + sum(map(_along, row.nested))
    return total


def _inserted(insert: Insert) -> int:
    """Each variant of a row is a statement of its own."""
    total = 0
    for variant in insert.variants:
        total += 1 + sum(_inserted(nested.insert) for nested in (*variant.parents, *variant.children))
    return total
