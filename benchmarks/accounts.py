"""Where are accounts measured: the blog of the examples as `portico serve` runs it, over a database that is empty."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contestants import free_port
from benchmarks.realtime.stages import serving
from benchmarks.store import PORTICO, ROOT, postgres

ENGINES = ("sqlite", "postgres")
_SETTINGS = """
mode = "prod"
token_secret = "a secret of the benchmarks, long enough"
[auth]
attempts = 1000000
attempts_of_address = 1000000
"""


@contextmanager
def blog(engine: str, auth: str) -> Generator[tuple[int, int, Path, str]]:
    """
    (port, process, folder, database URL) of a server.

    Args:
        auth: what `[auth]` says besides that nobody has to wait.
    """
    with tempfile.TemporaryDirectory() as name, _empty_database(engine) as url:
        folder, port = Path(name), free_port()
        shutil.copy(ROOT / "examples" / "blog" / "models.py", folder)
        (folder / "portico.toml").write_text(f'database_url = "{url}"\n{_SETTINGS}{auth}\n')
        subprocess.run([PORTICO, "migrate"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with serving([PORTICO, "serve", "--port", str(port)], port, folder / "log", folder) as process:
            yield port, process.pid, folder, url
    print(f"load average: {os.getloadavg()[0]:.2f}")


@contextmanager
def _empty_database(engine: str) -> Generator[str]:
    if engine == "sqlite":
        yield "sqlite:///accounts.db"
        return
    with postgres() as server:
        for statement in ("DROP DATABASE IF EXISTS accounts", "CREATE DATABASE accounts"):
            subprocess.run([server.programs / "psql", server.url, "-qc", statement], check=True)
        yield server.database("accounts")
