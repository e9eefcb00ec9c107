"""Images in sizes: what they look like, what is left out of them, and what is not taken apart (row S3)."""

from __future__ import annotations

import asyncio
import io
import math
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image, ImageCms, ImageDraw

from portico.gateway.storage import images as images_module
from portico.gateway.storage.disk import DiskStore
from portico.gateway.storage.image_problems import ImagesBusy, ImageTooLarge, ImageUnreadable, NoSuchSize
from portico.gateway.storage.images import ImageLimits, Images, Variant
from portico.gateway.storage.pictures import Fit, Size, look, make
from portico.gateway.storage.problems import FileMissing

Answer = TypeVar("Answer")

PIXELS = 50_000_000
KEY = "photos.picture/ab/1"
BROWSER = b"image/avif,image/webp,image/apng,*/*;q=0.8"
RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 180, 40), (20, 40, 200), (250, 250, 250)


def quarters(width: int = 400, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Red, green over blue, white."""
    image = Image.new(mode, (width, height), RED)
    draw = ImageDraw.Draw(image)
    for at, color in (((1, 0), GREEN), ((0, 1), BLUE), ((1, 1), WHITE)):
        left, top = at[0] * width // 2, at[1] * height // 2
        draw.rectangle((left, top, left + width // 2, top + height // 2), fill=color)
    return image


def saved(image: Image.Image, format_: str = "JPEG", **given: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, format_, **given)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_like(color: Any, expected: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(color, expected, strict=False))


@pytest.mark.parametrize(
    ("fit", "box", "expected"),
    [
        ("cover", (100, 100), (100, 100)),
        ("contain", (100, 100), (100, 50)),
        ("fit", (100, 100), (100, 100)),
        ("cover", (50, 200), (50, 200)),
        ("contain", (1000, 1000), (400, 200)),
        ("cover", (1000, 1000), (200, 200)),
        ("fit", (500, 300), (500, 300)),
    ],
)
@pytest.mark.parametrize("type_", ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"])
def test_sizes(type_: str, fit: Fit, box: tuple[int, int], expected: tuple[int, int]) -> None:
    content = saved(quarters(), type_.removeprefix("image/").upper())
    made, format_ = make(content, type_, Size(*box, fit), "webp", PIXELS)
    image = opened(made)
    assert (format_, image.format, image.size) == ("webp", "WEBP", expected)
    if fit == "contain":
        corners = [image.convert("RGB").getpixel((x, y)) for y in (4, image.height - 5) for x in (4, image.width - 5)]
        assert all(map(is_like, corners, (RED, GREEN, BLUE, WHITE)))
    if fit == "fit":
        assert image.convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("type_", ["image/jpeg", "image/png"])
def test_images_stand_as_the_camera_was_held(type_: str, orientation: int) -> None:
    # What a viewer must do to see `quarters`, undone beforehand.
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters(1200, 600)
    lying = image.transpose(undo[orientation]) if orientation in undo else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(lying, type_.removeprefix("image/").upper(), exif=exif)
    made, _ = make(content, type_, Size(100, 100, "contain"), "webp", PIXELS)
    found = opened(made).convert("RGB")
    assert found.size == (100, 50)
    corners = [found.getpixel((x, y)) for y in (4, 45) for x in (4, 95)]
    assert all(map(is_like, corners, (RED, GREEN, BLUE, WHITE)))
    seen = look(content, type_, PIXELS)
    assert (seen.width, seen.height) == (1200, 600)


@pytest.mark.parametrize("format_", ["webp", "avif", "jpeg", "png", None])
def test_nothing_but_the_picture_is_left(format_: Any) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "SECRET-PLACE"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(quarters(), exif=exif, comment=b"SECRET-COMMENT", icc_profile=profile, xmp=b"<x>SECRET-XMP</x>")
    assert content.count(b"SECRET") == 4
    made, _ = make(content, "image/jpeg", Size(400, 200), format_, PIXELS)
    assert b"SECRET" not in made
    image = opened(made)
    assert not image.getexif()
    assert not {"icc_profile", "comment", "xmp", "exif"} & set(image.info)


def test_images_of_printers_become_images_of_screens() -> None:
    content = saved(quarters().convert("CMYK"))
    made, _ = make(content, "image/jpeg", Size(100, 50), "png", PIXELS)
    assert opened(made).mode == "RGB"


def test_what_shines_through_stays_so() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((25, 25, 75, 75), fill=(255, 0, 0, 255))
    for mode in ("RGBA", "P"):
        content = saved(image if mode == "RGBA" else image.quantize(), "PNG")
        for format_, expected in (("webp", "WEBP"), ("avif", "AVIF"), (None, "PNG")):
            made, _ = make(content, "image/png", Size(50, 50), format_, PIXELS)  # pyright: ignore[reportArgumentType]
            found = opened(made)
            assert found.format == expected
            assert found.convert("RGBA").getpixel((2, 2))[3] < 10  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]
    assert make(saved(quarters()), "image/jpeg", Size(50, 50), None, PIXELS)[1] == "jpeg"


# ---- what is not taken apart -------------------------------------------------------------------------


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are very large, and are: rows of zeroes, which pack a thousand to one."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 20_000, 60_000, 2_000_000_000])
def test_a_pixel_bomb_is_refused_before_a_pixel_is_read(side: int) -> None:
    for work in (
        lambda: make(png_bomb(side, side), "image/png", Size(9, 9), None, PIXELS),
        lambda: look(png_bomb(side, side), "image/png", PIXELS),
    ):
        with pytest.raises((ImageTooLarge, ImageUnreadable)) as caught:
            work()
        assert side > 1_000_000_000 or caught.type is ImageTooLarge


HEADS = {
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "tiff": saved(quarters(8, 8), "TIFF"),
    "bmp": saved(quarters(8, 8), "BMP"),
    "png for jpeg": saved(quarters(8, 8), "PNG"),
    "empty": b"",
    "half a jpeg": saved(quarters())[:600],
    "half a png": saved(quarters(), "PNG")[:200],
    "zip": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("name", HEADS)
def test_what_is_no_image_of_its_type_is_refused(name: str) -> None:
    types = ["image/png"] if name == "half a png" else ["image/jpeg", "image/webp", "image/gif", "image/avif"]
    if name == "half a jpeg":
        types = ["image/jpeg"]
    for type_ in types:
        with pytest.raises(ImageUnreadable):
            make(HEADS[name], type_, Size(9, 9), None, PIXELS)


def test_what_follows_an_image_is_left_behind() -> None:
    """A file that is an image and a page at once: what is made of it is an image alone."""
    for type_, format_ in (("image/jpeg", "JPEG"), ("image/png", "PNG"), ("image/gif", "GIF")):
        content = saved(quarters(), format_) + b"<script>alert(1)</script>PK\x03\x04"
        for wanted in ("webp", "png", "jpeg"):
            made, _ = make(content, type_, Size(400, 200), wanted, PIXELS)  # pyright: ignore[reportArgumentType]
            assert b"<script>" not in made


# ---- in the store ------------------------------------------------------------------------------------


def run(folder: Path, work: Callable[[DiskStore, Images], Awaitable[Answer]], **given: Any) -> Answer:
    async def inside() -> Answer:
        store = DiskStore(folder)
        made = Images(store, ImageLimits(**given))
        try:
            return await work(store, made)
        finally:
            made.close()
            await store.close()

    return asyncio.run(inside())


async def put(store: DiskStore, content: bytes, key: str = KEY) -> None:
    async def once() -> AsyncIterator[bytes]:
        yield content

    await store.put(key, once(), content_type="", most_bytes=100_000_000)


async def keys(store: DiskStore) -> list[str]:
    return [each.key async for each in store.list()]


async def got(store: DiskStore, variant: Variant) -> Image.Image:
    return opened(b"".join([chunk async for chunk in store.read(variant.key)]))


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        (BROWSER, "image/avif"),
        (b"image/webp,*/*", "image/webp"),
        (b"image/avif;q=0,image/webp", "image/webp"),
        (b"image/avif;q=0.5", "image/avif"),
        (b"*/*", "image/jpeg"),
        (b"", "image/jpeg"),
        (b"image/*", "image/jpeg"),
    ],
)
def test_browsers_get_the_best_format_that_they_name(accept: bytes, type_: str, tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))
        for _ in range(2):  # made, and found again
            variant = await images.variant(KEY, "image/jpeg", Size(40, 40), accept)
            assert variant.type == type_
            image = await got(store, variant)
            assert f"image/{str(image.format).lower()}" == type_
            assert variant.size_bytes == await store.size(variant.key)

    run(tmp_path, work)


def test_what_many_ask_for_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Size] = []

    def counted(content: bytes, type_: str, size: Size, *more: Any) -> Any:
        made.append(size)
        return make(content, type_, size, *more)

    monkeypatch.setattr(images_module, "make", counted)

    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))
        asked = [images.variant(KEY, "image/jpeg", Size(40, 40), BROWSER) for _ in range(20)]
        assert len({each.key for each in await asyncio.gather(*asked)}) == 1
        await images.variant(KEY, "image/jpeg", Size(40, 40), BROWSER)
        assert len(made) == 1
        await images.variant(KEY, "image/jpeg", Size(40, 40, "fit"), BROWSER)
        assert len(made) == 2

    run(tmp_path, work)


def test_who_leaves_does_not_take_it_from_others(tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))
        first, second = (
            asyncio.create_task(images.variant(KEY, "image/jpeg", Size(40, 40), BROWSER)) for _ in range(2)
        )
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).type == "image/avif"

    run(tmp_path, work)


def test_variants_lie_beside_their_file(tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))
        await images.variant(KEY, "image/jpeg", Size(40, 30), BROWSER)
        await images.variant(KEY, "image/jpeg", Size(40, 30), b"")
        assert await keys(store) == [KEY, f"{KEY}.40x30-cover.avif", f"{KEY}.40x30-cover.plain"]

    run(tmp_path, work)


def test_nothing_is_made_of_a_file_that_goes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))

        def going(content: bytes, *more: Any) -> Any:
            (tmp_path / KEY).unlink()
            return make(content, *more)

        monkeypatch.setattr(images_module, "make", going)
        with pytest.raises(FileMissing):
            await images.variant(KEY, "image/jpeg", Size(40, 40), BROWSER)
        assert await keys(store) == []

    run(tmp_path, work)


def test_what_cannot_be_made_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []

    def counted(content: bytes, *more: Any) -> Any:
        tried.append(content)
        return make(content, *more)

    monkeypatch.setattr(images_module, "make", counted)

    async def work(store: DiskStore, images: Images) -> None:
        await put(store, b"no image")
        for _ in range(3):
            with pytest.raises(ImageUnreadable):
                await images.variant(KEY, "image/jpeg", Size(40, 40), BROWSER)
        assert len(tried) == 1
        assert await keys(store) == [KEY]

    run(tmp_path, work)


def test_limits(tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters(), "PNG"))
        with pytest.raises(ImageTooLarge, match="bytes"):
            await images.variant(KEY, "image/png", Size(40, 40), BROWSER)
        await put(store, saved(quarters(20, 10), "PNG"), "small")
        with pytest.raises(ImageTooLarge, match="pixels"):
            await images.variant("small", "image/png", Size(40, 40), BROWSER)
        with pytest.raises(NoSuchSize):
            await images.variant(KEY, "image/svg+xml", Size(40, 40), BROWSER)
        with pytest.raises(FileMissing):
            await images.variant("nothing", "image/png", Size(40, 40), BROWSER)

    run(tmp_path, work, most_bytes=500, most_pixels=199)


def test_no_more_wait_than_may(tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(quarters()))
        asked = [images.variant(KEY, "image/jpeg", Size(40, side), BROWSER) for side in range(10, 20)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert any(isinstance(each, Variant) for each in found)
        assert any(isinstance(each, ImagesBusy) for each in found)
        # It was nobody's fault, and it can be had afterwards.
        await images.variant(KEY, "image/jpeg", Size(40, 19), BROWSER)

    run(tmp_path, work, threads=1, most_waiting=1)


# ---- what is seen before it comes --------------------------------------------------------------------


def test_the_middle_of_the_colours(tmp_path: Path) -> None:
    async def work(store: DiskStore, images: Images) -> None:
        await put(store, saved(Image.new("RGB", (300, 200), (200, 100, 50)), "PNG"))
        seen = await images.look(KEY, "image/png")
        assert (seen.width, seen.height, seen.color) == (300, 200, "#c86432")

    run(tmp_path, work)


def test_a_blurhash_is_read_as_the_picture() -> None:
    """By a reader of its own: the colours of the quarters are where they are."""
    seen = look(saved(quarters(200, 200), "PNG"), "image/png", PIXELS)
    assert len(seen.blurhash) == 28
    width = height = 16
    colors = read_blurhash(seen.blurhash, width, height)
    corners = [colors[y * width + x] for y in (2, 13) for x in (2, 13)]
    known = (RED, GREEN, BLUE, WHITE)
    nearest = [min(known, key=lambda each: math.dist(each, found)) for found in corners]
    assert nearest == list(known), corners


def test_a_blurhash_of_one_colour() -> None:
    seen = look(saved(Image.new("RGB", (20, 20), (255, 0, 0)), "PNG"), "image/png", PIXELS)
    assert seen.blurhash.startswith("L")  # 4 by 3 waves
    assert all(math.dist(color, (255, 0, 0)) < 60 for color in read_blurhash(seen.blurhash, 4, 4))


def read_blurhash(text: str, width: int, height: int) -> list[tuple[int, int, int]]:
    """Source: "BlurHash", Algorithm: what a reader does."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"

    def number(part: str) -> int:
        value = 0
        for each in part:
            value = value * 83 + digits.index(each)
        return value

    def to_linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    def to_color(value: float) -> int:
        part = max(0.0, min(1.0, value))
        return int((part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) * 255 + 0.5)

    def signed(value: float) -> float:
        return math.copysign(value * value, value)

    across, down = number(text[0]) % 9 + 1, number(text[0]) // 9 + 1
    most = (number(text[1]) + 1) / 166
    first = number(text[2:6])
    waves = [tuple(to_linear(each) for each in (first >> 16, first >> 8 & 255, first & 255))]
    for at in range(1, across * down):
        value = number(text[4 + at * 2 : 6 + at * 2])
        waves.append(tuple(signed((each - 9) / 9) * most for each in (value // 361, value // 19 % 19, value % 19)))
    found: list[tuple[int, int, int]] = []
    for y in range(height):
        for x in range(width):
            sums = [0.0, 0.0, 0.0]
            for at, wave in enumerate(waves):
                i, j = at % across, at // across
                basis = math.cos(math.pi * x * i / width) * math.cos(math.pi * y * j / height)
                for channel in range(3):
                    sums[channel] += wave[channel] * basis
            found.append((to_color(sums[0]), to_color(sums[1]), to_color(sums[2])))
    return found
