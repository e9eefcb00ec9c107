"""How does Portico answer the workloads: the record store served by `portico serve`, one process."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestants import GraphQLContestant
from benchmarks.store import CACHE, EXAMPLE, PORTICO, SizeName, portico_environment, run_portico
from benchmarks.workloads import Workload

_SETTINGS = {
    "PORTICO_MODE": "prod",
    "PORTICO_TOKEN_SECRET": "only for benchmarks, on this machine alone",
    "PORTICO_ADMIN_KEYS": "only-for-benchmarks",
}
_TRACK = "{ id name composer milliseconds albumId }"
_KEYSET = f"""query ($genre: Int!, $after: String!) {{
  tracksConnection(where: {{genreId: {{_eq: $genre}}}}, orderBy: [{{milliseconds: ASC}}, {{id: ASC}}], first: 50, after: $after) {{
    nodes {_TRACK}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
CURSOR = """query ($track: Int!) {
  tracksConnection(where: {id: {_eq: $track}}, orderBy: [{milliseconds: ASC}, {id: ASC}], first: 1) {
    pageInfo { endCursor }
  }
}"""


class Portico(GraphQLContestant):
    """
    Portico over Postgres or SQLite.

    On SQLite it works on a copy, because writes would change what the next run finds.

    Args:
        command: what stands for `portico`.
    """

    documents: Mapping[str, str] = {
        "by_key": f"query ($id: Int!) {{ track(id: $id) {_TRACK} }}",
        "list_100": f"query ($after: Int!) {{ tracks(where: {{id: {{_gt: $after}}}}, orderBy: {{id: ASC}}, limit: 100) {_TRACK} }}",
        "nest": """query ($after: Int!) {
          artists(where: {id: {_gt: $after}}, orderBy: {id: ASC}, limit: 20) {
            id name albums { id title tracks { id name milliseconds } }
          }
        }""",
        "keyset_page": _KEYSET,
        "keyset_list": f"""query ($genre: Int!, $milliseconds: Int!) {{
          tracks(
            where: {{genreId: {{_eq: $genre}}, milliseconds: {{_gt: $milliseconds}}}}
            orderBy: [{{milliseconds: ASC}}, {{id: ASC}}], limit: 50
          ) {_TRACK}
        }}""",
        "offset_page": f"""query ($genre: Int!, $skip: Int!) {{
          tracks(where: {{genreId: {{_eq: $genre}}}}, orderBy: [{{milliseconds: ASC}}, {{id: ASC}}], limit: 50, offset: $skip) {_TRACK}
        }}""",
        "count": """query ($genre: Int!, $low: Int!, $high: Int!) {
          tracksAggregate(where: {genreId: {_eq: $genre}, milliseconds: {_gte: $low, _lt: $high}}) { aggregate { count } }
        }""",
        "to_one_chain": """query ($after: Int!) {
          invoiceLines(where: {id: {_gt: $after}}, orderBy: {id: ASC}, limit: 50) {
            id quantity
            invoice { id billingCity customer { id lastName supportRep { id lastName manager { id lastName } } } }
            track { id name genre { id name } album { id title artist { id name } } }
          }
        }""",
        "insert": """mutation ($invoice: Int!, $track: Int!, $quantity: Int!) {
          insertInvoiceLine(object: {invoiceId: $invoice, trackId: $track, unitPrice: "0.99", quantity: $quantity}) {
            invoiceId trackId quantity
          }
        }""",
        "update_by_key": """mutation ($id: Int!, $bytes: Int!) {
          updateTrack(pkColumns: {id: $id}, _set: {bytes: $bytes}) { id name bytes }
        }""",
        "rows_10k": f"query ($after: Int!) {{ tracks(where: {{id: {{_gt: $after}}}}, orderBy: {{id: ASC}}, limit: 10000) {_TRACK} }}",
    }

    def __init__(
        self,
        size: SizeName,
        *,
        url: str = "",
        sqlite: Path | None = None,
        database_pid: int | None = None,
        command: Sequence[str] = (PORTICO,),
    ) -> None:
        super().__init__(size, database_pid)
        self.name = "portico"
        if sqlite is not None:
            copy = CACHE / "bench-sqlite" / f"run-{size}.db"
            for old in copy.parent.glob(f"{copy.name}*"):
                old.unlink()
            shutil.copyfile(sqlite, copy)
            url = f"sqlite:///{copy}"
        self._editor = run_portico("token", "1", "--role", "editor", url=url, settings=_SETTINGS).strip()
        self.start(
            [*command, "serve", "--port", str(self.port)],
            portico_environment(url, _SETTINGS),
            EXAMPLE,
            CACHE / "bench-logs" / f"portico-{'sqlite' if sqlite else 'postgres'}-{size}.log",
        )

    def headers(self, workload: Workload) -> Sequence[tuple[str, str]]:
        match workload.role:
            case "admin":
                return [("X-Portico-Admin-Key", _SETTINGS["PORTICO_ADMIN_KEYS"])]
            case "editor":
                return [("Authorization", f"Bearer {self._editor}")]
            case _:
                return []

    def arguments(self, workload: Workload, variables: Mapping[str, int]) -> Mapping[str, Any]:
        if workload.name != "keyset_page":
            return variables
        found = self.ask(CURSOR, {"track": variables["track"]}, workload)["tracksConnection"]
        return {"genre": variables["genre"], "after": found["pageInfo"]["endCursor"]}

    def rows(self, workload: Workload, answer: Any) -> Any:
        (found,) = answer["data"].values()
        match workload.name:
            case "keyset_page":
                return found["nodes"]
            case "count":
                return found["aggregate"]
            case _:
                return found
