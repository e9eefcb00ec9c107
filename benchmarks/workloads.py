"""What is asked: the workloads, each as the one SQL statement that is the floor, with variables of every request's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.store import SizeName, data

BODIES = 500
"""Requests of a run go round this many sets of variables."""


@dataclass(frozen=True)
class Draw:
    """
    A variable: `low + base / divide * step % span`, in whole numbers; pgbench works it out as Python does.

    base: another variable, or `i`, which counts the bodies from 0.
    """

    name: str
    low: int
    span: int
    step: int = 1
    divide: int = 1
    base: str = "i"

    def value(self, known: Mapping[str, int]) -> int:
        """The value beside those known so far."""
        return self.low + known[self.base] // self.divide * self.step % self.span

    def pgbench(self) -> str:
        r"""The same as a line of a pgbench script."""
        return f"\\set {self.name} {self.low} + :{self.base} / {self.divide} * {self.step} % {self.span}"


@dataclass(frozen=True)
class Workload:
    """
    One question.

    floor: the whole answer by row_to_json, with `:name` for variables. best: by text concatenation.
    bar: the share of the floor that Portico must reach at 16 connections. role: whom Portico answers; what
    the catalogue does not have is under rules, which the floor does not have, so admin asks for it.
    writes: the table that it changes. connections: at most.
    """

    name: str
    title: str
    floor: str
    draws: Mapping[SizeName, tuple[Draw, ...]]
    best: str = ""
    bar: float = 0.0
    role: str = "anonymous"
    writes: str = ""
    connections: int = 64

    def variables(self, size: SizeName, index: int) -> dict[str, int]:
        """The variables of one body."""
        return drawn(self.draws[size], index)


def drawn(draws: Sequence[Draw], index: int) -> dict[str, int]:
    """The variables of one body."""
    known = {"i": index}
    for draw in draws:
        known[draw.name] = draw.value(known)
    del known["i"]
    return known


def _both(large: Draw, small: Draw, *more: Draw) -> dict[SizeName, tuple[Draw, ...]]:
    return {"large": (large, *more), "small": (small, *more)}


_MS_LOW, _MS_SPAN, _MS_STEP = 60_000, 400_000, 7_919
# pgbench must arrive at the same numbers as the rows' own.
assert data.milliseconds_of_track(123_456) == _MS_LOW + 123_456 * _MS_STEP % _MS_SPAN

_TRACK = 'id, name, composer, milliseconds, album_id AS "albumId"'
_TRACK_TEXT = (
    """'{"id":' || id || ',"name":' || to_json(name)::text || ',"composer":' || coalesce(to_json(composer)::text, 'null')"""
    """ || ',"milliseconds":' || milliseconds || ',"albumId":' || album_id || '}'"""
)
_GENRE = Draw("genre", 1, 25)


def _list(rows: str) -> str:
    return f"SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM ({rows}) r"


def _tracks(where: str) -> tuple[str, str]:
    rows = f"FROM tracks WHERE {where}"
    inner = f"SELECT id, name, composer, milliseconds, album_id {rows}"
    return _list(f"SELECT {_TRACK} {rows}"), f"SELECT '[' || string_agg({_TRACK_TEXT}, ',') || ']' FROM ({inner}) r"


_HUNDRED = _tracks("id > :after ORDER BY id LIMIT 100")
_KEYSET = _tracks(
    "genre_id = :genre AND (milliseconds, id) > (:milliseconds, :track) ORDER BY milliseconds, id LIMIT 50"
)
_BEYOND = _tracks("genre_id = :genre AND milliseconds > :milliseconds ORDER BY milliseconds, id LIMIT 50")
_OFFSET = _tracks("genre_id = :genre ORDER BY milliseconds, id LIMIT 50 OFFSET :skip")
_TEN_THOUSAND = _tracks("id > :after ORDER BY id LIMIT 10000")

_NEST = _list(
    """SELECT id, name, (SELECT coalesce(json_agg(row_to_json(b)), '[]') FROM (
         SELECT id, title, (SELECT coalesce(json_agg(row_to_json(t)), '[]') FROM (
           SELECT id, name, milliseconds FROM tracks WHERE album_id = albums.id) t) AS tracks
         FROM albums WHERE artist_id = artists.id) b) AS albums
       FROM artists WHERE id > :after ORDER BY id LIMIT 20"""
)
_NEST_BEST = """
    SELECT '[' || string_agg('{"id":' || id || ',"name":' || to_json(name)::text || ',"albums":[' || coalesce((
      SELECT string_agg('{"id":' || id || ',"title":' || to_json(title)::text || ',"tracks":[' || coalesce((
        SELECT string_agg('{"id":' || id || ',"name":' || to_json(name)::text || ',"milliseconds":' || milliseconds
          || '}', ',') FROM tracks WHERE album_id = albums.id), '') || ']}', ',')
      FROM albums WHERE artist_id = r.id), '') || ']}', ',') || ']'
    FROM (SELECT id, name FROM artists WHERE id > :after ORDER BY id LIMIT 20) r"""

_CHAIN = _list(
    """SELECT id, quantity,
         (SELECT row_to_json(i) FROM (SELECT id, billing_city AS "billingCity",
            (SELECT row_to_json(c) FROM (SELECT id, last_name AS "lastName",
               (SELECT row_to_json(e) FROM (SELECT id, last_name AS "lastName",
                  (SELECT row_to_json(m) FROM (SELECT id, last_name AS "lastName" FROM employees m
                     WHERE m.id = employees.reports_to) m) AS manager
                  FROM employees WHERE id = customers.support_rep_id) e) AS "supportRep"
               FROM customers WHERE id = invoices.customer_id) c) AS customer
            FROM invoices WHERE id = invoice_lines.invoice_id) i) AS invoice,
         (SELECT row_to_json(t) FROM (SELECT id, name,
            (SELECT row_to_json(g) FROM (SELECT id, name FROM genres WHERE id = tracks.genre_id) g) AS genre,
            (SELECT row_to_json(a) FROM (SELECT id, title,
               (SELECT row_to_json(b) FROM (SELECT id, name FROM artists WHERE id = albums.artist_id) b) AS artist
               FROM albums WHERE id = tracks.album_id) a) AS album
            FROM tracks WHERE id = invoice_lines.track_id) t) AS track
       FROM invoice_lines WHERE id > :after ORDER BY id LIMIT 50"""
)
_CHAIN_BEST = """
    SELECT '[' || string_agg('{"id":' || l.id || ',"quantity":' || quantity
        || ',"invoice":{"id":' || i.id || ',"billingCity":' || to_json(i.billing_city)::text
        || ',"customer":{"id":' || c.id || ',"lastName":' || to_json(c.last_name)::text
        || ',"supportRep":' || CASE WHEN e.id IS NULL THEN 'null' ELSE '{"id":' || e.id
        || ',"lastName":' || to_json(e.last_name)::text
        || ',"manager":' || CASE WHEN m.id IS NULL THEN 'null' ELSE '{"id":' || m.id
        || ',"lastName":' || to_json(m.last_name)::text || '}' END || '}' END || '}},"track":{"id":' || t.id
        || ',"name":' || to_json(t.name)::text || ',"genre":{"id":' || g.id || ',"name":' || to_json(g.name)::text
        || '},"album":{"id":' || a.id || ',"title":' || to_json(a.title)::text
        || ',"artist":{"id":' || b.id || ',"name":' || to_json(b.name)::text || '}}}}', ',' ORDER BY l.id) || ']'
    FROM (SELECT id, quantity, invoice_id, track_id FROM invoice_lines WHERE id > :after ORDER BY id LIMIT 50) l
    LEFT JOIN invoices i ON i.id = l.invoice_id LEFT JOIN customers c ON c.id = i.customer_id
    LEFT JOIN employees e ON e.id = c.support_rep_id LEFT JOIN employees m ON m.id = e.reports_to
    LEFT JOIN tracks t ON t.id = l.track_id LEFT JOIN genres g ON g.id = t.genre_id
    LEFT JOIN albums a ON a.id = t.album_id LEFT JOIN artists b ON b.id = a.artist_id"""

WORKLOADS: Mapping[str, Workload] = {
    each.name: each
    for each in (
        Workload(
            "by_key",
            "one row by key",
            f"SELECT row_to_json(r) FROM (SELECT {_TRACK} FROM tracks WHERE id = :id) r",
            _both(Draw("id", 1, 1_000_000, 48_271), Draw("id", 1, 3_503, 271)),
            f"SELECT {_TRACK_TEXT} FROM tracks WHERE id = :id",
            bar=0.18,
        ),
        Workload(
            "list_100",
            "100 flat rows",
            _HUNDRED[0],
            _both(Draw("after", 0, 999_900, 48_271), Draw("after", 0, 3_403, 271)),
            _HUNDRED[1],
            bar=0.45,
        ),
        Workload(
            "nest",
            "20 artists > albums > tracks",
            _NEST,
            _both(Draw("after", 0, 49_980, 4_271), Draw("after", 0, 255, 17)),
            _NEST_BEST,
            bar=0.75,
        ),
        Workload(
            "keyset_page",
            "filter, order, 50 by cursor",
            _KEYSET[0],
            _both(
                Draw("track", 1, 1_000_000, 48_271),
                Draw("track", 1, 3_503, 271),
                Draw("milliseconds", _MS_LOW, _MS_SPAN, _MS_STEP, base="track"),
                _GENRE,
            ),
            _KEYSET[1],
            bar=0.42,
        ),
        Workload(
            "keyset_list",
            "filter, order, 50 beyond a value",
            _BEYOND[0],
            _both(
                Draw("milliseconds", _MS_LOW, 390_000, _MS_STEP),
                Draw("milliseconds", _MS_LOW, 200_000, _MS_STEP),
                _GENRE,
            ),
            _BEYOND[1],
            bar=0.42,
        ),
        Workload(
            "offset_page",
            "50 at offset 500 to 1,450",
            _OFFSET[0],
            # In whole pages, the only offsets that PocketBase knows.
            _both(Draw("skip", 500, 1_000, 50, divide=25), Draw("skip", 0, 100, 50, divide=25), _GENRE),
            _OFFSET[1],
            bar=0.70,
        ),
        Workload(
            "count",
            "filtered count",
            "SELECT row_to_json(r) FROM (SELECT count(*) FROM tracks WHERE genre_id = :genre"
            " AND milliseconds >= :low AND milliseconds < :high) r",
            _both(
                Draw("low", _MS_LOW, 370_000, _MS_STEP),
                Draw("low", _MS_LOW, 370_000, _MS_STEP),
                Draw("high", 20_000, 1_000_000, base="low"),
                _GENRE,
            ),
            bar=0.60,
        ),
        Workload(
            "to_one_chain",
            "50 rows, many-to-one 4 + 3 deep",
            _CHAIN,
            _both(Draw("after", 0, 499_950, 48_271), Draw("after", 0, 2_190, 271)),
            _CHAIN_BEST,
            role="admin",
            bar=0.70,
        ),
        Workload(
            "insert",
            "insert one row",
            "WITH w AS (INSERT INTO invoice_lines (invoice_id, track_id, unit_price, quantity) VALUES"
            ' (:invoice, :track, 0.99, :quantity) RETURNING invoice_id AS "invoiceId", track_id AS "trackId", quantity)'
            " SELECT row_to_json(w) FROM w",
            _both(
                Draw("invoice", 1, 100_000, 4_271),
                Draw("invoice", 1, 412, 27),
                Draw("track", 1, 3_503, 271),
                Draw("quantity", 1, 9),
            ),
            role="admin",
            writes="invoice_lines",
            bar=0.30,
        ),
        Workload(
            "update_by_key",
            "update one row by key",
            "WITH w AS (UPDATE tracks SET bytes = :bytes WHERE id = :id RETURNING id, name, bytes)"
            " SELECT row_to_json(w) FROM w",
            _both(
                Draw("id", 1, 1_000_000, 48_271), Draw("id", 1, 3_503, 271), Draw("bytes", 1_000_000, 9_000_000, 7_919)
            ),
            role="editor",
            writes="tracks",
            bar=0.18,
        ),
        Workload(
            "rows_10k",
            "10,000 flat rows (1 MB)",
            _TEN_THOUSAND[0],
            _both(Draw("after", 0, 990_000, 48_271), Draw("after", 0, 100)),
            _TEN_THOUSAND[1],
            connections=4,
            bar=0.75,
        ),
    )
}
