"""Whose files get into rows, and who reads them from then on: whoever reads the row, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portico.gateway.migrating import migrate, missing
from tests.storage.server import PNG, FileServer
from tests.support.accounts import Person

UPDATE = "mutation ($id: UUID!, $file: UUID) { updatePhoto(pkColumns: {id: $id}, _set: {pictureId: $file}) { id pictureId } }"
REFUSED = "PT302"


def update(server: FileServer, who: Person, photo: str, file: str | None) -> Any:
    return server.server.ask(UPDATE, {"id": photo, "file": file}, token=who.access_token)


def state(server: FileServer, file: str) -> str | None:
    found = server.server.rows(
        f"SELECT state FROM files WHERE replace(CAST(id AS text), '-', '') = '{file.replace('-', '')}'"
    )
    return found[0][0] if found else None


def visible(server: FileServer, who: Person | None, file: str) -> bool:
    """Whether somebody sees the row of a file, asked every way there is."""
    token = who.access_token if who else None
    by_key = server.server.data("query ($id: UUID!) { file(id: $id) { id } }", {"id": file}, token=token)["file"]
    listed = server.server.data(
        "query ($id: UUID!) { files(where: {id: {_eq: $id}}) { id } "
        "filesAggregate(where: {id: {_eq: $id}}) { aggregate { count } } }",
        {"id": file},
        token=token,
    )
    ways = [by_key is not None, bool(listed["files"]), listed["filesAggregate"]["aggregate"]["count"] == 1]
    assert len(set(ways)) == 1, ways
    return ways[0]


def test_a_picture_is_uploaded_put_into_a_row_and_read(server: FileServer) -> None:
    ann = server.person("ann")
    photo = server.photo(ann, server.album(ann), pictureId=server.upload(ann))
    picture = photo["data"]["insertPhoto"]["picture"]
    assert (picture["size"], picture["type"]) == (len(PNG), "image/png")
    assert picture["url"].startswith("https://notes.example.com/files/photos.picture/")
    reply = server.get(picture["url"])
    assert (reply.status, reply.body) == (200, PNG)


# ---- who reads ---------------------------------------------------------------------------------------


def test_an_upload_is_its_owners_until_a_row_has_it(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    file = server.upload(ann)
    assert visible(server, ann, file)
    assert not visible(server, bob, file)
    assert not visible(server, None, file)


def test_a_file_is_readable_as_the_row_that_holds_it(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    for public in (False, True):
        file = server.upload(ann)
        photo = server.photo(ann, server.album(ann, public=public), pictureId=file)["data"]["insertPhoto"]["id"]
        assert visible(server, ann, file)
        assert visible(server, bob, file) is public
        assert visible(server, None, file) is public
        assert (server.url(photo, bob) is not None) is public


def test_a_file_in_a_hidden_column_is_hidden_whatever_the_row(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    notes = server.upload(ann, b"a secret", "photos.notes", "text/plain")
    photo = server.photo(ann, server.album(ann, public=True), notesId=notes)["data"]["insertPhoto"]["id"]
    assert visible(server, ann, notes)
    for who in (bob, None):
        assert not visible(server, who, notes)
        assert server.url(photo, who, "notes { url }") is None
    url = server.url(photo, ann, "notes { url }")
    assert url is not None
    assert server.get(url).body == b"a secret"


def test_the_uploader_of_a_file_in_a_row_has_no_more_rights_than_others(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    file = server.upload(ann)
    album = server.album(ann)
    server.photo(ann, album, pictureId=file)
    server.server.sql(f"UPDATE albums SET owner_id = {_key(server, bob.id)}")
    assert not visible(server, ann, file)
    assert visible(server, bob, file)


# ---- who attaches ------------------------------------------------------------------------------------


def test_nobody_reads_a_file_of_others_by_putting_it_into_a_row_of_their_own(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    album, photo = server.album(bob), server.shown(bob)
    loose, hidden, shown = server.upload(ann), server.upload(ann), server.upload(ann)
    server.photo(ann, server.album(ann), pictureId=hidden)
    server.photo(ann, server.album(ann, public=True), pictureId=shown)
    for file in (loose, hidden, shown):
        assert server.server.problem(server.photo(bob, album, pictureId=file)) == REFUSED
        assert server.server.problem(update(server, bob, photo, file)) == REFUSED
    assert not visible(server, bob, loose)
    assert not visible(server, bob, hidden)


def test_a_refusal_is_the_same_for_files_that_there_are_and_those_that_there_are_not(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    album = server.album(bob)
    missing = server.photo(bob, album, pictureId="0198f5d4-0000-7000-8000-000000000000")
    there = server.photo(bob, album, pictureId=server.upload(ann))
    assert missing == there


def test_a_file_is_in_one_row(server: FileServer) -> None:
    ann = server.person("ann")
    album, file = server.album(ann), server.upload(ann)
    assert "errors" not in server.photo(ann, album, pictureId=file)
    assert server.server.problem(server.photo(ann, album, pictureId=file)) == REFUSED


def test_the_database_itself_puts_a_file_into_one_row(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.upload(ann)
    server.photo(ann, server.album(ann), pictureId=file)
    key = _key(server, file)
    with pytest.raises(Exception, match=r"(?i)another row|badges"):
        server.server.sql(
            f"INSERT INTO badges (owner_id, image_id) VALUES ({_key(server, ann.id)}, {key})",
        )


def test_a_migration_makes_what_tells_of_files_once(server: FileServer) -> None:
    inner = server.server
    lacking = inner.run(missing(inner.declarations, inner.settings, inner.folder))
    assert lacking == []
    assert inner.run(migrate(inner.declarations, inner.settings, inner.folder)).applied == []


def test_a_row_may_send_back_what_it_has(server: FileServer) -> None:
    ann, file = (one := server.person("ann")), server.upload(one)
    photo = server.photo(ann, server.album(ann), pictureId=file)["data"]["insertPhoto"]["id"]
    assert update(server, ann, photo, file)["data"]["updatePhoto"]["pictureId"] == file
    assert state(server, file) == "attached"


@pytest.mark.parametrize("into", ["photos.notes", "badges.image"])
def test_a_file_goes_into_the_column_that_it_was_sent_for(server: FileServer, into: str) -> None:
    ann = server.person("ann")
    file = server.upload(ann, into=into)
    assert server.server.problem(server.photo(ann, server.album(ann), pictureId=file)) == REFUSED


def test_a_file_that_has_not_arrived_is_no_file(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.ticket(ann)["data"]["createUpload"]["id"]
    assert server.server.problem(server.photo(ann, server.album(ann), pictureId=file)) == REFUSED


@pytest.mark.parametrize("change", ["size = 100001", "type = 'text/html'"])
def test_a_file_that_does_not_fit_the_column_any_more_is_refused(server: FileServer, change: str) -> None:
    ann = server.person("ann")
    file = server.upload(ann)
    server.server.sql(f"UPDATE files SET {change}")
    assert server.server.problem(server.photo(ann, server.album(ann), pictureId=file)) == REFUSED


def test_an_upsert_is_asked_as_well(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    photo, album, file = server.shown(bob), server.album(bob), server.upload(ann)
    answer = server.server.ask(
        "mutation ($object: PhotoInsertInput!) { insertPhoto(object: $object,"
        " onConflict: {constraint: pk_photos, updateColumns: [pictureId]}) { id } }",
        {"object": {"id": photo, "albumId": album, "pictureId": file}},
        token=bob.access_token,
    )
    assert server.server.problem(answer) == REFUSED, answer


def test_nobody_writes_rows_of_files_by_hand(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.upload(ann)
    for document in (
        f'mutation {{ updateFile(pkColumns: {{id: "{file}"}}, _set: {{state: "attached"}}) {{ id }} }}',
        f'mutation {{ deleteFile(id: "{file}") {{ id }} }}',
        'mutation { insertFile(object: {bucket: "x"}) { id } }',
    ):
        assert server.server.problem(server.server.ask(document, token=ann.access_token)) == "PT102"


# ---- with the row ------------------------------------------------------------------------------------


def test_a_file_goes_with_its_row(server: FileServer) -> None:
    ann = server.person("ann")
    photo = server.shown(ann)
    url = server.url(photo, ann)
    assert url is not None
    server.server.data(f'mutation {{ deletePhoto(id: "{photo}") {{ id }} }}', token=ann.access_token)
    assert server.get(url).status == 404
    swept(server)
    assert server.rows() == []
    assert stored(server) == []


def test_a_file_goes_when_another_takes_its_place(server: FileServer) -> None:
    ann = server.person("ann")
    first, second = server.upload(ann), server.upload(ann, PNG + b"2")
    photo = server.photo(ann, server.album(ann), pictureId=first)["data"]["insertPhoto"]["id"]
    old = server.url(photo, ann)
    assert old is not None
    assert "errors" not in update(server, ann, photo, second)
    assert server.get(old).status == 404
    assert not visible(server, ann, first), "who has uploaded it has it back"
    new = server.url(photo, ann)
    assert new is not None
    assert server.get(new).body == PNG + b"2"
    assert server.server.problem(update(server, ann, photo, first)) == REFUSED
    swept(server)
    assert len(server.rows()) == len(stored(server)) == 1


def test_a_file_goes_with_a_row_that_goes_with_another(server: FileServer) -> None:
    ann = server.person("ann")
    album = server.album(ann)
    server.shown(ann, album)
    server.server.data(f'mutation {{ deleteAlbum(id: "{album}") {{ id }} }}', token=ann.access_token)
    assert server.rows("state") == [("orphaned",)]
    swept(server)
    assert stored(server) == []


def test_an_upload_that_no_row_takes_is_swept_in_time(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"unattached_hours": 1.0})
    ann = server.person("ann")
    kept, late, pending = server.upload(ann), server.upload(ann), server.ticket(ann)["data"]["createUpload"]["id"]
    photo = server.photo(ann, server.album(ann), pictureId=kept)["data"]["insertPhoto"]["id"]
    swept(server)
    assert state(server, late) == "ready"
    server.server.earlier("created", 4_000, "files")
    swept(server)
    assert [state(server, each) for each in (kept, late, pending)] == ["attached", None, None]
    assert len(stored(server)) == 1
    assert server.url(photo, ann) is not None


def test_a_process_sweeps_soon_by_itself(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"sweep_s": 3_600.0})
    ann = server.person("ann")
    photo = server.shown(ann)
    server.server.data(f'mutation {{ deletePhoto(id: "{photo}") {{ id }} }}', token=ann.access_token)
    server.until(lambda: not server.rows())
    server.server.run(server.files.sweeper.close())
    assert stored(server) == []


def swept(server: FileServer) -> None:
    server.server.run(server.files.sweeper.sweep())


def stored(server: FileServer) -> list[str]:
    """The keys that the store has."""

    async def keys() -> list[str]:
        return [entry.key async for entry in server.files.uploads.store.list()]

    return server.server.run(keys())


def _key(server: FileServer, id_: str) -> str:
    """An id as the database writes it."""
    return f"'{id_.replace('-', '')}'" if server.server.place.dialect == "sqlite" else f"'{id_}'"
