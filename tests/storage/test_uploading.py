"""How bytes come in: counted, looked at, within quotas, at addresses that are good for one file."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.storage.disk import DiskStore
from portico.gateway.storage.problems import FileMissing, FileTooLarge
from portico.gateway.storage.uploads import clean_name
from tests.storage.server import MODELS, PNG, FileServer, path_of
from tests.storage.test_attaching import stored, swept
from tests.support.accounts import Person, Reply


def code(answer: Any) -> str:
    (error,) = (answer if isinstance(answer, dict) else answer.json)["errors"]
    return error["extensions"]["problem"]


# ---- S1: keys ----------------------------------------------------------------------------------------

KEYS = [
    "../x", "a/../../x", "%2e%2e%2fx", "..%2fx", "%252e%252e/x", "a\\..\\x", "a\0b", "/etc/passwd", "a//b", "", ".", ".hidden/x",
    "a/.b", "é/x", "ａ/x", "a" * 1025, "a/" * 600 + "b", "x\n", "a b", "a:b", "~/x", "a/",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_s1_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    inside, outside = tmp_path / "files", tmp_path / "x"
    outside.write_bytes(b"outside")

    async def work() -> None:
        store = DiskStore(inside)
        for attempt in (
            _all(store.read(key)),
            store.size(key),
            store.delete([key]),
            store.copy(key, "a/b"),
            _put(store, key),
        ):
            with pytest.raises(FileMissing):
                await attempt
        await store.close()

    asyncio.run(work())
    assert outside.read_bytes() == b"outside"
    assert not inside.exists() or not [each for each in inside.rglob("*") if each.is_file()]


def test_s1_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "a" / "link").symlink_to(tmp_path / "secret")

    async def work() -> None:
        store = DiskStore(tmp_path / "files")
        with pytest.raises(FileMissing):
            await _all(store.read("a/link"))
        assert [entry.key async for entry in store.list()] == []
        await _put(store, "a/link")
        assert await _all(store.read("a/link")) == b"bytes"

    asyncio.run(work())
    assert (tmp_path / "secret").read_bytes() == b"secret"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\photo.png", "photo.png"),
        ("a\0b\r\nX: y.png", "abX: y.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300, "x" * 255),
        ("e\u0301.png", "é.png"),
    ],
)
def test_s1_names_are_for_show_and_keys_are_made_here(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_s1_a_clients_name_is_no_part_of_a_key(server: FileServer) -> None:
    ann = server.person("ann")
    for name in ("../../x", "A.PNG", "a.png"):
        server.upload(ann, name=name)
    keys = [row[0] for row in server.rows("key")]
    assert len({key.lower() for key in keys}) == 3
    assert all(
        key.startswith("photos.picture/") and key.count("/") == 2 and len(key.rpartition("/")[2]) == 32 for key in keys
    )


# ---- S3: bytes ---------------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "type_", "into"),
    [
        (HTML, "image/png", "photos.picture"),
        (b"MZ\x90\x00" + bytes(100), "image/png", "photos.picture"),
        (PNG, "image/jpeg", "photos.picture"),
        (b"", "image/png", "photos.picture"),
        (PNG, "text/plain", "photos.notes"),
        (b"%PDF-1.7", "text/csv\x00"[:8], "photos.notes"),
    ],
)
def test_s3_bytes_that_are_not_of_their_type_are_refused(
    server: FileServer, content: bytes, type_: str, into: str
) -> None:
    if content.startswith(b"%PDF"):
        content += b"\xff\xfe\x00"
    ann = server.person("ann")
    made = server.ticket(ann, into, type_)["data"]["createUpload"]
    reply = server.put(made["url"], content, type_)
    assert (reply.status, code(reply)) == (415, "PT372")
    assert stored(server) == []
    assert server.rows("state") == [("pending",)]


def test_s3_a_polyglot_is_served_as_what_it_was_declared(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.upload(ann, PNG + HTML)
    photo = server.photo(ann, server.album(ann), pictureId=file)["data"]["insertPhoto"]
    reply = server.get(photo["picture"]["url"])
    assert reply.all("content-type") == ["image/png"]
    assert reply.all("x-content-type-options") == ["nosniff"]
    assert "sandbox" in reply.all("content-security-policy")[0]


@pytest.mark.parametrize(
    "type_", ["text/html", "application/pdf", "image", "", "image/", "image/png\r\nx: y", "*/*", "image/*"]
)
def test_s3_a_type_that_the_column_does_not_take_is_refused_at_once(server: FileServer, type_: str) -> None:
    assert code(server.ticket(server.person("ann"), type_=type_)) == "PT372"


def test_s3_bytes_are_counted_as_they_come(server: FileServer) -> None:
    """What a header says of their number is not believed."""
    ann = server.person("ann")
    made = server.ticket(ann, size=3_000)["data"]["createUpload"]
    taken = 0

    async def receive() -> Any:
        nonlocal taken
        taken += 1
        await asyncio.sleep(0)
        return {"type": "http.request", "body": PNG, "more_body": taken < 10_000}

    reply = put_from(server, made["url"], receive)
    assert (reply.status, code(reply)) == (413, "PT151")
    assert taken < 20
    assert stored(server) == []
    assert not list((server.server.folder / "files").rglob("*/.incoming/*"))


def test_s3_a_length_that_is_too_large_is_refused_unread(server: FileServer) -> None:
    made = server.ticket(server.person("ann"), size=100)["data"]["createUpload"]

    async def receive() -> Any:
        raise AssertionError("the body is not read")

    assert code(put_from(server, made["url"], receive, **{"content-length": "101"})) == "PT151"


def test_s3_a_column_says_how_large_a_file_may_be(server: FileServer) -> None:
    ann = server.person("ann")
    assert code(server.ticket(ann, size=100_001)) == "PT151"
    assert code(server.ticket(ann, size=-1)) == "PT151"
    assert server.ticket(ann)["data"]["createUpload"]["maxBytes"] == 100_000


def test_s3_nobody_has_more_than_their_quota(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"quota_bytes": 5_000, "most_pending": 3})
    ann, bob = server.person("ann"), server.person("bob")
    server.upload(ann, size=2_100)
    waiting = server.ticket(ann, size=2_500)["data"]["createUpload"]
    assert code(server.ticket(ann, size=1_000)) == "PT373", "what is awaited counts"
    assert "errors" not in server.ticket(bob, size=1_000), "each has their own"
    server.put(waiting["url"], PNG)
    assert "errors" not in server.ticket(ann, size=700), "a file counts what it has, once it is there"
    used = server.server.data(
        "{ fileUsage { bytes files quotaBytes buckets { bucket files } } }", token=ann.access_token
    )
    assert used["fileUsage"] == {
        "bytes": 2 * len(PNG) + 700, "files": 3, "quotaBytes": 5_000, "buckets": [{"bucket": "photos.picture", "files": 3}],
    }  # fmt: skip


def test_s3_uploads_that_are_begun_and_left_have_an_end(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"most_pending": 3})
    ann = server.person("ann")
    answers = [server.ticket(ann, size=1) for _ in range(4)]
    assert ["errors" in each for each in answers] == [False, False, False, True]
    assert code(answers[-1]) == "PT373"


def test_s3_quotas_hold_for_who_asks_at_once(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"quota_bytes": 1_000})
    ann = server.person("ann")
    document = 'mutation { createUpload(into: "photos.picture", name: "x", type: "image/png", size: 600) { id } }'

    async def all_at_once() -> Sequence[Any]:
        return await asyncio.gather(*(server.server.answer(document, token=ann.access_token) for _ in range(5)))

    assert sum("errors" not in each for each in server.server.run(all_at_once())) == 1


SCANNING = (
    MODELS
    + '''

from collections.abc import AsyncIterator

from portico.gateway.storage import Arrived, scan
from portico.schema import Refused


@scan
async def no_viruses(file: Arrived, chunks: AsyncIterator[bytes]) -> None:
    """Nothing infected."""
    found = b"".join([chunk async for chunk in chunks])
    assert len(found) == file.size
    if b"EICAR" in found:
        raise Refused("The file is infected.")
'''
)


def test_s3_an_authors_scan_refuses_a_file_before_anybody_has_it(open_files: Callable[..., FileServer]) -> None:
    server = open_files(models=SCANNING)
    ann = server.person("ann")
    server.upload(ann)
    made = server.ticket(ann)["data"]["createUpload"]
    reply = server.put(made["url"], PNG + b"EICAR")
    assert reply.status >= 400
    assert reply.json["errors"][0]["message"] == "The file is infected."
    assert len(stored(server)) == 1
    assert sorted(server.rows("state")) == [("pending",), ("ready",)]


# ---- S4: addresses to send to ------------------------------------------------------------------------


def test_s4_an_address_takes_one_file_once(server: FileServer) -> None:
    ann = server.person("ann")
    made = server.ticket(ann)["data"]["createUpload"]
    assert server.put(made["url"]).status == 200
    again = server.put(made["url"], PNG + b"other")
    assert (again.status, code(again)) == (409, "PT376")
    assert server.rows("size") == [(len(PNG),)]


@pytest.mark.parametrize(
    "change",
    [
        lambda url, other: url.replace("s=", "s=A"),
        lambda url, other: url.partition("&s=")[0],
        lambda url, other: url.replace("?t=", "?t=0"),
        lambda url, other: url[: url.index("&")] + "0" + url[url.index("&") :],
        lambda url, other: other[: other.index("?")] + url[url.index("?") :],
    ],
)
def test_s4_an_address_to_send_to_is_good_for_nothing_else(server: FileServer, change: Any) -> None:
    ann = server.person("ann")
    url, other = (server.ticket(ann)["data"]["createUpload"]["url"] for _ in range(2))
    reply = server.put(change(url, other))
    assert (reply.status, code(reply)) == (403, "PT375")
    assert server.rows("state") == [("pending",), ("pending",)]


def test_s4_an_address_takes_one_method_and_one_type(server: FileServer) -> None:
    made = server.ticket(server.person("ann"))["data"]["createUpload"]
    for method in ("GET", "POST", "DELETE", "HEAD"):
        assert server.get(made["url"], method).status == 405
    assert code(server.put(made["url"], PNG, "image/jpeg")) == "PT372"


def test_s4_an_address_to_send_to_ends(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"upload_s": -1})
    made = server.ticket(server.person("ann"))["data"]["createUpload"]
    assert code(server.put(made["url"])) == "PT375"


def test_s4_signing_keys_can_be_rolled(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"signing_keys": ("new", "old")})
    old = open_keys(server, "old")
    ann = server.person("ann")
    made = server.ticket(ann)["data"]["createUpload"]
    url = old.upload(made["id"], "image/png", 100_000, 60)
    assert server.put(url).status == 200
    other = server.ticket(ann)["data"]["createUpload"]
    gone = open_keys(server, "gone").upload(other["id"], "image/png", 100_000, 60)
    assert code(server.put(gone)) == "PT375"


def open_keys(server: FileServer, *keys: str) -> Any:
    from portico.gateway.storage.signing import Signer

    return Signer(keys, "https://notes.example.com", 900, lambda bucket: False, lambda caller: ())


# ---- who uploads -------------------------------------------------------------------------------------


def test_who_uploads_is_signed_in_and_may_write_the_column(server: FileServer) -> None:
    assert code(server.ticket(None)) in ("PT380", "PT374")
    ann = server.person("ann")
    for into in ("photos.nothing", "users.email", "files.key", "../x"):
        assert code(server.ticket(ann, into)) == "PT374"


READ_ONLY = """
from sqlalchemy.orm import Mapped
from portico.gateway.auth import User
from portico.gateway.storage import File
from portico.schema import Id, Model, allow, everyone, file

