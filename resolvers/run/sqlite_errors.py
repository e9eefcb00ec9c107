"""What does a SQLite error mean to a client: result codes as problems, without values or SQL."""

from __future__ import annotations

import sqlite3

from portico.resolvers.problems import (
    Busy,
    CheckViolation,
    DatabaseProblem,
    DatabaseUnavailable,
    DataException,
    ForeignKeyViolation,
    NotNullViolation,
    TimedOut,
    TooDeep,
    UniqueViolation,
)
from portico.resolvers.run.calls import own_table_missing
from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.problems import Problem


def problem_of(error: BaseException) -> Problem:
    """The problem that a driver's exception is."""
    name = getattr(error, "sqlite_errorname", "")
    match name:
        case (
            "SQLITE_CONSTRAINT_UNIQUE"
            | "SQLITE_CONSTRAINT_PRIMARYKEY"
            | "SQLITE_CONSTRAINT_ROWID"
            | "SQLITE_CONSTRAINT_TRIGGER"  # of a file that another row holds
        ):
            return UniqueViolation(f"Uniqueness violation. duplicate value for {_columns(error)}")
        case "SQLITE_CONSTRAINT_FOREIGNKEY":
            return ForeignKeyViolation(
                "Foreign key violation. a row refers to one that does not exist, or is still referred to"
            )
        case "SQLITE_CONSTRAINT_NOTNULL":
            return NotNullViolation(
                f'Not-NULL violation. null value in column "{_column(error)}" violates not-null constraint'
            )
        case "SQLITE_CONSTRAINT_CHECK":
            return CheckViolation(f"Check constraint violation. new row violates {_columns(error)}")
        case "SQLITE_INTERRUPT":
            return TimedOut(
                "The statement ran longer than allowed and was cancelled.",
                hint="Ask for less, or filter by an indexed column.",
            )
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return Busy("The database is busy.", hint="Try again in a moment.")
        case "SQLITE_MISMATCH" | "SQLITE_TOOBIG" | "SQLITE_RANGE":
            return DataException("A value is not of the type that its column has.")
        case (
            "SQLITE_CANTOPEN" | "SQLITE_IOERR" | "SQLITE_FULL" | "SQLITE_READONLY" | "SQLITE_CORRUPT" | "SQLITE_NOTADB"
        ):
            return DatabaseUnavailable("The database cannot be used.", hint="The server's log says why.")
        case _:
            if f"no such table: {OWN_PREFIX}" in str(error):
                return own_table_missing()
            if "parser stack overflow" in str(error):
                return TooDeep("The document is nested too deeply for this SQLite.", hint="Ask in several requests.")
            if any(words in str(error) for words in ("integer overflow", "pattern too complex")):
                return DataException("A value is too large for the database.")
            if "user-defined function raised exception" in str(error):
                return DataException("A value is not of the type that its column has.")
            if isinstance(error, OverflowError | sqlite3.DataError):
                return DataException("A number is too large for the database.")
            return DatabaseProblem("database query error")


def _column(error: BaseException) -> str:
    return _columns(error).rpartition(".")[2]


def _columns(error: BaseException) -> str:
    # "UNIQUE constraint failed: posts.slug" names the schema, never a value.
    return str(error).partition(": ")[2] or "a column"
