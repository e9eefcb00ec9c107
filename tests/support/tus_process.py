"""A server of tus alone, over S3, in a process that can be killed: `python -m tests.support.tus_process FOLDER PORT ENDPOINT`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import uvicorn

from portico.gateway.http import Receive, Scope, Send
from portico.gateway.storage import s3_lease
from portico.gateway.storage.partials import Partials, Whole
from portico.gateway.storage.partials import keep as keep_whole
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.s3 import S3Store
from portico.gateway.storage.s3_partials import S3Partials
from portico.gateway.storage.turns import Turns
from portico.gateway.storage.tus import Partial
from portico.gateway.storage.tus_routes import Begun, TusRoutes
from portico.gateway.storage.upload_problems import UploadDiffers
from tests.support.s3 import Bucket

PATH = "/files/tus/"
MOST_BYTES = 2_000_000_000


class FolderHost:
    """
    Lets everybody upload, each what they began themselves, and renames what arrives into a folder, or copies it in the bucket.

    Metadata say what is to be tried: `refuse` is a word of what the host does at the end, `sha256` is asked for.
    """

    def __init__(self, folder: Path, store: S3Store | None = None) -> None:
        self.folder = folder
        self.store = store
        self.finished: list[str] = []

    async def begin(self, scope: Scope, size_bytes: int, metadata: Mapping[str, str]) -> Begun:
        """See `UploadHost`."""
        return Begun({"metadata": dict(metadata), "whose": _whose(scope)}, int(metadata.get("most", MOST_BYTES)))

    async def check(self, scope: Scope, upload: Partial) -> None:
        """See `UploadHost`."""
        if upload.declared["whose"] != _whose(scope):
            raise FileMissing("There is no such file.")

    async def finish(self, whole: Whole) -> str:
        """See `UploadHost`."""
        metadata = whole.upload.declared["metadata"]
        if metadata.get("sha256", whole.sha256) != whole.sha256:
            raise UploadDiffers("The file has other bytes than was said.")
        self.finished.append(whole.upload.id)
        if metadata.get("refuse") == "once" and len(self.finished) == 1:
            raise OSError
        name = f"file-{whole.upload.id}"
        if whole.path is not None:
            if whole.path.exists():
                whole.path.rename(self.folder / name)
        else:
            assert self.store is not None
            await keep_whole(whole, self.store, name, "application/octet-stream")
        return name

    async def end(self, upload: Partial) -> None:
        """See `UploadHost`."""


def _whose(scope: Scope) -> str:
    return dict(scope["headers"]).get(b"x-whose", b"").decode()


def routes(
    host: FolderHost, partials: Partials, turns: Turns, errors: list[BaseException], life_s: float = 3_600
) -> TusRoutes:
    """The endpoint."""
    return TusRoutes(
        host,
        partials,
        path=PATH,
        most_bytes=MOST_BYTES,
        life_s=life_s,
        turns=turns,
        observe=lambda _, error: errors.append(error),
    )


def _serve(folder: str, port: str, endpoint: str) -> None:
    s3_lease._LIFE_S, s3_lease._RENEWED_S = 2.0, 0.5  # pyright: ignore[reportPrivateUsage]  # what is killed is waited for
    store = S3Store(Bucket(endpoint).settings(part_bytes=5_242_880))
    partials, host = S3Partials(store), FolderHost(Path(folder), store)
    made: list[TusRoutes] = []
    errors: list[BaseException] = []

    async def application(scope: Any, receive: Receive, send: Send) -> None:
        if scope["path"] == "/ready":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        if not made:
            made.append(routes(host, partials, Turns(), errors))
        await made[0](scope, receive, send)
        for error in errors:
            sys.stderr.write(f"{error!r}\n")
        errors.clear()

    uvicorn.run(application, port=int(port), lifespan="off", log_level="warning", ws="none")


if __name__ == "__main__":
    _serve(*sys.argv[1:])
