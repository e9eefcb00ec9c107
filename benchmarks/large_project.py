"""
What does a large project of Hasura's cost: its import, its start, and its memory with ten roles in use.

`python -m benchmarks.large_project METADATA DATABASE_URL`; the database has the project's tables.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Any

from benchmarks.processes import cpu_s, peak_mib, private_mib
from benchmarks.store import PORTICO

_KEY = "only-for-benchmarks"
_PASSES = 5
_ROLES = 10
_LISTS = 30
_FIELDS = """{ __schema { queryType { fields { name args { name } type { ofType { ofType { ofType { name fields {
  name args { name } type { kind ofType { kind } }
} } } } } } } } }"""


def main(metadata: str, database_url: str) -> None:
    """Prints the numbers."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = [PORTICO, "import", "hasura", str(Path(metadata).resolve()), "--database", database_url]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        print(f"import          {time.monotonic() - began:.1f} s; {done.stdout.splitlines()[0]}")
        with served(Path(folder)):
            pass  # the first start compiles the models, as the first after every change does
        found: list[float] = []
        for _ in range(_PASSES):
            with served(Path(folder)) as (pid, _):
                found.append(cpu_s(pid))
        each = ", ".join(f"{seconds:.2f}" for seconds in found)
        print(f"start           {statistics.median(found):.2f} s of CPU, the median of {each}")
        with served(Path(folder)) as (pid, port):
            print(f"no role         {private_mib([pid]):.0f} MiB")
            for role in roles_of(json.loads(Path(metadata).read_text()))[:_ROLES]:
                use(port, role)
            print(
                f"{_ROLES} roles        {private_mib([pid]):.0f} MiB, {peak_mib([pid]):.0f} at most, files mapped in included"
            )


@contextmanager
def served(folder: Path) -> Generator[tuple[int, int]]:
    """(process, port) of a server over the project that answers."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {"PORTICO_ADMIN_KEYS": _KEY, "PORTICO_MODE": "prod"}
    with (folder / "log").open("wb") as log:
        command = [PORTICO, "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=log, stderr=log)
        try:
            while _get(port, "/ready") != 200:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.02)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait()


def roles_of(metadata: Any) -> list[str]:
    """The roles with the most select permissions first."""
    found: dict[str, int] = {}
    tables = metadata.get("metadata", metadata)
    for table in tables.get("tables") or [each for source in tables["sources"] for each in source["tables"]]:
        for permission in table.get("select_permissions") or ():
            found[permission["role"]] = found.get(permission["role"], 0) + 1
    return sorted(found, key=lambda role: (-found[role], role))


def use(port: int, role: str) -> None:
    """What an application does under a role: the schema is introspected, and lists are asked of up to 30 tables."""
    fields = _ask(port, role, _FIELDS)["__schema"]["queryType"]["fields"]
    for root in [each for each in fields if not any(given["name"] == "args" for given in each["args"])][:_LISTS]:
        inner = root["type"]["ofType"]
        row = inner["ofType"]["ofType"] if inner and inner["ofType"] else None
        columns = [each["name"] for each in (row or {}).get("fields") or () if _is_plain(each)]
        if columns:
            _ask(port, role, f"{{ {root['name']}(limit: 20, where: {{}}) {{ {' '.join(columns)} }} }}")


def _is_plain(field: Mapping[str, Any]) -> bool:
    kind = field["type"]["kind"] if field["type"]["kind"] != "NON_NULL" else field["type"]["ofType"]["kind"]
    return not field["args"] and kind in ("SCALAR", "ENUM")


def _ask(port: int, role: str, document: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"content-type": "application/json", "x-hasura-admin-secret": _KEY, "x-hasura-role": role}
    connection.request("POST", "/v1/graphql", json.dumps({"query": document}), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert "errors" not in answer, (document, answer)
    return answer["data"]


def _get(port: int, path: str) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
