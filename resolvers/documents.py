"""How does text become an operation: limits, parse, cost, validation, and the memory of all of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLSyntaxError,
    GraphQLUnionType,
    Node,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import NoUnusedVariablesRule, OverlappingFieldsCanBeMergedRule, ValuesOfCorrectTypeRule

from portico.resolvers.generations import Generations
from portico.resolvers.lenient_values import LenientValuesRule
from portico.resolvers.lifting import lift, spans
from portico.resolvers.limits import Limits
from portico.resolvers.overlap import Overlap
from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.cost import DocumentCost, check_rows, check_subqueries
from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.operation import OperationInputs
from portico.resolvers.plan.places import NOWHERE, path_to
from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.plan.value_reader import ValueReader
from portico.resolvers.plan.values import Shape
from portico.resolvers.problems import (
    InvalidDocument,
    SyntaxProblem,
    TooDeep,
    TooLarge,
    TooManyFields,
    UnknownOperation,
)
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.program import JoinSlot, Program, RemoteSlot, WriteSlot, compile_program
from portico.resolvers.sql.steps import InsertStep
from portico.resolvers.telling import without_types
from portico.schema.problems import Problem
from portico.schema.types.build import SchemaBuilder
from portico.schema.types.nodes import table_of_node
from portico.schema.types.role_types import RoleTypes

MAX_PLANS_PER_OPERATION = 200
MAX_MESSAGE_CHARACTERS = 1_000

# What memory holds, measured: a document's tree has 1 KB per token, a program 8 bytes per character of SQL.
_BYTES_PER_TOKEN = 1_000
_BYTES_PER_PROGRAM = 4_000
_BYTES_PER_CHARACTER = 8
_BYTES_PER_WRITE = 20_000
_BYTES_PER_REMOTE_CHARACTER = 100

_RULES = [
    LenientValuesRule if rule is ValuesOfCorrectTypeRule else rule
    for rule in specified_rules
    if rule is not OverlappingFieldsCanBeMergedRule
]
# Hasura takes documents with variables that nothing uses, and so do its clients' tools.
_LENIENT_RULES = [rule for rule in _RULES if rule is not NoUnusedVariablesRule]


class DocumentInvalid(Exception):
    """Several problems of one document, each an error of its own in the answer."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(problems[0]))
        self.problems = tuple(problems)


class RoleSchema:
    """What documents of one role are validated and planned against; made when the role is first used."""

    def __init__(
        self,
        builder: SchemaBuilder,
        types: RoleTypes,
        limits: Limits,
        checks: Mapping[str, Any],
        *,
        reveals: bool = True,
    ) -> None:
        self.types = types
        self.reveals = reveals
        self.limits = limits
        self.schema: GraphQLSchema = builder.schema(types)
        self.reader = ValueReader(checks, limits, lambda name: table_of_node(types, name))


class Operation:
    """One operation of a document under one role: valid, and with its plans by key."""

    def __init__(
        self,
        document: Document,
        node: OperationDefinitionNode,
        role: RoleSchema,
        dialect: SqlDialect,
        compiled: Callable[[Program], None],
    ) -> None:
        self.kind = node.operation.value
        self.node = node
        self.document = document
        self.role = role
        self.dialect = dialect
        self._compiled = compiled
        self.inputs = OperationInputs(node, document.node, role.schema, role.reader, document.offsets)
        self._programs: Generations[Shape, Program] = Generations(MAX_PLANS_PER_OPERATION)
        self.read = self.inputs.read

    @property
    def shareable(self) -> bool:
        """Whether documents that differ only in literals may use this one's plans."""
        return self.inputs.shareable and not self.document.merges_literals

    def program(self, key: Shape) -> Program:
        """What to run for this key; compiled at its first use."""
        program = self._programs.get(key)
        if program is None:
            try:
                program = compile_program(self.guarded(key), self.dialect)
            except RecursionError:
                raise TooDeep("The document is nested too deeply.", path="$.query") from None
            if self.kind == "mutation" and not program.writes:
                # `mutation { __typename }` is one as well: it must not come by GET.
                program = replace(program, writes=True)
            self._programs.put(key, program)
            self._compiled(program)
        return program

    def guarded(self, key: Shape) -> Guarded:
        """The plan for this key with the role's rules in it."""
        role = self.role
        plan = build_plan(self.node, self.document.fragments, role.types, self.inputs, key, role.limits)
        check_rows(plan, role.limits)
        check_subqueries(plan, role.limits)
        return guard(plan, role.types.access)


