"""How does a file come past this process: sent to S3 by its client, and taken when the client says that it is there."""

from __future__ import annotations

from portico.gateway.storage.hooks import Arrived
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3_presigned import Presigned, Presigning
from portico.gateway.storage.uploads import Upload, Uploads

# What begins with a file's key and a dot is swept with it.
_INCOMING = ".incoming"


class DirectUploads:
    """Uploads whose bytes go to a bucket at once. Nothing reads what a client can write there: it is copied, and the copy is looked at."""

    def __init__(self, uploads: Uploads, presigning: Presigning) -> None:
        self._uploads = uploads
        self._presigning = presigning

    async def address(self, upload: Upload, seconds: int) -> Presigned:
        """Where the bytes are to be sent by PUT, as many of them as `upload` says, neither more nor fewer."""
        key = upload.key + _INCOMING
        return await self._presigning.put(
            key, content_type=upload.type, size_bytes=upload.most_bytes, expires_s=seconds
        )

    async def form(self, upload: Upload, least_bytes: int, seconds: int) -> Presigned:
        """Where a form with the bytes is to be sent by POST, `least_bytes` of them and up to as many as `upload` says."""
        key, most = upload.key + _INCOMING, upload.most_bytes
        return await self._presigning.post(
            key, content_type=upload.type, least_bytes=least_bytes, most_bytes=most, expires_s=seconds
        )

    async def complete(self, upload: Upload) -> Arrived:
        """
        Takes what has been sent.

        Raises:
            FileMissing: nothing was.
            UploadDiffers, FileTypeRefused, Refused: it is deleted, and may be sent again.
        """
        key = upload.key + _INCOMING
        stored = await self._presigning.accept(key, upload.key, content_type=upload.type, most_bytes=upload.most_bytes)
        return await self._uploads.finish(upload, stored)


async def complete(uploads: Uploads, id_: str, owner: str) -> Arrived:
    """
    The file of an upload whose bytes were sent, here or past here. Asked again it says the same.

    Raises:
        FileMissing: there is no such upload of this owner, or nothing was sent.
        UploadDiffers, UploadOver, FileTypeRefused, Refused
    """
    upload, state = await uploads.awaited(id_)
    if upload.owner != owner:
        raise FileMissing("There is no such upload.")
    if state in ("ready", "attached"):
        return await uploads.arrived(upload)
    if state != "pending" or uploads.direct is None:
        raise FileMissing("Nothing was sent for this upload.", hint="Send the bytes to the address of createUpload.")
    return await uploads.direct.complete(upload)
