"""Names that need care: reserved words, mixed case, digits, and words that GraphQL or Portico use themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Model, allow, everyone


class Group(Model):
    """Both a class and a keyword."""

    __tablename__ = "group"
    id: Mapped[IntId]
    order: Mapped[int]
    select: Mapped[str | None] = mapped_column(unique=True)
    UserName: Mapped[str]
    where: Mapped[str | None]
    from_: Mapped[str | None] = mapped_column("from")
    address2: Mapped[str | None]
    members: Mapped[list[TableRow]] = relationship(back_populates="group")


class TableRow(Model):
    """A table whose name is in mixed case."""

    __tablename__ = "TableRow"
    id: Mapped[IntId]
    key: Mapped[str]
    value: Mapped[str | None]
    groupID: Mapped[int | None] = mapped_column(ForeignKey(Group.id))
    group: Mapped[Group | None] = relationship(back_populates="members")


for model in (Group, TableRow):
    allow(model, "all", when=everyone)

SEED: list[tuple[Any, list[dict[str, Any]]]] = [
    (
        Group,
        [
            {"id": 1, "order": 2, "select": "a", "UserName": "Uma", "where": "here", "from": "x", "address2": "b"},
            {"id": 2, "order": 1, "select": "b", "UserName": "Sam", "where": None, "from": None, "address2": None},
        ],
    ),
    (
        TableRow,
        [
            {"id": 1, "key": "k1", "value": None, "groupID": 1},
            {"id": 2, "key": "k2", "value": "v", "groupID": 1},
            {"id": 3, "key": "k3", "value": "v", "groupID": None},
        ],
    ),
]
