"""Which way to JSON is cheapest on Postgres: text joined from parts, row_to_json, json_build_object, or jsonb."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.statements import compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS

_ROWS = "SELECT id, name, composer, milliseconds, album_id FROM tracks WHERE id > :after ORDER BY id LIMIT {count}"
_PAIRS = "'id', id, 'name', name, 'composer', composer, 'milliseconds', milliseconds, 'albumId', album_id"

_TREE: Mapping[str, str] = {
    "text joined": WORKLOADS["nest"].best,
    "row_to_json": WORKLOADS["nest"].floor,
    "json_build_object": """
        SELECT json_agg(json_build_object('id', id, 'name', name, 'albums', (SELECT coalesce(json_agg(json_build_object(
          'id', id, 'title', title, 'tracks', (SELECT coalesce(json_agg(json_build_object(
            'id', id, 'name', name, 'milliseconds', milliseconds)), '[]') FROM tracks WHERE album_id = albums.id)
        )), '[]') FROM albums WHERE artist_id = r.id)))
        FROM (SELECT id, name FROM artists WHERE id > :after ORDER BY id LIMIT 20) r""",
    "jsonb_build_object": """
        SELECT jsonb_agg(jsonb_build_object('id', id, 'name', name, 'albums', (SELECT coalesce(jsonb_agg(
          jsonb_build_object('id', id, 'title', title, 'tracks', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', id, 'name', name, 'milliseconds', milliseconds)), '[]') FROM tracks WHERE album_id = albums.id)
        )), '[]') FROM albums WHERE artist_id = r.id)))
        FROM (SELECT id, name FROM artists WHERE id > :after ORDER BY id LIMIT 20) r""",
}


def flat(count: int) -> dict[str, str]:
    """The forms for a list of rows."""
    rows = _ROWS.format(count=count)
    return {
        "text joined": WORKLOADS["list_100"].best.replace("LIMIT 100", f"LIMIT {count}"),
        "row_to_json": WORKLOADS["list_100"].floor.replace("LIMIT 100", f"LIMIT {count}"),
        "json_build_object": f"SELECT json_agg(json_build_object({_PAIRS})) FROM ({rows}) r",
        "jsonb_build_object": f"SELECT jsonb_agg(jsonb_build_object({_PAIRS})) FROM ({rows}) r",
        "plain rows, no JSON": rows,
    }


def main() -> None:
    """The command line."""
    draws = WORKLOADS["list_100"].draws["large"], WORKLOADS["rows_10k"].draws["large"], WORKLOADS["nest"].draws["large"]
    with postgres() as server:
        url = postgres_store(server, "large")
        show("100 flat rows, CPU of the database", compare(url, flat(100), draws[0]))
        show("10,000 flat rows", compare(url, flat(10_000), draws[1]))
        show("20 artists > albums > tracks", compare(url, _TREE, draws[2]))


if __name__ == "__main__":
    main()
