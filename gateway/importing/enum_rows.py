"""Which values do enum tables have: the rows that are there when a project is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portico.gateway.importing.database import Database, DatabaseTable, Name, in_thread


def read_enum_values(url: str, database: Database, names: Iterable[Name]) -> Mapping[Name, Mapping[str, str | None]]:
    """Table → value → comment: the key of each row, and its other column if it has one."""
    wanted = set(names)
    tables = [table for table in database.tables if table.full_name in wanted and table.key is not None]

    async def read() -> dict[Name, dict[str, str | None]]:
        import asyncpg

        connection = await asyncpg.connect(url)
        try:
            found: dict[Name, dict[str, str | None]] = {}
            for table in tables:
                rows = await connection.fetch(_query(table))
                found[table.full_name] = {row["value"]: row["comment"] for row in rows}
            return found
        finally:
            await connection.close()

    return in_thread(read) if tables else {}


def _query(table: DatabaseTable) -> str:
    assert table.key is not None
    key = table.key.columns[0]
    other = next((column.name for column in table.columns if column.name != key), None)
    comment = f"CAST({_quoted(other)} AS text)" if other is not None else "NULL"
    return (
        f"SELECT CAST({_quoted(key)} AS text) AS value, {comment} AS comment"
        f" FROM {_quoted(table.schema)}.{_quoted(table.name)} ORDER BY 1"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
