"""How is the schema of another GraphQL service found out: by introspection, as SDL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import orjson
from graphql import GraphQLError, build_client_schema, get_introspection_query, print_schema

from portico.gateway.functions.schema_calls import SchemaCalls
from portico.gateway.functions.services import Services
from portico.gateway.outgoing import Reach, Unreachable
from portico.resolvers.problems import RemoteSchemaFailed
from portico.schema.declarations import Declarations
from portico.schema.problems import Problem, Problems
from portico.schema.remote_reading import WrongRemoteSchema
from portico.schema.services import RemoteSchemaDeclaration

_MOST_BYTES = 20_000_000  # the largest public schemas come to 5 MB


async def introspected(declaration: RemoteSchemaDeclaration, reach: Reach) -> str:
    """
    A service's schema as SDL.

    Raises:
        WrongRemoteSchema: it does not answer, or not with a schema.
    """
    services = Services(reach)
    try:
        return _printed(await _introspection(SchemaCalls(services), declaration))
    except (RemoteSchemaFailed, ValueError) as error:
        said = error.message if isinstance(error, Problem) else "It has answered with what is no schema."
        raise WrongRemoteSchema(
            f"{declaration.name} does not tell its schema. {said}",
            hint="Keep the schema in a file: schema=Path(…); it may need headers=, or introspection may be off there.",
            source=declaration.source,
        ) from error
    finally:
        await services.close()


def _printed(data: Any) -> str:
    try:
        return print_schema(build_client_schema(data)) + "\n"
    except (GraphQLError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("no schema") from error


async def _introspection(calls: SchemaCalls, remote: RemoteSchemaDeclaration) -> Any:
    """What a service says to the newest words that it knows: those of 2025, 2021 or 2018."""
    of_2021 = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    of_2025 = get_introspection_query(specified_by_url=True, input_value_deprecation=True, one_of=True)
    for query in (of_2025, of_2021):
        try:
            return await _asked(calls, remote, query)
        except RemoteSchemaFailed as problem:
            if isinstance(problem.__cause__, Unreachable):
                raise
    return await _asked(calls, remote, get_introspection_query())


async def _asked(calls: SchemaCalls, remote: RemoteSchemaDeclaration, query: str) -> Any:
    answer = await calls.post(remote, orjson.dumps({"query": query}), {}, _MOST_BYTES)
    if answer.get("data") is None:
        raise RemoteSchemaFailed("It does not tell it to everyone.")
    return answer["data"]


def with_schemas(declarations: Declarations, reach: Reach) -> None:
    """
    Asks services for the schemas that no file has.

    Raises:
        Problems
    """
    unknown = [each for each in declarations.remote_schemas if each.sdl is None and each.file is None]
    if not unknown:
        return
    # In a thread with a loop of its own: models are read where a loop runs already, and where none does.
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(asyncio.run, _all(unknown, reach)).result()
    declarations.remote_schemas[:] = [
        replace(each, sdl=found[each.name]) if each in unknown else each for each in declarations.remote_schemas
    ]


async def _all(unknown: list[RemoteSchemaDeclaration], reach: Reach) -> Mapping[str, str]:
    asked = (introspected(each, reach) for each in unknown)
    found = await asyncio.gather(*asked, return_exceptions=True)
    if problems := [each for each in found if isinstance(each, Problem)]:
        raise Problems(problems)
    if errors := [each for each in found if isinstance(each, BaseException)]:
        raise errors[0]
    return {each.name: str(text) for each, text in zip(unknown, found, strict=True)}
