"""How is a stream gone on with, and an event put together: what a runner does with what the statements of live fields give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from portico.resolvers.plan.live_nodes import ChangePart
from portico.schema.types.changes import DEFAULT_BATCH

SEPARATOR = "\x1e"
"""Stands between the texts of one column. JSON has it nowhere, neither inside of texts nor around values."""

# Compared by identity: two namespaces may hold root fields of one name.


@dataclass(frozen=True, eq=False, slots=True)
class StreamSlot:
    """
    A root field that gives rows behind a cursor.

    The statement gives one row of two columns: the texts of a batch of rows, joined by commas, to be put between
    `before` and `after`; and the cursor of the last of them as a JSON list, for `go_on`. Both are NULL where there
    is no row.

    cursor: the slots of the cursor's values among the request's, most significant first. checks: of what a client
    sends back of a cursor, for each of these.
    """

    key: str
    before: bytes
    after: bytes
    cursor: tuple[int, ...]
    checks: tuple[Callable[[Any], Any], ...]

    def go_on(self, values: list[Any], cursor: bytes | str) -> None:
        """
        Puts a cursor, as the statement gave it or as a client says that it did, in place of the one before.

        Raises:
            ValueError: it is no cursor of this stream; the values are as they were.
        """
        items: Any = orjson.loads(cursor)
        if not isinstance(items, list) or len(items) != len(self.cursor):  # pyright: ignore[reportUnknownArgumentType]
            raise ValueError("this is no cursor of the stream")
        checked = [check(item) for check, item in zip(self.checks, items, strict=True)]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        for slot, value in zip(self.cursor, checked, strict=True):
            values[slot] = value


@dataclass(frozen=True, eq=False, slots=True)
class ChangesSlot:
    """
    A root field that gives events out of the change log.

    The statement is asked of one image of a row, as the log has it (`with_image`), and gives no row where the caller
    may not see it or it does not meet the client's filter; else one row of one column, for `event`. Events are joined
    by commas between `before` and `after`.

    table: whose changes, as `sqlalchemy.Table.fullname` says it. image: the slot of the image, which is the one
    behind the request's own. since, size: the slots of these arguments among the request's values; None where they
    were not sent. parts: what stands under the keys of an event. verbs: the log's verb → its JSON text.
    """

    key: str
    before: bytes
    after: bytes
    table: str
    image: int
    since: int | None
    size: int | None
    parts: tuple[ChangePart, ...]
    verbs: Mapping[str, bytes]

    def with_image(self, values: Sequence[Any], image: str | None) -> list[Any]:
        """
        The values to bind: the request's own and an image.

        Args:
            image: JSON text. On Postgres what `to_json(row)` gives; on SQLite what `json_object('column', value, …)`
                gives, where bytes are as `hex(value)` writes them, and null where they are NULL.
        """
        return [*values[: self.image], image]

    def position(self, values: Sequence[Any]) -> str | None:
        """Where a client wants to begin; None for now."""
        return None if self.since is None else values[self.since]

    def batch_size(self, values: Sequence[Any]) -> int:
        """How many events an answer has at most."""
        return DEFAULT_BATCH if self.size is None else values[self.size]

    def event(
        self,
        verb: Literal["insert", "update", "delete"],
        old: bytes | None,
        new: bytes | None,
        at: float,
        position: str,
    ) -> bytes | None:
        """
        One event as JSON; None where the caller saw the row neither before nor after.

        Args:
            verb: of the change. A row that an update takes out of the caller's view is a delete with the key alone,
                one that it brings there is an insert.
            old, new: what the statement gave of these images; None where it gave no row, or there is none.
            at: seconds since 1970. position: as a client may send it back.
        """
        shown = new if new is not None else old
        if shown is None:
            return None
        told = "insert" if old is None else "delete" if new is None else "update"
        if told == "delete" and verb != "delete":
            old = None
        texts = {
            "verb": self.verbs[told],
            "at": b'"' + _moment(at).encode() + b'"',
            "position": orjson.dumps(position),
        }
        members = self._members(texts, {"key": _texts(shown), "old": _texts(old), "new": _texts(new)})
        return b"{" + b",".join(members) + b"}"

    def _members(self, texts: Mapping[str, bytes], images: Mapping[str, Sequence[bytes]]) -> Iterator[bytes]:
        for part in self.parts:
            if part.kind == "text":
                text = orjson.dumps(part.text)
            elif part.kind in ("key", "old", "new"):
                image = images[part.kind]
                text = image[part.place] if image else b"null"
            else:
                text = texts[part.kind]
            yield b'"' + part.key.encode() + b'":' + text


def _moment(at: float) -> str:
    """As the engines write moments: no trailing zeros, and the zone."""
    moment = datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat()
    return (moment.rstrip("0") if "." in moment else moment) + "+00:00"


def _texts(column: bytes | str | None) -> Sequence[bytes]:
    if column is None:
        return ()
    return (column.encode() if isinstance(column, str) else column).split(SEPARATOR.encode())


LiveSlot = StreamSlot | ChangesSlot
