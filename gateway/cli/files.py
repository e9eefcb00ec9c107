"""How does an administrator reach files: `portico files`."""

from __future__ import annotations

import asyncio
import mimetypes
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portico.gateway.cli.project import with_gateway

if TYPE_CHECKING:
    from portico.gateway.app import Gateway
    from portico.gateway.files import FileHost
    from portico.gateway.storage.moving import Moved
    from portico.gateway.storage.stores import Store
    from portico.gateway.storage_settings import StorageSettings

Answer = TypeVar("Answer")
_models = click.option("--models", help="The model file.")
_CHUNK_BYTES = 1_048_576


@click.group("files", short_help="Files: list, copy, delete, verify, sweep, move.")
def command() -> None:
    """Files of the project in this folder."""


@command.command("ls")
@click.argument("prefix", default="")
@click.option("--state", help="Those in one state: pending, ready, attached, orphaned.")
@click.option("--limit", default=1000, show_default=True, help="At most so many.")
@_models
def ls(prefix: str, state: str | None, limit: int, models: str | None) -> None:
    """Print files, by key; with PREFIX those whose key begins so."""

    async def work(files: FileHost) -> list[Any]:
        from portico.gateway.storage.administration import rows_of

        return [row async for row in rows_of(files.required, prefix, state, limit)]

    for row in with_files(models, work):
        click.echo(f"{row.key}  {row.size:>12}  {row.type}  {row.state}  {row.name}")


@command.command("cp")
@click.argument("source")
@click.argument("target")
@click.option("--type", "type_", help="Media type; by the name unless given.")
@_models
def cp(source: str, target: str, type_: str | None, models: str | None) -> None:
    """
    Copy a file out (KEY PATH) or in (PATH BUCKET).

    A file that is copied in belongs to nobody, and waits for a row: its id is printed.
    """

    async def work(files: FileHost) -> str:
        from portico.gateway.storage.administration import bring_in, take_out

        uploads = files.required
        if target in uploads.buckets:
            path = Path(source)
            guessed = type_ or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return await bring_in(uploads, target, path.name, guessed, path.stat().st_size, _read(path))
        with Path(target).open("xb") as opened:
            return f"{await take_out(uploads, source, opened.write)} bytes"

    click.echo(with_files(models, work))


@command.command("rm")
@click.argument("keys", nargs=-1, required=True)
@_models
def rm(keys: tuple[str, ...], models: str | None) -> None:
    """Delete files that no row holds."""

    async def work(files: FileHost) -> int:
        from portico.gateway.storage.administration import remove

        removed = await remove(files.required, keys)
        assert files.sweeper is not None
        await files.sweeper.sweep()
        return removed

    removed = with_files(models, work)
    click.echo(f"{removed} deleted")
    if removed < len(keys):
        click.echo("Files that rows hold go with these rows.", err=True)
        sys.exit(1)


@command.command("verify")
@click.option("--quick", is_flag=True, help="Look at sizes alone, and read nothing.")
@_models
def verify(quick: bool, models: str | None) -> None:
    """Compare every file with its row: whether it is there, its size and its digest; and look for bytes without a row."""

    async def work(files: FileHost) -> list[str]:
        from portico.gateway.storage.administration import faults

        found: list[str] = []
        async for fault in faults(files.required, reads=not quick):
            click.echo(fault)
            found.append(fault)
        return found

    if with_files(models, work):
        sys.exit(1)
    click.echo("All files are as their rows say.")


@command.command("sweep")
@click.option("--strays", is_flag=True, help="Delete bytes without a row as well, if they are a day old.")
@_models
def sweep(strays: bool, models: str | None) -> None:
    """Delete what rows have let go of, and uploads that were not finished or that no row took."""

    async def work(files: FileHost) -> str:
        from portico.gateway.storage.administration import delete_strays

        assert files.sweeper is not None
        swept = await files.sweeper.sweep()
        more = await delete_strays(files.required) if strays else 0
        return f"{swept.files} files, {swept.bytes} bytes" + (f", {more} without a row" if strays else "")

    click.echo(with_files(models, work))


@command.command("move")
@click.option("--from", "source", metavar="PLACE", help="Copy out of this folder, or s3://BUCKET/PREFIX.")
@click.option("--to", "target", metavar="PLACE", help="Copy into this folder, or s3://BUCKET/PREFIX.")
@click.option("--delete", "deletes", is_flag=True, help="With --from: delete there what has arrived.")
@_models
def move(source: str | None, target: str | None, deletes: bool, models: str | None) -> None:
    """
    Copy all files between the store that the settings name and another PLACE.

    Digests are compared. After an interruption the command goes on when it is given again. Buckets are those of [storage.s3]'s endpoint and keys.
    """
    if (source is None) is (target is None):
        raise click.UsageError("Give either --from or --to.")
    if deletes and target is not None:
        raise click.UsageError(
            "The settings say that the files lie here. Have them name the new place, then move --from the old one --delete."
        )

    async def work(files: FileHost) -> Moved:
        from portico.gateway.storage.moving import move

        uploads = files.required
        other = _other_store(source or target or "", uploads.settings)
        ends = (other, uploads.store) if source is not None else (uploads.store, other)
        try:
            return await move(*ends, uploads, deletes=deletes)
        finally:
            await other.close()

    moved = with_files(models, work)
    for fault in moved.faults:
        click.echo(fault)
    click.echo(f"{moved.copied} copied" + (f", {moved.deleted} deleted" if deletes else ""))
    if moved.faults:
        sys.exit(1)


def _other_store(place: str, storage: StorageSettings) -> Store:
    """
    The store at a place.

    Raises:
        BadParameter: it is the one of the settings, out of which a move would delete what it has not copied.
    """
    if place.startswith("s3://"):
        from portico.gateway.storage.s3 import S3Store

        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        settings = replace(storage.s3, bucket=bucket, prefix=prefix)
        is_same = settings == storage.s3
        store: Store = S3Store(settings)
    else:
        from portico.gateway.storage.disk import DiskStore

        path, present = Path(place), Path(storage.folder)
        is_same = not storage.s3.bucket and path.exists() and present.exists() and path.samefile(present)
        store = DiskStore(path)
    if is_same:
        raise click.BadParameter(f"The settings name {place}, too.")
    return store


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as opened:
        while chunk := await asyncio.to_thread(opened.read, _CHUNK_BYTES):
            yield chunk


def with_files(models: str | None, work: Callable[[FileHost], Awaitable[Answer]]) -> Answer:
    """What is done with the files of the project in this folder; ends the command where it cannot be."""

    async def run(gateway: Gateway) -> Answer:
        try:
            return await work(gateway.files)
        finally:
            await gateway.files.close()
            await gateway.close_accounts()

    return with_gateway(models, run)
