"""What does a channel carry: a payload completed and measured, and the bytes that each document makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from portico.resolvers.problems import InvalidValue, MessageTooLarge
from portico.resolvers.sql.program import ChannelSlot
from portico.schema.catalog import Payload
from portico.schema.types.specs import ChannelUse

Values = Mapping[str, bytes]
"""JSON text by field, `sender_id`, `sent_at`, `user_id` and `since` among them."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """
    How one document wants what a channel carries; equal ones of different subscribers are made once.

    opening: what stands before the answer's value. parts: (text before a value, its field; none for the type's name).
    """

    opening: bytes
    parts: tuple[tuple[bytes, str], ...]

    @classmethod
    def of(cls, slot: ChannelSlot) -> Rendering:
        """The rendering of a subscription's field."""
        payload = payload_of(slot)
        parts: list[tuple[bytes, str]] = []
        text = b"{"
        for key, field in slot.selected:
            text += b'"' + key.encode() + b'":'
            if field == "__typename":
                text += b'"' + payload.type_name.encode() + b'",'
                continue
            parts.append((text, field))
            text = b","
        # What is left stands at the end: the comma after the last value goes.
        parts.append((text.removesuffix(b","), ""))
        return cls(b'{"data":{"' + slot.key.encode() + b'":', tuple(parts))

    def one(self, values: Values) -> bytes:
        """The object of one message or of somebody who is there."""
        pieces: list[bytes] = []
        for text, field in self.parts:
            pieces.append(text)
            if field:
                pieces.append(values[field])
        return b"".join(pieces) + b"}"

    def message(self, values: Values) -> bytes:
        """The response that gives a message."""
        return self.opening + self.one(values) + b"}}"

    def everybody(self, present: Iterable[Values]) -> bytes:
        """The response that says who is there."""
        return self.opening + b"[" + b",".join(self._each(present)) + b"]}}"

    def _each(self, present: Iterable[Values]) -> Iterator[bytes]:
        for values in present:
            # Somebody of a process with another model file may lack a member that this one has.
            with suppress(KeyError):
                yield self.one(values)


def payload_of(slot: ChannelSlot) -> Payload:
    """What a field of a channel gives or takes."""
    payload = slot.channel.message if kind_of(slot.use) == "message" else slot.channel.presence
    assert payload is not None
    return payload


def kind_of(use: ChannelUse) -> str:
    """`message` or `presence`."""
    return "message" if use in ("messages", "send") else "presence"


def completed(payload: Payload, given: Mapping[str, Any], most: int) -> dict[str, Any]:
    """
    Every member, with its default where it is not given.

    Raises:
        MessageTooLarge: it is longer than `most` bytes of JSON.
    """
    whole = {each.field: given.get(each.field, each.default) for each in payload.members}
    try:
        size = len(orjson.dumps(whole))
    except TypeError:
        raise InvalidValue("It has a number too large, or half of a surrogate pair.") from None
    if size > most:
        raise MessageTooLarge(f"It has {size} bytes of JSON; {most} are allowed.")
    return whole


def texts(values: Mapping[str, Any], **told: Any) -> Values:
    """Each member as JSON text, and what is told of it."""
    return {name: orjson.dumps(value) for name, value in {**values, **told}.items()}


def moment() -> str:
    """Now, as answers have moments."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def topic_of(channel: str, key: bytes) -> str:
    """
    What a channel is known by among processes: its name and its key as one JSON text.

    The key is JSON that the database wrote of typed columns, so that no value of one can be read as another's.
    """
    return f'["{channel}",{key.decode()}]'
