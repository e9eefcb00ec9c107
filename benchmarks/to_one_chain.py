"""How are to-one links followed on Postgres: LEFT JOINs or a sub-select for each row, and LIMIT inside or outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.statements import compare, show
from benchmarks.store import postgres, postgres_store
from benchmarks.workloads import WORKLOADS


@dataclass(frozen=True)
class Link:
    """A link: the key that leads to the row of a table, and the one column that is shown besides its id."""

    field: str
    table: str
    key: str
    column: str
    links: tuple[Link, ...] = ()


_ALBUM = Link("album", "albums", "album_id", "title", (Link("artist", "artists", "artist_id", "name"),))
_TRACK = Link("track", "tracks", "track_id", "name", (Link("genre", "genres", "genre_id", "name"), _ALBUM))
_REP = Link("supportRep", "employees", "support_rep_id", "last_name", (
    Link("manager", "employees", "reports_to", "last_name"),
))  # fmt: skip
_INVOICE = Link("invoice", "invoices", "invoice_id", "billing_city", (
    Link("customer", "customers", "customer_id", "last_name", (_REP,)),
))  # fmt: skip
_LINES = "FROM (SELECT id, invoice_id, track_id FROM invoice_lines WHERE id > :after ORDER BY id LIMIT 50) l"


def _start(alias: str, link: Link) -> str:
    return f"""'{{"id":' || {alias}.id || ',"{link.column}":' || to_json({alias}.{link.column})::text"""


def by_sub_selects(links: Sequence[Link], outer: str) -> str:
    """The links' members of an object, each fetched by a sub-select."""
    text = ""
    for link in links:
        alias = f"{outer}_{link.field}"
        row = f"SELECT {_start(alias, link)} {by_sub_selects(link.links, alias)} || '}}'"
        text += f""" || ',"{link.field}":' || coalesce((
            {row} FROM {link.table} {alias} WHERE {alias}.id = {outer}.{link.key}), 'null')"""
    return text


def by_joins(links: Sequence[Link], outer: str) -> tuple[str, str]:
    """(the links' members of an object, the joins that they need)."""
    text, joins = "", ""
    for link in links:
        alias = f"{outer}_{link.field}"
        inner, further = by_joins(link.links, alias)
        joins += f" LEFT JOIN {link.table} {alias} ON {alias}.id = {outer}.{link.key}{further}"
        text += f""" || ',"{link.field}":' || CASE WHEN {alias}.id IS NULL THEN 'null'
            ELSE {_start(alias, link)} {inner} || '}}' END"""
    return text, joins


def forms(links: Sequence[Link]) -> dict[str, str]:
    """The ways to fetch fifty lines with their links."""
    inner, joins = by_joins(links, "l")
    start = """'{"id":' || l.id"""
    joined = f"{start} {inner} || '}}'"
    return {
        "LEFT JOINs of the limited rows": f"SELECT string_agg({joined}, ',' ORDER BY l.id) {_LINES}{joins}",
        "a sub-select for each row and link": f"SELECT string_agg({start} {by_sub_selects(links, 'l')} || '}}', ',') {_LINES}",
        "LIMIT after the joins": f"""SELECT string_agg(text, ',') FROM (
            SELECT {joined} AS text FROM invoice_lines l{joins} WHERE l.id > :after ORDER BY l.id LIMIT 50) r""",
    }


def main() -> None:
    """The command line."""
    draws = WORKLOADS["to_one_chain"].draws["large"]
    with postgres() as server:
        url = postgres_store(server, "large")
        show(
            "50 lines > track > genre, album > artist, CPU of the database",
            compare(url, forms([_TRACK]), draws),
        )
        whole = forms([_INVOICE, _TRACK])
        show("the same with > invoice > customer > employee > employee", compare(url, whole, draws))
        show("and planned each time", compare(url, whole, draws, plans=dict.fromkeys(whole, "force_custom_plan")))


if __name__ == "__main__":
    main()
