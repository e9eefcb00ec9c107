"""Does random things with files, by every verb there is, and compares who sees what with a world that knows no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID, uuid4

from tests.storage.server import PNG, FileServer
from tests.storage.worlds import COLUMNS, Held, Upload, Watch, World, held_of, must
from tests.support.accounts import Person

_UPDATE = "mutation ($id: UUID!, $set: PhotoSetInput) { updatePhoto(pkColumns: {id: $id}, _set: $set) { id } }"
_UPDATE_MANY = "mutation ($ids: [UUID!]!, $set: PhotoSetInput) { updatePhotos(where: {id: {_in: $ids}}, _set: $set) { affectedRows } }"
_UPSERT = (
    "mutation ($rows: [PhotoInsertInput!]!) { insertPhotos(objects: $rows,"
    " onConflict: {constraint: pk_photos, updateColumns: [pictureId, notesId]}) { affectedRows } }"
)
_INSERT = "mutation ($row: PhotoInsertInput!) { insertPhoto(object: $row) { id } }"
_INSERT_NESTED = "mutation ($row: AlbumInsertInput!) { insertAlbum(object: $row) { id photos { id } } }"
_DELETE = "mutation ($id: UUID!) { deletePhoto(id: $id) { id } }"
_DELETE_MANY = "mutation ($ids: [UUID!]!) { deletePhotos(where: {id: {_in: $ids}}) { affectedRows } }"
_DELETE_ALBUM = "mutation ($id: UUID!) { deleteAlbum(id: $id) { id } }"
_SHARE = (
    "mutation ($id: UUID!, $public: Boolean!) { updateAlbum(pkColumns: {id: $id}, _set: {isPublic: $public}) { id } }"
)
_READ = (
    "{ files { id } filesAggregate { aggregate { count } } photos { id picture { id url } notes { id url } }"
    " albums { photos { id picture { id } notes { id } } } }"
)
_FILES, _PHOTOS = "subscription { files { id } }", "subscription { photos { id picture { id } notes { id } } }"
_LEAST_ALBUMS, _MOST_ALBUMS = 6, 9


class Player:
    """Plays with the server, as three people; each of them watches."""

    def __init__(self, server: FileServer, random: Random) -> None:
        self.server = server
        self.random = random
        self.world = World()
        self.people = {each.id: each for each in map(server.person, ("ann", "bob", "eve"))}
        for who in self.people.values():
            for public in (False, True):
                self.world.albums[server.album(who, public=public)] = (who.id, public)
        self._urls: dict[tuple[str, str], str] = {}
        self._watches = {
            id_: (Watch(server, who, _FILES), Watch(server, who, _PHOTOS)) for id_, who in self.people.items()
        }
        self._verbs = (
            self.upload, self.upload, self.upload, self.upload, self.insert, self.insert_nested, self.update, self.update, self.update,
            self.update_many, self.upsert, self.upsert, self.move, self.share, self.delete, self.delete_many, self.delete_album,
        )  # fmt: skip

    def close(self) -> None:
        for watches in self._watches.values():
            for each in watches:
                each.close()

    def step(self) -> None:
        self.random.choice(self._verbs)()

    # ---- verbs ---------------------------------------------------------------------------------------

    def upload(self) -> None:
        who, column = self._someone(), self.random.choice(COLUMNS)
        self.world.files[self.server.upload(who, into=f"photos.{column}")] = Upload(who.id, column)

    def insert(self) -> None:
        who, album = self._at_album()
        held = self._held(who)
        may = self.world.albums[album][0] == who.id and self.world.all_fit(who.id, held)
        made = self._does(who, may, _INSERT, row={"albumId": album, **_written(held)})
        if made is not None:
            self._is_there(made["insertPhoto"]["id"], album, held)

    def insert_nested(self) -> None:
        if len(self.world.albums) >= _MOST_ALBUMS:
            return
        who, public = self._someone(), self.random.random() < 0.5
        rows = [self._held(who) for _ in range(self.random.randint(1, 2))]
        files = [id_ for held in rows for id_ in held.values() if id_ is not None]
        may = all(self.world.all_fit(who.id, held) for held in rows) and len(set(files)) == len(files)
        ids = [str(uuid4()) for _ in rows]
        photos = [{"id": id_, **_written(held)} for id_, held in zip(ids, rows, strict=True)]
        row = {"title": "x", "isPublic": public, "photos": {"data": photos}}
        made = self._does(who, may, _INSERT_NESTED, row=row)
        if made is not None:
            album = made["insertAlbum"]["id"]
            self.world.albums[album] = (who.id, public)
            for id_, held in zip(ids, rows, strict=True):
                self._is_there(id_, album, held)

    def update(self) -> None:
        if not self.world.photos:
            return
        who, photo = self._at_photo()
        held = self._held(who, photo)
        may = self.world.owner(photo) == who.id and self.world.all_fit(who.id, held, photo)
        if self._does(who, may, _UPDATE, id=photo, set=_written(held)) is not None:
            self.world.attach(photo, held)

    def update_many(self) -> None:
        who, ids = self._someone(), self._some_photos()
        held = self._held(who)
        own = [each for each in ids if self.world.owner(each) == who.id]
        holds = any(id_ is not None for id_ in held.values())
        # A file is in one row: that which has it already, or the only one that is written.
        may = all(self.world.all_fit(who.id, held, each) for each in own) and (not holds or len(own) < 2)
        done = self._does(who, may, _UPDATE_MANY, ids=ids, set=_written(held))
        if done is not None:
            must(done["updatePhotos"]["affectedRows"] == len(own), (done, own))
            for each in own:
                self.world.attach(each, held)

    def upsert(self) -> None:
        who, album = self._at_album()
        photo = None
        if self.world.photos and self.random.random() < 0.7:
            who, photo = self._at_photo()
            album = self.world.photos[photo] if self.random.random() < 0.8 else album
        held = {**dict.fromkeys(COLUMNS), **self._held(who, photo)}
        may = self.world.albums[album][0] == who.id and self.world.all_fit(who.id, held, photo)
        id_ = photo or str(uuid4())
        done = self._asked(who, _UPSERT, rows=[{"id": id_, "albumId": album, **_written(held)}])
        is_done = done is not None and done["insertPhotos"]["affectedRows"] == 1
        may = may and (photo is None or self.world.owner(photo) == who.id)
        must(is_done is may, ("upsert", who.email, photo, held, done))
        if is_done and photo is None:
            self._is_there(id_, album, held)
        elif is_done:
            self.world.attach(id_, held)

    def move(self) -> None:
        if not self.world.photos:
            return
        (who, photo), (_, album) = self._at_photo(), self._at_album()
        may = self.world.owner(photo) == who.id == self.world.albums[album][0]
        if self._does(who, may, _UPDATE, id=photo, set={"albumId": album}) is not None:
            self.world.photos[photo] = album

    def share(self) -> None:
        who, album = self._at_album()
        owner, public = self.world.albums[album]
        if self._does(who, owner == who.id, _SHARE, id=album, public=not public) is not None:
            self.world.albums[album] = (owner, not public)

    def delete(self) -> None:
        if not self.world.photos:
            return
        who, photo = self._at_photo()
        if self._does(who, self.world.owner(photo) == who.id, _DELETE, id=photo) is not None:
            self.world.delete(photo)

    def delete_many(self) -> None:
        who, ids = self._someone(), self._some_photos()
        own = [each for each in ids if self.world.owner(each) == who.id]
        done = self._does(who, True, _DELETE_MANY, ids=ids)
        must(done["deletePhotos"]["affectedRows"] == len(own), (done, own))
        for each in own:
            self.world.delete(each)

    def delete_album(self) -> None:
        if len(self.world.albums) <= _LEAST_ALBUMS:
            return
        who, album = self._at_album()
        may = self.world.albums[album][0] == who.id
        if self._does(who, may, _DELETE_ALBUM, id=album) is not None:
            self.world.delete_album(album)

    # ---- comparing -----------------------------------------------------------------------------------

    def compare(self) -> None:
        """Whether everybody sees what they should: in lists, by key, nested, counted, live, and by addresses."""
        for who in (None, *self.people.values()):
            self._compare(who)
        for (id_, file), url in self.random.sample(list(self._urls.items()), min(8, len(self._urls))):
            reply, sees = self.server.get(url), self.world.sees(id_, self.world.files[file])
            must(
                (reply.status, reply.body == PNG) == ((200, True) if sees else (404, False)), (id_, file, reply.status)
            )
        for id_, (files, photos) in self._watches.items():
            files.must_become(self.world.seen(id_), lambda data: {each["id"] for each in data["files"]}, id_)
            photos.must_become(self.world.shown(id_), lambda data: held_of(data["photos"]), id_)

    def _compare(self, who: Person | None) -> None:
        id_, token = (who.id, who.access_token) if who else (None, None)
        found = self.server.server.data(_READ, token=token)
        expected, shown = self.world.seen(id_), self.world.shown(id_)
        must({each["id"] for each in found["files"]} == expected, ("files", id_, expected, found))
        must(found["filesAggregate"]["aggregate"]["count"] == len(expected), ("count", id_, expected, found))
        must(held_of(found["photos"]) == shown, ("photos", id_, shown, found))
        nested = held_of([photo for album in found["albums"] for photo in album["photos"]])
        must(nested == shown, ("albums", id_, shown, found))
        for file in self.random.sample(list(self.world.files), min(5, len(self.world.files))):
            by_key = self.server.server.data("query ($id: UUID!) { file(id: $id) { id } }", {"id": file}, token=token)
            must((by_key["file"] is not None) is (file in expected), ("by key", id_, file))
        if id_ is not None:
            held = [photo[column] for photo in found["photos"] for column in COLUMNS if photo[column]]
            self._urls.update({(id_, each["id"]): each["url"] for each in held})

    # ---- chance --------------------------------------------------------------------------------------

    def _does(self, who: Person, may: bool, document: str, **variables: Any) -> Any:
        """What a mutation gives that must be done or refused as `may` says; None where it is refused, or does nothing to the only row."""
        done = self._asked(who, document, **variables)
        must((done is not None) is may, (document, who.email, variables, done))
        return done

    def _asked(self, who: Person, document: str, **variables: Any) -> Any:
        answer = self.server.server.ask(document, variables, token=who.access_token)
        done = "errors" not in answer and all(each is not None for each in answer["data"].values())
        return answer["data"] if done else None

    def _is_there(self, photo: str, album: str, held: Held) -> None:
        self.world.photos[photo] = album
        self.world.attach(photo, held)

    def _someone(self) -> Person:
        return self.random.choice(list(self.people.values()))

    def _at_album(self) -> tuple[Person, str]:
        """An album, and who does something with it: mostly its owner."""
        album = self.random.choice(list(self.world.albums))
        return self._mostly(self.world.albums[album][0]), album

    def _at_photo(self) -> tuple[Person, str]:
        photo = self.random.choice(list(self.world.photos))
        return self._mostly(self.world.owner(photo)), photo

    def _mostly(self, owner: str) -> Person:
        return self.people[owner] if self.random.random() < 0.8 else self._someone()

    def _some_photos(self) -> Sequence[str]:
        return self.random.sample(list(self.world.photos), min(self.random.randint(0, 3), len(self.world.photos)))

    def _held(self, who: Person, photo: str | None = None) -> dict[str, str | None]:
        """Files for one column or both: mostly what may be written, else what is tempting, or anything."""
        columns = self.random.sample(COLUMNS, self.random.choice((1, 1, 2)))
        return {column: self._file(who, column, photo) for column in columns}

    def _file(self, who: Person, column: str, photo: str | None) -> str | None:
        files, chance = self.world.files, self.random.random()
        if chance < 0.1:
            return None
        if chance < 0.8:
            pool = [id_ for id_ in files if self.world.fits(who.id, id_, column, photo)]
        elif chance < 0.9:
            pool = [id_ for id_, each in files.items() if each.holder is None and not each.is_over]
        else:
            pool = list(files)
        return self.random.choice(pool) if pool else None


def _written(held: Held) -> dict[str, str | None]:
    return {f"{column}Id": None if id_ is None else str(UUID(id_)) for column, id_ in held.items()}
