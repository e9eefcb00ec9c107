"""What do the tests of lost events serve: entries with versions that go up by one, written by many at once."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Model, allow, everyone


class Entry(Model):
    """A row that its writer knows the key of; `version` says how often it was written."""

    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    writer: Mapped[int]
    version: Mapped[int]


class Other(Model):
    """What transactions write besides, so that they begin in another order than they come to the entries."""

    __tablename__ = "others"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


allow(Entry, "all", when=everyone)
allow(Other, "create", when=everyone)
