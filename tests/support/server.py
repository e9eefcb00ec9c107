"""How do tests talk to a real server: a project in a folder of its own, served by `portico` in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result

from portico.gateway.cli.main import main
from tests.support.zygote import Forked, forked

ADMIN_KEY = "key-of-the-tests"
START_TIMEOUT_S = 30.0
_RUN = "from portico.gateway.cli.main import main; main()"
_START_TRIES = 3


@dataclass(frozen=True)
class Answer:
    """One HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The first GraphQL error."""
        return self.json["errors"][0]

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.json, self.text
        return self.json["data"]


class Server:
    """
    A project being served.

    Args:
        folder: holds models.py and portico.toml, and gets the server's log.
        command: the verb of `portico` that serves, with its options.
        environment: variables besides those of this process.
        is_apart: whether it begins as any process does, and not with everything imported.
    """

    def __init__(
        self,
        folder: Path,
        command: Sequence[str] = ("serve",),
        environment: Mapping[str, str] | None = None,
        *,
        is_apart: bool = False,
    ) -> None:
        self.folder = folder
        self.port = 0
        self.database_url = ""
        self._command = tuple(command)
        self._is_apart = is_apart
        self._environment = _environment() | dict(environment or {})
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | Forked | None = None

    # ---- life ----------------------------------------------------------------------------------------

    def start(self, port: int | None = None) -> None:
        """Starts the process and waits until it is ready; at a port where clients wait for it, or at any."""
        for last in (False, False, True):
            self.port = port or free_port()
            self._process = self._begun([*self._command, "--port", str(self.port)])
            # Between choosing the port and listening on it another process may have taken it.
            if self._is_ready() or last:
                return
            self.kill()

    def _begun(self, arguments: Sequence[str]) -> subprocess.Popen[bytes] | Forked:
        if not self._is_apart:
            return forked(arguments, self.folder, self._log, self._environment)
        with self._log.open("wb") as log:
            command = [sys.executable, "-c", _RUN, *arguments]
            return subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=log, stderr=log)

    def _is_ready(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.exit_code is not None:
                if "address already in use" in self.log:
                    return False
                raise AssertionError(f"The server ended at once:\n{self.log}")
            if self.status_of("/ready") == 200:
                return True
            time.sleep(0.02)
        raise AssertionError(f"The server did not become ready:\n{self.log}")

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, timeout_s: float = 15.0) -> int:
        """Waits for the end of the process; its exit code."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    def kill(self) -> None:
        """Ends the process if it still runs, workers of its own included."""
        if self._process is None or self.exit_code is not None:
            return
        self.signal(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.wait()

    def kill_at_once(self) -> None:
        """SIGKILL: the process says nothing any more."""
        self.signal(signal.SIGKILL)
        self.wait()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything that it has printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def cpu_s(self) -> float:
        """Processor seconds that the process has used in all its threads; in steps of 10 ms. Linux only."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory_bytes(self) -> int:
        """Resident memory of the process. Linux only."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    # ---- requests ------------------------------------------------------------------------------------

    def connect(self, timeout_s: float = 30.0) -> http.client.HTTPConnection:
        """A connection of one's own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)

    def request(
        self,
        method: str = "POST",
        path: str = "/graphql",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout_s: float = 30.0,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = self.connect(timeout_s)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def ask(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> Answer:
        """One GraphQL request by POST."""
        payload = {"query": document, **({} if variables is None else {"variables": variables}), **members}
        all_headers = {"content-type": "application/json", **(headers or {})}
        return self.request("POST", "/graphql", json.dumps(payload).encode(), all_headers)

    def as_admin(self, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of a request past all rules."""
        return self.ask(document, variables, {"x-portico-admin-key": ADMIN_KEY}).data

    def status_of(self, path: str) -> int | None:
        """The status of a GET; None while nothing listens."""
        try:
            return self.request("GET", path, timeout_s=5).status
        except (OSError, http.client.HTTPException):
            return None


@contextmanager
def served(
    folder: Path,
    models: Path | str,
    database_url: str,
    *,
    settings: Mapping[str, Any] | None = None,
    toml: str = "",
    command: Sequence[str] = ("serve",),
    environment: Mapping[str, str] | None = None,
    is_migrated: bool = False,
) -> Generator[Server]:
    """
    A project made in a folder, its database migrated, and a server for it that ends with the block.

    Args:
        models: the file to copy, or the text of models.py.
        is_migrated: the database has what the models need.
        settings: top-level settings of portico.toml, over those that tests need.
        toml: tables to append to portico.toml.
    """
    write_project(folder, models, database_url, settings, toml)
    if command[0] == "serve" and not is_migrated:
        run_portico(folder, "migrate")
    server = Server(folder, command, environment)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def write_project(
    folder: Path,
    models: Path | str,
    database_url: str,
    settings: Mapping[str, Any] | None = None,
    toml: str = "",
) -> None:
    """models.py and portico.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(models, Path):
        shutil.copy(models, folder / "models.py")
    else:
        (folder / "models.py").write_text(models)
    chosen = {"database_url": database_url, "admin_keys": [ADMIN_KEY], **(settings or {})}
    lines = [f"{name} = {json.dumps(value)}" for name, value in chosen.items()]
    (folder / "portico.toml").write_text("\n".join([*lines, toml, ""]))


def run_portico(folder: Path, *arguments: str, typed: str = "") -> str:
    """Runs another verb of `portico` to its end; what it printed."""
    done = _run_portico(folder, *arguments, typed=typed)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def run_portico_failing(folder: Path, *arguments: str) -> str:
    """Runs a verb of `portico` that must fail; what it complained of."""
    done = _run_portico(folder, *arguments)
    assert done.exit_code == 1, done.stdout
    return done.stderr


def run_portico_apart(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a verb of `portico` to its end in a process of its own, which takes a second to begin."""
    command = [sys.executable, "-c", _RUN, *arguments]
    return subprocess.run(
        command, cwd=folder, env=_environment(), input=typed, capture_output=True, text=True, timeout=60
    )


def _run_portico(folder: Path, *arguments: str, typed: str = "") -> Result:
    path = list(sys.path)
    try:
        with chdir(folder), patch.dict(os.environ, _environment(), clear=True):
            done = CliRunner().invoke(main, arguments, input=typed)
    finally:
        sys.path[:] = path
        sys.modules.pop("models", None)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(holds: Callable[[], Any], timeout_s: float = 10.0, *, every_s: float = 0.02) -> Any:
    """Asks again until the answer is true, and gives it; fails when it is not in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(every_s)


def _environment() -> dict[str, str]:
    """This process's variables without those that are settings of Portico."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PORTICO_")}
