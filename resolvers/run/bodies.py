"""What does an answer look like: the texts that the database built, and the bytes that stand around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portico.resolvers.sql.program import LeafSlot, NamespaceSlot, Program, ReadSlot, Slot, TextSlot


def read_answers(program: Program, row: Sequence[Any] | None) -> Mapping[LeafSlot, bytes]:
    """The answers of the root fields that read; each is a column of the row."""
    answers: dict[LeafSlot, bytes] = {}
    index = 0
    for slot in program.leaves:
        if isinstance(slot, ReadSlot):
            text = row[index] if row is not None else None
            answers[slot] = slot.null if text is None else slot.before + text + slot.after
            index += 1
    return answers


def whole_body(program: Program, answers: Mapping[LeafSlot, bytes]) -> bytes:
    """`{"data":{…}}`"""
    return b'{"data":' + _object(program.slots, answers) + b"}"


def _object(slots: Sequence[Slot], answers: Mapping[LeafSlot, bytes]) -> bytes:
    parts: list[bytes] = []
    for slot in slots:
        match slot:
            case TextSlot(text=text):
                parts.append(_part(slot.key, text))
            case NamespaceSlot(slots=inner):
                parts.append(_part(slot.key, _object(inner, answers)))
            case _:
                parts.append(_part(slot.key, answers[slot]))
    return b"{" + b",".join(parts) + b"}"


def _part(key: str, text: bytes) -> bytes:
    return b'"' + key.encode() + b'":' + text
