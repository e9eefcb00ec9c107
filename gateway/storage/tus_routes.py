"""How do files come piece by piece: the endpoint of tus 1.0, an ASGI callable that knows neither rules nor where bytes lie."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from portico.gateway.errors import error_body, problems_of
from portico.gateway.http import Headers, Receive, Scope, Send, respond
from portico.gateway.problems import MethodNotAllowed
from portico.gateway.request_ids import RequestIds
from portico.gateway.storage import tus
from portico.gateway.storage.partials import Partials, Whole, Writer, finished
from portico.gateway.storage.problems import FileMissing, FileTooLarge
from portico.gateway.storage.turns import Turn, Turns
from portico.gateway.storage.upload_problems import ChecksumDiffers, UploadGone, UploadOffset, UploadUnknown
from portico.schema.problems import Problem

_SWEPT_EVERY_S = 600.0  # where somebody uploads; without uploads there is nothing to sweep
_JSON = b"application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Begun:
    """
    What a host says to a new upload.

    declared: JSON that is kept with it and comes back with `Whole`: owner, type, digest, whatever the host wants to know then.
    """

    declared: Mapping[str, Any]
    most_bytes: int


class UploadHost(Protocol):
    """Who may upload what, and what becomes of it. Headers and query of requests are in `scope`."""

    async def begin(self, scope: Scope, size_bytes: int, metadata: Mapping[str, str]) -> Begun:
        """Lets somebody begin an upload, or raises a Problem."""
        ...

    async def check(self, scope: Scope, upload: tus.Partial) -> None:
        """Lets somebody go on with an upload, or raises a Problem; who has its address has at least that."""
        ...

    async def finish(self, whole: Whole) -> str:
        """
        Makes a file of it, and says the file's id. `partials.keep` writes the bytes; where they lay is deleted afterwards.

        It may be called again for the same upload, where the process ended before it had answered: it must then say the same id.

        Raises:
            Problem: with a status under 500 the upload is refused for good and deleted; else it is tried again when it is asked for.
        """
        ...

    async def end(self, upload: tus.Partial) -> None:
        """Hears that somebody ended an upload; of one that has become a file that changes nothing."""
        ...


class TusRoutes:
    """
    Uploads at `path`, which ends with a slash, and each at an address behind it.

    Args:
        most_bytes: of any upload.
        life_s: an upload that is not finished by then is deleted by `sweep`.
        observe: told of every request that failed, with its id and the exception.
    """

    def __init__(
        self,
        host: UploadHost,
        partials: Partials,
        *,
        path: str,
        most_bytes: int,
        life_s: float,
        turns: Turns,
        observe: Callable[[bytes, BaseException], None],
    ) -> None:
        self._host = host
        self._partials = partials
        self._path = path
        self._most_bytes = most_bytes
        self._life_s = life_s
        self._turns = turns
        self._observe = observe
        self._ids = RequestIds()
        self._swept_at = time.monotonic() - _SWEPT_EVERY_S
        self._sweeping: asyncio.Task[None] | None = None

    def serves(self, path: str) -> bool:
        """Whether a path is one of these."""
        return path.startswith(self._path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request. Source: tus 1.0."""
        headers: Headers = dict(scope["headers"])
        identifier = scope["request_id"] = self._ids.of(headers.get(b"x-request-id"))
        named = (b"x-request-id", identifier)
        try:
            status, lines = await self._answer(scope, receive, headers)
        except _Left:
            return
        except Exception as error:
            self._observe(identifier, error)
            problems = problems_of(error)
            extra = (tus.RESUMABLE, (b"tus-version", tus.VERSION), (b"cache-control", b"no-store"), named)
            body = b"" if scope["method"] == "HEAD" else error_body(problems)
            await respond(send, problems[0].status, body, _JSON, extra)
            return
        if status != 204:
            lines = (*lines, (b"content-length", b"0"))
        await send({"type": "http.response.start", "status": status, "headers": [*lines, named]})
        await send({"type": "http.response.body", "body": b""})

    async def sweep(self) -> int:
        """Deletes what was not finished in time; how many uploads that were."""
        count = 0
        async for upload in self._partials.list():
            if upload.expires_at < time.time():
                await self._partials.delete(upload.id)
                count += 1
        return count

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers) -> tuple[int, tus.Lines]:
        name = scope["path"].removeprefix(self._path).rstrip("/")
        action = tus.read(scope["method"], headers, is_upload=bool(name))
        if action is None:
            raise MethodNotAllowed("Uploads are made with POST, and gone on with by HEAD, PATCH and DELETE.")
        if isinstance(action, tus.Describe):
            return 204, tus.described(self._most_bytes)
        if isinstance(action, tus.Create):
            return await self._create(scope, receive, headers, action)
        upload = await self._known(scope, name)
        if isinstance(action, tus.Look):
            return 200, await self._look(upload)
        if isinstance(action, tus.End):
            async with self._turns.take(name):
                await self._partials.delete(name)
            await self._host.end(upload)
            return 204, (tus.RESUMABLE,)
        return 204, await self._append(upload, receive, headers, action)

    async def _known(self, scope: Scope, id: str) -> tus.Partial:
        upload = await self._partials.find(id)
        if upload is None:
            raise UploadUnknown("There is no such upload.", hint="Begin another one.")
        try:
            await self._host.check(scope, upload)
        except FileMissing:
            raise UploadUnknown("There is no such upload.", hint="Begin another one.") from None
        if upload.expires_at < time.time():
            raise UploadGone("The upload was not finished in time.", hint="Begin another one.")
        return upload

    async def _create(
        self, scope: Scope, receive: Receive, headers: Headers, action: tus.Create
    ) -> tuple[int, tus.Lines]:
        if action.size_bytes > self._most_bytes:
            raise FileTooLarge(f"The file has more than {self._most_bytes} bytes.")
        begun = await self._host.begin(scope, action.size_bytes, action.metadata)
        if action.size_bytes > begun.most_bytes:
            raise FileTooLarge(f"The file has more than {begun.most_bytes} bytes.")
        name, until = secrets.token_hex(16), time.time() + self._life_s
        upload = tus.Partial(name, action.size_bytes, begun.declared, action.metadata_text, until)
        await self._partials.create(upload)
        self._sweep_now_and_then()
        offset = 0
        if action.has_bytes or not upload.size_bytes:
            given = tus.Append(0, action.checksum)
            upload, offset = await self._write(upload, receive if action.has_bytes else None, headers, given)
        # Without a host, so that it is right behind whatever proxy: RFC 9110, 10.2.2.
        return 201, tus.created(self._path + upload.id, upload, offset)

    def _sweep_now_and_then(self) -> None:
        now = time.monotonic()
        if now - self._swept_at > _SWEPT_EVERY_S:
            self._swept_at = now
            self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        try:
            await self.sweep()
        except Exception as error:
            self._observe(b"", error)

    async def _look(self, upload: tus.Partial) -> tus.Lines:
        offset = await self._partials.offset(upload)
        if offset == upload.size_bytes and upload.file_id is None:
            # All bytes came, and the process ended before it had made a file of them: to the client this is the end.
            upload, offset = await self._write(upload, None, {}, tus.Append(offset, None))
        return tus.looked(upload, offset)

    async def _append(self, upload: tus.Partial, receive: Receive, headers: Headers, action: tus.Append) -> tus.Lines:
        if upload.file_id is not None:
            if action.offset != upload.size_bytes:
                raise _elsewhere(upload.size_bytes)
            return tus.advanced(upload, upload.size_bytes)
        return tus.advanced(*await self._write(upload, receive, headers, action))

    async def _write(
        self, upload: tus.Partial, receive: Receive | None, headers: Headers, action: tus.Append
    ) -> tuple[tus.Partial, int]:
        """Takes the bytes of one request, if there are any, and makes a file of what is whole by then."""
        async with (
            self._turns.take(upload.id) as turn,
            self._partials.write(upload, is_checked=action.checksum is not None) as writer,
        ):
            if action.offset != writer.offset:
                raise _elsewhere(writer.offset)
            if receive is not None:
                most = upload.size_bytes - writer.offset
                if action.checksum is not None and self._partials.most_checked_bytes is not None:
                    most = min(most, self._partials.most_checked_bytes)
                if int(headers.get(b"content-length", b"0") or b"0") > most:
                    raise FileTooLarge(f"No more than {most} bytes are taken here.")
                await _receive(receive, writer, turn, action.checksum, most)
            if writer.offset == upload.size_bytes:
                upload = await self._finish(upload, writer)
            return upload, writer.offset

    async def _finish(self, upload: tus.Partial, writer: Writer) -> tus.Partial:
        try:
            file_id = await self._host.finish(await writer.whole())
        except Problem as problem:
            if problem.status < 500:
                await self._partials.delete(upload.id)
            raise
        done = finished(upload, file_id)
        await self._partials.finish(done)
        return done


