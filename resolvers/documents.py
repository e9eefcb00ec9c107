"""How does text become an operation: limits, parse, cost, validation, and the memory of all of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from graphql.validation import OverlappingFieldsCanBeMergedRule

from portico.resolvers.generations import Generations
from portico.resolvers.lifting import lift, spans
from portico.resolvers.limits import Limits
from portico.resolvers.overlap import Overlap
from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.cost import DocumentCost, check_rows
from portico.resolvers.plan.guard import guard
from portico.resolvers.plan.nodes import Guarded
from portico.resolvers.plan.operation import OperationInputs
from portico.resolvers.plan.value_reader import ValueReader
from portico.resolvers.plan.values import Shape
from portico.resolvers.problems import (
    InvalidDocument,
    SyntaxProblem,
    TooDeep,
    TooLarge,
    UnknownOperation,
)
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.program import Program, compile_program
from portico.schema.problems import Problem
from portico.schema.types.build import SchemaBuilder
from portico.schema.types.role_types import RoleTypes

MAX_PLANS_PER_OPERATION = 200
_RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]


class DocumentInvalid(Exception):
    """Several problems of one document, each an error of its own in the answer."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(problems[0]))
        self.problems = tuple(problems)


class RoleSchema:
    """What documents of one role are validated and planned against; made when the role is first used."""

    def __init__(self, builder: SchemaBuilder, types: RoleTypes, limits: Limits, checks: Mapping[str, Any]) -> None:
        self.types = types
        self.limits = limits
        self.schema: GraphQLSchema = builder.schema(types)
        self.reader = ValueReader(checks, limits)


class Operation:
    """One operation of a document under one role: valid, and with its plans by key."""

    def __init__(
        self, document: Document, node: OperationDefinitionNode, role: RoleSchema, dialect: SqlDialect
    ) -> None:
        self.kind = node.operation.value
        self.node = node
        self.document = document
        self.role = role
        self._dialect = dialect
        self.inputs = OperationInputs(node, document.fragments, role.schema, role.reader, document.offsets)
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
            program = compile_program(self.guarded(key), self._dialect)
            self._programs.put(key, program)
        return program

    def guarded(self, key: Shape) -> Guarded:
        """The plan for this key with the role's rules in it."""
        role = self.role
        plan = build_plan(self.node, self.document.fragments, role.types, self.inputs, key, role.limits)
        check_rows(plan, role.limits)
        return guard(plan, role.types.access)


class Document:
    """
    One parsed document.

    literals: as written, in order. offsets: where each begins → its place. `operations` are by role and
    name, None standing for the only operation.
    """

    def __init__(self, text: str, literals: Sequence[str], limits: Limits) -> None:
        self.text = text
        self.literals = literals
        self.node = _parse(text, limits)
        self.offsets = {offset: index for index, offset in enumerate(spans(text))}
        self.fragments = {
            each.name.value: each for each in self.node.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.merges_literals = False
        self.operations: dict[tuple[RoleSchema, str | None], Operation] = {}

    def select(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Source: GraphQL, "GetOperation"."""
        operations = [each for each in self.node.definitions if isinstance(each, OperationDefinitionNode)]
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
        raise UnknownOperation(f"The document has no operation {name!r}.", path="$.operationName")


class Documents:
    """Remembers documents by their text, and by their text without literals."""

    def __init__(self, dialect: SqlDialect, *, max_documents: int = 2_000, max_bytes: int = 32_000_000) -> None:
        self._dialect = dialect
        self._exact: Generations[str, Document] = Generations(max_documents, max_bytes)
        self._shared: Generations[str, Document] = Generations(max_documents, max_bytes)

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
        self._exact.put(text, document, len(text))
        if literals and operation.shareable and _has_all_literals(document):
            self._shared.put(without, document, len(text))
        return operation, literals

    def _prepare(self, document: Document, name: str | None, role: RoleSchema) -> Operation:
        node = document.select(name)
        cost = DocumentCost(document.fragments, role.limits)
        cost.check(node)
        _validate(document, node, role, cost)
        operation = document.operations[role, name] = Operation(document, node, role, self._dialect)
        return operation


def _parse(text: str, limits: Limits) -> DocumentNode:
    try:
        return parse(text, max_tokens=limits.max_tokens)
    except GraphQLSyntaxError as error:
        message = error.message.removeprefix("Syntax Error: ")
        if ("tokens" in message and "limit" in message.lower()) or "more that" in message:
            raise TooLarge(f"The document has more than {limits.max_tokens} tokens.", path="$.query") from None
        if "nesting" in message.lower() or "deep" in message.lower():
            raise TooDeep("The document is nested too deeply.", path="$.query") from None
        raise SyntaxProblem(message, path="$.query", locations=_locations(error)) from None
    except RecursionError:
        raise TooDeep("The document is nested too deeply.", path="$.query") from None


def _validate(document: Document, node: OperationDefinitionNode, role: RoleSchema, cost: DocumentCost) -> None:
    for other in document.node.definitions:
        if isinstance(other, OperationDefinitionNode) and other is not node:
            cost.check(other)
    try:
        errors = validate(role.schema, document.node, _RULES, max_errors=5)
        if not errors:
            errors = list(_overlaps(document, role))
    except RecursionError:
        raise TooDeep("The document is nested too deeply.", path="$.query") from None
    if errors:
        raise DocumentInvalid([_invalid(error, document.node) for error in errors[:5]])


def _overlaps(document: Document, role: RoleSchema) -> list[GraphQLError]:
    if any(isinstance(type_, GraphQLInterfaceType | GraphQLUnionType) for type_ in role.types.abstract()):
        return list(validate(role.schema, document.node, [OverlappingFieldsCanBeMergedRule], max_errors=5))
    overlap = Overlap(role.schema, document.fragments)
    errors: list[GraphQLError] = []
    for each in document.node.definitions:
        if isinstance(each, OperationDefinitionNode):
            errors += overlap.check(each)
    document.merges_literals = document.merges_literals or overlap.merges_literals
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


def _invalid(error: GraphQLError, root: DocumentNode) -> InvalidDocument:
    path = _path_to(error.nodes[0], root) if error.nodes else "$.query"
    return InvalidDocument(error.message, path=path, locations=_locations(error))


def _locations(error: GraphQLError) -> list[tuple[int, int]]:
    return [(location.line, location.column) for location in error.locations or ()]


def _path_to(wanted: Node, root: DocumentNode) -> str:
    """A JSON path to a node, in the dialect's words: `$.selectionSet.posts.selectionSet.titel`."""

    def search(node: Any, path: str) -> str | None:
        if node is wanted:
            return path
        for key in node.keys:
            child = getattr(node, key, None)
            children: Any = child if isinstance(child, list | tuple) else (child,)
            for item in children:
                if isinstance(item, Node) and (found := search(item, _step(path, item))) is not None:
                    return found
        return None

    for definition in root.definitions:
        if (found := search(definition, "$")) is not None:
            return found
    return "$.query"


def _step(path: str, node: Any) -> str:
    match node.kind:
        case "field":
            name = node.alias.value if node.alias else node.name.value
            return f"{path}.selectionSet.{name}"
        case "argument":
            return f"{path}.args.{node.name.value}"
        case "object_field":
            return f"{path}.{node.name.value}"
        case "variable_definition":
            return f"$.variableDefinitions.{node.variable.name.value}"
        case _:
            return path
