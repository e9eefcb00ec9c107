"""How does PocketBase answer the workloads: its own SQLite file with the same rows, asked over its REST interface."""

# ruff: noqa: D102 (methods are documented at the base class)

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks import load, peers
from benchmarks.contestants import HttpContestant
from benchmarks.store import CACHE, SizeName, data
from benchmarks.workloads import Workload

# Collection → (the table of the store, field → column). Relations are named like the links of the models.
_COLLECTIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "artists": ("artists", {"name": "name"}),
    "albums": ("albums", {"title": "title", "artist": "artist_id"}),
    "genres": ("genres", {"name": "name"}),
    "tracks": (
        "tracks",
        {
            "name": "name", "album": "album_id", "genre": "genre_id", "composer": "composer",
            "milliseconds": "milliseconds", "bytes": "bytes", "unitPrice": "unit_price",
        },
    ),
    "employees": ("employees", {"lastName": "last_name", "manager": "reports_to"}),
    "customers": ("customers", {"lastName": "last_name", "supportRep": "support_rep_id"}),
    "invoices": ("invoices", {"customer": "customer_id", "billingCity": "billing_city"}),
    "invoiceLines": (
        "invoice_lines",
        {"invoice": "invoice_id", "track": "track_id", "unitPrice": "unit_price", "quantity": "quantity"},
    ),
}  # fmt: skip
_RELATIONS = {
    "artist": "artists", "album": "albums", "genre": "genres", "manager": "employees", "supportRep": "employees",
    "customer": "customers", "invoice": "invoices", "track": "tracks",
}  # fmt: skip
_NUMBERS = ("milliseconds", "bytes", "unitPrice", "quantity")
_INDEXES = {
    "albums": ("artist",),
    "tracks": ("album", "milliseconds, id", "genre, milliseconds, id"),
    "invoices": ("customer",),
    "invoiceLines": ("invoice", "track"),
}
_TRACK = "id,name,composer,milliseconds,album"


class PocketBase(HttpContestant):
    """PocketBase with open rules, no request log, and the indexes of the models."""

    def __init__(self, size: SizeName) -> None:
        super().__init__(size, None)
        self.name = "pocketbase"
        program = peers.python() / "pocketbase"
        filled = _filled(program, size)
        run = filled.with_name(f"run-{size}")
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(filled, run)
        self.start(
            [str(program), "serve", "--dir", str(run), "--http", f"127.0.0.1:{self.port}"],
            {},
            run,
            CACHE / "bench-logs" / f"pocketbase-{size}.log",
        )

    def offers(self, workload: Workload) -> bool:
        return workload.name in _REQUESTS

    def request(self, workload: Workload, variables: Mapping[str, int]) -> bytes:
        method, path, body = _REQUESTS[workload.name](variables)
        return load.as_request(
            f"/api/collections/{path}", json.dumps(body).encode() if body else b"", self.port, (), method
        )

    def rows(self, workload: Workload, answer: Any) -> Any:
        match workload.name:
            case "count":
                return {"count": answer["totalItems"]}
            case "insert":
                return {
                    "invoiceId": int(answer["invoice"]),
                    "trackId": int(answer["track"]),
                    "quantity": answer["quantity"],
                }
            case "by_key":
                return _as_track(answer)
            case "update_by_key":
                return {**answer, "id": int(answer["id"])}
            case "nest" | "to_one_chain":
                return [_expanded(row) for row in answer["items"]]
            case _:
                return [_as_track(row) for row in answer["items"]]


def _as_track(row: Mapping[str, Any]) -> dict[str, Any]:
    album = int(row["album"])
    rest = {name: value for name, value in row.items() if name != "album"}
    return {**rest, "id": int(row["id"]), "composer": row["composer"] or None, "albumId": album}


