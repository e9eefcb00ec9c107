"""How do subscriptions say where they have come to: positions of the log as tokens, where there is a log."""

from __future__ import annotations

from portico.resolvers.live.positions import Positions
from portico.resolvers.run.changes import ChangeLog, LogIdentity, Position


class Marks:
    """Tokens of positions, made by the identity that the log has now; without a log they are empty."""

    def __init__(self, log: ChangeLog) -> None:
        self._log = log
        self._identity: LogIdentity | None = None
        self._positions: Positions | None = None
        self._last: tuple[Position, bytes] | None = None

    def mark(self, position: Position) -> bytes:
        """The token; that of the position before is remembered, for hundreds are told of one at a time."""
        positions = self._now()
        last = self._last
        if last is None or (last[0] is not position and last[0] != position):
            last = self._last = position, positions.token(position).encode() if positions is not None else b""
        return last[1]

    def read(self, token: str) -> Position | None:
        """
        The position of a token; None where it is of a log that is no more.

        Raises:
            InvalidPosition: it was not made here.
        """
        positions = self._now()
        return None if positions is None else positions.read(token)

    def _now(self) -> Positions | None:
        if self._log.identity is not self._identity:
            self._identity, self._last = self._log.identity, None
            self._positions = None if self._identity is None else Positions(self._identity)
        return self._positions
