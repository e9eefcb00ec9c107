"""What docs/benchmarks.md says of a run: `python -m benchmarks.summary runs.json`, with what `--json` wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from benchmarks.report import markdown
from benchmarks.store import ROOT
from benchmarks.workloads import WORKLOADS, Workload

Measured: TypeAlias = Mapping[str, Any]

_PAGE = ROOT / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- run: begin -->", "<!-- run: end -->"
_PEERS = {"postgraphile": "PostGraphile", "strawberry": "Strawberry"}


class Summary:
    """The tables for one size and number of connections."""

    def __init__(self, content: Mapping[str, Any], *, size: str = "large", connections: int = 16) -> None:
        self._content = content
        self._size = size
        self._connections = connections

    def text(self) -> str:
        """The whole section."""
        content = self._content
        passes = 1 + max(run["number"] for run in content["runs"])
        others = median(run["others_cores"] for run in content["runs"])
        busy = (
            " **The machine was busy: rates are rough, and unfair to whoever needs one core to itself.**"
            if others > 0.3
            else ""
        )
        parts = [
            f"{content['began'][:10]}, {content['machine']['cores']} cores, client on the same machine; {passes} pass{'es' if passes > 1 else ''}, the"
            f" {self._size} store, {self._connections} connections (10,000 rows: {WORKLOADS['rows_10k'].connections}); others used"
            f" {others:.2f} cores meanwhile. Python {content['versions']['python']}.{busy}",
        ]
        if any(run["engine"] == "postgres" for run in content["runs"]):
            parts += self._postgres()
        if any(run["engine"] == "sqlite" for run in content["runs"]):
            parts += self._sqlite()
        return "\n\n".join(parts)

    def _postgres(self) -> Sequence[str]:
        statements: Mapping[str, Sequence[float]] = self._content["statements"].get(self._size, {})

        def own(workload: Workload) -> str:
            floor, portico = statements.get(workload.name, (0.0, 0.0))
            return f"{portico / floor:.2f}" if floor else "-"

        measured = {run["contestant"] for run in self._content["runs"]}
        peers = [(name, title) for name, title in _PEERS.items() if name in measured]
        shares = self._table(
            ("bar", lambda each: f"{each.bar:.2f}"),
            ("Portico", lambda each: self._share(each, "postgres", "portico", "floor")),
            *((title, partial(self._share, engine="postgres", contestant=name, base="floor")) for name, title in peers),
        )
        costs = self._table(
            ("floor: database", lambda each: self._cost(each, "postgres", "floor", "database_us")),
            ("Portico: server + database", lambda each: self._both(each, "portico")),
            *((title, partial(self._both, contestant=name)) for name, title in peers),
            ("Portico's statement beside the floor's", own),
        )
        return (
            "**Postgres: share of the floor's rate**",
            shares,
            "**Postgres: CPU µs for a request**, and the database's CPU for Portico's statement by itself beside that for the floor's",
            costs,
            self._memory("postgres", ("portico", *_PEERS)),
        )

    def _sqlite(self) -> Sequence[str]:
        table = self._table(
            ("Portico's rate beside PocketBase's", lambda each: self._share(each, "sqlite", "portico", "pocketbase")),
            ("Portico: CPU µs", lambda each: self._cost(each, "sqlite", "portico", "server_us")),
            ("PocketBase: CPU µs", lambda each: self._cost(each, "sqlite", "pocketbase", "server_us")),
        )
        return "**SQLite**", table, self._memory("sqlite", ("portico", "pocketbase"))

    def _table(self, *columns: tuple[str, Callable[[Workload], str]]) -> str:
        measured = {run["workload"] for run in self._content["runs"]}
        rows = [
            [workload.title, *(cell(workload) for _, cell in columns)]
            for name, workload in WORKLOADS.items()
            if name in measured
        ]
        return markdown(["workload", *(title for title, _ in columns)], rows)

    def _of(self, workload: Workload, engine: str, contestant: str) -> list[Measured]:
        connections = min(self._connections, workload.connections)
        wanted = engine, self._size, connections, workload.name, contestant
        return [
            run["measured"]
            for run in self._content["runs"]
            if (run["engine"], run["size"], run["connections"], run["workload"], run["contestant"]) == wanted
        ]

    def _share(self, workload: Workload, engine: str, contestant: str, base: str) -> str:
        pairs = zip(self._of(workload, engine, contestant), self._of(workload, engine, base), strict=False)
        found = [mine["rate"] / theirs["rate"] for mine, theirs in pairs]
        return f"{median(found):.2f}" if found else "-"

    def _cost(self, workload: Workload, engine: str, contestant: str, name: str) -> str:
        found = [each[name] for each in self._of(workload, engine, contestant)]
        return f"{median(found):,.0f}" if found else "-"

    def _both(self, workload: Workload, contestant: str) -> str:
        server = self._cost(workload, "postgres", contestant, "server_us")
        return "-" if server == "-" else f"{server} + {self._cost(workload, 'postgres', contestant, 'database_us')}"

    def _memory(self, engine: str, names: Sequence[str]) -> str:
        found = {
            each["contestant"]: f"{each['contestant']} {each['private_mib']:.0f} MiB ({each['peak_mib']:.0f} at most)"
            for each in self._content["memory"]
            if (each["engine"], each["size"]) == (engine, self._size)
        }
        return "Memory after all runs: " + ", ".join(found[name] for name in names if name in found) + "."


def put(text: str, page: Path = _PAGE) -> None:
    """Puts a section between the marks of a page."""
    before, _, rest = page.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    page.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}")


def main() -> None:
    """The command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.summary runs.json")
    text = Summary(json.loads(Path(sys.argv[1]).read_text())).text()
    put(text)
    print(text)


if __name__ == "__main__":
    main()
