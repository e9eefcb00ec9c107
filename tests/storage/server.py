"""A server with albums of photos: pictures that are shown to whom an album is shown, and notes for its owner alone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.accounts import AccountServer, Person, Reply

MODELS = '''"""Albums."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.gateway.auth import User
from portico.gateway.storage import File
from portico.schema import Id, Me, Model, Rule, allow, everyone, file, owner


class Album(Model):
    id: Mapped[Id]
    owner_id: Mapped[UUID] = owner()
    title: Mapped[str]
    is_public: Mapped[bool] = mapped_column(default=False, server_default="0")
    photos: Mapped[list["Photo"]] = relationship(back_populates="album")


class Photo(Model):
    id: Mapped[Id]
    album_id: Mapped[UUID] = mapped_column(ForeignKey(Album.id, ondelete="CASCADE"), index=True)
    picture: Mapped[File | None] = file(types="image/*", max_bytes=100_000)
    notes: Mapped[File | None] = file()
    album: Mapped[Album] = relationship(back_populates="photos")


class Badge(Model):
    id: Mapped[Id]
    owner_id: Mapped[UUID] = owner()
    image: Mapped[File | None] = file(types=["image/png", "image/svg+xml"], public=True)


@allow(Album, "read")
def shown(album: type[Album], me: Me) -> Rule:
    """Albums are their owner's, and everybody's where they are public."""
    return (album.owner_id == me.id) | album.is_public


@allow(Album, "write", to="user")
def own_album(album: type[Album], me: Me) -> Rule:
    """Albums are changed by their owner."""
    return album.owner_id == me.id


@allow(Photo, "read")
def of_shown_albums(photo: type[Photo], me: Me) -> Rule:
    """Photos are shown as their album is."""
    return photo.album.has(shown(Album, me))


@allow(Photo, "read", fields=[Photo.notes])
def notes_of_own(photo: type[Photo], me: Me) -> Rule:
    """Notes are for the album's owner."""
    return photo.album.has(Album.owner_id == me.id)


@allow(Photo, "write", to="user")
def of_own_albums(photo: type[Photo], me: Me) -> Rule:
    """Photos are changed by the album's owner."""
    return photo.album.has(Album.owner_id == me.id)


allow(Badge, "read", when=everyone)


@allow(Badge, "write", to="user")
def own_badge(badge: type[Badge], me: Me) -> Rule:
    """Badges are changed by their owner."""
    return badge.owner_id == me.id
'''
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8
BASE = "https://notes.example.com"


class FileServer:
    """What tests do with files, over a server with accounts."""

    def __init__(self, server: AccountServer) -> None:
        self.server = server

    @property
    def files(self) -> Any:
        return self.server.gateway.files

    def person(self, name: str) -> Person:
        return self.server.sign_up(f"{name}@example.com")

    # ---- sending -------------------------------------------------------------------------------------

    def ticket(self, who: Person | None, into: str = "photos.picture", type_: str = "image/png", **more: Any) -> Any:
        """The whole answer of createUpload."""
        return self.server.ask(
            "mutation ($into: String!, $name: String!, $type: String!, $size: Float) {"
            " createUpload(into: $into, name: $name, type: $type, size: $size) { id url method maxBytes } }",
            {"name": "holiday.png", "into": into, "type": type_, **more},
            token=who.access_token if who else None,
        )

    def put(self, url: str, content: bytes = PNG, type_: str = "image/png", **headers: str) -> Reply:
        return self.server.request("PUT", path_of(url), content, headers={"content-type": type_, **headers})

    def upload(
        self, who: Person, content: bytes = PNG, into: str = "photos.picture", type_: str = "image/png", **more: Any
    ) -> str:
        """The id of a file that has arrived."""
        made = self.ticket(who, into, type_, **more)["data"]["createUpload"]
        reply = self.put(made["url"], content, type_)
        assert reply.status == 200, reply.body
        return made["id"]

    # ---- rows ----------------------------------------------------------------------------------------

    def album(self, who: Person, *, public: bool = False) -> str:
        found = self.server.data(
            'mutation ($public: Boolean!) { insertAlbum(object: {title: "x", isPublic: $public}) { id } }',
            {"public": public},
            token=who.access_token,
        )
        return found["insertAlbum"]["id"]

    def photo(self, who: Person, album: str, **columns: Any) -> Any:
        """The whole answer of inserting a photo."""
        return self.server.ask(
            "mutation ($object: PhotoInsertInput!) { insertPhoto(object: $object) { id picture { url size type } } }",
            {"object": {"albumId": album, **columns}},
            token=who.access_token,
        )

    def shown(self, who: Person, album: str | None = None) -> str:
        """The id of a photo with a picture."""
        made = self.photo(who, album or self.album(who), pictureId=self.upload(who))
        return made["data"]["insertPhoto"]["id"]

    def url(self, photo: str, who: Person | None = None, field: str = "picture { url }") -> str | None:
        found = self.server.data(
            f"query ($id: UUID!) {{ photo(id: $id) {{ {field} }} }}",
            {"id": photo},
            token=who.access_token if who else None,
        )["photo"]
        file = next(iter(found.values())) if found else None
        return next(iter(file.values())) if file else None

    # ---- reading -------------------------------------------------------------------------------------

    def get(
        self, url: str, method: str = "GET", who: Person | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        given = {**(headers or {}), **({"authorization": f"Bearer {who.access_token}"} if who else {})}
        return self.server.request(method, path_of(url), headers=given)

    def until(self, holds: Callable[[], bool]) -> None:
        """Lets the server go on until something holds."""
        began = time.monotonic()
        while not holds():
            assert time.monotonic() - began < 5, "it never holds"
            self.server.run(asyncio.sleep(0.01))

    def events(self, document: str, who: Person, many: int) -> list[Any]:
        """The first answers of a subscription, as an event stream has them."""
        found: list[Any] = []

        async def work() -> None:
            gone, enough = asyncio.Event(), asyncio.Event()
            body = json.dumps({"query": document}).encode()
            waiting = [{"type": "http.request", "body": body, "more_body": False}]

            async def receive() -> Any:
                if waiting:
                    return waiting.pop()
                await gone.wait()
                return {"type": "http.disconnect"}

            async def send(message: Any) -> None:
                for line in message.get("body", b"").splitlines():
                    if line.startswith(b"data: {"):
                        found.append(json.loads(line[6:]))
                if len(found) >= many:
                    enough.set()

            headers = {
                "accept": "text/event-stream",
                "content-type": "application/json",
                "authorization": f"Bearer {who.access_token}",
            }
            scope = {
                "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
                "scheme": "https", "http_version": "1.1", "client": ("203.0.113.7", 50_000), "server": ("notes.example.com", 443),
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }  # fmt: skip
            running = asyncio.create_task(self.server.gateway(scope, receive, send))
            await asyncio.wait_for(enough.wait(), 5)
            gone.set()
            await asyncio.wait_for(running, 5)

        self.server.run(work())
        return found[:many]

    def rows(self, columns: str = "id, state") -> list[Any]:
        """What the table of files has, past all rules."""
        return self.server.rows(f"SELECT {columns} FROM files ORDER BY created")


def path_of(url: str) -> str:
    return url.removeprefix(BASE)
