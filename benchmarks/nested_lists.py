"""How are lists inside lists fetched on Postgres: sub-selects for each row, LATERAL joins, or one join that is grouped."""

from __future__ import annotations

from benchmarks.statements import compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS

_ARTISTS = "FROM (SELECT id, name FROM artists WHERE id > :after ORDER BY id LIMIT 20) r"
_TRACK = """'{"id":' || t.id || ',"name":' || to_json(t.name)::text || ',"milliseconds":' || t.milliseconds || '}'"""
_ALBUM = """'{"id":' || b.id || ',"title":' || to_json(b.title)::text || ',"tracks":[' || coalesce(t.all, '') || ']}'"""
_ARTIST = """'{"id":' || r.id || ',"name":' || to_json(r.name)::text || ',"albums":[' || coalesce(b.all, '') || ']}'"""

FORMS = {
    "sub-selects": WORKLOADS["nest"].best,
    "sub-selects, rows ordered inside": WORKLOADS["nest"]
    .best.replace("FROM tracks WHERE", "FROM (SELECT * FROM tracks WHERE")
    .replace("album_id = albums.id)", "album_id = albums.id ORDER BY id) t)"),
    "sub-selects, ORDER BY in the aggregate": WORKLOADS["nest"].best.replace(
        "|| '}', ',') FROM tracks", "|| '}', ',' ORDER BY id) FROM tracks"
    ),
    "LATERAL joins": f"""
        SELECT '[' || string_agg({_ARTIST}, ',') || ']' {_ARTISTS} LEFT JOIN LATERAL (
          SELECT string_agg({_ALBUM}, ',') AS all FROM albums b LEFT JOIN LATERAL (
            SELECT string_agg({_TRACK}, ',') AS all FROM tracks t WHERE t.album_id = b.id) t ON true
          WHERE b.artist_id = r.id) b ON true""",
    "joins, grouped twice": f"""
        SELECT '[' || string_agg({_ARTIST}, ',' ORDER BY r.id) || ']' {_ARTISTS} LEFT JOIN (
          SELECT b.artist_id, string_agg({_ALBUM}, ',') AS all FROM (
            SELECT b.id, b.title, b.artist_id, string_agg({_TRACK}, ',') AS all
            {_ARTISTS} JOIN albums b ON b.artist_id = r.id LEFT JOIN tracks t ON t.album_id = b.id
            GROUP BY b.id, b.title, b.artist_id) b CROSS JOIN LATERAL (SELECT b.all) t GROUP BY b.artist_id
        ) b ON b.artist_id = r.id""",
}


def main() -> None:
    """The command line."""
    with postgres() as server:
        url = postgres_store(server, "large")
        found = compare(url, FORMS, WORKLOADS["nest"].draws["large"])
        show("20 artists > albums > tracks, CPU of the database", found)


if __name__ == "__main__":
    main()
