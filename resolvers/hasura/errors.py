"""What does Hasura v2 answer where Portico has a problem: its message, its path and its code."""

from __future__ import annotations

from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse

from portico.resolvers.documents import RoleSchema
from portico.resolvers.hasura.documents import Place, said
from portico.resolvers.hasura.values import of_literal, of_variable
from portico.resolvers.problems import (
    InvalidDocument,
    InvalidValue,
    NeedsStream,
    Refused,
    SyntaxProblem,
    UnknownOperation,
    UnknownRole,
)
from portico.resolvers.request import Request
from portico.schema.problems import HasuraError, Problem
from portico.schema.types.specs import Field, RootSpec

_MAX_TOKENS = 20_000


def hasura_error(problem: Problem, request: Request, role: RoleSchema | None) -> HasuraError:
    """
    A problem of a request as Hasura v2 says it; in Portico's own words where Hasura has no such problem.

    The document is read again here, since whoever makes mistakes can wait and nobody else should pay for it.

    Args:
        role: what the caller sees; None where the role does not exist.
    """
    plain = HasuraError(problem.message, problem.path, problem.error_code)
    if isinstance(problem, SyntaxProblem):
        return HasuraError("not a valid graphql query", "$.query", plain.code)
    if isinstance(problem, UnknownOperation):
        return HasuraError(_no_operation(request), "$", plain.code)
    if isinstance(problem, NeedsStream):
        words = "subscriptions are not supported over HTTP, use websockets instead"
        return HasuraError(words, "$", plain.code)
    if isinstance(problem, UnknownRole):
        return _of_nobody(request) or plain
    is_of_document = isinstance(problem, InvalidDocument | InvalidValue)
    is_of_database = isinstance(problem, Refused) or problem.code.startswith("PT5")
    if role is None or not (is_of_document or is_of_database):
        return plain
    document = _parsed(request.document)
    if document is None:
        return plain
    if is_of_database:
        return HasuraError(plain.message, _written_path(problem.path, document, role.schema), plain.code)
    return _of_document(problem, document, request, role) or plain


def _of_document(problem: Problem, document: DocumentNode, request: Request, role: RoleSchema) -> HasuraError | None:
    schema = role.schema
    place = Place(problem.path, document, schema if role.reveals else None)
    if isinstance(problem, InvalidValue):
        if place.path.startswith("$.variableValues."):
            return of_variable(problem, place, request.variables, schema)
        return of_literal(problem, place)
    words = said(problem.message, place)
    return None if words is None else HasuraError(*words, problem.error_code)


def _of_nobody(request: Request) -> HasuraError | None:
    """To Hasura a role that nothing names is one that may do nothing."""
    document = _parsed(request.document)
    operations = (
        [each for each in document.definitions if isinstance(each, OperationDefinitionNode)] if document else []
    )
    if len(operations) != 1:
        return None
    kind, selections = operations[0].operation.value, operations[0].selection_set.selections
    if kind != "query":
        return HasuraError(f"no {kind}s exist", "$", "validation-failed")
    field = selections[0]
    if not isinstance(field, FieldNode):
        return None
    path = f"$.selectionSet.{(field.alias or field.name).value}"
    return HasuraError(f"field '{field.name.value}' not found in type: 'query_root'", path, "validation-failed")


def _no_operation(request: Request) -> str:
    if request.operation_name is None:
        return "exactly one operation has to be present in the document when operationName is not specified"
    return f'no such operation found in the document: "{request.operation_name[:100]}"'


def _parsed(text: str) -> DocumentNode | None:
    try:
        return parse(text, max_tokens=_MAX_TOKENS)
    except (GraphQLError, RecursionError):
        return None


def _written_path(path: str, document: DocumentNode, schema: GraphQLSchema) -> str:
    """The rows of the insert that failed; other statements are of the request as a whole."""
    key = path.removeprefix("$.selectionSet.")
    for definition in document.definitions:
        for node in definition.selection_set.selections if isinstance(definition, OperationDefinitionNode) else ():
            if isinstance(node, FieldNode) and (node.alias or node.name).value == key:
                arguments = _rows_argument(schema.mutation_type, node.name.value)
                return f"{path}.args.{arguments}" if arguments else "$"
    return "$"


def _rows_argument(root: Any, name: str) -> str | None:
    field = root.fields.get(name) if root is not None else None
    spec = field.spec if isinstance(field, Field) else None
    if not isinstance(spec, RootSpec):
        return None
    return {"insert": "objects", "insert_one": "object"}.get(spec.kind)
