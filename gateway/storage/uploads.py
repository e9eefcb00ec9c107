"""How does a file come to be: a row that waits for bytes, bytes that are counted and looked at, and a row that has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.storage.buckets import Bucket
from portico.gateway.storage.content import check_head, checked
from portico.gateway.storage.hooks import Arrived, FileHooks
from portico.gateway.storage.problems import (
    FileMissing,
    FileTooLarge,
    FileTypeRefused,
    NeedsOwner,
    NoSuchBucket,
    QuotaExceeded,
    UploadOver,
)
from portico.gateway.storage.signing import DOWNLOAD
from portico.gateway.storage.stores import Store, Stored
from portico.gateway.storage_settings import StorageSettings
from portico.resolvers.run.identifiers import new_id
from portico.schema.caller import ADMIN, Caller
from portico.schema.provided import Data, Provided

if TYPE_CHECKING:
    from portico.gateway.storage.direct import DirectUploads
    from portico.gateway.storage.models import File
    from portico.gateway.storage.signing import Signer

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_MOST_NAME = 255
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is awaited. most_bytes: how many it may have. key: where its bytes go."""

    id: UUID
    key: str
    owner: str | None
    bucket: str
    name: str
    type: str
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody has stored in one bucket."""

    bucket: str
    files: int
    bytes: int


class Uploads(Provided):
    """
    Takes files in, however their bytes come.

    `begin` makes the row, which waits. Then `receive` takes the bytes themselves; or whoever has put them into the store under the
    row's key by other means, piece by piece or past this process, says so with `finish`. Both end in a row that is `ready`, or in
    nothing.

    Args:
        model: the present class of files.
        may_fill: whether a caller's role writes the column of a bucket.
    """

    def __init__(
        self,
        settings: StorageSettings,
        data: Data,
        store: Store,
        signer: Signer,
        may_fill: Callable[[Caller, Bucket], bool],
    ) -> None:
        self.settings = settings
        self.data = data
        self.store = store
        self.signer = signer
        self._may_fill = may_fill
        self.model: type[File]
        self.hooks: FileHooks
        self.direct: DirectUploads | None = None  # where files lie in a bucket
        self.look: Callable[[Upload], Awaitable[Mapping[str, Any]]] | None = None  # what is to be seen of images
        self.buckets: Mapping[str, Bucket]

    def use(self, model: type[File], buckets: Mapping[str, Bucket], hooks: FileHooks) -> None:
        """Takes the present models."""
        self.model, self.buckets, self.hooks = model, buckets, hooks

    # ---- beginning -----------------------------------------------------------------------------------

    async def begin(self, caller: Caller, into: str, name: str, type_: str, size: int | None = None) -> Upload:
        """
        A row that waits for its bytes.

        Args:
            into: the bucket. size: how many bytes there are going to be; as many as the column takes unless given.

        Raises:
            NeedsOwner, NoSuchBucket, FileTypeRefused, FileTooLarge, QuotaExceeded
        """
        if caller.id is None and caller.role != ADMIN:
            raise NeedsOwner("Who uploads must be signed in.", hint="A file belongs to who uploaded it.")
        bucket = self.buckets.get(into)
        if bucket is None or not self._may_fill(caller, bucket):
            raise NoSuchBucket("There is nothing here to upload to.", hint="Name a column of files: messages.picture.")
        type_ = type_.partition(";")[0].strip().lower()
        if not _TYPE.fullmatch(type_) or not bucket.mark.takes(type_):
            wanted = ", ".join(bucket.mark.types) or "every type, written like image/png"
            raise FileTypeRefused(f"A file of this type is not taken; {into} takes {wanted}.")
        most = bucket.mark.max_bytes if size is None else size
        if most > bucket.mark.max_bytes:
            raise FileTooLarge(f"{into} takes files of up to {bucket.mark.max_bytes} bytes.")
        if most < 0:
            raise FileTooLarge("A file has 0 bytes or more.")
        owner = None if caller.id is None else str(caller.id)
        id_ = UUID(str(new_id()))
        key = f"{into}/{id_.hex[-2:]}/{id_.hex}"
        upload = Upload(id_, key, owner, into, clean_name(name), type_, most)
        async with self.data.begin() as session:
            await self._check_quota(session, owner, into, most)
            session.add(
                self.model(
                    id=id_, owner=owner, bucket=into, key=key, name=upload.name, size=most, type=type_, state="pending",
                    url=key, download_url=key + DOWNLOAD,
                )
            )  # fmt: skip
        return upload

    async def _check_quota(self, session: AsyncSession, owner: str | None, bucket: str, more: int) -> None:
        file, settings = self.model, self.settings
        if session.get_bind().dialect.name == "postgresql":
            # Two uploads that begin at once would both find room for one; SQLite has one writer at a time anyway.
            await session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 0))"), {"owner": f"portico files {owner}"}
            )
        if owner is not None:
            pending = (file.owner == owner) & file.state.in_(("pending", "receiving"))
            if await session.scalar(select(func.count()).where(pending)) >= settings.most_pending:  # pyright: ignore[reportOptionalOperand]
                raise QuotaExceeded(
                    f"{settings.most_pending} uploads wait for their bytes already.",
                    hint="Finish one, or wait until they expire.",
                )
        for most, condition in (
            (settings.quota_bytes if owner is not None else 0, file.owner == owner),
            (settings.bucket_quota_bytes, file.bucket == bucket),
        ):
            if most and int(await session.scalar(select(func.sum(file.size)).where(condition)) or 0) + more > most:
                raise QuotaExceeded(
                    f"There is no room for {more} bytes more: {most} is as much as may be.",
                    hint="Delete files that are not needed.",
                )

    # ---- bytes ---------------------------------------------------------------------------------------

    async def pending(self, id_: str, *, owner: str | None = None) -> Upload:
        """
        An upload that waits.

        Args:
            owner: whose it must be, where it is not known otherwise.

        Raises:
            FileMissing, UploadOver
        """
        upload, state = await self.awaited(id_)
        if owner is not None and upload.owner != owner:
            raise FileMissing("There is no such upload.")
        if state != "pending":
            raise UploadOver("The upload is finished, or is going on elsewhere.", hint="Begin another one.")
        return upload

    async def awaited(self, id_: str) -> tuple[Upload, str]:
        """
        An upload, and the state that its row is in.

        Raises:
            FileMissing
        """
        async with self.data.read() as session:
            found = await session.get(self.model, _uuid(id_))
        if found is None:
            raise FileMissing("There is no such upload.")
        upload = Upload(found.id, found.key, found.owner, found.bucket, found.name, found.type, found.size)
        return upload, found.state

    async def arrived(self, upload: Upload) -> Arrived:
        """What is known of a file whose bytes are there."""
        async with self.data.read() as session:
            found = await session.get(self.model, upload.id)
        if found is None or found.digest is None:
            raise FileMissing("There is no such file.")
        return Arrived(str(found.id), found.owner, found.bucket, found.name, found.type, found.size, found.digest)

    async def stay(self, id_: str) -> bool:
        """Has an upload that goes on be awaited from now on; False where it was given up."""
        file = self.model
        async with self.data.begin() as session:
            waits = (file.id == _uuid(id_)) & file.state.in_(("pending", "receiving"))
            done: Any = await session.execute(update(file).where(waits).values(created=datetime.now(UTC)))
            if done.rowcount:
                return True
            state = await session.scalar(select(file.state).where(file.id == _uuid(id_)))
        return state not in (None, "orphaned")

    async def receive(self, upload: Upload, chunks: AsyncIterator[bytes]) -> Arrived:
        """
        Takes the bytes of a file, once.

        Raises:
            UploadOver: somebody else is sending them, or has.
            FileTooLarge, FileTypeRefused, Refused: nothing of it is kept; it may be sent again.
        """
        await self._claim(upload)
        try:
            stored = await self.store.put(
                upload.key, checked(chunks, upload.type), content_type=upload.type, most_bytes=upload.most_bytes
            )
            return await self._finish(upload, stored)
        except BaseException:
            await self._give_back(upload)
            raise

    async def finish(self, upload: Upload, stored: Stored, *, is_claimed: bool = False) -> Arrived:
        """
        Takes a file whose bytes lie in the store already, under its key.

        Args:
            is_claimed: by a process that has ended since.

        Raises:
            UploadOver, FileTooLarge, FileTypeRefused, Refused: the bytes are deleted.
        """
        if not is_claimed:
            await self._claim(upload)
        try:
            if stored.size_bytes > upload.most_bytes:
                raise FileTooLarge(f"The file has more than {upload.most_bytes} bytes.")
            head = b""
            async for chunk in self.store.read(upload.key, 0, _HEAD_BYTES):
                head += chunk
            check_head(head, upload.type)
            return await self._finish(upload, stored)
        except BaseException:
            await self._give_back(upload)
            raise

    async def _finish(self, upload: Upload, stored: Stored) -> Arrived:
        arrived = Arrived(
            id=str(upload.id),
            owner=upload.owner,
            bucket=upload.bucket,
            name=upload.name,
            type=upload.type,
            size=stored.size_bytes,
            digest=stored.sha256,
        )
        await self.hooks.scan(arrived, lambda: self.store.read(upload.key))
        seen = await self.look(upload) if self.look is not None else {}
        await self._move(upload, "receiving", state="ready", size=stored.size_bytes, digest=stored.sha256, **seen)
        return arrived

    async def abandon(self, upload: Upload) -> None:
        """Gives an upload up; its row and its bytes are swept."""
        await self._move(upload, "pending", state="orphaned")

    async def _claim(self, upload: Upload) -> None:
        await self._move(upload, "pending", state="receiving", created=datetime.now(UTC))

    async def _give_back(self, upload: Upload) -> None:
        await self.store.delete([upload.key])
        await self._move(upload, "receiving", state="pending")

    async def _move(self, upload: Upload, expected: str, **values: Any) -> None:
        """From one state to another; of several who try at once, one does."""
        file = self.model
        async with self.data.begin() as session:
            done: Any = await session.execute(
                update(file).where(file.id == upload.id, file.state == expected).values(**values)
            )
            if done.rowcount != 1:
                raise UploadOver("The upload is finished, or is going on elsewhere.", hint="Begin another one.")

    # ---- usage ---------------------------------------------------------------------------------------

    async def usage(self, owner: str) -> list[Usage]:
        """What somebody's files take, by bucket; what is awaited counts as much as it may have."""
        file = self.model
        query = (
            select(file.bucket, func.count(), func.coalesce(func.sum(file.size), 0))
            .where(file.owner == owner)
            .group_by(file.bucket)
            .order_by(file.bucket)
        )
        async with self.data.read() as session:
            return [Usage(bucket, files, int(size)) for bucket, files, size in await session.execute(query)]


def clean_name(name: str) -> str:
    """A file's name as it may be shown: its last part alone, in one of the ways of writing it, without control characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        each for each in last if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    return shown.strip(" .")[:_MOST_NAME] or "file"


def _uuid(text_: str) -> UUID:
    try:
        return UUID(text_)
    except ValueError:
        raise FileMissing("There is no such upload.") from None
