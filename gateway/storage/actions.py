"""What clients do with files: the functions that they call, in the public grammar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import strawberry

from portico.gateway.storage.multipart import Upload
from portico.gateway.storage.problems import NeedsOwner
from portico.gateway.storage.types import BucketUsage, FileUsage, UploadedFile, UploadTicket
from portico.gateway.storage.uploads import Uploads
from portico.schema import Caller, mutation, query


@mutation
async def create_upload(
    into: str, name: str, type: str, uploads: Uploads, caller: Caller, size: float | None = None
) -> UploadTicket:
    """
    Get an address to send one file to. `into` is the column that it is for, as messages.picture.

    Send the bytes by PUT with the same Content-Type; the file is then there to be put into a row by its id.
    """
    upload = await uploads.begin(caller, into, name, type, None if size is None else int(size))
    seconds = uploads.settings.upload_s
    id_ = str(upload.id)
    return UploadTicket(
        id=strawberry.ID(id_),
        url=uploads.signer.upload(id_, upload.type, upload.most_bytes, seconds),
        method="PUT",
        type=upload.type,
        max_bytes=upload.most_bytes,
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
    )


@mutation
async def upload_file(into: str, file: Upload, uploads: Uploads, caller: Caller) -> UploadedFile:
    """Send a file along with the request (GraphQL multipart request). `into` is the column that it is for, as messages.picture."""
    upload = await uploads.begin(caller, into, file.name, file.type, file.size)
    arrived = await uploads.receive(upload, file.chunks())
    return UploadedFile(
        id=strawberry.ID(arrived.id), name=arrived.name, type=arrived.type, size=arrived.size, digest=arrived.digest
    )


@query
async def file_usage(uploads: Uploads, caller: Caller) -> FileUsage:
    """How much the caller's files take, and how much they may."""
    if caller.id is None:
        raise NeedsOwner("Nobody is signed in.")
    found = await uploads.usage(str(caller.id))
    return FileUsage(
        bytes=sum(each.bytes for each in found),
        files=sum(each.files for each in found),
        quota_bytes=uploads.settings.quota_bytes or None,
        buckets=[BucketUsage(bucket=each.bucket, files=each.files, bytes=each.bytes) for each in found],
    )
