"""How bytes go out: for whoever may have them at that moment, shown by no browser that could be harmed, in ranges, and not twice."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest

from tests.storage.server import BASE, MODELS, PNG, FileServer
from tests.storage.test_attaching import swept
from tests.support.accounts import Person, Reply


def shown(server: FileServer, who: Person, *, public: bool = False) -> tuple[str, str]:
    """(photo, address of its picture)."""
    photo = server.shown(who, server.album(who, public=public))
    url = server.url(photo, who)
    assert url is not None
    return photo, url


def header(reply: Reply, name: str) -> str:
    (found,) = reply.all(name)
    return found


# ---- S2: what browsers do with it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "type_", "kind"),
    [
        (PNG, "image/png", "inline"),
        (b"plain", "text/plain", "inline"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml", "attachment"),
        (b"<!DOCTYPE html><script></script>", "text/html", "attachment"),
        (b"<?xml version='1.0'?><x/>", "application/xml", "attachment"),
        (b"<x/>", "application/xhtml+xml", "attachment"),
        (b"%PDF-1.7\n", "application/pdf", "attachment"),
        (b"alert(1)", "text/javascript", "attachment"),
        (b"?", "application/octet-stream", "attachment"),
    ],
)
def test_s2_what_can_run_is_never_shown(server: FileServer, content: bytes, type_: str, kind: str) -> None:
    ann = server.person("ann")
    file = server.upload(ann, content, "photos.notes", type_)
    photo = server.photo(ann, server.album(ann), notesId=file)["data"]["insertPhoto"]["id"]
    url = server.url(photo, ann, "notes { url }")
    assert url is not None
    reply = server.get(url)
    assert reply.body == content
    assert header(reply, "content-type").partition(";")[0] == type_
    assert header(reply, "content-disposition") == f'{kind}; filename="holiday.png"'
    assert header(reply, "x-content-type-options") == "nosniff"
    assert header(reply, "content-security-policy") == "default-src 'none'; frame-ancestors 'none'; sandbox"
    kept = server.url(photo, ann, "notes { downloadUrl }")
    assert kept is not None
    assert header(server.get(kept), "content-disposition").startswith("attachment")


def test_s2_a_name_cannot_leave_its_header(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.upload(ann, name='x";\r\nSet-Cookie: a=b; ü%41.png')
    photo = server.photo(ann, server.album(ann), pictureId=file)["data"]["insertPhoto"]
    said = header(server.get(photo["picture"]["url"]), "content-disposition")
    assert said == (
        'inline; filename="x_;Set-Cookie: a=b; __41.png"; '
        "filename*=UTF-8''x%22%3BSet-Cookie%3A%20a%3Db%3B%20%C3%BC%2541.png"
    )


def test_s2_a_refusal_is_shown_as_nothing_either(server: FileServer) -> None:
    reply = server.get("/files/photos.picture/aa/<script>")
    assert header(reply, "x-content-type-options") == "nosniff"
    assert header(reply, "content-type").startswith("application/json")
    assert header(reply, "cache-control") == "no-store"


# ---- S4: addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda url, other: url.partition("?")[0],
        lambda url, other: url.replace("&s=", "&s=A"),
        lambda url, other: url.partition("&s=")[0],
        lambda url, other: url + "&download",
        lambda url, other: url.replace("?t=", "?t=0"),
        lambda url, other: url.replace("?t=", "?t=00000000."),
        lambda url, other: other.partition("?")[0] + "?" + url.partition("?")[2],
        lambda url, other: url[: url.index("&")] + "A" + url[url.index("&") :],
        lambda url, other: url.replace("photos.picture", "photos.notes"),
        lambda url, other: url.replace("/files/", "/files//"),
        lambda url, other: url.replace("photos.picture/", "photos.picture/../photos.picture/"),
    ],
)
def test_s4_an_address_is_good_for_one_file(server: FileServer, change: Any) -> None:
    ann = server.person("ann")
    (_, url), (_, other) = shown(server, ann), shown(server, ann)
    assert server.get(url).status == 200
    reply = server.get(change(url, other))
    assert reply.status in (403, 404), reply.status
    assert PNG not in reply.body


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_s4_an_address_to_read_changes_nothing(server: FileServer, method: str) -> None:
    _, url = shown(server, server.person("ann"))
    assert server.get(url, method).status == 405
    assert server.get(url).body == PNG


def test_s4_head_and_ranges_are_reading(server: FileServer) -> None:
    _, url = shown(server, server.person("ann"))
    head = server.get(url, "HEAD")
    assert (head.status, head.body, header(head, "content-length")) == (200, b"", str(len(PNG)))


def test_s4_an_address_ends(open_files: Callable[..., FileServer]) -> None:
    server = open_files(storage={"url_s": -10})
    _, url = shown(server, server.person("ann"))
    assert server.get(url).status == 403


def test_s4_an_address_says_nothing_of_whom_it_is_for(server: FileServer) -> None:
    ann = server.person("ann")
    _, url = shown(server, ann)
    sealed = url.partition(".com/")[2].partition("t=")[2].partition("&")[0].partition(".")[2]
    opened = urlsafe_b64decode(sealed + "==")
    assert ann.id.encode() not in opened
    assert b"user" not in opened


def test_s4_addresses_are_the_same_for_a_while_and_another_for_another_caller(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    photo, url = shown(server, ann, public=True)
    assert url in (server.url(photo, ann), server.url(photo, ann))
    assert server.url(photo, bob) != url


def test_s4_a_folder_cannot_be_listed(server: FileServer) -> None:
    ann = server.person("ann")
    shown(server, ann)
    for path in ("/files/", "/files/photos.picture", "/files/photos.picture/", "/files"):
        assert server.get(path, who=ann).status == 404


@pytest.mark.parametrize(
    ("wanted", "status", "body", "told"),
    [
        ("bytes=0-9", 206, PNG[:10], "bytes 0-9/2064"),
        ("bytes=10-", 206, PNG[10:], "bytes 10-2063/2064"),
        ("bytes=-4", 206, PNG[-4:], "bytes 2060-2063/2064"),
        ("bytes=-99999", 206, PNG, "bytes 0-2063/2064"),
        ("bytes=2063-9999999999", 206, PNG[-1:], "bytes 2063-2063/2064"),
        ("bytes=2064-", 416, b"", "bytes */2064"),
        ("bytes=-0", 416, b"", "bytes */2064"),
        ("bytes=9-1", 200, PNG, None),
        ("bytes=-", 200, PNG, None),
        ("bytes=a-b", 200, PNG, None),
        ("bytes=0-1,2-3", 200, PNG, None),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, PNG, None),
        ("bytes=0-" + "9" * 5000, 200, PNG, None),
        ("items=0-9", 200, PNG, None),
    ],
)
def test_s4_ranges(server: FileServer, wanted: str, status: int, body: bytes, told: str | None) -> None:
    assert len(PNG) == 2064
    _, url = shown(server, server.person("ann"))
    reply = server.get(url, headers={"range": wanted})
    assert (reply.status, reply.body) == (status, body)
    assert reply.all("content-range") == ([told] if told else [])
    assert header(reply, "content-length") == str(len(body))


def test_s4_a_range_of_another_file_than_the_client_has_is_the_whole_file(server: FileServer) -> None:
    _, url = shown(server, server.person("ann"))
    tag = header(server.get(url), "etag")
    assert server.get(url, headers={"range": "bytes=0-1", "if-range": tag}).status == 206
    assert server.get(url, headers={"range": "bytes=0-1", "if-range": '"other"'}).status == 200


# ---- S5: rules ---------------------------------------------------------------------------------------


def test_s5_an_address_is_void_once_the_row_is_hidden(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    photo, _ = shown(server, ann, public=True)
    url, anybodys = server.url(photo, bob), server.url(photo)
    assert url is not None
    assert anybodys is not None
    assert [server.get(each).status for each in (url, anybodys)] == [200, 200]
    server.server.sql("UPDATE albums SET is_public = " + ("0" if server.server.place.dialect == "sqlite" else "false"))
    assert [server.get(each).status for each in (url, anybodys)] == [404, 404]


def test_s5_an_address_is_void_once_the_row_is_deleted(server: FileServer) -> None:
    ann = server.person("ann")
    photo, url = shown(server, ann)
    server.server.data(f'mutation {{ deletePhoto(id: "{photo}") {{ id }} }}', token=ann.access_token)
    assert server.get(url).status == 404
    swept(server)
    assert server.get(url).status == 404


def test_s5_credentials_read_files_as_they_read_rows(server: FileServer) -> None:
    ann, bob = server.person("ann"), server.person("bob")
    _, url = shown(server, ann)
    path = url.partition("?")[0]
    mine = server.get(path, who=ann)
    assert (mine.status, mine.body) == (200, PNG)
    assert header(mine, "cache-control") == "private, no-cache"
    assert server.get(path, who=bob).status == 404
    assert server.get(path).status == 404


def test_s5_a_tag_is_no_oracle(server: FileServer) -> None:
    """Whoever may not have a file learns nothing by asking whether it has changed, in however many ways."""
    ann, bob = server.person("ann"), server.person("bob")
    _, url = shown(server, ann)
    tag, path = header(server.get(url), "etag"), url.partition("?")[0]
    answers = {
        (reply.status, reply.body, tuple(pair for pair in reply.headers if pair[0] != "x-request-id"))
        for asked in (path, path[:-1] + ("0" if path[-1] != "0" else "1"))
        for headers in (
            {},
            {"if-none-match": tag},
            {"if-none-match": "*"},
            {"range": "bytes=9999999-"},
            {"if-range": tag},
        )
        for reply in [server.get(asked, who=bob, headers=headers)]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_s5_who_has_a_file_is_told_that_it_has_not_changed(server: FileServer) -> None:
    ann = server.person("ann")
    photo, url = shown(server, ann)
    first = server.get(url)
    tag = header(first, "etag")
    assert header(first, "cache-control") == "no-cache"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = server.get(url, headers={"if-none-match": known})
        assert (again.status, again.body, again.all("content-length")) == (304, b"", [])
        assert header(again, "etag") == tag
        assert header(again, "cache-control") == "no-cache"
    assert server.get(url, headers={"if-none-match": '"other"'}).status == 200
    server.server.data(f'mutation {{ deletePhoto(id: "{photo}") {{ id }} }}', token=ann.access_token)
    assert server.get(url, headers={"if-none-match": tag}).status == 404


def test_s5_a_claim_that_decides_is_part_of_the_address(open_files: Callable[..., FileServer]) -> None:
    server = open_files(models=CLAIMING)
    ann = server.person("ann")
    file = server.upload(ann, into="papers.sheet")
    server.server.data(
        "mutation ($file: UUID!) { insertPaper(object: {sheetId: $file}) { __typename } }",
        {"file": file},
        token=ann.access_token,
    )
    key = server.server.settings.token_secret
    urls = {org: paper_url(server, token_with(key, org)) for org in ("a", "b")}
    assert urls["b"] is None
    assert urls["a"] is not None
    assert server.get(urls["a"]).body == PNG
    server.server.sql("UPDATE papers SET org = 'b'")
    assert server.get(urls["a"]).status == 404


CLAIMING = """
from sqlalchemy.orm import Mapped, mapped_column
from portico.gateway.auth import User
from portico.gateway.storage import File
from portico.schema import Id, Me, Model, Rule, allow, everyone, file

