"""What does a database URL name: the engine that runs statements, the SQL that it takes, and the log of its changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portico.gateway.settings import Settings
from portico.resolvers.run.changes import ChangeLog
from portico.resolvers.run.engine import Engine
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.postgres_changes import PostgresChangeLog
from portico.resolvers.run.sqlite import SqliteEngine
from portico.resolvers.run.sqlite_changes import SqliteChangeLog
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.postgres import PostgresDialect
from portico.resolvers.sql.sqlite import SqliteDialect
from portico.schema.scalars import DialectName


def dialect_of(url: str) -> DialectName:
    """The engine that a database URL is for."""
    return "sqlite" if url.startswith("sqlite") else "postgres"


def sqlite_path(url: str, folder: Path) -> str:
    """The file of a SQLite URL; a relative one is beside portico.toml."""
    path = url.partition("://")[2].removeprefix("/") or ":memory:"
    return path if path == ":memory:" or path.startswith("/") else str(folder / path)


def make_engine(settings: Settings, folder: Path) -> Engine:
    """The engine of a database URL."""
    if dialect_of(settings.database_url) == "sqlite":
        return SqliteEngine(
            sqlite_path(settings.database_url, folder),
            query_timeout_s=settings.query_timeout_s,
            durability=settings.durability,
        )
    return PostgresEngine(
        postgres_url(settings),
        pool_size=settings.pool_size,
        query_timeout_s=settings.query_timeout_s,
        wait_timeout_s=settings.pool_timeout_s,
    )


def make_change_log(settings: Settings, engine: Engine) -> ChangeLog:
    """The log of an engine's changes, as this process reads it."""
    keep: dict[str, Any] = {
        "poll_s": settings.live_poll_s,
        "keep_hours": settings.change_log_hours,
        "keep_rows": settings.change_log_rows,
        "query_timeout_s": settings.query_timeout_s,
    }
    if isinstance(engine, SqliteEngine):
        return SqliteChangeLog(engine, **keep)
    assert isinstance(engine, PostgresEngine)
    return PostgresChangeLog(postgres_url(settings), engine=engine, **keep)


def postgres_url(settings: Settings) -> str:
    """A database URL as asyncpg takes it."""
    return settings.database_url.replace("postgresql+asyncpg", "postgresql").replace("postgres://", "postgresql://")


def make_dialect(name: DialectName, *, stringify_numbers: bool = False) -> SqlDialect:
    """The SQL of an engine."""
    dialect = SqliteDialect if name == "sqlite" else PostgresDialect
    return dialect(stringify_numbers=stringify_numbers)
