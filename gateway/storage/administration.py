"""What does `portico files` do: list, copy, delete and verify, past the rules."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.stores import Store
from portico.gateway.storage.uploads import Uploads
from portico.schema.caller import ADMIN, Caller

_AT_ONCE = 500
_STRAY_HOURS = 24  # what is younger may be an upload that goes on
PRESENT = ("ready", "attached")  # the states of files whose bytes are there


async def rows_of(
    uploads: Uploads, prefix: str = "", state: str | None = None, limit: int | None = None
) -> AsyncIterator[Any]:
    """Rows of files in the order of keys, a page at a time."""
    file, last, given = uploads.model, "", 0
    while limit is None or given < limit:
        size = _AT_ONCE if limit is None else min(_AT_ONCE, limit - given)
        query = select(file).where(file.key > last, file.key.startswith(prefix, autoescape=True)).order_by(file.key)
        if state is not None:
            query = query.where(file.state == state)
        async with uploads.data.read() as session:
            page: Sequence[Any] = (await session.scalars(query.limit(size))).all()
        for row in page:
            yield row
        if len(page) < size:
            return
        last, given = page[-1].key, given + len(page)


async def bring_in(
    uploads: Uploads, bucket: str, name: str, type_: str, size: int, chunks: AsyncIterator[bytes]
) -> str:
    """Takes a file in that belongs to nobody; its id."""
    upload = await uploads.begin(Caller(role=ADMIN), bucket, name, type_, size)
    return (await uploads.receive(upload, chunks)).id


async def take_out(uploads: Uploads, key: str, write: Callable[[bytes], Any]) -> int:
    """Copies a file out; how many bytes it has."""
    size = 0
    async for chunk in uploads.store.read(key):
        write(chunk)
        size += len(chunk)
    return size


async def remove(uploads: Uploads, keys: Sequence[str]) -> int:
    """Has files swept that no row holds; how many those are."""
    file = uploads.model
    async with uploads.data.begin() as session:
        done: Any = await session.execute(
            update(file).where(file.key.in_(keys), file.state != "attached").values(state="orphaned")
        )
        return done.rowcount


async def faults(uploads: Uploads, *, reads: bool = True) -> AsyncIterator[str]:
    """What is not as it should be, a line for each."""
    async for row in rows_of(uploads):
        if row.state not in PRESENT:
            continue
        size = await uploads.store.size(row.key)
        if size is None:
            yield f"{row.key}: there are no bytes"
        elif size != row.size:
            yield f"{row.key}: {size} bytes, and not {row.size}"
        elif reads and await digest_of(uploads.store, row.key) != row.digest:
            yield f"{row.key}: other bytes than those that came"
    async for key in _strays(uploads):
        yield f"{key}: bytes without a row"


async def delete_strays(uploads: Uploads) -> int:
    """Deletes bytes that have no row and are a day old; how many files those are."""
    before = datetime.now(UTC) - timedelta(hours=_STRAY_HOURS)
    found = [key async for key in _strays(uploads, before)]
    for start in range(0, len(found), _AT_ONCE):
        await uploads.store.delete(found[start : start + _AT_ONCE])
    return len(found)


async def digest_of(store: Store, key: str) -> str | None:
    """SHA-256 of what lies under a key, in hexadecimal digits; None where there is nothing."""
    digest = hashlib.sha256()
    try:
        async for chunk in store.read(key):
            digest.update(chunk)
    except FileMissing:
        return None
    return digest.hexdigest()


async def _strays(uploads: Uploads, before: datetime | None = None) -> AsyncIterator[str]:
    """Keys of the store that belong to no row; what was made of a file has its key and a dot before its own name."""
    file = uploads.model
    async for entry in uploads.store.list():
        if "." not in entry.key.partition("/")[0]:
            continue  # not ours: keys begin with a table and a column, and an app that is hosted may lie beside
        base, _, name = entry.key.rpartition("/")
        key = f"{base}/{name.partition('.')[0]}"
        if before is not None and entry.changed_at > before:
            continue
        async with uploads.data.read() as session:
            if await session.scalar(select(file.id).where(file.key == key)) is None:
                yield entry.key