class Paper(Model):
    id: Mapped[Id]
    org: Mapped[str] = mapped_column(default="a", server_default="a")
    sheet: Mapped[File] = file()

@allow(Paper, "read")
def of_org(paper: type[Paper], me: Me) -> Rule:
    return paper.org == me.claim("org")

allow(Paper, "create", when=everyone, to="user")
"""


def token_with(key: str, org: str) -> str:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    return jwt.encode(
        {"alg": "HS256"}, {"sub": "u", "role": "user", "org": org, "exp": 9_999_999_999}, OctKey.import_key(key)
    )


def paper_url(server: FileServer, token: str) -> str | None:
    found = server.server.data("{ papers { sheet { url } } }", token=token)["papers"]
    return found[0]["sheet"]["url"] if found else None


def test_nothing_is_read_for_who_has_gone(server: FileServer) -> None:
    ann = server.person("ann")
    file = server.upload(ann, bytes(6_000_000), "photos.notes", "application/octet-stream")
    photo = server.photo(ann, server.album(ann), notesId=file)["data"]["insertPhoto"]["id"]
    url = server.url(photo, ann, "notes { url }")
    assert url is not None
    path, _, query = url.removeprefix(BASE).partition("?")
    sent = 0

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))
        await asyncio.sleep(0)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "scheme": "https", "http_version": "1.1", "client": ("203.0.113.7", 50_000), "headers": [],
    }  # fmt: skip
    server.server.run(server.server.gateway(scope, receive, send))
    assert 0 < sent < 2_000_000


# ---- public files ------------------------------------------------------------------------------------


def badge(server: FileServer, who: Person, content: bytes = PNG, type_: str = "image/png") -> tuple[str, str]:
    file = server.upload(who, content, "badges.image", type_)
    found = server.server.data(
        "mutation ($file: UUID!) { insertBadge(object: {imageId: $file}) { id image { url } } }",
        {"file": file},
        token=who.access_token,
    )["insertBadge"]
    return found["id"], found["image"]["url"]


def test_public_files_are_for_caches(server: FileServer) -> None:
    ann = server.person("ann")
    id_, url = badge(server, ann)
    assert url.startswith(f"{BASE}/files/badges.image/")
    assert "?" not in url
    reply = server.get(url)
    assert (reply.status, reply.body) == (200, PNG)
    assert header(reply, "cache-control") == "public, max-age=3600, must-revalidate"
    assert header(reply, "surrogate-key").split()[1] == "bucket-badges.image"
    server.server.data(f'mutation {{ deleteBadge(id: "{id_}") {{ id }} }}', token=ann.access_token)
    assert server.get(url).status == 404


def test_s2_a_public_file_that_can_run_is_not_shown(server: FileServer) -> None:
    _, url = badge(server, server.person("ann"), b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    assert header(server.get(url), "content-disposition").startswith("attachment")


PURGING = """
from portico.gateway.storage import purge

