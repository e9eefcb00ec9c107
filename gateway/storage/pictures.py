"""How is an image made smaller, and what is seen of it before it comes: Pillow, within limits, without what else is in the file."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, TypeAlias, cast

from portico.gateway.problems import InvalidSettings
from portico.gateway.storage.image_problems import ImageTooLarge, ImageUnreadable

Fit: TypeAlias = Literal["cover", "contain", "fit"]
FITS: tuple[Fit, ...] = ("cover", "contain", "fit")
Format: TypeAlias = Literal["avif", "webp", "jpeg", "png"]

# What is read, and by which decoder: no other one of Pillow's is ever reached, whatever the bytes look like.
READ = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF", "image/avif": "AVIF"}
TYPES: dict[Format, str] = {each: f"image/{each}" for each in ("avif", "webp", "jpeg", "png")}
_SAVED: dict[Format, dict[str, Any]] = {
    "webp": {"quality": 80, "method": 4},
    # 12 megapixels to 400 pixels take 130 ms; speed 4 takes 380 for a tenth fewer bytes, 8 takes 93 for a tenth more (benchmarks.images).
    "avif": {"quality": 60, "speed": 6},
    "jpeg": {"quality": 82, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_TURNED = (5, 6, 7, 8)  # orientations of EXIF in which width and height change places
_ORIENTATION = 0x0112
_LOOKED_AT = 32  # pixels: enough for colours that are averages


@dataclass(frozen=True, slots=True)
class Size:
    """
    What an image is made to be, in pixels.

    `cover` fills it and cuts off what is over, `contain` is as large as fits into it, `fit` the same with margins to fill it. An image is
    never made larger than it is.
    """

    width: int
    height: int
    fit: Fit = "cover"


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of an image. color: the middle of its colours, `#rrggbb`. blurhash: a blurred image in some 30 characters."""

    width: int
    height: int
    color: str
    blurhash: str


def make(content: bytes, type_: str, size: Size, format_: Format | None, most_pixels: int) -> tuple[bytes, Format]:
    """
    An image in a size: turned as its camera was held, in sRGB, and without anything that was in the file besides.

    Args:
        format_: None keeps to what every browser shows: PNG where something shines through, else JPEG.

    Raises:
        ImageTooLarge, ImageUnreadable
    """
    with _opened(content, type_, most_pixels) as image:
        image.draft("RGB", _least(image, size))  # a JPEG is read at an eighth, a quarter or half where that is enough
        picture = _fitted(_upright(image), size)
        shines = picture.mode == "RGBA"
        chosen: Format = format_ or ("png" if shines else "jpeg")
        if shines and chosen == "jpeg":
            picture = picture.convert("RGB")
        written = io.BytesIO()
        picture.save(written, chosen.upper(), **_SAVED[chosen])
        return written.getvalue(), chosen


def look(content: bytes, type_: str, most_pixels: int) -> Look:
    """
    What is seen of an image before it comes.

    Raises:
        ImageTooLarge, ImageUnreadable
    """
    with _opened(content, type_, most_pixels) as image:
        turned = image.getexif().get(_ORIENTATION) in _TURNED
        width, height = (image.height, image.width) if turned else image.size
        image.draft("RGB", (_LOOKED_AT, _LOOKED_AT))
        picture = _upright(image)
        picture.thumbnail((_LOOKED_AT, _LOOKED_AT), reducing_gap=2.0)
        flat = _on(picture, (255, 255, 255)) if picture.mode == "RGBA" else picture
        red, green, blue = flat.resize((1, 1), import_module("PIL.Image").Resampling.BOX).getpixel((0, 0))
        pixels = cast("Sequence[tuple[int, int, int]]", list(flat.get_flattened_data()))
        return Look(width, height, f"#{red:02x}{green:02x}{blue:02x}", blurhash(pixels, flat.width))


def is_available(format_: Format) -> bool:
    """Whether this Pillow writes a format."""
    return bool(import_module("PIL.features").check(format_)) if format_ in ("webp", "avif") else True


def needs_pillow() -> None:
    """
    Reads the library, which takes a tenth of a second.

    Raises:
        InvalidSettings: it is not installed.
    """
    try:
        import_module("PIL.Image")
    except ImportError:
        raise InvalidSettings("Sizes of images need Pillow.", hint="pip install portico[images]") from None


class _opened:  # noqa: N801  # a context, as `open` is
    """An image whose head was read and whose pixels were counted, and errors of it in our words."""

    def __init__(self, content: bytes, type_: str, most_pixels: int) -> None:
        self._content = content
        self._type = type_
        self._most_pixels = most_pixels
        self._image: Any = None

    def __enter__(self) -> Any:
        library = import_module("PIL.Image")
        try:
            self._image = library.open(io.BytesIO(self._content), formats=(READ[self._type],))
        except (library.DecompressionBombError, library.DecompressionBombWarning):
            raise self._too_large() from None
        except Exception as error:
            raise ImageUnreadable("The file is not an image of its type.") from error
        if self._image.width * self._image.height > self._most_pixels:
            self._image.close()
            raise self._too_large()
        return self._image

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._image.close()
        if error is not None and isinstance(error, Exception) and not isinstance(error, ImageTooLarge):
            # Decoders raise whatever comes to them with what is broken: OSError, ValueError, SyntaxError, struct.error.
            raise ImageUnreadable("The image is broken.") from error

    def _too_large(self) -> ImageTooLarge:
        return ImageTooLarge(f"The image has more than {self._most_pixels} pixels.", hint="Upload a smaller one.")