class Sheet(Model):
    id: Mapped[Id]
    content: Mapped[File | None] = file()

allow(Sheet, "read", when=everyone)
"""


def test_who_may_not_write_a_column_uploads_nothing_for_it(open_files: Callable[..., FileServer]) -> None:
    server = open_files(models=READ_ONLY)
    assert code(server.ticket(server.person("ann"), "sheets.content")) == "PT374"


def test_a_connection_that_ends_leaves_the_upload_to_be_tried_again(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"stall_s": 0.05})
    ann = server.person("ann")
    made = server.ticket(ann)["data"]["createUpload"]
    sent = 0

    async def receive() -> Any:
        nonlocal sent
        sent += 1
        if sent > 1:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": PNG, "more_body": True}

    reply = put_from(server, made["url"], receive)
    assert (reply.status, code(reply)) == (408, "PT377")
    assert stored(server) == []
    assert server.put(made["url"]).status == 200


# ---- multipart ---------------------------------------------------------------------------------------

UPLOAD = 'mutation ($file: Upload!) { uploadFile(into: "photos.picture", file: $file) { id name type size digest } }'


def multipart(
    server: FileServer, who: Person | None, parts: Sequence[tuple[str, str | None, bytes]], **headers: str
) -> Reply:
    body = b""
    for name, file_name, content in parts:
        extra = f'; filename="{file_name}"\r\nContent-Type: image/png' if file_name else ""
        body += f'--xyz\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + content + b"\r\n"
    body += b"--xyz--\r\n"
    given = {"content-type": "multipart/form-data; boundary=xyz", "graphql-require-preflight": "1", **headers}
    if who is not None:
        given["authorization"] = f"Bearer {who.access_token}"
    return server.server.request("POST", "/graphql", body, headers={name: each for name, each in given.items() if each})


def sent(
    operations: Any = None, places: Any = None, *files: tuple[str, str, bytes]
) -> list[tuple[str, str | None, bytes]]:
    operations = operations or {"query": UPLOAD, "variables": {"file": None}}
    places = {"0": ["variables.file"]} if places is None else places
    return [
        ("operations", None, json.dumps(operations).encode()),
        ("map", None, json.dumps(places).encode()),
        *(files or [("0", "a.png", PNG)]),
    ]


def test_a_file_comes_along_with_a_request(server: FileServer) -> None:
    ann = server.person("ann")
    large = PNG + bytes(90_000)
    reply = multipart(server, ann, sent(None, None, ("0", "holiday.png", large)))
    made = reply.json["data"]["uploadFile"]
    assert (made["name"], made["type"], made["size"]) == ("holiday.png", "image/png", len(large))
    photo = server.photo(ann, server.album(ann), pictureId=made["id"])
    assert server.get(photo["data"]["insertPhoto"]["picture"]["url"]).body == large


def test_s3_a_page_elsewhere_cannot_send_files_unasked(server: FileServer) -> None:
    reply = multipart(server, server.person("ann"), sent(), **{"graphql-require-preflight": ""})
    assert (reply.status, code(reply)) == (400, "PT125")
    assert server.rows() == []


@pytest.mark.parametrize(
    "parts",
    [
        sent()[1:],
        [sent()[0], sent()[2]],
        [sent()[1], sent()[0], sent()[2]],
        sent(None, {"0": ["variables.other"]}),
        sent(None, {"0": ["query"]}),
        sent(None, {"0": ["variables.file.x"]}),
        sent(None, {"0": ["variables." + ".".join("x" * 40)]}),
        sent(None, {"1": ["variables.file"]}),
        sent(None, {}),
        sent({"query": UPLOAD, "variables": {"file": "x"}}),
        sent(None, None, ("0", "a.png", PNG), ("0", "b.png", PNG)),
        sent(None, {str(n): ["variables.file"] for n in range(11)}, *[(str(n), "a", PNG) for n in range(11)]),
        [("operations", None, b"{"), *sent()[1:]],
        [*sent(), ("more", None, b"x")],
    ],
)
def test_s3_a_multipart_request_that_is_none_is_refused(server: FileServer, parts: Any) -> None:
    reply = multipart(server, server.person("ann"), parts)
    assert (reply.status, code(reply)) == (400, "PT124")
    assert server.rows() == []


def test_s3_a_multipart_request_has_an_end(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"multipart_bytes": 100_000}, max_body_bytes=10_000)
    ann = server.person("ann")
    assert code(multipart(server, ann, sent(None, None, ("0", "a.png", PNG + bytes(200_000))))) == "PT114"
    assert code(multipart(server, ann, [("operations", None, b"x" * 20_000)])) == "PT114"


def test_s3_a_text_is_no_file(server: FileServer) -> None:
    ann = server.person("ann")
    answer = server.server.ask(UPLOAD, {"file": "x"}, token=ann.access_token)
    assert "errors" in answer
    assert server.rows() == []


def test_who_may_not_upload_may_not_so_either(server: FileServer) -> None:
    assert "errors" in multipart(server, None, sent()).json
    assert server.rows() == []


# ---- the store ---------------------------------------------------------------------------------------


def test_a_store_writes_whole_files_or_none(tmp_path: Path) -> None:
    async def work() -> None:
        store = DiskStore(tmp_path)
        written = await _put(store, "a/b", b"1" * 3_000_000)
        assert (written.size_bytes, await store.size("a/b")) == (3_000_000, 3_000_000)
        assert written.sha256 == hashlib.sha256(b"1" * 3_000_000).hexdigest()
        with pytest.raises(FileTooLarge):
            await _put(store, "a/b", b"2" * 100, most=99)
        with pytest.raises(ZeroDivisionError):
            await store.put("a/b", _failing(), content_type="x/y", most_bytes=1_000)
        assert await _all(store.read("a/b")) == b"1" * 3_000_000
        assert await _all(store.read("a/b", 2_999_990, 2_999_995)) == b"11111"
        await store.copy("a/b", "c/d")
        assert [(each.key, each.size_bytes) async for each in store.list()] == [("a/b", 3_000_000), ("c/d", 3_000_000)]
        assert [each.key async for each in store.list("c/")] == ["c/d"]
        await store.delete(["a/b", "a/b", "no/thing"])
        assert await store.size("a/b") is None
        with pytest.raises(FileMissing):
            await _all(store.read("a/b"))
        with pytest.raises(FileMissing):
            await store.copy("a/b", "x/y")
        await store.close()

    asyncio.run(work())
    assert not list((tmp_path / ".incoming").iterdir())


async def _failing() -> AsyncIterator[bytes]:
    yield b"some"
    raise ZeroDivisionError


async def _all(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def _put(store: DiskStore, key: str, content: bytes = b"bytes", most: int = 10_000_000) -> Any:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    return await store.put(key, chunks(), content_type="text/plain", most_bytes=most)


def put_from(server: FileServer, url: str, receive: Callable[[], Any], **headers: str) -> Reply:
    """A PUT whose body comes as it comes."""
    path, _, query = path_of(url).partition("?")
    given = {"content-type": "image/png", "host": "notes.example.com", **headers}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "scheme": "https", "http_version": "1.1", "client": ("203.0.113.7", 50_000), "server": ("notes.example.com", 443),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    server.server.run(server.server.gateway(scope, receive, send))
    told = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return Reply(sent[0]["status"], told, b"".join(each.get("body", b"") for each in sent[1:]))


def test_what_is_swept_leaves_nothing(server: FileServer) -> None:
    ann = server.person("ann")
    server.upload(ann)
    server.server.earlier("created", 90_000, "files")
    swept(server)
    assert stored(server) == []
