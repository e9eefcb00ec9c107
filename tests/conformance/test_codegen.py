"""A client's build reads the schema: GraphQL Code Generator makes TypeScript of more than two hundred imported tables."""

from __future__ import annotations

import json
from pathlib import Path

from graphql import get_introspection_query

from tests.support.backend import Backend, Place
from tests.support.imported import imported
from tests.support.node import installed, run_json
from tests.support.old_shop import fill_postgres
from tests.support.postgres import fresh_database

CODEGEN = Path(__file__).parent / "codegen"


def test_types_are_generated(postgres: str, tmp_path: Path) -> None:
    with fresh_database(postgres) as url:
        fill_postgres(url)
        place = Place("postgres", url)
        backend = Backend(imported(place, tmp_path), place, create=False)
        try:
            schema = tmp_path / "schema.json"
            schema.write_text(json.dumps({"data": backend.data(get_introspection_query())}))
            names = {table.type_name for table in backend.catalog.tables.values()}
        finally:
            backend.close()
    made = run_json(CODEGEN / "generate.mjs", installed(CODEGEN), str(schema), "types.ts", timeout_s=600)
    assert len(names) >= 200
    # Underscores are the generator's own to leave out.
    types = made["types"].replace("_", "")
    assert {name for name in names if f"export type {name.replace('_', '')} = {{" not in types} == set()
