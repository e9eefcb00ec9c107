"""How do files come from one store to another: copied, compared, and only then deleted where they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from portico.gateway.storage.administration import PRESENT, digest_of, rows_of
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.stores import Store
from portico.gateway.storage.uploads import Uploads


@dataclass
class Moved:
    """What was done. faults: a line for each file that could not be moved."""

    copied: int = 0
    deleted: int = 0
    faults: list[str] = field(default_factory=list[str])


async def move(source: Store, target: Store, uploads: Uploads, *, deletes: bool = False) -> Moved:
    """
    Copies every file that has a row. Done again it goes on where it ended: what is there is not copied.

    Args:
        deletes: has files deleted in the source, with what was made of them, once all their bytes were read in the target and have the digest
            of the row.

    Raises:
        StoreUnavailable: one of the stores cannot be used.
    """
    moved = Moved()
    async for row in rows_of(uploads):
        if row.state not in PRESENT:
            continue
        is_there = await target.size(row.key) == row.size
        if is_there and deletes:
            is_there = await digest_of(target, row.key) == row.digest
        if not is_there:
            fault = await _copy(source, target, row)
            if fault is None and deletes and await digest_of(target, row.key) != row.digest:
                fault = f"{row.key}: other bytes have arrived than those that came"
            if fault is not None:
                moved.faults.append(fault)
                continue
            moved.copied += 1
        if deletes and await source.size(row.key) is not None:
            await source.delete([row.key, *[key async for key in _beside(source, row.key)]])
            moved.deleted += 1
    return moved


async def _copy(source: Store, target: Store, row: Any) -> str | None:
    """Copies a file; what went wrong, if anything. Nothing is left of one that is not as its row says."""
    if (size := await source.size(row.key)) != row.size:
        return f"{row.key}: there are no bytes" if size is None else f"{row.key}: {size} bytes, and not {row.size}"
    try:
        stored = await target.put(row.key, source.read(row.key), content_type=row.type, most_bytes=row.size)
    except FileMissing:
        return f"{row.key}: there are no bytes"
    if stored.sha256 == row.digest:
        return None
    await target.delete([row.key])
    return f"{row.key}: other bytes than those that came"


async def _beside(store: Store, key: str) -> AsyncIterator[str]:
    """What was made of a file; the target makes its own when it is asked for."""
    async for entry in store.list(f"{key}."):
        yield entry.key