class _Left(Exception):
    """The client has gone; there is nobody to answer."""


async def _receive(
    receive: Receive, writer: Writer, turn: Turn, checksum: tus.Checksum | None, most_bytes: int
) -> None:
    """All bytes of a request; of one that breaks, what has come, unless it had a checksum."""
    digest = None if checksum is None else hashlib.new(checksum.algorithm, usedforsecurity=False)
    is_whole, size = False, 0
    try:
        async with turn.receiving():
            while not is_whole:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Left
                chunk: bytes = message.get("body", b"")
                size += len(chunk)
                if size > most_bytes:
                    raise FileTooLarge(f"No more than {most_bytes} bytes are taken here.")
                if digest is not None:
                    digest.update(chunk)
                turn.came()
                await writer.add(chunk)
                is_whole = not message.get("more_body", False)
    finally:
        if digest is None:
            await writer.keep()
        elif not is_whole:
            await writer.discard()
    if digest is not None:
        assert checksum is not None
        if digest.digest() != checksum.digest:
            await writer.discard()
            raise ChecksumDiffers("The bytes do not have their checksum.", hint="Send them again.")
        await writer.keep()


def _elsewhere(offset: int) -> UploadOffset:
    return UploadOffset(f"The upload has {offset} bytes, so the next ones begin there.", hint="Ask with HEAD.")
