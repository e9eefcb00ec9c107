"""A world of albums, photos and files in plain values, which knows no SQL, and the server that must be as it is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.storage.server import FileServer
from tests.support.accounts import Person

COLUMNS = ("picture", "notes")
Held = Mapping[str, str | None]
"""Column → the file that is written into it."""


class Differs(Exception):
    """The server is not as the world is."""


def must(holds: bool, told: object) -> None:
    """
    Raises:
        Differs
    """
    if not holds:
        raise Differs(told)


@dataclass
class Upload:
    """A file. holder: the photo and column that have it. is_over: whether a row has let go of it."""

    owner: str
    bucket: str
    holder: tuple[str, str] | None = None
    is_over: bool = False


@dataclass
class World:
    """What there is. albums: id → owner, whether public. photos: id → album."""

    albums: dict[str, tuple[str, bool]] = field(default_factory=dict[str, tuple[str, bool]])
    photos: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, Upload] = field(default_factory=dict[str, Upload])

    def owner(self, photo: str) -> str:
        return self.albums[self.photos[photo]][0]

    def sees(self, who: str | None, file: Upload) -> bool:
        if file.is_over:
            return False
        if file.holder is None:
            return file.owner == who
        photo, column = file.holder
        owner, public = self.albums[self.photos[photo]]
        return owner == who or (public and column == "picture")

    def seen(self, who: str | None) -> set[str]:
        return {id_ for id_, file in self.files.items() if self.sees(who, file)}

    def shown(self, who: str | None) -> dict[str, Held]:
        """The photos that somebody sees, with the files of theirs that they see."""
        photos = [id_ for id_, album in self.photos.items() if who == self.albums[album][0] or self.albums[album][1]]
        return {id_: {column: self._shown(who, id_, column) for column in COLUMNS} for id_ in photos}

    def _shown(self, who: str | None, photo: str, column: str) -> str | None:
        found = (id_ for id_, each in self.files.items() if each.holder == (photo, column) and self.sees(who, each))
        return next(found, None)

    def fits(self, who: str, id_: str | None, column: str, photo: str | None = None) -> bool:
        """Whether somebody may write a file into a column of a photo; None: of a new one."""
        if id_ is None:
            return True
        file = self.files[id_]
        is_new = file.owner == who and file.holder is None and not file.is_over and file.bucket == column
        return is_new or (photo is not None and file.holder == (photo, column))

    def all_fit(self, who: str, held: Held, photo: str | None = None) -> bool:
        return all(self.fits(who, id_, column, photo) for column, id_ in held.items())

    def attach(self, photo: str, held: Held) -> None:
        for column, id_ in held.items():
            for other, file in self.files.items():
                if file.holder == (photo, column) and other != id_:
                    file.holder, file.is_over = None, True
            if id_ is not None:
                self.files[id_].holder = (photo, column)

    def delete(self, photo: str) -> None:
        self.attach(photo, dict.fromkeys(COLUMNS))
        del self.photos[photo]

    def delete_album(self, album: str) -> None:
        for photo in [id_ for id_, each in self.photos.items() if each == album]:
            self.delete(photo)
        del self.albums[album]


class Watch:
    """A live query of somebody's: the last answer that came."""

    def __init__(self, server: FileServer, who: Person, document: str) -> None:
        self.last: Any = None
        self._server = server
        self._gone = asyncio.Event()
        self._sent = False
        self._body = json.dumps({"query": document}).encode()
        headers = (
            (b"accept", b"text/event-stream"),
            (b"content-type", b"application/json"),
            (b"authorization", b"Bearer " + who.access_token.encode()),
        )
        scope = {
            "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
            "scheme": "https", "http_version": "1.1", "client": ("203.0.113.7", 50_000), "server": ("notes.example.com", 443),
            "headers": headers,
        }  # fmt: skip
        self._running = server.server.loop.create_task(server.server.gateway(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        for line in message.get("body", b"").splitlines():
            if line.startswith(b"data: {"):
                self.last = json.loads(line[6:])

    def must_become(self, expected: Any, shape: Callable[[Any], Any], told: object) -> None:
        def is_so() -> bool:
            return self.last is not None and "errors" not in self.last and shape(self.last["data"]) == expected

        try:
            self._server.until(is_so)
        except AssertionError:
            raise Differs((told, expected, self.last)) from None

    def close(self) -> None:
        self._gone.set()
        with suppress(asyncio.CancelledError):
            self._server.server.run(asyncio.wait_for(self._running, 5))  # pyright: ignore[reportArgumentType]


def held_of(photos: Sequence[Any]) -> dict[str, Held]:
    """Photos of an answer, as `World.shown` has them."""
    return {each["id"]: {column: (each[column] or {}).get("id") for column in COLUMNS} for each in photos}
