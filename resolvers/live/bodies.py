"""What does a subscription's answer look like: the text of its root field, the bytes around it, and where it has come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from portico.resolvers.run.changes import Position
from portico.resolvers.sql.program import Program

Mark = Callable[[Position], bytes]
"""Position → the text that clients come back with."""


def live_body(program: Program, text: bytes | None, position: bytes | None, **more: Any) -> bytes:
    """
    A whole response with `extensions.portico.position`, from which a client goes on that has lost its connection.

    Args:
        text: of the root field; None where there is nothing.
        position: None for a client that knows of none.
        more: what else the extensions say.
    """
    assert program.around is not None
    before, after, null = program.around
    body = null if text is None else before + text + after
    said = [b'"position":"' + position + b'"'] if position is not None else []
    said += [b'"' + name.encode() + b'":' + orjson.dumps(value) for name, value in more.items()]
    return body[:-1] + b',"extensions":{"portico":{' + b",".join(said) + b"}}}" if said else body
