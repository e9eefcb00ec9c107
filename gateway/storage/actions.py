"""What clients do with files: the functions that they call, in the public grammar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import strawberry

from portico.gateway.storage.direct import complete
from portico.gateway.storage.multipart import Upload
from portico.gateway.storage.problems import NeedsOwner
from portico.gateway.storage.s3_presigned import Presigned
from portico.gateway.storage.types import BucketUsage, FileUsage, FormField, UploadedFile, UploadTicket
from portico.gateway.storage.uploads import Upload as Pending
from portico.gateway.storage.uploads import Uploads
from portico.schema import Caller, mutation, query


@mutation
async def create_upload(
    into: str,
    name: str,
    type: str,
    uploads: Uploads,
    caller: Caller,
    size: float | None = None,
    direct: bool = False,
    form: bool = False,
) -> UploadTicket:
    """
    Get an address to send one file to. `into` is the column that it is for, as messages.picture.

    Send the bytes by PUT with the same Content-Type; the file is then there to be put into a row by its id. With `direct` and a `size` the
    address may be one of a bucket, which takes the bytes past this server: call completeUpload when they are there. With `form` it may be
    one that takes a form by POST, with `fields` and then the file: see `method`.
    """
    upload = await uploads.begin(caller, into, name, type, None if size is None else int(size))
    seconds = uploads.settings.upload_s
    address = await _address(uploads, upload, seconds, None if size is None else int(size), direct=direct, form=form)
    return UploadTicket(
        id=strawberry.ID(str(upload.id)),
        url=address.url,
        method=address.method,
        fields=[FormField(name=name, value=value) for name, value in address.fields.items()],
        type=upload.type,
        max_bytes=upload.most_bytes,
        expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
    )


async def _address(
    uploads: Uploads, upload: Pending, seconds: int, size: int | None, *, direct: bool, form: bool
) -> Presigned:
    """Where an upload is to be sent: to a bucket, if that is asked for and files lie in one, or here."""
    if form and uploads.direct is not None:
        return await uploads.direct.form(upload, 1 if size is None else size, seconds)
    if direct and size is not None and uploads.direct is not None:
        return await uploads.direct.address(upload, seconds)
    return Presigned("PUT", uploads.signer.upload(str(upload.id), upload.type, upload.most_bytes, seconds), {}, {})


@mutation
async def complete_upload(id: strawberry.ID, uploads: Uploads, caller: Caller) -> UploadedFile:
    """Say that the bytes of an upload are there, which were sent to the address of a bucket. It can be said again."""
    if caller.id is None:
        raise NeedsOwner("Nobody is signed in.")
    arrived = await complete(uploads, str(id), str(caller.id))
    return UploadedFile(
        id=strawberry.ID(arrived.id), name=arrived.name, type=arrived.type, size=arrived.size, digest=arrived.digest
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
