"""Who alone may write an object of S3 for a while: an object that is written only where there is none."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib import import_module
from types import TracebackType
from typing import Any

from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.s3_client import code_of, told
from portico.gateway.storage.upload_problems import UploadLocked

_LIFE_S = 12.0  # whoever comes after a process that was killed waits so long
_RENEWED_S = 3.0
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class Lease:
    """
    A lease among processes, which ends by itself when its holder is killed.

    It stands on conditional writes (`If-None-Match`, `If-Match`), which AWS, MinIO and R2 have. Where a service passes over these headers
    there is no lease: then writes of one upload are kept apart within a process alone.
    """

    def __init__(self, store: S3Store, key: str) -> None:
        self._store = store
        self._key = key
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        """
        Takes it.

        Raises:
            UploadLocked: another has it.
        """
        if not await self._put(IfNoneMatch="*"):
            await self._take_over()
        self._renewing = asyncio.create_task(self._renew())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        with contextlib.suppress(Exception):
            await asyncio.shield(self._store.delete((self._key,)))

    async def _take_over(self) -> None:
        """Of one whose holder has not renewed it; of several who find that, one takes it."""
        try:
            head = await self._store.head(self._key)
        except FileMissing:
            is_taken = await self._put(IfNoneMatch="*")
        else:
            # By the clock of S3 alone: ours may be another.
            now = parsedate_to_datetime(head["ResponseMetadata"]["HTTPHeaders"]["date"])
            is_old = now - head["LastModified"] > timedelta(seconds=_LIFE_S)
            is_taken = is_old and await self._put(IfMatch=head["ETag"])
        if not is_taken:
            raise UploadLocked("Another request is writing this upload.", hint="Try again.")

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEWED_S)
            with contextlib.suppress(Exception):
                await self._put()

    async def _put(self, **condition: Any) -> bool:
        with told():
            client = await self._store.client.get()
            # Of other bytes each time, so that it has another ETag.
            body = f"{id(self)} {datetime.now(UTC).isoformat()}".encode()
            try:
                await client.put_object(**self._store.where(self._key), Body=body, **condition)
            except import_module("botocore.exceptions").ClientError as error:
                if condition and code_of(error) in _TAKEN:
                    return False
                raise
        return True
