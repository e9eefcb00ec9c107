"""Which routes have files: what is read, what is sent, and what other ways of sending add."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson

from portico.gateway.edge import Edge
from portico.gateway.errors import error_body, problems_of
from portico.gateway.http import Headers, Receive, Scope, Send, respond
from portico.gateway.problems import MethodNotAllowed, NotFound
from portico.gateway.request_ids import RequestIds
from portico.gateway.storage.downloads import Downloads, Header
from portico.gateway.storage.multipart import body_of
from portico.gateway.storage.problems import FileTooLarge, FileTypeRefused, InvalidUrl
from portico.gateway.storage.signing import PATH, UPLOADS
from portico.gateway.storage.uploads import Uploads

_JSON = b"application/json; charset=utf-8"
_NOT_KEPT: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))

Route = Callable[[Scope, Receive, Send], Awaitable[None]]


class FileRoutes:
    """
    An ASGI callable for the paths that it serves.

    Args:
        more: first part of the path below `/files/` → what answers there, such as `tus`.
    """

    def __init__(self, uploads: Uploads, downloads: Downloads, edge: Edge, more: dict[str, Route]) -> None:
        self._uploads = uploads
        self._downloads = downloads
        self._edge = edge
        self._more = more
        self._ids = RequestIds()

    @staticmethod
    def serves(path: str) -> bool:
        """Whether a path is one of these."""
        return path.startswith(PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers: Headers = dict(scope["headers"])
        route = self._more.get(scope["path"].split("/", 3)[2])
        if route is not None:
            await route(scope, receive, send)
            return
        identifier = scope["request_id"] = self._ids.of(headers.get(b"x-request-id"))
        named = (b"x-request-id", identifier)
        try:
            if scope["path"].startswith(UPLOADS):
                await self._receive(scope, receive, send, headers, named)
            else:
                await self._downloads(scope, receive, send, headers, (named,))
        except Exception as error:
            self._edge.observe(identifier, error)
            problems = problems_of(error)
            status = problems[0].status
            extra = (*_NOT_KEPT, named, *(((b"allow", b"GET, HEAD, PUT"),) if status == 405 else ()))
            await respond(send, status, error_body(problems), _JSON, extra)

    async def _receive(self, scope: Scope, receive: Receive, send: Send, headers: Headers, named: Header) -> None:
        """Takes the bytes of a file at an address that `createUpload` gave."""
        if scope["method"] != "PUT":
            raise MethodNotAllowed("A file is sent by PUT.")
        id_ = scope["path"].removeprefix(UPLOADS)
        if not id_ or "/" in id_:
            raise NotFound("There is nothing here.")
        given = dict(part.partition("=")[::2] for part in scope["query_string"].decode("latin-1").split("&"))
        until, signature = given.get("t", ""), given.get("s", "")
        if not until or not signature:
            raise InvalidUrl("This is no address to send a file to.", hint="createUpload gives one.")
        upload = await self._uploads.pending(id_)
        self._uploads.signer.check_upload(id_, upload.type, upload.most_bytes, until, signature)
        if _type(headers) != upload.type:
            raise FileTypeRefused(f"This address takes {upload.type}.", hint=f"Send Content-Type: {upload.type}.")
        if int(headers.get(b"content-length", b"0") or b"0") > upload.most_bytes:
            raise FileTooLarge(f"This address takes {upload.most_bytes} bytes.")
        arrived = await self._uploads.receive(upload, body_of(receive, self._uploads.settings.stall_s))
        said = {"id": arrived.id, "name": arrived.name, "type": arrived.type, "size": arrived.size}
        await respond(send, 200, orjson.dumps({**said, "digest": arrived.digest}), _JSON, (*_NOT_KEPT, named))


def _type(headers: Headers) -> str:
    return headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
