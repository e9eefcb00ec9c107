"""How does Strawberry with SQLAlchemy and dataloaders answer the workloads: one uvicorn process."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from benchmarks import peers
from benchmarks.contestants import GraphQLContestant
from benchmarks.store import CACHE, SizeName
from benchmarks.workloads import Workload

_TRACK = "{ id name composer milliseconds albumId }"


class Strawberry(GraphQLContestant):
    """The app of `peers/strawberry_app.py`, with uvloop and httptools as Portico has them."""

    path = "/"
    documents: Mapping[str, str] = {
        "by_key": f"query ($id: Int!) {{ found: track(id: $id) {_TRACK} }}",
        "list_100": f"query ($after: Int!) {{ found: tracks(after: $after, limit: 100) {_TRACK} }}",
        "nest": """query ($after: Int!) {
          found: artists(after: $after, limit: 20) { id name albums { id title tracks { id name milliseconds } } }
        }""",
        "keyset_page": f"""query ($genre: Int!, $track: Int!) {{
          found: genreTracks(genre: $genre, after: $track, limit: 50) {_TRACK}
        }}""",
        "keyset_list": f"""query ($genre: Int!, $milliseconds: Int!) {{
          found: genreTracks(genre: $genre, milliseconds: $milliseconds, limit: 50) {_TRACK}
        }}""",
        "offset_page": f"""query ($genre: Int!, $skip: Int!) {{
          found: genreTracks(genre: $genre, offset: $skip, limit: 50) {_TRACK}
        }}""",
        "count": "query ($genre: Int!, $low: Int!, $high: Int!) { found: trackCount(genre: $genre, low: $low, high: $high) }",
        "to_one_chain": """query ($after: Int!) {
          found: invoiceLines(after: $after, limit: 50) {
            id quantity
            invoice { id billingCity customer { id lastName supportRep { id lastName manager { id lastName } } } }
            track { id name genre { id name } album { id title artist { id name } } }
          }
        }""",
        "insert": """mutation ($invoice: Int!, $track: Int!, $quantity: Int!) {
          found: insertLine(invoice: $invoice, track: $track, quantity: $quantity) { invoiceId trackId quantity }
        }""",
        "update_by_key": """mutation ($id: Int!, $bytes: Int!) {
          found: updateTrack(id: $id, bytes: $bytes) { id name bytes }
        }""",
        "rows_10k": f"query ($after: Int!) {{ found: tracks(after: $after, limit: 10000) {_TRACK} }}",
    }

    def __init__(self, size: SizeName, url: str, database_pid: int) -> None:
        super().__init__(size, database_pid)
        self.name = "strawberry"
        programs = peers.python()
        # By itself, away from this package, which needs what only Portico's environment has.
        folder = CACHE / "peers" / "strawberry"
        folder.mkdir(exist_ok=True)
        shutil.copyfile(peers.HERE / "strawberry_app.py", folder / "strawberry_app.py")
        self.start(
            [
                *(str(programs / "uvicorn"), "strawberry_app:app", "--port", str(self.port)),
                *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
            ],
            {"STORE_URL": url.replace("postgresql://", "postgresql+asyncpg://")},
            folder,
            CACHE / "bench-logs" / f"strawberry-{size}.log",
        )

    def arguments(self, workload: Workload, variables: Mapping[str, int]) -> Mapping[str, Any]:
        if workload.name == "keyset_page":
            return {"genre": variables["genre"], "track": variables["track"]}
        return variables

    def rows(self, workload: Workload, answer: Any) -> Any:
        found = answer["data"]["found"]
        return {"count": found} if workload.name == "count" else found
