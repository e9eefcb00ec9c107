"""Files that come piece by piece become rows as others do: by whom, of what type and size, and nothing that is refused."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from tests.storage.server import PNG, FileServer
from tests.support.accounts import Person, Reply

PATH = "/files/tus/"


def ask(server: FileServer, method: str, path: str, who: Person | None, content: bytes = b"", **headers: str) -> Reply:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if who is not None:
        given["authorization"] = f"Bearer {who.access_token}"
    return server.server.request(method, path, content, headers={"tus-resumable": "1.0.0", **given})


def begin(server: FileServer, who: Person | None, size: int = len(PNG), **metadata: str) -> Reply:
    said = {"into": "photos.picture", "filename": "a b.png", "filetype": "image/png", **metadata}
    text = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())
    return ask(server, "POST", PATH, who, upload_length=str(size), upload_metadata=text)


def patch(server: FileServer, path: str, who: Person | None, offset: int, content: bytes) -> Reply:
    kind = "application/offset+octet-stream"
    return ask(server, "PATCH", path, who, content, content_type=kind, upload_offset=str(offset))


def problem(reply: Reply) -> Any:
    return reply.json["errors"][0]["extensions"]["problem"]


def test_a_file_in_pieces_is_put_into_a_row(server: FileServer) -> None:
    anna = server.person("anna")
    made = begin(server, anna, sha256=hashlib.sha256(PNG).hexdigest())
    assert made.status == 201, made.body
    path = made.all("location")[0]
    assert patch(server, path, anna, 0, PNG[:1000]).status == 204
    last = patch(server, path, anna, 1000, PNG[1000:])
    photo = server.photo(anna, server.album(anna), pictureId=last.all("portico-file")[0])
    picture = photo["data"]["insertPhoto"]["picture"]
    assert (picture["size"], picture["type"]) == (len(PNG), "image/png")
    assert server.get(picture["url"]).body == PNG


def test_uploads_are_of_who_began_them(server: FileServer) -> None:
    anna, ben = server.person("anna"), server.person("ben")
    assert problem(begin(server, None)) == "PT380"
    path = begin(server, anna).all("location")[0]
    for who in (ben, None):
        assert problem(patch(server, path, who, 0, PNG)) == "PT386"
        assert ask(server, "HEAD", path, who).status == 404
        assert ask(server, "DELETE", path, who).status == 404
    assert ask(server, "HEAD", path, anna).all("upload-offset")[0] == "0"


def test_what_an_admin_began_is_nobodys_else(open_files: Callable[..., FileServer]) -> None:
    server = open_files(admin_keys=("the-key",))
    text = ",".join(
        f"{name} {b64encode(value.encode()).decode()}"
        for name, value in {"into": "photos.picture", "filename": "a", "filetype": "image/png"}.items()
    )
    made = ask(server, "POST", PATH, None, upload_length="5", upload_metadata=text, x_portico_admin_key="the-key")
    assert made.status == 201, made.body
    path = made.all("location")[0]
    assert ask(server, "HEAD", path, None).status == 404
    assert ask(server, "HEAD", path, server.person("anna")).status == 404
    assert ask(server, "HEAD", path, None, x_portico_admin_key="the-key").status == 200


def test_what_a_column_does_not_take_is_refused_before_a_byte_comes(server: FileServer) -> None:
    anna = server.person("anna")
    assert problem(begin(server, anna, filetype="text/html")) == "PT372"
    assert problem(begin(server, anna, size=100_001)) == "PT151"
    assert problem(begin(server, anna, into="photos.nothing")) == "PT374"
    assert server.rows() == []


def test_bytes_of_another_type_are_refused(server: FileServer) -> None:
    anna = server.person("anna")
    content = b"<html><script>alert(1)</script>"
    path = begin(server, anna, size=len(content)).all("location")[0]
    assert problem(patch(server, path, anna, 0, content)) == "PT372"
    assert ask(server, "HEAD", path, anna).status == 404
    assert [row[1] for row in server.rows()] in ([], ["orphaned"])


def test_bytes_of_another_digest_are_refused(server: FileServer) -> None:
    anna = server.person("anna")
    path = begin(server, anna, sha256="0" * 64).all("location")[0]
    assert problem(patch(server, path, anna, 0, PNG)) == "PT385"
    assert ask(server, "HEAD", path, anna).status == 404


def test_an_upload_that_is_ended_frees_its_place(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"most_pending": 1})
    anna = server.person("anna")
    path = begin(server, anna).all("location")[0]
    assert problem(begin(server, anna)) == "PT373"
    assert ask(server, "DELETE", path, anna).status == 204
    assert begin(server, anna).status == 201


def test_a_process_that_ended_while_it_made_a_file_has_it_made_again(server: FileServer) -> None:
    """Killed after the row was claimed: the upload is whole, and the client, who asks how far it is, is told that it is done."""
    anna = server.person("anna")
    path = begin(server, anna).all("location")[0]
    uploads = server.files.uploads
    finishing = uploads.finish

    async def killed(upload: Any, *_: Any, **__: Any) -> None:
        await uploads._claim(upload)
        raise SystemError

    uploads.finish = killed
    assert patch(server, path, anna, 0, PNG).status == 500
    uploads.finish = finishing
    assert [row[1] for row in server.rows()] == ["receiving"]
    head = ask(server, "HEAD", path, anna)
    assert (head.status, head.all("upload-offset")[0]) == (200, str(len(PNG)))
    assert [row[1] for row in server.rows()] == ["ready"]
    assert server.photo(anna, server.album(anna), pictureId=head.all("portico-file")[0])["data"]
