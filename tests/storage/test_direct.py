"""Files that go to a bucket past this process, and a server whose files lie in one: rows and rules are the same."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Generator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.storage.server import PNG, FileServer
from tests.storage.test_resuming import begin, patch
from tests.support.accounts import Person
from tests.support.s3 import Bucket, checked_s3

TICKET = (
    'mutation ($size: Float) { createUpload(into: "photos.picture", name: "a.png", type: "image/png", size: $size, direct: true)'
    " { id url method type } }"
)
COMPLETE = "mutation ($id: ID!) { completeUpload(id: $id) { id size type digest } }"


@pytest.fixture(scope="module")
def bucket() -> Generator[Bucket]:
    """A server that speaks S3."""
    with checked_s3() as made:
        yield made


@pytest.fixture
def cloud(open_files: Callable[..., FileServer], bucket: Bucket) -> FileServer:
    """A server whose files lie in a bucket."""
    return open_files(storage={"s3": bucket.settings(prefix=f"{uuid4().hex}/")})


def send(url: str, content: bytes, type_: str = "image/png") -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("PUT", f"{parts.path}?{parts.query}", body=content, headers={"content-type": type_})
    status = connection.getresponse().status
    connection.close()
    return status


def ticket(server: FileServer, who: Person, size: int | None = len(PNG)) -> Any:
    return server.server.data(TICKET, {"size": size}, token=who.access_token)["createUpload"]


FORM = (
    'mutation ($size: Float) { createUpload(into: "photos.picture", name: "a.png", type: "image/png", size: $size, form: true)'
    " { id url method maxBytes fields { name value } } }"
)


def form_ticket(server: FileServer, who: Person, size: int | None = None) -> Any:
    return server.server.data(FORM, {"size": size}, token=who.access_token)["createUpload"]


def send_form(made: Any, content: bytes, **changed: str) -> int:
    """As a page sends it: the fields in their order, then the file."""
    parts = urlsplit(made["url"])
    fields = {**{each["name"]: each["value"] for each in made["fields"]}, **changed}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields]
    lines.append(
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    body = "".join(lines).encode() + content + b"\r\n--x--\r\n"
    connection.request("POST", parts.path, body=body, headers={"content-type": "multipart/form-data; boundary=x"})
    status = connection.getresponse().status
    connection.close()
    return status


def complete(server: FileServer, who: Person, id_: str) -> Any:
    return server.server.ask(COMPLETE, {"id": id_}, token=who.access_token)


def problem(answer: Any) -> str:
    return answer["errors"][0]["extensions"]["problem"]


def keys(server: FileServer) -> list[str]:
    async def listed() -> list[str]:
        return [each.key async for each in server.files.uploads.store.list()]

    return server.server.run(listed())


def test_bytes_go_to_the_bucket_and_become_a_row(cloud: FileServer, bucket: Bucket) -> None:
    anna = cloud.person("anna")
    made = ticket(cloud, anna)
    assert made["url"].startswith(bucket.endpoint_url)
    assert problem(complete(cloud, anna, made["id"])) == "PT150"
    assert send(made["url"], PNG) == 200
    done = complete(cloud, anna, made["id"])["data"]["completeUpload"]
    assert (done["size"], done["type"]) == (len(PNG), "image/png")
    assert complete(cloud, anna, made["id"])["data"]["completeUpload"] == done
    photo = cloud.photo(anna, cloud.album(anna), pictureId=made["id"])["data"]["insertPhoto"]
    assert cloud.get(photo["picture"]["url"]).body == PNG
    # Who still has the address writes where nobody reads.
    assert send(made["url"], bytes(len(PNG))) == 200
    assert cloud.get(photo["picture"]["url"]).body == PNG


def test_what_was_sent_is_looked_at(cloud: FileServer) -> None:
    anna = cloud.person("anna")
    content = b"<html>" + bytes(20)
    made = ticket(cloud, anna, len(content))
    assert send(made["url"], content) == 200
    assert problem(complete(cloud, anna, made["id"])) == "PT372"
    assert keys(cloud) == []


def test_uploads_are_completed_by_who_began_them(cloud: FileServer) -> None:
    anna, ben = cloud.person("anna"), cloud.person("ben")
    made = ticket(cloud, anna)
    assert send(made["url"], PNG) == 200
    assert problem(complete(cloud, ben, made["id"])) == "PT150"
    assert complete(cloud, anna, made["id"])["data"]


def test_pieces_and_ordinary_uploads_go_to_the_bucket_too(cloud: FileServer, bucket: Bucket) -> None:
    anna = cloud.person("anna")
    path = begin(cloud, anna).all("location")[0]
    assert patch(cloud, path, anna, 0, PNG[:100]).status == 204
    assert patch(cloud, path, anna, 100, PNG[100:]).status == 204
    cloud.upload(anna)
    files = [key for key in keys(cloud) if key.startswith("photos.picture/")]
    assert len(files) == 2


@pytest.mark.parametrize("size", [None, len(PNG)])
def test_a_form_goes_to_the_bucket_and_becomes_a_row(size: int | None, cloud: FileServer, bucket: Bucket) -> None:
    anna = cloud.person("anna")
    made = form_ticket(cloud, anna, size)
    assert (made["method"], made["maxBytes"]) == ("POST", size or 100_000)
    assert made["url"].startswith(bucket.endpoint_url)
    assert problem(complete(cloud, anna, made["id"])) == "PT150"
    bucket.seen.clear()
    assert send_form(made, PNG) == 204
    assert [how for how, _, _ in bucket.seen] == ["form"]
    done = complete(cloud, anna, made["id"])["data"]["completeUpload"]
    assert (done["size"], done["type"]) == (len(PNG), "image/png")
    photo = cloud.photo(anna, cloud.album(anna), pictureId=made["id"])["data"]["insertPhoto"]
    assert cloud.get(photo["picture"]["url"]).body == PNG
    assert send_form(made, bytes(len(PNG))) == 204
    assert cloud.get(photo["picture"]["url"]).body == PNG


def test_a_form_is_bound_to_what_was_said(cloud: FileServer) -> None:
    anna = cloud.person("anna")
    made, of_size = form_ticket(cloud, anna), form_ticket(cloud, anna, len(PNG))
    assert send_form(made, bytes(100_001)) == 403
    assert send_form(made, b"") == 403
    assert send_form(of_size, PNG + b"?") == send_form(of_size, PNG[:-1]) == 403
    assert send_form(made, PNG, **{"Content-Type": "text/html"}) == 403
    assert send_form(made, PNG, key="photos.picture/aa/other") == 403
    assert keys(cloud) == []
    assert send_form(made, b"<html>" + bytes(20)) == 204
    assert problem(complete(cloud, anna, made["id"])) == "PT372"
    assert keys(cloud) == []


def test_where_files_lie_on_the_disk_the_address_is_ours(server: FileServer) -> None:
    anna = server.person("anna")
    made = form_ticket(server, anna)
    assert (made["method"], made["fields"]) == ("PUT", [])
    assert server.put(made["url"]).status == 200
    made = ticket(server, anna)
    assert server.put(made["url"]).status == 200
    assert complete(server, anna, made["id"])["data"]["completeUpload"]["size"] == len(PNG)