purged = []

@purge
async def cdn(keys: list[str]) -> None:
    purged.extend(keys)
"""


def test_caches_are_told_to_forget(open_files: Callable[..., FileServer]) -> None:
    import sys

    from tests.storage.server import MODELS

    server = open_files(models=MODELS + PURGING)
    ann = server.person("ann")
    id_, url = badge(server, ann)
    key = header(server.get(url), "surrogate-key").split()[0]
    shown(server, ann)
    server.server.data(f'mutation {{ deleteBadge(id: "{id_}") {{ id }} }}', token=ann.access_token)
    swept(server)
    assert sys.modules["models"].purged == [key]


# ---- answers -----------------------------------------------------------------------------------------


def test_nobody_makes_an_address_by_storing_what_stands_for_one(server: FileServer) -> None:
    ann = server.person("ann")
    _, url = shown(server, ann)
    key = url.partition("/files/")[2].partition("?")[0]
    title = f"\x01{key}\x01"
    found = server.server.data(
        "mutation ($title: String!) { insertAlbum(object: {title: $title}) { title } }",
        {"title": title},
        token=ann.access_token,
    )
    assert found["insertAlbum"]["title"] == title


def test_an_answer_that_is_given_again_has_good_addresses(server: FileServer) -> None:
    ann = server.person("ann")
    album, file = server.album(ann), server.upload(ann)
    for _ in range(2):
        answer = server.server.ask(
            "mutation ($object: PhotoInsertInput!) { insertPhoto(object: $object) { picture { url } } }",
            {"object": {"albumId": album, "pictureId": file}},
            token=ann.access_token,
            headers={"idempotency-key": '"one"'},
        )
        assert server.get(answer["data"]["insertPhoto"]["picture"]["url"]).body == PNG


def test_subscribers_get_addresses_of_their_own(server: FileServer) -> None:
    ann = server.person("ann")
    photo, _ = shown(server, ann)
    (text,) = server.events(f'subscription {{ photo(id: "{photo}") {{ picture {{ url }} }} }}', ann, 1)
    assert server.get(text["data"]["photo"]["picture"]["url"]).body == PNG


def test_addresses_stand_beside_what_is_computed_in_python(open_files: Callable[..., FileServer]) -> None:
    models = MODELS.replace("allow, everyone", "allow, computed, everyone") + LOUD
    server = open_files(models=models)
    ann = server.person("ann")
    photo = server.shown(ann)
    asked = "query ($id: UUID!) { photo(id: $id) { picture { url } album { title loud } } }"
    found = server.server.ask(asked, {"id": photo}, token=ann.access_token)
    assert "errors" not in found, found
    assert found["data"]["photo"]["album"]["loud"] == found["data"]["photo"]["album"]["title"].upper()
    assert server.get(found["data"]["photo"]["picture"]["url"]).status == 200


LOUD = """

@computed(Album, reads=[Album.title])
def loud(albums: list[Album]) -> list[str]:
    return [album.title.upper() for album in albums]
"""
