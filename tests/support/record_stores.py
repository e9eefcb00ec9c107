"""The record store of examples/ being served on either engine, in Hasura's names, with a few rows that tests know."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey

from tests.support.issuer import SECRET, signed
from tests.support.postgres import fresh_database
from tests.support.server import ADMIN_KEY, Server, served

MODELS = Path(__file__).resolve().parents[2] / "examples" / "record_store" / "models.py"
_ISSUER = f"""
[[issuers]]
algorithms = ["HS256"]
key = {json.dumps(SECRET)}
"""
# Inserted by SQL's own names, which hasura-default keeps; the keys are counted up from 1 in this order.
_ROWS: Mapping[str, list[dict[str, Any]]] = {
    "genres": [{"name": "Jazz"}, {"name": "Dub"}],
    "media_types": [{"name": "FLAC"}],
    "artists": [{"name": "Cold Lanterns"}, {"name": "Quiet Engines"}, {"name": "Cold Harbour"}],
    "albums": [
        {"title": "Night Train", "artist_id": 1},
        {"title": "Golden Harbour", "artist_id": 2},
        {"title": "Day Train", "artist_id": 1},
    ],
    "tracks": [
        {"name": name, "album_id": album, "genre_id": genre, "media_type_id": 1, "composer": composer,
         "milliseconds": milliseconds, "bytes": 1_000, "unit_price": price}
        for name, album, genre, composer, milliseconds, price in [
            ("Midnight", 1, 1, "Ada", 214_000, "0.99"),
            ("River", 2, 2, None, 187_000, "1.99"),
            ("Lantern", 3, 1, "Bram", 402_000, "0.99"),
            ("Harbour", 2, 2, "Ada", 120_000, "1.49"),
        ]
    ],
    "employees": [{"first_name": "Ada", "last_name": "Keller", "title": "Support", "email": "ada@store.example"}],
    "customers": [
        {"first_name": "Iris", "last_name": "Novak", "email": "iris@mail.example", "city": "Graz",
         "country": "Austria", "support_rep_id": 1},
        {"first_name": "Nils", "last_name": "Dahl", "email": "nils@mail.example", "city": "Bergen",
         "country": "Norway", "support_rep_id": 1},
    ],
    "invoices": [
        {"customer_id": 1, "billing_city": "Graz", "billing_country": "Austria", "total": "2.98"},
        {"customer_id": 2, "billing_city": "Bergen", "billing_country": "Norway", "total": "0.99"},
    ],
}  # fmt: skip


@contextmanager
def record_store(dialect: str, naming: str, folder: Path, request: pytest.FixtureRequest) -> Generator[Server]:
    """A server of the example's models, whose tokens are signed by `token`."""
    with ExitStack() as stack:
        if dialect == "sqlite":
            url = f"sqlite:///{folder / 'store.db'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres")))
        roles = ["anonymous", "customer", "employee", "editor", "admin"]
        settings = {"naming": naming, "introspection": roles, "max_batch": 5}
        server = stack.enter_context(served(folder, MODELS, url, settings=settings, toml=_ISSUER))
        _fill(server, naming)
        yield server


def _fill(server: Server, naming: str) -> None:
    for table, rows in _ROWS.items():
        parts = table.split("_")
        if naming == "hasura-default":
            root, type_, named = f"insert_{table}", f"{table}_insert_input", rows
        else:
            pascal = "".join(part.capitalize() for part in parts)
            root, type_ = f"insert{pascal}", f"{pascal}InsertInput"
            named = [{camel(name): value for name, value in row.items()} for row in rows]
        server.as_admin(f"mutation($rows: [{type_}!]!) {{ {root}(objects: $rows) {{ __typename }} }}", {"rows": named})


def camel(name: str) -> str:
    """A column in graphql-default."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def admin_headers(role: str = "admin", **session: str) -> dict[str, str]:
    """Headers as admin panels over Hasura have them: the secret, a role, and session variables."""
    variables = {f"X-Hasura-{name.replace('_', '-').title()}": value for name, value in session.items()}
    return {"X-Hasura-Admin-Secret": ADMIN_KEY, "X-Hasura-Role": role, **variables}


def token_headers(role: str, **session: str) -> dict[str, str]:
    """A bearer token with Hasura's claims, as an issuer outside makes them."""
    variables = {f"x-hasura-{name.replace('_', '-')}": value for name, value in session.items()}
    claims = {"x-hasura-default-role": role, "x-hasura-allowed-roles": [role], **variables}
    payload = {"sub": "7", "exp": int(time.time()) + 600, "https://hasura.io/jwt/claims": claims}
    return {"Authorization": f"Bearer {signed(payload, OctKey.import_key(SECRET), 'HS256')}"}
