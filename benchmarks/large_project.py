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
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Any

from graphql import get_introspection_query

from benchmarks.processes import cpu_s, private_mib
from benchmarks.store import PORTICO

_KEY = "only-for-benchmarks"
_PASSES = 5
_ROLES = 10
_DOCUMENTS = 10


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
            tables = tables_of(json.loads(Path(metadata).read_text()))
            roles = roles_of(tables)[:_ROLES]
            for role in roles:
                for document in documents_of(tables, role)[:_DOCUMENTS]:
                    _ask(port, role, document)
            print(f"{_ROLES} roles        {private_mib([pid]):.0f} MiB after {_DOCUMENTS} documents of each")
            for role in roles:
                _ask(port, role, get_introspection_query())
            print(f"                {private_mib([pid]):.0f} MiB after each has introspected as well")


@contextmanager
def served(folder: Path) -> Generator[tuple[int, int]]:
    """(process, port) of a server over the project that answers."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {"PORTICO_ADMIN_KEYS": _KEY, "PORTICO_MODE": "prod"}
    with (folder / "log").open("wb") as log:
        command = [PORTICO, "serve", "--port", str(port)]
        # What was compiled is kept, as on any machine that serves something.
        around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen(command, cwd=folder, env=around | environment, stdout=log, stderr=log)
        try:
            while _get(port, "/ready") != 200:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.02)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait()


def tables_of(metadata: Any) -> list[Any]:
    """What the metadata say of each table."""
    found = metadata.get("metadata", metadata)
    return found.get("tables") or [each for source in found["sources"] for each in source["tables"]]


def roles_of(tables: list[Any]) -> list[str]:
    """The roles with the most select permissions first."""
    found = Counter(each["role"] for table in tables for each in table.get("select_permissions") or ())
    return sorted(found, key=lambda role: (-found[role], role))


def documents_of(tables: list[Any], role: str) -> list[str]:
    """A list of every table that the role may read, with the columns that it may see, filtered and ordered by one."""
    found: list[str] = []
    for table in tables:
        if table.get("configuration") or table["table"]["schema"] != "public":
            continue  # has names of its own
        for each in table.get("select_permissions") or ():
            columns = each["permission"]["columns"]
            if each["role"] == role and columns and columns != "*":
                where = f"where: {{{columns[0]}: {{_is_null: false}}}}, order_by: {{{columns[0]}: asc}}"
                found.append(f"{{ {table['table']['name']}({where}, limit: 20) {{ {' '.join(columns)} }} }}")
    return found


def _ask(port: int, role: str, document: str) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
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
