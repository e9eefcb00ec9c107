"""Where do tests get a Postgres with extensions (PostGIS, ltree, citext): one that the machine has, started for them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.support.postgres import in_database
from tests.support.scratch import scratch_folder

_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
_SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "timezone=UTC")
_TEMPLATE = "with_extensions"


@dataclass(frozen=True)
class SystemPostgres:
    """
    A server that the machine's own Postgres runs.

    url: on which databases may be made and dropped; None where there is none, and `reason` says why.
    template: a database that has the extensions, for `fresh_database(url, template=…)`.
    """

    url: str | None
    reason: str = ""
    template: str = _TEMPLATE


@contextmanager
def system_postgres(extensions: Collection[str]) -> Generator[SystemPostgres]:
    """The newest installed Postgres that has these extensions, over a data folder of its own."""
    programs = _programs(extensions)
    if programs is None:
        yield SystemPostgres(None, f"no Postgres with {', '.join(sorted(extensions))} is installed")
        return
    user = _user()
    if os.geteuid() == 0 and user is None:
        yield SystemPostgres(None, "Postgres does not run as root, and there is no user postgres")
        return
    folder = scratch_folder("portico-system-postgres-")
    if user is not None:
        shutil.chown(folder, user)
    data, log = str(folder / "data"), str(folder / "log")
    settings = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"unix_socket_directories={folder}"))
    try:
        _run(
            user, folder, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"
        )
        _run(user, folder, programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", settings, "start")
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            asyncio.run(_make_template(url, extensions))
            yield SystemPostgres(url)
        finally:
            _run(user, folder, programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(extensions: Collection[str]) -> Path | None:
    found = [path for pattern in _FOLDERS for path in Path("/").glob(pattern.lstrip("/")) if (path / "initdb").exists()]
    for path in sorted(found, key=_version, reverse=True):
        shared = subprocess.run([path / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
        controls = Path(shared.stdout.strip()) / "extension"
        if shared.returncode == 0 and all((controls / f"{name}.control").exists() for name in extensions):
            return path
    return None


def _version(path: Path) -> int:
    digits = "".join(character for character in path.parent.name if character.isdigit())
    return int(digits or 0)


def _user() -> str | None:
    """Whom the server runs as where the tests run as root, as which it refuses to."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else None


def _run(user: str | None, folder: Path, *command: str | Path) -> None:
    # The server that pg_ctl starts would hold a pipe open for as long as it runs, so output goes to a file.
    with (folder / "output").open("a+") as output:
        done = subprocess.run(
            command, user=user, group=user, cwd=folder, stdout=output, stderr=output, check=False,
            extra_groups=None if user is None else [],
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{output.read()}")


async def _make_template(url: str, extensions: Collection[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        # Sorted as `fresh_database` sorts.
        await connection.execute(
            f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'"
        )
    finally:
        await connection.close()
    connection = await asyncpg.connect(in_database(url, _TEMPLATE))
    try:
        for name in extensions:
            await connection.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE')
    finally:
        await connection.close()
