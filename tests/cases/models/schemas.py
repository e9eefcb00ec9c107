"""Tables in other schemas than public, which only Postgres has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Caller, IntId, Me, Model, Rule, allow, everyone

BEFORE = 'CREATE SCHEMA crm; CREATE SCHEMA "Mixed Case"'


class Client(Model):
    """In one schema."""

    __tablename__ = "clients"
    __table_args__ = ({"schema": "crm"},)
    id: Mapped[IntId]
    name: Mapped[str]
    calls: Mapped[list[Call]] = relationship(back_populates="client")


class Call(Model):
    """In another, whose name needs quotes."""

    __tablename__ = "calls"
    __table_args__ = ({"schema": "crm"},)
    id: Mapped[IntId]
    minutes: Mapped[int]
    client_id: Mapped[int] = mapped_column(ForeignKey(Client.id))
    client: Mapped[Client] = relationship(back_populates="calls")


class Plain(Model):
    """In the schema that is searched."""

    __tablename__ = "clients"
    id: Mapped[IntId]
    name: Mapped[str]


@allow(Client, "read", "update", to="user")
def called(client: type[Client], me: Me) -> Rule:
    """Clients that were called for long."""
    return client.calls.any(Call.minutes > 5)


allow(Call, "all", to="user", when=everyone)
allow(Plain, "all", to="user", when=everyone)

CALLERS = {"uma": Caller(id=1, role="user", roles=frozenset({"user"}))}

SEED: list[tuple[Any, list[dict[str, Any]]]] = [
    (Client, [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]),
    (Call, [{"id": 1, "minutes": 9, "client_id": 1}, {"id": 2, "minutes": 1, "client_id": 2}]),
    (Plain, [{"id": 1, "name": "plain"}]),
]
