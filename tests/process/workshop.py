"""What do the process tests serve: entries to write, a list that takes long, and a function that waits to be told."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, aliased

from portico.schema import IntId, Me, Model, Rule, allow, everyone, query


class Entry(Model):
    """One acknowledged write each."""

    __tablename__ = "entries"
    id: Mapped[IntId]
    number: Mapped[int]


class Burden(Model):
    """Reading these takes longer than anybody waits."""

    id: Mapped[IntId]


allow(Entry, "all", when=everyone)
allow(Burden, "create", when=everyone)


@allow(Burden, "read")
def after_long_counting(burden: type[Burden], me: Me) -> Rule:
    """Counts the tuples of a product that has 50 to the sixth of them."""
    factors = [aliased(Burden) for _ in range(6)]
    return select(func.count()).select_from(*factors).scalar_subquery() > burden.id


@query
async def wait_for_file(name: str) -> bool:
    """Answers once there is a file of this name; says in the log that it has begun."""
    print(f"waiting for {name}", flush=True)
    while not await asyncio.to_thread(Path(name).exists):
        await asyncio.sleep(0.01)
    return True


@query
async def process() -> int:
    """The process that answers."""
    return os.getpid()