def _expanded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what it was expanded by, in the form of GraphQL."""
    found: dict[str, Any] = {name: value for name, value in row.items() if name != "expand"}
    found["id"] = int(found["id"])
    if "collectionName" in row:
        # A relation that leads nowhere is left out, where GraphQL says null.
        found[_TO_ONE_OF_PEOPLE[row["collectionName"]]] = None
    for name, inner in row.get("expand", {}).items():
        many = isinstance(inner, list)
        found[name.partition("_via_")[0]] = [_expanded(each) for each in inner] if many else _expanded(inner)  # pyright: ignore[reportUnknownVariableType]
    found.pop("collectionName", None)
    return found


_TO_ONE_OF_PEOPLE = {"customers": "supportRep", "employees": "manager"}


def _page(
    collection: str, size: int, filter: str, sort: str, fields: str, more: str = "&skipTotal=1"
) -> tuple[str, str, Any]:
    path = f"{collection}/records?perPage={size}&filter={quote(f'({filter})')}&sort={sort}&fields={fields}{more}"
    return "GET", path, None


def _key(number: int) -> str:
    return f"{number:015d}"


def _nested_fields(*paths: str) -> str:
    return ",".join(["id", *paths])


def _keyset(variables: Mapping[str, int]) -> tuple[str, str, Any]:
    milliseconds = variables["milliseconds"]
    # In this form, and not as (a > x || a = x && …), an index finds where to begin.
    beyond = f"milliseconds >= {milliseconds} && (milliseconds > {milliseconds} || id > '{_key(variables['track'])}')"
    return _page("tracks", 50, f"genre = '{_key(variables['genre'])}' && {beyond}", "milliseconds,id", _TRACK)


_CHAIN_EXPAND = "invoice.customer.supportRep.manager,track.genre,track.album.artist"
_CHAIN_FIELDS = _nested_fields(
    "quantity",
    "expand.invoice.id,expand.invoice.billingCity",
    "expand.invoice.expand.customer.id,expand.invoice.expand.customer.lastName,expand.invoice.expand.customer.collectionName",
    "expand.invoice.expand.customer.expand.supportRep.id,expand.invoice.expand.customer.expand.supportRep.lastName",
    "expand.invoice.expand.customer.expand.supportRep.collectionName",
    "expand.invoice.expand.customer.expand.supportRep.expand.manager.id",
    "expand.invoice.expand.customer.expand.supportRep.expand.manager.lastName",
    "expand.track.id,expand.track.name,expand.track.expand.genre.id,expand.track.expand.genre.name",
    "expand.track.expand.album.id,expand.track.expand.album.title",
    "expand.track.expand.album.expand.artist.id,expand.track.expand.album.expand.artist.name",
)
_NEST_FIELDS = _nested_fields(
    "name",
    "expand.albums_via_artist.id,expand.albums_via_artist.title",
    "expand.albums_via_artist.expand.tracks_via_album.id,expand.albums_via_artist.expand.tracks_via_album.name",
    "expand.albums_via_artist.expand.tracks_via_album.milliseconds",
)

_REQUESTS: Mapping[str, Callable[[Mapping[str, int]], tuple[str, str, Any]]] = {
    "by_key": lambda v: ("GET", f"tracks/records/{_key(v['id'])}?fields={_TRACK}", None),
    "list_100": lambda v: _page("tracks", 100, f"id > '{_key(v['after'])}'", "id", _TRACK),
    "nest": lambda v: _page(
        "artists", 20, f"id > '{_key(v['after'])}'", "id", _NEST_FIELDS,
        "&skipTotal=1&expand=albums_via_artist.tracks_via_album",
    ),
    "keyset_page": _keyset,
    "keyset_list": lambda v: _page(
        "tracks", 50, f"genre = '{_key(v['genre'])}' && milliseconds > {v['milliseconds']}", "milliseconds,id", _TRACK
    ),
    "offset_page": lambda v: _page(
        "tracks", 50, f"genre = '{_key(v['genre'])}'", "milliseconds,id", _TRACK, f"&skipTotal=1&page={v['skip'] // 50 + 1}"
    ),
    "count": lambda v: _page(
        "tracks", 1, f"genre = '{_key(v['genre'])}' && milliseconds >= {v['low']} && milliseconds < {v['high']}",
        "", "id", "",
    ),
    "to_one_chain": lambda v: _page(
        "invoiceLines", 50, f"id > '{_key(v['after'])}'", "id", _CHAIN_FIELDS, f"&skipTotal=1&expand={_CHAIN_EXPAND}"
    ),
    "insert": lambda v: (
        "POST",
        "invoiceLines/records?fields=invoice,track,quantity",
        {"invoice": _key(v["invoice"]), "track": _key(v["track"]), "unitPrice": 0.99, "quantity": v["quantity"]},
    ),
    "update_by_key": lambda v: ("PATCH", f"tracks/records/{_key(v['id'])}?fields=id,name,bytes", {"bytes": v["bytes"]}),
}  # fmt: skip


# ---- the database ----------------------------------------------------------------------------------------------------


def _filled(program: Path, size: SizeName) -> Path:
    """PocketBase's folder with the store in it, made once."""
    folder = CACHE / "bench-pocketbase" / size
    if folder.exists():
        return folder
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    migrations = fresh / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "1_store.js").write_text(_migration())
    subprocess.run(
        [program, "migrate", "up", "--dir", fresh, "--migrationsDir", migrations], check=True, capture_output=True
    )
    connection = sqlite3.connect(fresh / "data.db")
    with connection:
        for collection, (table, fields) in _COLLECTIONS.items():
            names = ", ".join(f"`{name}`" for name in ("id", *fields))
            statement = f"INSERT INTO `{collection}` ({names}) VALUES ({', '.join('?' * (len(fields) + 1))})"
            connection.executemany(statement, _rows(table, fields, size))
    connection.execute("ANALYZE")
    connection.close()
    fresh.rename(folder)
    return folder