class Document:
    """
    One parsed document.

    literals: as written, in order. offsets: where each begins → its place. definitions: the operations as they
    stand in the text. `operations` are those prepared, by role and name, None standing for the only operation.
    """

    def __init__(self, text: str, literals: Sequence[str], limits: Limits) -> None:
        self.text = text
        self.literals = literals
        self.node = _parse(text, limits)
        self.offsets = {offset: index for index, offset in enumerate(spans(text))}
        self.fragments = {
            each.name.value: each for each in self.node.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.definitions = [each for each in self.node.definitions if isinstance(each, OperationDefinitionNode)]
        self.merges_literals = False
        self.operations: dict[tuple[RoleSchema, str | None], Operation] = {}

    def select(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Source: GraphQL, "GetOperation"."""
        operations = self.definitions
        if name is None:
            if len(operations) == 1:
                return operations[0]
            if not operations:
                raise UnknownOperation("The document has no operation.", path="$.query")
            raise UnknownOperation(
                "The document has several operations.", hint="Name one in operationName.", path="$.operationName"
            )
        for operation in operations:
            if operation.name is not None and operation.name.value == name:
                return operation
        raise UnknownOperation(f"The document has no operation {_shortened(name)!r}.", path="$.operationName")

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        tokens, token = 0, self.node.loc.start_token if self.node.loc is not None else None
        while token is not None:
            tokens, token = tokens + 1, token.next
        return len(self.text) + tokens * _BYTES_PER_TOKEN


class Documents:
    """
    Remembers documents by their text, and by their text without literals.

    Args:
        max_documents: of each kind.
        max_bytes: of memory that documents take, and again that their programs take. Both are bounded, or
            a client fills the memory with documents and shapes of variables that nobody sends again.
    """

    def __init__(self, dialect: SqlDialect, *, max_documents: int = 2_000, max_bytes: int = 100_000_000) -> None:
        self.dialect = dialect
        self._max_documents = max_documents
        self._max_bytes = max_bytes
        self._forget()

    def _forget(self) -> None:
        self._exact: Generations[str, Document] = Generations(self._max_documents, self._max_bytes)
        self._shared: Generations[str, Document] = Generations(self._max_documents, self._max_bytes)
        self._program_bytes = 0

    def _compiled(self, program: Program) -> None:
        """Programs belong to their documents and go with them; when there are too many, all of them go."""
        self._program_bytes += _weight(program)
        if self._program_bytes > self._max_bytes:
            self._forget()

    def find(self, text: str, name: str | None, role: RoleSchema) -> tuple[Operation, Sequence[str]]:
        """
        The operation of a text, and the text's literals.

        Raises:
            Problem, DocumentInvalid: the document cannot be run under this role.
        """
        document = self._exact.get(text)
        if document is not None:
            operation = document.operations.get((role, name))
            return operation or self._prepare(document, name, role), document.literals
        if len(text) > role.limits.max_document_bytes:
            raise TooLarge(
                f"The document has {len(text)} characters; {role.limits.max_document_bytes} are allowed.",
                path="$.query",
            )
        without, literals = lift(text)
        shared = self._shared.get(without) if literals else None
        if shared is not None and len(shared.literals) == len(literals):
            operation = shared.operations.get((role, name)) or self._prepare(shared, name, role)
            if operation.shareable:
                return operation, literals
        document = Document(text, literals, role.limits)
        operation = self._prepare(document, name, role)
        weight = document.weight
        self._exact.put(text, document, weight)
        if literals and operation.shareable and _has_all_literals(document):
            self._shared.put(without, document, weight)
        return operation, literals

    def _prepare(self, document: Document, name: str | None, role: RoleSchema) -> Operation:
        try:
            node = document.select(name)
            _check_cost(document, node, role)
            _validate(document, role)
            operation = Operation(document, node, role, self.dialect, self._compiled)
        except RecursionError:
            raise TooDeep("The document is nested too deeply.", path="$.query") from None
        document.operations[role, name] = operation
        return operation


def _parse(text: str, limits: Limits) -> DocumentNode:
    try:
        # Otherwise graphql-core takes `{}` for a selection, which today's GraphQL does not.
        return parse(text, max_tokens=limits.max_tokens, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        message = error.message.removeprefix("Syntax Error: ")
        if message.startswith("Document contains more than"):
            raise TooLarge(f"The document has more than {limits.max_tokens} tokens.", path="$.query") from None
        if message.startswith("Document is nested too deeply"):
            raise TooDeep("The document is nested too deeply.", path="$.query") from None
        raise SyntaxProblem(_shortened(message), path="$.query", locations=_locations(error)) from None
    except RecursionError:
        raise TooDeep("The document is nested too deeply.", path="$.query") from None


def _check_cost(document: Document, node: OperationDefinitionNode, role: RoleSchema) -> None:
    operations = document.definitions
    most = role.limits.max_operations
    if len(operations) > most:
        raise TooManyFields(
            f"The document has {len(operations)} operations; {most} are allowed.",
            hint="Send only the operation that is to run.",
            path="$.query",
        )
    cost = DocumentCost(document.fragments, role.limits)
    cost.check(node)
    # The others do not run, but validation and the merging of fields walk through them, too.
    for other in operations:
        if other is not node:
            cost.check(other)


def _validate(document: Document, role: RoleSchema) -> None:
    rules = _RULES if role.types.names.convention == "plain" else _LENIENT_RULES
    errors = validate(role.schema, document.node, rules, max_errors=5, hide_suggestions=not role.reveals)
    if not errors:
        errors = list(_overlaps(document, role))
    if errors:
        raise DocumentInvalid([_invalid(error, document.node, reveals=role.reveals) for error in errors[:5]])


def _overlaps(document: Document, role: RoleSchema) -> list[GraphQLError]:
    overlap = Overlap(role.schema, document.fragments)
    errors = [error for each in document.definitions for error in overlap.check(each)]
    document.merges_literals = document.merges_literals or overlap.merges_literals
    if any(isinstance(type_, GraphQLInterfaceType | GraphQLUnionType) for type_ in role.types.abstract()):
        # It stops at fields that differ, which types of functions may: what lies below them is not known.
        document.merges_literals = document.merges_literals or bool(errors)
        return list(validate(role.schema, document.node, [OverlappingFieldsCanBeMergedRule], max_errors=5))
    return errors


def _has_all_literals(document: Document) -> bool:
    """Whether every literal taken from the text is a value of the document, not part of a comment or block string."""
    found: set[int] = set()

    def visit(node: Any) -> None:
        if node.kind in ("int_value", "float_value", "string_value") and node.loc is not None:
            found.add(node.loc.start)
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                visit(child)
            elif isinstance(child, list | tuple):
                for item in child:  # pyright: ignore[reportUnknownVariableType]
                    if isinstance(item, Node):
                        visit(item)

    visit(document.node)
    return all(offset in found for offset in document.offsets)


def _invalid(error: GraphQLError, root: DocumentNode, *, reveals: bool) -> InvalidDocument:
    path = path_to(error.nodes[0], root) if error.nodes else NOWHERE
    message = error.message if reveals else without_types(error.message)
    return InvalidDocument(_shortened(message), path=path, locations=_locations(error))


def _shortened(text: str) -> str:
    """Messages repeat what the client wrote, and that may be long."""
    return text if len(text) <= MAX_MESSAGE_CHARACTERS else text[:MAX_MESSAGE_CHARACTERS] + "…"


def _weight(program: Program) -> int:
    """About how many bytes of memory a program takes."""
    written = 0
    for slot in program.slots:
        if isinstance(slot, WriteSlot):
            written += sum(len(step.variants) if isinstance(step, InsertStep) else 1 for step in slot.steps)
    text = len(program.statement.sql) if program.statement is not None else 0
    asked = [each for each in (*program.leaves, *program.joined) if isinstance(each, RemoteSlot | JoinSlot)]
    elsewhere = sum(len(each.field.selection.text) for each in asked)
    return (
        _BYTES_PER_PROGRAM
        + text * _BYTES_PER_CHARACTER
        + written * _BYTES_PER_WRITE
        + elsewhere * _BYTES_PER_REMOTE_CHARACTER
    )


def _locations(error: GraphQLError) -> list[tuple[int, int]]:
    return [(location.line, location.column) for location in error.locations or ()]
