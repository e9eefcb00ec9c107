"""How do servers of tests start in a tenth of the time: forked from a process that has everything imported, and is asked by a socket."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_PATIENCE_S = 30.0
_IMPORTED = (
    "portico.gateway.app",
    "portico.gateway.cli.dev",
    "portico.gateway.cli.serve",
    "portico.gateway.loading",
    "portico.gateway.migrating",
    "portico.gateway.serving",
    # What accounts need, but not the accounts: their models are declared by each server for itself.
    "aiosqlite",
    "alembic.autogenerate",
    "argon2",
    "joserfc.jws",
    "joserfc.jwt",
    "nacl.pwhash",
    "strawberry",
)


class Forked:
    """A process that was forked elsewhere, as `subprocess.Popen` would have it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._told = connection.makefile("r")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
            self._connection.close()
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Waits for its end."""
        if self.returncode is None and not select.select([self._connection], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("portico", timeout)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def forked(arguments: Sequence[str], folder: Path, log: Path, environment: Mapping[str, str]) -> Forked:
    """`portico` with these arguments, in a process of its own."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(_started()))
    asked = {"arguments": list(arguments), "folder": str(folder), "log": str(log), "environment": dict(environment)}
    connection.sendall(json.dumps(asked).encode() + b"\n")
    return Forked(connection)


@cache
def _started() -> Path:
    """The socket of this process's own zygote."""
    path = Path(tempfile.mkdtemp()) / "zygote"
    process = subprocess.Popen([sys.executable, "-m", "tests.support.zygote", str(path)], cwd=Path(__file__).parents[2])
    atexit.register(process.wait)
    atexit.register(process.kill)
    deadline = time.monotonic() + _PATIENCE_S
    while not path.exists():
        assert time.monotonic() < deadline, "the zygote did not start"
        time.sleep(0.01)
    return path


# ---- in the zygote -----------------------------------------------------------------------------------


def _serve(path: str) -> None:
    # No thread and no loop is begun by these, or forking would be wrong.
    for name in _IMPORTED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path + ".new")
    listener.listen(16)
    Path(path + ".new").rename(path)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _watch(connection)
        connection.close()


def _watch(connection: socket.socket) -> None:
    """Forks the server, waits for it, and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked = json.loads(connection.makefile("r").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        _become(**asked)
    connection.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(arguments: list[str], folder: str, log: str, environment: dict[str, str]) -> Any:
    from portico.gateway.cli.main import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(written, number)
    code = 1
    try:
        main(arguments, standalone_mode=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
