"""Who runs writes that functions look into before they are committed: the protocol; functions lie above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from portico.resolvers.request import Request
from portico.resolvers.run.calls import Steps
from portico.resolvers.sql.program import WriteSlot
from portico.resolvers.sql.writer import Writer


class InsideWrites(Protocol):
    """What runs them."""

    def concerns(self, slots: Collection[WriteSlot]) -> bool:
        """Whether a function may look into what one of these fields writes."""
        ...

    async def write(
        self,
        request: Request,
        places: Sequence[str],
        make: Callable[[], Sequence[Steps]],
        writer: Writer | None = None,
    ) -> list[bytes]:
        """
        As an engine's `write`; after each of the steps functions see what these have written, and may refuse.

        Args:
            places: of the steps, in the document.

        Raises:
            Problem: of a function, too; nothing was written.
        """
        ...
