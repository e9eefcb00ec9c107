"""When does a change of a user, session or key take effect: at once, in every process, by the change log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from portico.gateway.auth.records import Models
from portico.resolvers.run.changes import Change, Image

# The column that says whose a row is.
_OWNER = {"users": "id", "auth_sessions": "user_id", "api_keys": "user_id", "memberships": "user_id"}


class Revocations:
    """
    Hears of changes of accounts, and tells whose credentials are to be looked at again.

    Args:
        outdate: is given ids of users; None for all.
    """

    def __init__(self, models: Models, outdate: Callable[[Collection[str] | None], None]) -> None:
        self._outdate = outdate
        self.use(models)

    def use(self, models: Models) -> None:
        """Takes the present models, of which there may be more after a reload."""
        self._owner = {
            model.__table__.fullname: _OWNER[model.__table__.name]  # pyright: ignore[reportAttributeAccessIssue]
            for model in (models.user, models.session, models.api_key, models.membership)
            if model is not None
        }

        self._memberships = models.membership.__table__.fullname if models.membership is not None else None  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def tables(self) -> frozenset[str]:
        """See `Listener`."""
        return frozenset(self._owner)

    is_polled = False

    def changed(self, changes: Sequence[Change]) -> None:
        """See `Listener`. A new row takes nothing from anybody, but a new membership gives."""
        if any(each.verb == "truncate" for each in changes):
            self._outdate(None)
            return
        rows = [(self._owner[each.table], each.old or self._given(each)) for each in changes]
        found = {_text(row[owner]) for owner, row in rows if row is not None}
        if found:
            self._outdate(found)

    def _given(self, change: Change) -> Image | None:
        return change.new if change.table == self._memberships else None

    def hinted(self, changes: Sequence[Change]) -> None:
        """See `Listener`: what is committed holds, in whichever order it is told."""
        self.changed(changes)

    def unsettled(self) -> None:
        """See `Listener`."""
        self._outdate(None)


def _text(value: object) -> str:
    """A user's id as callers have it; SQLite stores it without dashes."""
    text = str(value)
    return text if "-" in text else "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
