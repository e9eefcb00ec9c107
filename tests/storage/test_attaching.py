"""Whose files get into rows, and who reads them from then on: whoever reads the row, and nobody else."""

from __future__ import annotations

from tests.storage.server import PNG, FileServer


def test_a_picture_is_uploaded_put_into_a_row_and_read(server: FileServer) -> None:
    ann = server.person("ann")
    photo = server.photo(ann, server.album(ann), pictureId=server.upload(ann))
    assert "errors" not in photo, photo
    picture = photo["data"]["insertPhoto"]["picture"]
    assert (picture["size"], picture["type"]) == (len(PNG), "image/png")
    assert picture["url"].startswith("https://notes.example.com/files/photos.picture/")
    reply = server.get(picture["url"])
    assert (reply.status, reply.body) == (200, PNG)
