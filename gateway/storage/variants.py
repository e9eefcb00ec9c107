"""Which sizes of which image may be had: those that its column declares, for whoever may have the image."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from portico.gateway.http import Headers
from portico.gateway.storage.downloads import Asked, Served
from portico.gateway.storage.image_problems import NoSuchSize
from portico.gateway.storage.images import Images
from portico.gateway.storage.pictures import READ, Size
from portico.gateway.storage.uploads import Upload
from portico.schema.files import FileMark


class Variants:
    """
    What `Downloads` asks for images in a size.

    Args:
        mark_of: bucket → what its column takes; None where there is no such column any more.
    """

    def __init__(self, images: Images, mark_of: Callable[[str], FileMark | None]) -> None:
        self._images = images
        self._mark_of = mark_of

    async def __call__(self, asked: Asked, headers: Headers) -> Served:
        """
        An image in the size that is asked for by name.

        Raises:
            NoSuchSize, ImageTooLarge, ImageUnreadable, ImagesBusy, FileMissing
        """
        file, mark = asked.file, self._mark_of(asked.file.bucket)
        declared = (mark.sizes or {}).get(asked.size or "") if mark is not None else None
        if declared is None:
            raise NoSuchSize("There is no such size.", hint="The column's sizes= names those that there are.")
        accept = headers.get(b"accept", b"")
        size = Size(declared[0], declared[1]) if len(declared) == 2 else Size(*declared)
        variant = await self._images.variant(file.key, file.type, size, accept)
        made_of = variant.key.removeprefix(file.key)
        tag = b'"%b%b"' % (file.digest[:32].encode(), made_of.encode())
        return Served(variant.key, variant.type, variant.size_bytes, tag, ((b"vary", b"accept"),))

    async def look(self, upload: Upload) -> Mapping[str, Any]:
        """
        What the row of an image says of it; nothing of files of other types, and of columns without sizes.

        Raises:
            ImageTooLarge, ImageUnreadable: it could never be had in a size.
        """
        mark = self._mark_of(upload.bucket)
        if mark is None or not mark.sizes or upload.type not in READ:
            return {}
        return asdict(await self._images.look(upload.key, upload.type))
