"""What crosses the edge: a request as the gateway hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portico.schema.caller import Caller


@dataclass(frozen=True, slots=True)
class Request:
    """
    One GraphQL request.

    reads_only: the transport must not change anything (GET), so mutations are refused. trace: the request's id.
    connection: what the transport knows of the client, for what functions are handed; nothing else looks into it.
    whole: an answer with errors beside its data is none; the first of them is raised.
    """

    document: str
    operation_name: str | None
    variables: Mapping[str, Any]
    caller: Caller
    reads_only: bool = False
    trace: bytes = b""
    connection: object = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RequestOnce(Request):
    """A request with a key: however often it is sent, what it writes is written once. key: as the header has it."""

    key: bytes = b""


@dataclass(frozen=True, slots=True)
class LiveRequest(Request):
    """
    A request over a transport that may answer more than once.

    position: the `extensions.portico.position` of the last answer that the client has; what it missed is answered.
    tells_position: whether answers have one.
    """

    position: str | None = None
    tells_position: bool = True
