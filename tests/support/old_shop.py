"""What do tests of imports read: a database that has grown for years, of more than two hundred tables."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import asyncpg

_HERE = Path(__file__).parent
_THINGS = (
    "account", "batch", "box", "branch", "category", "city", "company", "contract", "country", "delivery", "device", "document",
    "employee", "entry", "event", "history", "invoice", "item", "journal", "key", "language", "leaf", "message", "note", "offer",
    "party", "payment", "person", "price", "process", "product", "project", "quiz", "receipt", "series", "shelf", "status", "tax",
)  # fmt: skip
DEPARTMENTS = ("archive", "legal", "logistics", "marketing", "support")


def fill_postgres(url: str, *, extensions: bool = False) -> None:
    """Makes the database, and a row in the tables that are hard to read."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            for script in _postgres_scripts(extensions=extensions):
                await connection.execute(script)
        finally:
            await connection.close()

    asyncio.run(run())


def fill_sqlite(file: Path) -> None:
    """The same on SQLite, with what SQLite has."""
    connection = sqlite3.connect(file)
    connection.executescript((_HERE / "old_shop_sqlite.sql").read_text())
    for department in DEPARTMENTS:
        connection.executescript("\n".join(_department(department, f"{department}_", serial="integer")))
    connection.close()


def _postgres_scripts(*, extensions: bool) -> Iterator[str]:
    yield (_HERE / "old_shop.sql").read_text()
    if extensions:
        yield (_HERE / "old_shop_extensions.sql").read_text()
    for department in DEPARTMENTS:
        yield "\n".join([f"CREATE SCHEMA {department};", *_department(department, f"{department}.", serial="serial")])


def _department(department: str, before: str, *, serial: str) -> Iterator[str]:
    """Tables that refer to those before them, each in one of several ways; their names are no plurals but here and there."""
    for place, thing in enumerate(_THINGS):
        other = f"{before}{_THINGS[place // 2]}"
        third = f"{before}{_THINGS[place // 3]}"
        yield f"""CREATE TABLE {before}{thing} (
            id {serial} PRIMARY KEY,
            {thing}_number varchar(20) NOT NULL,
            created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
            weight numeric(10, 3),
            first_id integer REFERENCES {other},
            second_id integer NOT NULL REFERENCES {third} ON DELETE CASCADE,
            CONSTRAINT {department}_{thing}_number UNIQUE ({thing}_number),
            CONSTRAINT {department}_{thing}_weighs CHECK (weight > 0)
        );
        CREATE INDEX {department}_{thing}_first ON {before}{thing} (first_id, created_at);"""
