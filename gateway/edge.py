"""What does the application do for the routes of a capability: the same as for requests at /graphql."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from graphql import GraphQLField
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.http import GraphQLOverHttp, Headers
from portico.gateway.origins import Origins
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from portico.schema.provided import Data


@dataclass(frozen=True, slots=True)
class Edge:
    """
    Seen from a capability.

    execute: answers a request. join: the database for functions in the transaction of a session. fields: the functions that a role has, by operation and name. identify: headers → caller.
    http: reads bodies. observe: told of every request that failed, with its id and the exception.
    """

    execute: Callable[[Request], Awaitable[bytes]]
    join: Callable[[AsyncSession, Request], Awaitable[Data]]
    fields: Callable[[str], Mapping[str, Mapping[str, GraphQLField]]]
    identify: Callable[[Headers], Caller | object]
    http: Callable[[], GraphQLOverHttp]
    observe: Callable[[bytes, BaseException], None]
    origins: Origins
