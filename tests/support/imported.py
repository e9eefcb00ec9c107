"""How do tests import a database: read, written beside each other, loaded, and every table of it asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from portico.gateway.importing.database import in_thread, read_database
from portico.gateway.importing.decisions import Decisions
from portico.gateway.importing.files import write_files
from portico.gateway.importing.models_text import write_package
from portico.gateway.loading import load_models
from portico.schema.catalog import Column, Table
from portico.schema.declarations import Declarations
from portico.schema.names import Names
from tests.support.backend import Backend, Place


def imported(place: Place, folder: Path, decisions: Decisions | None = None) -> Declarations:
    """The models of a database, written below the folder and loaded."""
    package = folder / "models"
    write_files(package, write_package(read_database(place.url), decisions))
    return load_models(package, place.url)


def connected(place: Place, work: Callable[[Connection], Any]) -> Any:
    """What a function makes of a connection to the database."""
    if place.dialect == "sqlite":
        engine = create_engine(place.url)
        try:
            with engine.connect() as connection:
                return work(connection)
        finally:
            engine.dispose()

    async def run() -> Any:
        async_engine = create_async_engine(place.url.replace("postgresql://", "postgresql+asyncpg://"))
        try:
            async with async_engine.connect() as connection:
                return await connection.run_sync(work)
        finally:
            await async_engine.dispose()

    return in_thread(run)


def questions(backend: Backend) -> Iterator[tuple[str, str]]:
    """(table, a document that asks for its columns, links, aggregates and filters by every column)."""
    names = backend.catalog.names
    for table in backend.catalog.tables.values():
        columns = " ".join(table.columns)
        links = " ".join(
            f"{field} {{ {next(iter(link.target.columns))} }}" for field, link in table.links.items() if link.target
        )
        aggregate = table.roots["select_aggregate"]
        where = ", ".join(f"{{ {field}: {{ {names.word('_is_null')}: true }} }}" for field in table.columns)
        yield (
            table.name,
            f"""{{
                a: {table.roots["select"]}(limit: 5) {{ {columns} {links} }}
                b: {table.roots["select"]}(where: {{ _or: [{where}] }}, limit: 1) {{ {next(iter(table.columns))} }}
                {aggregate} {{ aggregate {{ count }} }}
            }}""",
        )


def found_again(backend: Backend, table: Table) -> Iterator[tuple[Column, Any, Any]]:
    """(column, the value of the table's first row, how many rows a filter by the value finds), where filters take it."""
    root = table.roots["select"]
    (row, *_) = backend.data(f"{{ {root} {{ {' '.join(table.columns)} }} }}")[root]
    for field, column in table.columns.items():
        type_ = backend_type(backend.catalog.names, column)
        if row[field] is None or type_ is None:
            continue
        document = f"query ($value: {type_}) {{ {root}(where: {{ {field}: {{ _eq: $value }} }}) {{ {field} }} }}"
        answer = backend.ask(document, value=row[field])
        yield column, row[field], answer["errors"][0] if "errors" in answer else len(answer["data"][root])


def backend_type(names: Names, column: Column) -> str | None:
    """The GraphQL type of a column's filter values."""
    name = names.scalar(column.scalar.name, column.scalar.plain)
    return f"[{name}!]" if column.scalar.is_array else name


def run_ruff(folder: Path, *arguments: str) -> str:
    """What ruff says about the written modules; nothing where all is well."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, arguments[0], "--isolated", "--no-cache", "--quiet", *arguments[1:], folder],
        # Away from the checkout, where portico would be taken for a part of the project.
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""
