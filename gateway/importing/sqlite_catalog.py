"""How is a SQLite database read: through SQLAlchemy's inspector."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from portico.gateway.importing.database import Database

ERRORS: tuple[type[Exception], ...] = (SQLAlchemyError,)


def read(url: str) -> Database:
    """Reads tables and views of a SQLite database."""
    raise NotImplementedError
