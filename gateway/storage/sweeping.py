"""What becomes of files that nobody has any more: their bytes are deleted, then their rows, and caches are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portico.gateway.storage.downloads import surrogate_keys
from portico.gateway.storage.uploads import Uploads
from portico.resolvers.run.changes import Change

_AT_ONCE = 200
_SLACK_S = 60.0  # an upload that began in the last second of its time may still bring its bytes


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files went, and how many bytes."""

    files: int
    bytes: int


class Sweeper:
    """
    Sweeps now and then, and soon after a row has let go of a file.

    Several processes may do so at once: each step can be done twice.

    Args:
        is_public: bucket → whether caches may have its files without asking.
        observe: told of what failed; it is tried again.
    """

    def __init__(
        self, uploads: Uploads, is_public: Callable[[str], bool], observe: Callable[[BaseException], None]
    ) -> None:
        self._uploads = uploads
        self._is_public = is_public
        self._observe = observe
        self._woken = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    # ---- in a process --------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to look."""
        if self._uploads.settings.sweep_s:
            self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Ends."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._uploads.settings.sweep_s):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self.sweep()
            except Exception as error:
                self._observe(error)

    @property
    def tables(self) -> frozenset[str]:
        """See `Listener`."""
        return frozenset({self._uploads.model.__table__.fullname})  # pyright: ignore[reportAttributeAccessIssue]

    is_polled = False

    def changed(self, changes: Sequence[Change]) -> None:
        """See `Listener`."""
        if any(each.new is None or each.new["state"] == "orphaned" for each in changes):
            self._woken.set()

    def hinted(self, changes: Sequence[Change]) -> None:
        """See `Listener`."""
        self.changed(changes)

    def unsettled(self) -> None:
        """See `Listener`."""

    # ---- the work ------------------------------------------------------------------------------------

    async def sweep(self) -> Swept:
        """Deletes what rows let go of, uploads that were not finished in time, and those that no row took."""
        await self._let_go()
        files = size = 0
        while found := await self._orphans():
            await self._delete(found)
            files += len(found)
            size += sum(each.size for each in found)
            if len(found) < _AT_ONCE:
                break
        return Swept(files, size)

    async def _let_go(self) -> None:
        file, settings, now = self._uploads.model, self._uploads.settings, datetime.now(UTC)
        late = now - timedelta(seconds=settings.upload_s + _SLACK_S)
        unwanted = now - timedelta(hours=settings.unattached_hours)
        async with self._uploads.data.begin() as session:
            for states, before in ((("pending", "receiving"), late), (("ready",), unwanted)):
                await session.execute(
                    update(file).where(file.state.in_(states), file.created < before).values(state="orphaned")
                )

    async def _orphans(self) -> Sequence[Any]:
        file = self._uploads.model
        async with self._uploads.data.read() as session:
            query = select(file).where(file.state == "orphaned").order_by(file.id).limit(_AT_ONCE)
            return (await session.scalars(query)).all()

    async def _delete(self, found: Sequence[Any]) -> None:
        file, store = self._uploads.model, self._uploads.store
        keys = [each.key for each in found]
        # What was made of a file lies beside it: images in their sizes.
        beside = [entry.key for key in keys async for entry in store.list(f"{key}.")]
        await store.delete([*keys, *beside])
        if public := [
            name for each in found if self._is_public(each.bucket) for name in surrogate_keys(str(each.id), "")[:1]
        ]:
            await self._uploads.hooks.purge(public)
        async with self._uploads.data.begin() as session:
            ids: Collection[Any] = [each.id for each in found]
            await session.execute(delete(file).where(file.id.in_(ids), file.state == "orphaned"))
