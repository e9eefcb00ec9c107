"""How does PostGraphile 5 answer the workloads: one Node process over the same Postgres database."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks import peers
from benchmarks.contestants import GraphQLContestant
from benchmarks.store import CACHE, SizeName
from benchmarks.workloads import Workload

_TRACK = "{ id: rowId name composer milliseconds albumId }"
_CURSOR = """query ($track: Int!) {
  allTracks(condition: {rowId: $track}, orderBy: [MILLISECONDS_ASC, ROW_ID_ASC], first: 1) { pageInfo { endCursor } }
}"""


class PostGraphile(GraphQLContestant):
    """PostGraphile with its connection filter plugin, which range filters need."""

    documents: Mapping[str, str] = {
        "by_key": f"query ($id: Int!) {{ found: trackByRowId(rowId: $id) {_TRACK} }}",
        "list_100": f"""query ($after: Int!) {{
          found: allTracksList(filter: {{rowId: {{greaterThan: $after}}}}, orderBy: [ROW_ID_ASC], first: 100) {_TRACK}
        }}""",
        "nest": """query ($after: Int!) {
          found: allArtistsList(filter: {rowId: {greaterThan: $after}}, orderBy: [ROW_ID_ASC], first: 20) {
            id: rowId name
            albums: albumsByArtistIdList {
              id: rowId title
              tracks: tracksByAlbumIdList { id: rowId name milliseconds }
            }
          }
        }""",
        "keyset_page": f"""query ($genre: Int!, $after: Cursor!) {{
          found: allTracks(condition: {{genreId: $genre}}, orderBy: [MILLISECONDS_ASC, ROW_ID_ASC], first: 50, after: $after) {{
            nodes {_TRACK}
            pageInfo {{ hasNextPage endCursor }}
          }}
        }}""",
        "keyset_list": f"""query ($genre: Int!, $milliseconds: Int!) {{
          found: allTracksList(
            condition: {{genreId: $genre}}, filter: {{milliseconds: {{greaterThan: $milliseconds}}}}
            orderBy: [MILLISECONDS_ASC, ROW_ID_ASC], first: 50
          ) {_TRACK}
        }}""",
        "offset_page": f"""query ($genre: Int!, $skip: Int!) {{
          found: allTracksList(
            condition: {{genreId: $genre}}, orderBy: [MILLISECONDS_ASC, ROW_ID_ASC], first: 50, offset: $skip
          ) {_TRACK}
        }}""",
        "count": """query ($genre: Int!, $low: Int!, $high: Int!) {
          found: allTracks(
            condition: {genreId: $genre}, filter: {milliseconds: {greaterThanOrEqualTo: $low, lessThan: $high}}
          ) { count: totalCount }
        }""",
        "to_one_chain": """query ($after: Int!) {
          found: allInvoiceLinesList(filter: {rowId: {greaterThan: $after}}, orderBy: [ROW_ID_ASC], first: 50) {
            id: rowId quantity
            invoice: invoiceByInvoiceId {
              id: rowId billingCity
              customer: customerByCustomerId {
                id: rowId lastName
                supportRep: employeeBySupportRepId {
                  id: rowId lastName
                  manager: employeeByReportsTo { id: rowId lastName }
                }
              }
            }
            track: trackByTrackId {
              id: rowId name
              genre: genreByGenreId { id: rowId name }
              album: albumByAlbumId { id: rowId title artist: artistByArtistId { id: rowId name } }
            }
          }
        }""",
        "insert": """mutation ($invoice: Int!, $track: Int!, $quantity: Int!) {
          found: createInvoiceLine(
            input: {invoiceLine: {invoiceId: $invoice, trackId: $track, unitPrice: "0.99", quantity: $quantity}}
          ) { row: invoiceLine { invoiceId trackId quantity } }
        }""",
        "update_by_key": """mutation ($id: Int!, $bytes: Int!) {
          found: updateTrackByRowId(input: {rowId: $id, trackPatch: {bytes: $bytes}}) { row: track { id: rowId name bytes } }
        }""",
        "rows_10k": f"""query ($after: Int!) {{
          found: allTracksList(filter: {{rowId: {{greaterThan: $after}}}}, orderBy: [ROW_ID_ASC], first: 10000) {_TRACK}
        }}""",
    }

    def __init__(self, size: SizeName, url: str, database_pid: int) -> None:
        super().__init__(size, database_pid)
        self.name = "postgraphile"
        programs, folder = peers.node()
        parts = urlsplit(url)
        host = parse_qs(parts.query)["host"][0]
        self.start(
            [
                str(programs / "node"),
                "postgraphile.mjs",
                f"postgresql://{parts.path}?user=postgres&host={host}",
                str(self.port),
            ],
            {"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
            folder,
            CACHE / "bench-logs" / f"postgraphile-{size}.log",
        )

    def arguments(self, workload: Workload, variables: Mapping[str, int]) -> Mapping[str, Any]:
        if workload.name != "keyset_page":
            return variables
        found = self.ask(_CURSOR, {"track": variables["track"]}, workload)["allTracks"]
        return {"genre": variables["genre"], "after": found["pageInfo"]["endCursor"]}

    def rows(self, workload: Workload, answer: Any) -> Any:
        found = answer["data"]["found"]
        match workload.name:
            case "keyset_page":
                return found["nodes"]
            case "insert" | "update_by_key":
                return found["row"]
            case _:
                return found
