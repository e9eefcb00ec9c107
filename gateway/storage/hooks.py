"""Where an author's own code comes in: before a file is had by anybody, and when caches are to forget some."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from portico.gateway.hook_calls import call_hook
from portico.schema.declarations import HookDeclaration, current
from portico.schema.hooks import check_hook, source_of
from portico.schema.provided import Data

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose bytes are there and which nobody can have yet. digest: SHA-256, in hexadecimal digits."""

    id: str
    owner: str | None
    bucket: str
    name: str
    type: str
    size: int
    digest: str


def scan(function: Function) -> Function:
    """
    Has a function look at each file before anybody can have it: for viruses, or for what must not be there.

        @scan
        async def no_viruses(file: Arrived, chunks: AsyncIterator[bytes]) -> None:
            if await found_by_clamav(chunks):
                raise Refused("The file is infected.")

    What it raises refuses the file, whose bytes are deleted.
    """
    check_hook("scan", function, ("file", "chunks"), "uploads")
    current().hooks.append(HookDeclaration("scan", None, function, source_of(function)))
    return function


def purge(function: Function) -> Function:
    """
    Has a function told when caches are to forget public files: `keys` are what their answers had as `Surrogate-Key`.

    It is called again where it fails.
    """
    check_hook("purge", function, ("keys",), "files that are gone")
    current().hooks.append(HookDeclaration("purge", None, function, source_of(function)))
    return function


class FileHooks:
    """Calls what an author has declared."""

    def __init__(self, declared: Sequence[HookDeclaration], data: Data) -> None:
        self._scans = [each.function for each in declared if each.kind == "scan"]
        self._purges = [each.function for each in declared if each.kind == "purge"]
        self._data = data

    async def scan(self, file: Arrived, read: Callable[[], AsyncIterator[bytes]]) -> None:
        """
        Asks every function, each of which reads for itself.

        Raises:
            Refused: by one of them.
        """
        for each in self._scans:
            await call_hook(each, {"file": file, "chunks": read()}, lambda kind: self._data)

    async def purge(self, keys: Sequence[str]) -> None:
        """Tells every function."""
        for each in self._purges:
            await call_hook(each, {"keys": list(keys)}, lambda kind: self._data)
