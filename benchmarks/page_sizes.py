"""How is a page's size told to Postgres: as a literal, as a parameter, or as a parameter under a literal bound."""

from __future__ import annotations

from benchmarks.statements import compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS, Draw

_SIZES = (Draw("size", 50, 1), Draw("after", 0, 499_950, 48_271))
_LINES = "SELECT id, quantity, track_id FROM invoice_lines WHERE id > :after ORDER BY id LIMIT"


def _joined(lines: str) -> str:
    """Lines with what they sell: how many the planner expects decides how it joins."""
    return (
        "SELECT string_agg(l.id || t.name || a.title, ',' ORDER BY l.id)"
        f" FROM ({lines}) l LEFT JOIN tracks t ON t.id = l.track_id LEFT JOIN albums a ON a.id = t.album_id"
    )


def main() -> None:
    """The command line."""
    forms = {
        "LIMIT 50": f"{_LINES} 50",
        "LIMIT $1 over LIMIT 50": f"SELECT * FROM ({_LINES} 50) b LIMIT :size",
        "LIMIT $1 over LIMIT 200": f"SELECT * FROM ({_LINES} 200) b LIMIT :size",
        "LIMIT $1": f"{_LINES} :size",
    }
    with postgres() as server:
        url = postgres_store(server, "large")
        found = compare(url, {name: _joined(lines) for name, lines in forms.items()}, _SIZES)
        show("50 lines with track and album, prepared, CPU of the database", found)
        listed = {
            name: WORKLOADS["list_100"].best.replace("LIMIT 100", limit)
            for name, limit in (("LIMIT 50", "LIMIT 50"), ("LIMIT $1", "LIMIT :size"))
        }
        show("50 tracks without joins", compare(url, listed, _SIZES))


if __name__ == "__main__":
    main()
