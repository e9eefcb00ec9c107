"""Images in the sizes that their column declares, for whoever may have the image; what is seen of them; what no upload brings in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.storage.server import MODELS, PNG, FileServer
from tests.support.accounts import Person
from tests.transfers.test_images import png_bomb, quarters, saved

SIZED = MODELS.replace(
    'picture: Mapped[File | None] = file(types="image/*", max_bytes=100_000)',
    'picture: Mapped[File | None] = file(types="image/*", max_bytes=100_000, '
    'sizes={"small": (40, 40), "wide": (100, 20, "fit")})',
).replace("public=True)", 'public=True, sizes={"icon": (16, 16)})')
BROWSER = {"accept": "image/avif,image/webp,*/*;q=0.8"}
SEEN = "picture { url width height color blurhash }"


@pytest.fixture
def sized(open_files: Callable[..., FileServer]) -> FileServer:
    """A server whose pictures have sizes."""
    return open_files(models=SIZED)


def picture_of(server: FileServer, who: Person, content: bytes, type_: str = "image/jpeg") -> Any:
    file = server.upload(who, content, type_=type_)
    photo = server.photo(who, server.album(who), pictureId=file)["data"]["insertPhoto"]["id"]
    found = server.server.data(
        f"query ($id: UUID!) {{ photo(id: $id) {{ {SEEN} }} }}", {"id": photo}, token=who.access_token
    )
    return found["photo"]["picture"]


def test_an_image_in_its_sizes(sized: FileServer) -> None:
    anna = sized.person("anna")
    url = picture_of(sized, anna, saved(quarters()))["url"]
    for name, expected in (("small", (40, 40)), ("wide", (100, 20))):
        reply = sized.get(f"{url}&size={name}", headers=BROWSER)
        assert (reply.status, reply.all("content-type")[0]) == (200, "image/avif")
        assert Image.open(io.BytesIO(reply.body)).size == expected
        assert "accept" in reply.all("vary")[0]
        assert reply.all("content-disposition")[0].startswith("inline")
        again = sized.get(f"{url}&size={name}", headers={**BROWSER, "if-none-match": reply.all("etag")[0]})
        assert again.status == 304
        other = sized.get(f"{url}&size={name}", headers={"if-none-match": reply.all("etag")[0]})
        assert (other.status, other.all("content-type")[0]) == (200, "image/jpeg" if name == "small" else "image/png")
    assert sized.get(f"{url}&size=small", headers={**BROWSER, "range": "bytes=0-9"}).status == 206


def test_no_other_sizes(sized: FileServer) -> None:
    url = picture_of(sized, sized.person("anna"), saved(quarters()))["url"]
    for name in ("large", "40x40", "", "icon"):
        reply = sized.get(f"{url}&size={name}")
        assert (reply.status, reply.json["errors"][0]["extensions"]["problem"]) == (404, "PT393")


def test_a_size_is_for_whoever_may_have_the_image(sized: FileServer) -> None:
    anna, ben = sized.person("anna"), sized.person("ben")
    url = picture_of(sized, anna, saved(quarters()))["url"]
    plain = url.partition("?")[0]
    assert sized.get(f"{plain}?size=small", who=anna).status == 200
    for who in (ben, None):
        assert sized.get(f"{plain}?size=small", who=who).status == 404
    assert sized.get(f"{url}x&size=small").status == 403


def test_sizes_go_with_their_image(sized: FileServer) -> None:
    anna = sized.person("anna")
    url = picture_of(sized, anna, saved(quarters()))["url"]
    assert sized.get(f"{url}&size=small", headers=BROWSER).status == 200
    assert len(kept(sized)) == 2
    sized.server.data("mutation { deletePhotos(where: {}) { affectedRows } }", token=anna.access_token)
    sized.server.run(sized.files.sweeper.sweep())
    assert kept(sized) == []
    assert sized.get(f"{url}&size=small", headers=BROWSER).status == 404


def kept(server: FileServer) -> list[str]:
    async def listed() -> list[str]:
        return [each.key async for each in server.files.uploads.store.list()]

    return server.server.run(listed())


def test_what_is_seen_of_an_image_before_it_comes(sized: FileServer) -> None:
    picture = picture_of(
        sized, sized.person("anna"), saved(Image.new("RGB", (300, 200), (200, 100, 50)), "PNG"), "image/png"
    )
    assert (picture["width"], picture["height"], picture["color"]) == (300, 200, "#c86432")
    assert len(picture["blurhash"]) == 28


@pytest.mark.parametrize(
    ("content", "problem"),
    [(png_bomb(20_000, 20_000), "PT394"), (PNG, "PT395"), (saved(quarters(), "PNG")[:300], "PT395")],
)
def test_s3_no_bomb_comes_in(content: bytes, problem: str, sized: FileServer) -> None:
    """Row S3: what could never be made smaller is refused as it is sent, and nothing of it is kept."""
    anna = sized.person("anna")
    made = sized.ticket(anna)["data"]["createUpload"]
    reply = sized.put(made["url"], content)
    assert reply.json["errors"][0]["extensions"]["problem"] == problem
    assert kept(sized) == []