def _upright(image: Any) -> Any:
    """The first picture of it, in RGB or RGBA, turned as EXIF says."""
    library, ops = import_module("PIL.Image"), import_module("PIL.ImageOps")
    profile = image.info.get("icc_profile")
    shines = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    orientation = image.getexif().get(_ORIENTATION)
    picture = image.convert("RGBA" if shines else "RGB") if not profile else _in_srgb(image, profile, shines)
    if orientation and orientation != 1:
        exif = library.Exif()
        exif[_ORIENTATION] = orientation
        picture.info["exif"] = exif.tobytes()
        picture = ops.exif_transpose(picture)
    picture.info = {}
    return picture


def _in_srgb(image: Any, profile: bytes, shines: bool) -> Any:
    """Its colours as they are without the profile, which goes with all else that is beside the pixels."""
    cms = import_module("PIL.ImageCms")
    mode = "RGBA" if shines else "RGB"
    try:
        source = cms.ImageCmsProfile(io.BytesIO(profile))
        given = image if image.mode in ("RGB", "RGBA", "CMYK", "L") else image.convert(mode)
        return cms.profileToProfile(given, source, cms.createProfile("sRGB"), outputMode=mode)
    except (cms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert(mode)


def _least(image: Any, size: Size) -> tuple[int, int]:
    """How large it must be read to be made smaller well, lying as it lies in the file: twice, as averages see less than eyes."""
    turned = image.getexif().get(_ORIENTATION) in _TURNED
    width, height = (size.height, size.width) if turned else (size.width, size.height)
    return width * 2, height * 2


def _fitted(picture: Any, size: Size) -> Any:
    library, ops = import_module("PIL.Image"), import_module("PIL.ImageOps")
    if size.fit == "cover":
        scale = min(1.0, picture.width / size.width, picture.height / size.height)
        box = (max(1, round(size.width * scale)), max(1, round(size.height * scale)))
        _reduce(picture, max(box[0] / picture.width, box[1] / picture.height))
        return ops.fit(picture, box, library.Resampling.LANCZOS)
    picture.thumbnail((size.width, size.height), library.Resampling.LANCZOS, reducing_gap=2.0)
    if size.fit == "contain" or picture.size == (size.width, size.height):
        return picture
    canvas = library.new("RGBA", (size.width, size.height), (0, 0, 0, 0))
    canvas.paste(picture, ((size.width - picture.width) // 2, (size.height - picture.height) // 2))
    return canvas


def _reduce(picture: Any, scale: float) -> None:
    """To twice what is wanted, by averages, which is quick; what is left is done well."""
    if scale < 0.5:
        picture.thumbnail(
            (math.ceil(picture.width * scale * 2), math.ceil(picture.height * scale * 2)),
            import_module("PIL.Image").Resampling.BOX,
            reducing_gap=1.0,
        )


def _on(picture: Any, color: tuple[int, int, int]) -> Any:
    ground = import_module("PIL.Image").new("RGB", picture.size, color)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


# ---- blurhash ----------------------------------------------------------------------------------------

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_ACROSS, _DOWN = 4, 3


def blurhash(pixels: Sequence[tuple[int, int, int]], width: int) -> str:
    """
    The blurhash of an image, 28 characters. Source: "BlurHash", Algorithm.

    Args:
        pixels: row by row.
    """
    height = len(pixels) // width
    linear = [tuple(_LINEAR[each] for each in pixel) for pixel in pixels]
    waves_x = [[math.cos(math.pi * i * x / width) for x in range(width)] for i in range(_ACROSS)]
    waves_y = [[math.cos(math.pi * j * y / height) for y in range(height)] for j in range(_DOWN)]
    factors: list[list[float]] = []
    for j in range(_DOWN):
        for i in range(_ACROSS):
            norm = (1.0 if i == j == 0 else 2.0) / len(pixels)
            sums = [0.0, 0.0, 0.0]
            for at, color in enumerate(linear):
                wave = waves_x[i][at % width] * waves_y[j][at // width]
                for channel in range(3):
                    sums[channel] += wave * color[channel]
            factors.append([norm * each for each in sums])
    first, *rest = factors
    most = max(abs(each) for factor in rest for each in factor)
    step = max(0, min(82, math.floor(most * 166 - 0.5)))
    red, green, blue = (_unlinear(each) for each in first)
    text = (
        _digits((_ACROSS - 1) + (_DOWN - 1) * 9, 1) + _digits(step, 1) + _digits((red << 16) + (green << 8) + blue, 4)
    )
    for factor in rest:
        a, b, c = (_step_of(each / ((step + 1) / 166)) for each in factor)
        text += _digits(a * 19 * 19 + b * 19 + c, 2)
    return text


def _step_of(value: float) -> int:
    root = math.copysign(math.sqrt(abs(value)), value)
    return max(0, min(18, math.floor(root * 9 + 9.5)))


def _digits(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83 ** (length - at - 1) % 83] for at in range(length))


def _linear_of(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


_LINEAR = [_linear_of(each) for each in range(256)]


def _unlinear(value: float) -> int:
    part = max(0.0, min(1.0, value))
    return round((part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) * 255)
