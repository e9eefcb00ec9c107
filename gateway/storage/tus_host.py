"""Who may send a file piece by piece, and what becomes of it: what tus asks of the rows of files."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from portico.gateway.edge import Edge
from portico.gateway.http import Scope
from portico.gateway.storage.partials import Whole, keep
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.stores import Stored
from portico.gateway.storage.tus import Partial
from portico.gateway.storage.tus_routes import Begun
from portico.gateway.storage.upload_problems import UploadDiffers, UploadGone
from portico.gateway.storage.uploads import Uploads
from portico.schema.caller import ADMIN, Caller
from portico.schema.problems import Problem


class TusHost:
    """
    See `UploadHost`. What `createUpload` has as arguments comes as metadata: `into`, `filename`, `filetype`; besides these `sha256`, in
    hexadecimal digits, which the bytes must have.

    Whoever began an upload goes on with it, also with other tokens; nobody else does.
    """

    def __init__(self, uploads: Uploads, edge: Edge) -> None:
        self._uploads = uploads
        self._edge = edge

    async def begin(self, scope: Scope, size_bytes: int, metadata: Mapping[str, str]) -> Begun:
        """See `UploadHost`."""
        caller = await self._caller(scope)
        name, type_ = metadata.get("filename", ""), metadata.get("filetype", "")
        upload = await self._uploads.begin(caller, metadata.get("into", ""), name, type_, size_bytes)
        declared = {"file": str(upload.id), "owner": upload.owner, "sha256": metadata.get("sha256", "").lower()}
        return Begun(declared, upload.most_bytes)

    async def check(self, scope: Scope, upload: Partial) -> None:
        """See `UploadHost`."""
        caller = await self._caller(scope)
        # Of what an admin key has begun nobody is the owner, also not whoever comes without credentials.
        owner = upload.declared["owner"]
        if caller.role != ADMIN if owner is None else owner != str(caller.id):
            raise FileMissing("There is no such file.")
        if not await self._uploads.stay(upload.declared["file"]):
            raise UploadGone("The upload was not finished in time.", hint="Begin another one.")

    async def finish(self, whole: Whole) -> str:
        """See `UploadHost`."""
        id_ = str(whole.upload.declared["file"])
        upload, state = await self._uploads.awaited(id_)
        if state not in ("pending", "receiving"):
            return id_  # the process ended after this and before it had said so
        wanted = whole.upload.declared["sha256"]
        if wanted and wanted != whole.sha256:
            await self._uploads.abandon(upload)
            raise UploadDiffers("The file has other bytes than was said.", hint="Send them again.")
        await keep(whole, self._uploads.store, upload.key, upload.type)
        stored = Stored(whole.upload.size_bytes, whole.sha256)
        # Nobody but who holds the upload's lock comes here, so what was claimed was claimed by a process that has ended.
        try:
            await self._uploads.finish(upload, stored, is_claimed=state == "receiving")
        except Problem as problem:
            if problem.status < 500:
                await self._uploads.abandon(upload)
            raise
        return id_

    async def end(self, upload: Partial) -> None:
        """See `UploadHost`."""
        awaited, state = await self._uploads.awaited(upload.declared["file"])
        if state == "pending":
            await self._uploads.abandon(awaited)

    async def _caller(self, scope: Scope) -> Caller:
        found = self._edge.identify(dict(scope["headers"]))
        caller = await found if inspect.isawaitable(found) else found
        assert isinstance(caller, Caller)
        return caller
