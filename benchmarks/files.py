"""How fast do files go out: Portico beside `python -m http.server` and nginx on the same file, and what a 304 costs."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from benchmarks.contestants import free_port
from benchmarks.load import answer_to, as_request
from benchmarks.processes import family_cpu_s
from benchmarks.store import PORTICO

_MODELS = """
from sqlalchemy.orm import Mapped
from portico.gateway.storage import File
from portico.schema import Id, Me, Model, Rule, allow, file, owner
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from portico.schema import preset

class Document(Model):
    id: Mapped[Id]
    owner: Mapped[str] = preset(lambda me: me.id, String(64))
    content: Mapped[File] = file(max_bytes=4_000_000_000)

@allow(Document, "all", to="user")
def own(document: type[Document], me: Me) -> Rule:
    return document.owner == me.id
"""
_SECRET = "only for benchmarks, on this machine alone"
_NGINX = """
daemon off; worker_processes 1; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{ access_log off; sendfile on; tcp_nopush on; server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""
_READ_BYTES = 1_048_576
_REQUESTS = 3_000


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--passes", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        _measure(Path(name), given.megabytes * 1_000_000, given.passes)


def _measure(folder: Path, size: int, passes: int) -> None:
    (folder / "models.py").write_text(_MODELS)
    port = free_port()
    environment = {
        **os.environ, "PORTICO_TOKEN_SECRET": _SECRET, "PORTICO_PORT": str(port),
        "PORTICO_MODE": "prod",
    }  # fmt: skip
    (folder / "portico.toml").write_text("[storage]\nquota_bytes = 0\nurl_s = 3600\n")
    subprocess.run([PORTICO, "migrate"], cwd=folder, env=environment, check=True, capture_output=True)
    servers: list[subprocess.Popen[bytes]] = []
    try:
        servers.append(subprocess.Popen([PORTICO, "serve"], cwd=folder, env=environment))
        _wait(port)
        path = _uploaded(port, size)
        (stored,) = (each for each in (folder / "files").rglob("*") if each.is_file())
        contestants: dict[str, tuple[int, str, int]] = {"portico": (port, path, servers[0].pid)}
        for label, command in _others(stored, folder).items():
            other = free_port()
            servers.append(command(other))
            _wait(other)
            contestants[label] = other, f"/{stored.name}", servers[-1].pid
        _throughput(contestants, size, passes)
        _unchanged(port, path, servers[0].pid)
    finally:
        for each in servers:
            each.kill()
            each.wait()


def _others(stored: Path, folder: Path) -> Mapping[str, Callable[[int], subprocess.Popen[bytes]]]:
    def python(port: int) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "http.server",
            str(port),
            "--bind",
            "127.0.0.1",
            "--directory",
            str(stored.parent),
        ]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def nginx(port: int) -> subprocess.Popen[bytes]:
        settings = folder / "nginx.conf"
        settings.write_text(_NGINX.format(folder=folder, port=port, root=stored.parent))
        return subprocess.Popen(["nginx", "-c", str(settings)], stderr=subprocess.DEVNULL)

    for each in (folder, *stored.relative_to(folder).parents):
        (folder / each).chmod(0o755)
    stored.chmod(0o644)
    found = {"python -m http.server": python}
    return {**found, "nginx (sendfile)": nginx} if shutil.which("nginx") else found


def _uploaded(port: int, size: int) -> str:
    claims = {"sub": "ann", "role": "user", "exp": int(time.time()) + 3600}
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(_SECRET))

    def ask(document: str) -> Any:
        body = json.dumps({"query": document}).encode()
        answer = json.loads(
            answer_to(port, as_request("/graphql", body, port, [("Authorization", f"Bearer {token}")]))[1]
        )
        return answer["data"]

    made = ask(
        'mutation { createUpload(into: "documents.content", name: "x", type: "application/octet-stream", '
        f"size: {size}) {{ id url }} }}"
    )["createUpload"]
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"PUT {made['url']} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode())
        block = os.urandom(_READ_BYTES)
        for start in range(0, size, len(block)):
            connection.sendall(block[: size - start])
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    print(f"upload: {size / (time.perf_counter() - began) / 1e6:,.0f} MB/s, digest and fsync included")
    document = f'mutation {{ insertDocument(object: {{contentId: "{made["id"]}"}}) {{ content {{ url }} }} }}'
    return ask(document)["insertDocument"]["content"]["url"]


def _throughput(contestants: Mapping[str, tuple[int, str, int]], size: int, passes: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    costs: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(passes):  # side by side: the machine is not the same from one second to the next
        for name, (port, path, pid) in contestants.items():
            before = family_cpu_s(pid)
            rates[name].append(size / _fetch(port, path, size) / 1e6)
            costs[name].append((family_cpu_s(pid) - before) / size * 1e9)
    best = max(median(each) for name, each in rates.items() if name != "portico")
    for name, each in rates.items():
        share = f"  {median(each) / best:.2f} of the best other" if name == "portico" else ""
        print(f"{name:24} {median(each):8,.0f} MB/s  {median(costs[name]):6.2f} ms of CPU a MB{share}")


def _fetch(port: int, path: str, size: int) -> float:
    """Seconds until the file is there."""
    into, taken = bytearray(_READ_BYTES), 0
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        while got := connection.recv_into(into):
            taken += got
    assert taken > size, taken
    return time.perf_counter() - began


def _unchanged(port: int, path: str, pid: int) -> None:
    request = as_request(path, b"", port, [("If-None-Match", "*")], "GET")
    costs: list[float] = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for _ in range(5):
            before = family_cpu_s(pid)
            for _ in range(_REQUESTS):
                connection.sendall(request)
                answer = connection.recv(4096)
                assert answer.startswith(b"HTTP/1.1 304"), answer
                assert answer.endswith(b"\r\n\r\n"), answer
            costs.append((family_cpu_s(pid) - before) / _REQUESTS * 1e6)
    print(f"304, rules asked each time: {median(costs):.0f} µs of CPU")


def _wait(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("a server does not start")


if __name__ == "__main__":
    main()
