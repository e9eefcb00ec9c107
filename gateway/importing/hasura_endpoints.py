"""How do RESTified endpoints become saved operations at the same paths, with the documents of their query collections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse, print_ast

from portico.gateway.importing.hasura_metadata import HasuraProject
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import call, laid_out, quoted

Document = Mapping[str, Any]
_PREFIX = "/api/rest/"


def endpoints_text(project: HasuraProject, report: Report) -> str:
    """The module of endpoints; an empty text where there are none."""
    imports = Imports()
    documents = {
        (collection["name"], each["name"]): each["query"]
        for collection in project.query_collections
        for each in (collection.get("definition") or {}).get("queries") or ()
    }
    used: set[tuple[str, str]] = set()
    lines = [*_endpoints(project, documents, used, imports, report)]
    for collection, name in documents:
        if (collection, name) not in used:
            report.left_out(
                f"query {name} of collection {collection}",
                "no endpoint asks it, and there are no lists of what may be asked",
            )
    if not lines:
        return ""
    return f'"""Saved operations that are answered at paths."""\n\n{imports.text()}\n\n' + "\n".join(lines) + "\n"


def _endpoints(
    project: HasuraProject,
    documents: Mapping[tuple[str, str], str],
    used: set[tuple[str, str]],
    imports: Imports,
    report: Report,
) -> Iterator[str]:
    taken: set[tuple[str, str]] = set()
    for each in project.rest_endpoints:
        what = f"endpoint {each['name']}"
        asked: Document = (each.get("definition") or {}).get("query") or {}
        key = (asked.get("collection_name", ""), asked.get("query_name", ""))
        if key not in documents:
            report.left_out(what, f"there is no query {key[1]} in the collection {key[0]}")
            continue
        used.add(key)
        parts = str(each["url"]).strip("/").split("/")
        path = _PREFIX + "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in parts)
        names = [part[1:] for part in parts if part.startswith(":")]
        shape = "/".join(":" if part.startswith(":") else part for part in parts)
        for method in each.get("methods") or ():
            why = _hindrance(documents[key], method, names)
            if why is None and (method, shape) in taken:
                why = "another is answered there"
            if why is not None:
                report.left_out(f"{what} ({method})", why)
                continue
            taken.add((method, shape))
            yield from _comment(each.get("comment"))
            yield _endpoint(method, path, documents[key], imports)


def _hindrance(document: str, method: str, names: list[str]) -> str | None:
    """Why an endpoint cannot be carried over."""
    try:
        operations = [each for each in parse(document).definitions if isinstance(each, OperationDefinitionNode)]
    except GraphQLError as error:
        return f"its document cannot be read: {error.message}"
    if len(operations) != 1 or operations[0].operation is OperationType.SUBSCRIPTION:
        return "its document has not one operation, a query or mutation"
    if method == "GET" and operations[0].operation is OperationType.MUTATION:
        return "by GET nothing may be changed"
    variables = {each.variable.name.value for each in operations[0].variable_definitions or ()}
    unknown = [name for name in names if name not in variables]
    if unknown or len(set(names)) < len(names):
        return f":{(unknown or names)[0]} of its path is no variable of its document, or there twice"
    return None


def _endpoint(method: str, path: str, document: str, imports: Imports) -> str:
    text = print_ast(parse(document))
    lines = text.splitlines()
    plain = not any(each in text for each in ('"""', "\\"))
    written = (
        f'"""\n    {chr(10).join(each and f"    {each}" for each in lines).strip()}\n    """' if plain else quoted(text)
    )
    return laid_out(
        "", call(imports.name("portico.gateway.functions", "endpoint"), quoted(method), quoted(path), written)
    )


def _comment(said: str | None) -> Iterator[str]:
    yield from (f"# {line.strip()}" for line in (said or "").splitlines() if line.strip())
