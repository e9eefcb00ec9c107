"""What became of a message: of its job, as whom it is for may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

GONE = "The device is gone."
"""The answer of a push that was not sent, for its device takes none any more."""


@dataclass(frozen=True)
class SentMessage:
    """
    A mail to somebody, or a push to one of their devices.

    kind: mail or push. subject: or the title of a push; null where a template gives it. state: queued; sent; failed, and is tried
    again at due_at; dead, and is not; gone, for the device is no more; cancelled. What the other side answered is for administrators.
    """

    id: str
    kind: str
    subject: str | None
    template: str | None
    state: str
    tries: int
    due_at: datetime
    created_at: datetime
    ended_at: datetime | None


def sent_message(row: Any) -> SentMessage:
    """A row of jobs as the message that it is."""
    said = orjson.loads(row.payload)
    subject = said["message"]["title"] if "message" in said else said.get("subject")
    ended_at = None if row.ended_at is None else _moment(row.ended_at)
    due_at, created_at = _moment(row.due_at), _moment(row.created_at)
    state = _state(row)
    return SentMessage(row.id, row.queue, subject, said.get("template"), state, row.tries, due_at, created_at, ended_at)


def _state(row: Any) -> str:
    if row.state == "done":
        return "gone" if row.answer == GONE else "sent"
    if row.state in ("dead", "cancelled"):
        return row.state
    # A try that is under way has not failed.
    return "failed" if row.tries > (row.state == "running") else "queued"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
