"""How does a page by cursor tell its rows from the one beyond: window functions, or slices of arrays."""

from __future__ import annotations

from benchmarks.statements import compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS

_ROW = """'{"id":' || m.id || ',"name":' || to_json(m.name)::text || ',"composer":' || coalesce(to_json(m.composer)::text, 'null')
    || ',"milliseconds":' || m.milliseconds || ',"albumId":' || m.album_id || '}'"""
_POSITION = """'["mark",' || m.milliseconds || ',' || m.id || ']'"""
_FETCHED = """SELECT id, name, composer, milliseconds, album_id FROM tracks
    WHERE genre_id = :genre AND (milliseconds, id) > (:milliseconds, :track) ORDER BY milliseconds, id LIMIT"""
_NUMBERED = f"""(SELECT * FROM (
      SELECT *, row_number() OVER (ORDER BY milliseconds, id) AS place, count(*) OVER () AS found FROM ({_FETCHED} 51) f
    ) n ORDER BY place) m"""


def _cursor(position: str) -> str:
    return f"""'"' || encode(convert_to({position}, 'UTF8'), 'hex') || '"'"""


def _page(nodes: str, more: str, cursor: str, rows: str) -> str:
    return f"""SELECT '{{"nodes":[' || coalesce({nodes}, '') || '],"pageInfo":{{"hasNextPage":'
        || CASE WHEN {more} THEN 'true' ELSE 'false' END || ',"endCursor":' || coalesce({cursor}, 'null') || '}}}}' FROM {rows}"""


FORMS = {
    "50 rows, no page": f"SELECT '[' || string_agg({_ROW}, ',') || ']' FROM ({_FETCHED} 50) m",
    "slices of arrays": _page(
        f"array_to_string((array_agg({_ROW}))[1:50], ',')",
        "count(*) > 50",
        _cursor(f"(array_agg({_POSITION}))[least(count(*), 50)]"),
        f"({_FETCHED} 51) m",
    ),
    "window functions": _page(
        f"string_agg({_ROW}, ',') FILTER (WHERE m.place <= 50)",
        "max(m.found) > 50",
        f"max(CASE WHEN m.place = least(m.found, 50) THEN {_cursor(_POSITION)} END)",
        _NUMBERED,
    ),
}


def main() -> None:
    """The command line."""
    draws = WORKLOADS["keyset_page"].draws["large"]
    with postgres() as server:
        url = postgres_store(server, "large")
        generic = compare(url, FORMS, draws, plans=dict.fromkeys(FORMS, "force_generic_plan"))
        show("A page of 50 tracks, CPU of the database", generic)
        # The planner's choice can go either way: it counts planning for less than it costs.
        show("the same where Postgres chooses whether to plan each time", compare(url, FORMS, draws))


if __name__ == "__main__":
    main()
