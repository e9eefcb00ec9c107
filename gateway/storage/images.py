"""Where do images in a size come from: from the store where they were made before, else made once, by a few threads, and kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from portico.gateway.storage.image_problems import ImagesBusy, ImageTooLarge, NoSuchSize
from portico.gateway.storage.pictures import READ, TYPES, Format, Look, Size, is_available, look, make, needs_pillow
from portico.gateway.storage.problems import FileMissing
from portico.gateway.storage.stores import Store
from portico.schema.problems import Problem

Answer = TypeVar("Answer")

_NICE = 10  # queries come first
_MOST_REFUSED = 1_000
_MOST_VARIANT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """
    Args:
        most_bytes: of a file that is taken apart.
        most_pixels: of one; each takes up to 8 bytes while it is.
        threads: images that are made at once.
        most_waiting: images that wait for a thread.
    """

    most_bytes: int = 26_214_400
    most_pixels: int = 50_000_000
    threads: int = 2
    most_waiting: int = 100


@dataclass(frozen=True, slots=True)
class Variant:
    """An image in a size, as it lies in the store."""

    key: str
    type: str
    size_bytes: int


class Images:
    """
    Sizes of images, kept in the store beside the file: what begins with its key and a dot is made of it, and goes with it.

    Whatever is asked for at once is made once. What cannot be made is not tried again for each who asks.

    Raises:
        InvalidSettings: Pillow is not installed.
    """

    def __init__(self, store: Store, limits: ImageLimits | None = None) -> None:
        needs_pillow()
        self._store = store
        self._limits = limits or ImageLimits()
        self._threads = ThreadPoolExecutor(self._limits.threads, "portico-images", _step_back)
        self._waiting = 0
        self._made: dict[str, asyncio.Task[Variant]] = {}
        self._refused: OrderedDict[str, Problem] = OrderedDict()
        self._modern: tuple[Format, ...] = tuple(each for each in ("avif", "webp") if is_available(each))

    async def variant(self, key: str, type_: str, size: Size, accept: bytes) -> Variant:
        """
        An image in a size, in the best format that a browser says it takes.

        Args:
            key: of the file, which must be there. type_: of the file. accept: the header; what is answered varies with it.

        Raises:
            NoSuchSize: no image of a type that is taken apart.
            ImageTooLarge, ImageUnreadable, ImagesBusy, FileMissing
        """
        if type_ not in READ:
            raise NoSuchSize("Files of this type have no sizes.", hint=f"Those of {', '.join(READ)} have.")
        wanted = self._wanted(type_, accept)
        target = f"{key}.{size.width}x{size.height}-{size.fit}.{wanted or 'plain'}"
        if target in self._refused:
            raise self._refused[target]
        found = await self._store.size(target)
        if found is not None:
            return Variant(target, TYPES[wanted] if wanted else await self._plain_type(target), found)
        task = self._made.get(target)
        if task is None:
            task = self._made[target] = asyncio.create_task(self._make(key, type_, size, wanted, target))
            task.add_done_callback(lambda _: self._made.pop(target, None))
        # Whoever leaves does not take it from the others who wait.
        return await asyncio.shield(task)

    async def look(self, key: str, type_: str) -> Look:
        """
        What is seen of an image before it comes.

        Raises:
            NoSuchSize, ImageTooLarge, ImageUnreadable, ImagesBusy, FileMissing
        """
        if type_ not in READ:
            raise NoSuchSize("Files of this type are no images.", hint=f"Those of {', '.join(READ)} are.")
        content = await self._read(key)
        return await self._in_turn(lambda: look(content, type_, self._limits.most_pixels))

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _wanted(self, type_: str, accept: bytes) -> Format | None:
        """The first of the modern formats that the header names; `*/*` names none, for whoever sends it may know none."""
        named = {
            part.partition(b";")[0].strip().lower()
            for part in accept.split(b",")
            if b"q=0" not in part.replace(b"q=0.", b"")
        }
        return next((each for each in self._modern if TYPES[each].encode() in named), None)

    async def _plain_type(self, target: str) -> str:
        head = b""
        async for chunk in self._store.read(target, 0, 4):
            head += chunk
        return TYPES["png" if head.startswith(b"\x89PNG") else "jpeg"]

    async def _make(self, key: str, type_: str, size: Size, wanted: Format | None, target: str) -> Variant:
        try:
            content = await self._read(key)
            made, format_ = await self._in_turn(lambda: make(content, type_, size, wanted, self._limits.most_pixels))
        except ImagesBusy:
            raise
        except Problem as problem:
            if problem.status == 422:
                self._refused[target] = problem
                if len(self._refused) > _MOST_REFUSED:
                    self._refused.popitem(last=False)
            raise
        await self._store.put(target, _once(made), content_type=TYPES[format_], most_bytes=_MOST_VARIANT_BYTES)
        if await self._store.size(key) is None:
            # The file was deleted meanwhile, and what was made of it with it, but for this.
            await self._store.delete((target,))
            raise FileMissing("There is no such file.")
        return Variant(target, TYPES[format_], len(made))

    async def _read(self, key: str) -> bytes:
        most = self._limits.most_bytes
        size = await self._store.size(key)
        if size is None:
            raise FileMissing("There is no such file.")
        if size > most:
            raise ImageTooLarge(f"Images of more than {most} bytes are not taken apart.", hint="Upload a smaller one.")
        return b"".join([chunk async for chunk in self._store.read(key, 0, most)])

    async def _in_turn(self, work: Callable[[], Answer]) -> Answer:
        if self._waiting >= self._limits.most_waiting:
            raise ImagesBusy("Too many images are being made.", hint="Try again.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _step_back() -> None:
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)  # on Linux, of this thread alone
