"""How do tests drive a browser: headless Chromium over the DevTools protocol."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

_PATIENCE_S = 60.0
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,800",
    "--remote-debugging-port=0",
    # Whatever the page may ask of another host is answered with an error, which the test then sees.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium_path() -> str | None:
    """Where the browser is: PORTICO_TEST_CHROMIUM, or the first that is installed; None if there is none."""
    return os.environ.get("PORTICO_TEST_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


class Navigated(Exception):
    """The page that was asked has given way to another."""


class Chromium:
    """One page of a browser, with everything that it asked for, heard by websocket, and complained of."""

    def __init__(self, connection: ClientConnection, address: str) -> None:
        self._connection = connection
        self._address = address
        self._ids = itertools.count(1)
        self._session: str | None = None
        self._target: str | None = None
        self.requests: list[str] = []
        self.frames: list[str] = []
        self.complaints: list[str] = []

    @classmethod
    @contextmanager
    def started(cls, path: str, profile: Path) -> Generator[Chromium]:
        """A browser, until the block ends."""
        command = [path, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = _address(process, profile)
            with connect(address, max_size=None, ping_interval=None, proxy=None) as connection:
                yield cls(connection, address)
        finally:
            process.terminate()
            process.wait()

    @contextmanager
    def beside(self) -> Generator[Chromium]:
        """Another page of the same browser, until the block ends."""
        with connect(self._address, max_size=None, ping_interval=None, proxy=None) as connection:
            page = Chromium(connection, self._address)
            try:
                yield page
            finally:
                page.close()

    def open(self, url: str) -> None:
        """Goes to an address in a new page instead of the last one, whose storage remains."""
        self.close()
        self._target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable")
        # Workers are watched from their first request on.
        self._call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.requests.clear()
        self.frames.clear()
        self.complaints.clear()
        self._call("Page.navigate", url=url)

    def close(self) -> None:
        """Leaves the page."""
        self._session = None
        if self._target is not None:
            self._call("Target.closeTarget", targetId=self._target)
            self._target = None

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """The value of an expression as soon as it is true, in whichever page there is by then."""

        def look() -> Any:
            try:
                return self.run(script)
            except Navigated:
                return None

        return _eventually(look, script)

    def press(self, text: str) -> None:
        """Types into what has the focus; a line's end is the key Enter."""
        for character in text:
            key: dict[str, Any] = {"key": character, "text": character}
            if character == "\n":
                key = {"key": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
            self._call("Input.dispatchKeyEvent", type="keyDown", **key)
            self._call("Input.dispatchKeyEvent", type="keyUp", **key | {"text": ""})

    def _call(self, method: str, *, session: str | None = None, **parameters: Any) -> Any:
        number = self._send(method, session or self._session, parameters)
        while True:
            message = json.loads(self._connection.recv(timeout=_PATIENCE_S))
            if message.get("id") == number:
                if "navigated" in message.get("error", {}).get("message", ""):
                    raise Navigated
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self._note(message)

    def _send(self, method: str, session: str | None, parameters: dict[str, Any]) -> int:
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._connection.send(json.dumps(message))
        return number

    def _note(self, message: dict[str, Any]) -> None:
        given: dict[str, Any] = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(given["request"]["url"])
            case "Network.webSocketFrameReceived":
                self.frames.append(given["response"]["payloadData"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(given["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if given["type"] in ("error", "warning", "assert"):
                self.complaints.append(str(given["args"]))
            case "Log.entryAdded" if given["entry"]["level"] in ("error", "warning"):
                self.complaints.append(str(given["entry"]))
            case "Target.attachedToTarget" if given["targetInfo"]["type"] == "worker":
                for method in ("Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"):
                    self._send(method, given["sessionId"], {})
            case _:
                pass


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Chromium writes the port that it found and a path into its profile."""
    file = profile / "DevToolsActivePort"

    def read() -> str | None:
        assert process.poll() is None, "Chromium ended at once."
        lines = file.read_text().splitlines() if file.exists() else []
        return f"ws://127.0.0.1:{lines[0]}{lines[1]}" if len(lines) == 2 else None

    return _eventually(read, "Chromium's port")


def _eventually(look: Callable[[], Any], wanted: str) -> Any:
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"Waited in vain for {wanted}."
        time.sleep(0.02)
    return found
