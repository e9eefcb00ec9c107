"""What does a size of an image cost: 12 megapixels of a JPEG to 400 pixels, in each format, and what is seen before it comes."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from statistics import median
from typing import Any

from portico.gateway.storage import pictures
from portico.gateway.storage.pictures import Format, Size, look, make

_WIDTH, _HEIGHT = 4_000, 3_000
_PASSES = 7
_PIXELS = 50_000_000


def main() -> None:
    """The command line."""
    content = _photo()
    print(f"{_WIDTH} × {_HEIGHT}, {len(content) / 1e6:.1f} MB; medians of {_PASSES}")
    size = Size(400, 400, "contain")
    formats: tuple[Format, ...] = ("webp", "jpeg", "png", "avif")
    for each in formats:
        _show(f"to {each}", partial(_made, content, size, each))
    _show("to webp, cut", lambda: make(content, "image/jpeg", Size(400, 400), "webp", _PIXELS)[0])
    for speed in (4, 6, 8, 10):
        pictures._SAVED["avif"] = {"quality": 60, "speed": speed}  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        _show(f"to avif, speed {speed}", partial(_made, content, size, "avif"))
    _show("color and blurhash", lambda: look(content, "image/jpeg", _PIXELS).blurhash.encode())


def _made(content: bytes, size: Size, format_: Format) -> bytes:
    return make(content, "image/jpeg", size, format_, _PIXELS)[0]


def _photo() -> bytes:
    """Smooth, with edges and some noise, as photographs are."""
    library, draw_library = import_module("PIL.Image"), import_module("PIL.ImageDraw")
    image = library.merge("RGB", [library.radial_gradient("L").resize((_WIDTH, _HEIGHT)) for _ in range(3)])
    draw: Any = draw_library.Draw(image)
    for at in range(0, _WIDTH, 97):
        draw.ellipse((at, at % _HEIGHT, at + 300, at % _HEIGHT + 200), fill=(at % 255, (at * 7) % 255, (at * 3) % 255))
    noise = library.effect_noise((_WIDTH, _HEIGHT), 30).convert("RGB")
    written = io.BytesIO()
    library.blend(image, noise, 0.15).save(written, "JPEG", quality=90)
    return written.getvalue()


def _show(name: str, work: Callable[[], bytes]) -> None:
    costs: list[float] = []
    made = b""
    for _ in range(_PASSES):
        before = time.process_time()
        made = work()
        costs.append(time.process_time() - before)
    print(f"{name:24} {median(costs) * 1000:7.1f} ms CPU {len(made):8} bytes")


if __name__ == "__main__":
    main()
