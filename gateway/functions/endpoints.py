"""What is a saved operation that is answered at a path: its document, and its variables out of path, query and body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    GraphQLError,
    ListTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
    VariableDefinitionNode,
    parse,
)

from portico.gateway.functions.paths import PathPattern
from portico.gateway.problems import InvalidRequest
from portico.schema.access import lineage
from portico.schema.caller import ADMIN
from portico.schema.catalog import Catalog
from portico.schema.declarations import EndpointDeclaration

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, eq=False)
class Endpoint:
    """An operation at a path; variables by name."""

    method: str
    pattern: PathPattern
    document: str
    operation: OperationDefinitionNode
    declared: Mapping[str, VariableDefinitionNode]
    roles: tuple[str, ...] | None

    @classmethod
    def of(cls, declaration: EndpointDeclaration, pattern: PathPattern) -> Endpoint:
        """
        The endpoint of a declaration.

        Raises:
            ValueError: its operation cannot be answered there.
        """
        try:
            document = parse(declaration.document)
        except GraphQLError as error:
            raise ValueError(f"has a document that cannot be read: {error.message}") from error
        operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        if len(operations) != 1 or operations[0].operation.value == "subscription":
            raise ValueError("must have one operation, a query or mutation")
        (operation,) = operations
        if declaration.method not in METHODS:
            raise ValueError(f"has a method that is none of {', '.join(METHODS)}")
        if declaration.method == "GET" and operation.operation.value != "query":
            raise ValueError("is asked for by GET, by which nothing may be changed")
        declared = {each.variable.name.value: each for each in operation.variable_definitions or ()}
        unknown = [name for name in pattern.names if name not in declared]
        if unknown:
            raise ValueError(f"names {{{unknown[0]}}}, which is no variable of its operation")
        return cls(declaration.method, pattern, declaration.document, operation, declared, declaration.roles)

    def is_for(self, role: str, catalog: Catalog) -> bool:
        """Whether a role has it."""
        return role == ADMIN or self.roles is None or not lineage(catalog, role).isdisjoint(self.roles)

    def variables(
        self, path: Mapping[str, str], query: Sequence[tuple[str, str]], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """
        The variables of a request, each from one place.

        Raises:
            InvalidRequest: there is no such variable, or it is said twice.
        """
        found: dict[str, Any] = {name: self._value(name, [text]) for name, text in path.items()}
        texts: dict[str, list[str]] = {}
        for name, text in query:
            texts.setdefault(name, []).append(text)
        for name, values in texts.items():
            self._known(name, found)
            found[name] = self._value(name, values)
        for name, value in body.items():
            self._known(name, found)
            found[name] = value
        return found

    def _known(self, name: str, found: Mapping[str, Any]) -> None:
        if name not in self.declared:
            raise InvalidRequest(f"There is no {name[:100]!r} here.", hint=f"There are {', '.join(self.declared)}.")
        if name in found:
            raise InvalidRequest(f"{name!r} is said twice.")

    def _value(self, name: str, texts: Sequence[str]) -> Any:
        """Text as JSON of the variable's type; what does not fit is left for whoever checks values."""
        type_ = self.declared[name].type
        if isinstance(type_, NonNullTypeNode):
            type_ = type_.type
        if isinstance(type_, ListTypeNode):
            return [_scalar(text, type_.type) for text in texts]
        if len(texts) > 1:
            raise InvalidRequest(f"{name!r} is said twice.")
        return _scalar(texts[0], type_)


def _scalar(text: str, type_: TypeNode) -> Any:
    while isinstance(type_, NonNullTypeNode | ListTypeNode):
        type_ = type_.type
    name = type_.name.value  # pyright: ignore[reportAttributeAccessIssue]
    if name == "Boolean":
        return {"true": True, "false": False}.get(text, text)
    if name in ("Int", "Float") or text[:1] in "{[":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text