def _rows(table: str, fields: Mapping[str, str], size: SizeName) -> Iterator[tuple[Any, ...]]:
    columns = data.COLUMNS[table].split()
    places = [(name, columns.index(column)) for name, column in fields.items()]
    for row in data.rows_of(table, data.SIZES[size]):
        yield _key(row[0]), *(_stored(name, row[place]) for name, place in places)


def _stored(name: str, value: Any) -> Any:
    """PocketBase keeps no nulls: a missing text or relation is empty."""
    if value is None:
        return ""
    if name in _RELATIONS:
        return _key(value)
    return float(value) if name == "unitPrice" else value


def _migration() -> str:
    collections = [
        {
            "name": name,
            "type": "base",
            **dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule"), ""),
            "fields": [_field(field) for field in fields if field not in _RELATIONS],
            "indexes": [
                f"CREATE INDEX `ix_{name}_{place}` ON `{name}` ({columns})"
                for place, columns in enumerate(_INDEXES.get(name, ()))
            ],
        }
        for name, (_, fields) in _COLLECTIONS.items()
    ]
    relations = {name: [field for field in fields if field in _RELATIONS] for name, (_, fields) in _COLLECTIONS.items()}
    return f"""
migrate((app) => {{
  const indexes = {{}};
  for (const given of {json.dumps(collections)}) {{
    indexes[given.name] = given.indexes;
    app.save(new Collection({{ ...given, indexes: [] }}));
  }}
  const targets = {json.dumps(_RELATIONS)};
  for (const [name, fields] of Object.entries({json.dumps(relations)})) {{
    const collection = app.findCollectionByNameOrId(name);
    for (const field of fields) {{
      const target = app.findCollectionByNameOrId(targets[field]);
      collection.fields.add(new RelationField({{ name: field, collectionId: target.id, maxSelect: 1 }}));
    }}
    collection.indexes = indexes[name];
    app.save(collection);
  }}
  const settings = app.settings();
  settings.logs.maxDays = 0;
  app.save(settings);
}});
"""


def _field(name: str) -> dict[str, Any]:
    return {"name": name, "type": "number" if name in _NUMBERS else "text"}
