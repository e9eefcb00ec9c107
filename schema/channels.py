"""How is something said that is not kept: `Channel`, the base of an author's channels."""

from __future__ import annotations

from typing import Any

from portico.schema.declarations import ChannelDeclaration, current
from portico.schema.rules import author_source


class Channel:
    """
    The base of channels: what happens right now, sent on and never stored.

    A channel is of a row (`room: Mapped[Room]`, and whoever joins must be allowed to read it), or of values of
    its own (`team: Mapped[str]`), or there is one alone. An inner class `Message` says what can be sent, an inner
    class `Presence` how those who are there appear; a channel has either or both. Their attributes are plain
    annotations with defaults, of the types that columns have.

    `allow(RoomChannel, "join", …)` lets receive and see who is there, `"send"` send and appear. A rule is given
    the row, or the values as SQL under their names. A channel without an `allow` does not exist.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        current().channels[cls] = ChannelDeclaration(cls, author_source())
