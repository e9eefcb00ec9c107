"""Tables of every make: composite keys, a row of defaults, bare tables read from a database, a view without a key."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table, create_engine, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.pool import StaticPool

from portico.schema import IntId, Model, allow, everyone, view

BEFORE = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);
CREATE TABLE entries (
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  day DATE NOT NULL,
  amount INTEGER NOT NULL,
  remark TEXT,
  PRIMARY KEY (account_id, day)
);
CREATE TABLE log_lines (line TEXT, level INTEGER);
CREATE VIEW entry_totals AS SELECT account_id, count(*) AS days, sum(amount) AS total FROM entries GROUP BY account_id
"""


class Note(Model):
    """Everything in it has a default."""

    id: Mapped[IntId]
    text: Mapped[str | None] = mapped_column(default="empty")
    stars: Mapped[int] = mapped_column(server_default="3")


class Seat(Model):
    """A place in a hall, by row and number."""

    row: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    tickets: Mapped[list[Ticket]] = relationship(back_populates="seat")


class Ticket(Model):
    """Who sits where."""

    id: Mapped[IntId]
    guest: Mapped[str]
    seat_row: Mapped[str | None]
    seat_number: Mapped[int | None]
    seat: Mapped[Seat | None] = relationship(back_populates="tickets")
    __table_args__ = (ForeignKeyConstraint(["seat_row", "seat_number"], ["seats.row", "seats.number"]),)


def _reflected() -> list[Table]:
    """The tables as SQLAlchemy finds them in a database; what a view computes has no type there."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        for statement in BEFORE.split(";"):
            connection.execute(text(statement))
    tables = [Table(name, Note.metadata, autoload_with=engine) for name in ("accounts", "entries", "log_lines")]
    sums = [Column("days", Integer), Column("total", Integer)]
    tables.append(Table("entry_totals", Note.metadata, *sums, autoload_with=engine, info=view()))
    engine.dispose()
    return tables


accounts, entries, log_lines, entry_totals = _reflected()

for subject in (Note, Seat, Ticket, accounts, entries, log_lines, entry_totals):
    allow(subject, "all", when=everyone)

SEED: list[tuple[Any, list[dict[str, Any]]]] = [
    (Note, [{"id": 1, "text": "one", "stars": 5}]),
    (
        Seat,
        [
            {"row": "B", "number": 1, "price": 20},
            {"row": "A", "number": 2, "price": 30},
            {"row": "A", "number": 1, "price": 30},
        ],
    ),
    (
        Ticket,
        [
            {"id": 1, "guest": "Ann", "seat_row": "A", "seat_number": 1},
            {"id": 2, "guest": "Bob", "seat_row": None, "seat_number": None},
            {"id": 3, "guest": "Cat", "seat_row": "A", "seat_number": 1},
        ],
    ),
    (accounts, [{"id": 1, "name": "house"}, {"id": 2, "name": "garden"}]),
    (
        entries,
        [
            {"account_id": 1, "day": date(2024, 1, 2), "amount": 5, "remark": None},
            {"account_id": 1, "day": date(2024, 1, 1), "amount": 7, "remark": "first"},
            {"account_id": 2, "day": date(2024, 1, 1), "amount": -3, "remark": "seeds"},
        ],
    ),
    (log_lines, [{"line": "started", "level": 1}, {"line": "stopped", "level": 2}]),
]
