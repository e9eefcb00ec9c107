"""Random worlds of files: whatever people upload, put into rows, share, take back and delete, each sees what the rules give."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.storage.server import PNG, FileServer
from tests.support.accounts import Person

SEED = int(os.environ.get("PORTICO_TEST_SEED", "7"))
STEPS = int(os.environ.get("PORTICO_TEST_OPERATIONS", "60"))
COLUMNS = ("picture", "notes")


@dataclass
class Upload:
    """A file as the oracle knows it. holder: the photo and column that have it. is_over: whether a row has let go of it."""

    owner: str
    bucket: str
    holder: tuple[str, str] | None = None
    is_over: bool = False


@dataclass
class World:
    """What there is, in plain values; the oracle knows no SQL."""

    albums: dict[str, tuple[str, bool]] = field(default_factory=dict[str, tuple[str, bool]])  # → owner, whether public
    photos: dict[str, str] = field(default_factory=dict[str, str])  # → album
    files: dict[str, Upload] = field(default_factory=dict[str, Upload])

    def sees(self, who: str | None, file: Upload) -> bool:
        if file.is_over:
            return False
        if file.holder is None:
            return file.owner == who
        photo, column = file.holder
        owner, public = self.albums[self.photos[photo]]
        return owner == who or (public and column == "picture")

    def may_attach(self, who: str, file: Upload, photo: str, column: str) -> bool:
        fits = file.owner == who and file.holder is None and not file.is_over and file.bucket == column
        return self.albums[self.photos[photo]][0] == who and (fits or file.holder == (photo, column))

    def attach(self, id_: str | None, photo: str, column: str) -> None:
        for other, file in self.files.items():
            if file.holder == (photo, column) and other != id_:
                file.holder, file.is_over = None, True
        if id_ is not None:
            self.files[id_].holder = (photo, column)

    def delete(self, photo: str) -> None:
        for column in COLUMNS:
            self.attach(None, photo, column)
        del self.photos[photo]


class Player:
    """Does random things, and compares."""

    def __init__(self, server: FileServer, random: Random) -> None:
        self.server = server
        self.random = random
        self.world = World()
        self.people = {each.id: each for each in map(server.person, ("ann", "bob", "eve"))}
        for who in self.people.values():
            for public in (False, True):
                self.world.albums[server.album(who, public=public)] = (who.id, public)

    def step(self) -> None:
        self.random.choice((self.upload, self.upload, self.insert, self.put, self.put, self.share, self.delete))()

    def upload(self) -> None:
        who, column = self.someone(), self.random.choice(COLUMNS)
        id_ = self.server.upload(who, into=f"photos.{column}")
        self.world.files[id_] = Upload(who.id, column)

    def insert(self) -> None:
        album = self.random.choice(list(self.world.albums))
        owner = self.people[self.world.albums[album][0]]
        made = self.server.photo(owner, album)["data"]["insertPhoto"]["id"]
        self.world.photos[made] = album

    def put(self) -> None:
        if not self.world.photos or not self.world.files:
            return
        who, photo = self.someone(), self.random.choice(list(self.world.photos))
        id_, column = self.random.choice(list(self.world.files)), self.random.choice(COLUMNS)
        answer = self.server.server.ask(
            f"mutation ($photo: UUID!, $file: UUID) {{ updatePhoto(pkColumns: {{id: $photo}}, _set: {{{column}Id: $file}}) {{ id }} }}",
            {"photo": photo, "file": id_},
            token=who.access_token,
        )
        done = "errors" not in answer and answer["data"]["updatePhoto"] is not None
        assert done is self.world.may_attach(who.id, self.world.files[id_], photo, column), (
            answer,
            self.world.files[id_],
        )
        if done:
            self.world.attach(id_, photo, column)

    def share(self) -> None:
        album = self.random.choice(list(self.world.albums))
        owner, public = self.world.albums[album]
        self.server.server.data(
            "mutation ($id: UUID!, $public: Boolean!) { updateAlbum(pkColumns: {id: $id}, _set: {isPublic: $public}) { id } }",
            {"id": album, "public": not public},
            token=self.people[owner].access_token,
        )
        self.world.albums[album] = (owner, not public)

    def delete(self) -> None:
        if self.world.photos and self.random.random() < 0.4:
            photo = self.random.choice(list(self.world.photos))
            owner = self.people[self.world.albums[self.world.photos[photo]][0]]
            self.server.server.data(
                "mutation ($id: UUID!) { deletePhoto(id: $id) { id } }", {"id": photo}, token=owner.access_token
            )
            self.world.delete(photo)

    def compare(self) -> None:
        for who in (None, *self.people.values()):
            id_ = who.id if who else None
            found = self.server.server.data(
                "{ files { id } photos { id picture { id url } notes { id } } }",
                token=who.access_token if who else None,
            )
            expected = {file for file, each in self.world.files.items() if self.world.sees(id_, each)}
            assert {each["id"] for each in found["files"]} == expected, id_
            held = {photo[column]["id"] for photo in found["photos"] for column in COLUMNS if photo[column]}
            assert held == {file for file in expected if self.world.files[file].holder}, id_
            for url in (photo["picture"]["url"] for photo in found["photos"] if photo["picture"]):
                assert self.server.get(url).body == PNG

    def someone(self) -> Person:
        return self.random.choice(list(self.people.values()))


@pytest.mark.parametrize("seed", range(SEED, SEED + 2))
def test_everybody_sees_the_files_of_the_rows_that_they_see(server: FileServer, seed: int) -> None:
    player = Player(server, Random(seed))
    for step in range(STEPS):
        player.step()
        if step % 10 == 9:
            player.compare()
