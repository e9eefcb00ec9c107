"""What does a Postgres error mean to a client: SQLSTATEs as problems, without values, names or SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from portico.resolvers.problems import (
    Busy,
    CheckViolation,
    Conflict,
    DatabaseProblem,
    DatabaseUnavailable,
    DataException,
    ForeignKeyViolation,
    InvalidPattern,
    InvalidValue,
    NotNullViolation,
    TimedOut,
    UniqueViolation,
)
from portico.resolvers.run.calls import condition_not_met, own_table_missing, refusal
from portico.resolvers.sql.elements import CHECK_MARKER, CONDITION_MARKER
from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.schema.catalog import RuleRef
from portico.schema.problems import Problem


def problem_of(error: Any, rules: Sequence[RuleRef] = ()) -> Problem:
    """
    The problem that a driver's exception is; `rules` are those that a refusal names.

    A constraint's name is told, because clients choose texts by it; the values that broke it are not, since
    they may be those of a row that the caller must not see.
    """
    constraint, column = getattr(error, "constraint_name", ""), getattr(error, "column_name", "")
    match error:
        case asyncpg.UniqueViolationError():
            return UniqueViolation(
                f'Uniqueness violation. duplicate key value violates unique constraint "{constraint}"'
            )
        case asyncpg.ForeignKeyViolationError():
            return ForeignKeyViolation(
                f'Foreign key violation. a reference violates foreign key constraint "{constraint}"'
            )
        case asyncpg.NotNullViolationError():
            return NotNullViolation(f'Not-NULL violation. null value in column "{column}" violates not-null constraint')
        case asyncpg.CheckViolationError():
            return CheckViolation(f'Check constraint violation. new row violates check constraint "{constraint}"')
        case asyncpg.ExclusionViolationError():
            return UniqueViolation(
                f'Exclusion violation. conflicting key value violates exclusion constraint "{constraint}"'
            )
        case asyncpg.QueryCanceledError() | asyncio.TimeoutError():
            return TimedOut(
                "The statement ran longer than allowed and was cancelled.",
                hint="Ask for less, or filter by an indexed column.",
            )
        case asyncpg.SerializationError() | asyncpg.DeadlockDetectedError() | asyncpg.LockNotAvailableError():
            return Conflict("Another request was changing the same rows.", hint="Send the request again.")
        case asyncpg.TooManyConnectionsError():
            return Busy("The database has no free connection.", hint="Try again in a moment.")
        case asyncpg.InvalidTextRepresentationError() if CHECK_MARKER in str(error):
            return refusal(rules)
        case asyncpg.InvalidTextRepresentationError() if CONDITION_MARKER in str(error):
            return condition_not_met()
        case asyncpg.UndefinedTableError() if f'"{OWN_PREFIX}' in str(error):
            return own_table_missing()
        case asyncpg.InvalidEscapeSequenceError():
            return InvalidPattern(str(error).partition("\n")[0])
        case asyncpg.DataError():
            return DataException(_data_message(error))
        case asyncpg.PostgresSyntaxError() if not str(error).startswith(_SYNTAX_OF_SQL):
            return DataException(_UNFIT)  # what a type of an extension says of a text: ltree, tsquery
        case asyncpg.InternalServerError() | asyncpg.RaiseError() if "SRID" in str(error):
            return DataException(
                "The shapes are of different reference systems.",
                hint="Give the value the crs that the column has.",
            )
        case asyncpg.InternalServerError() if str(error).startswith("rt_raster"):
            return DataException(_UNFIT)
        case (
            asyncpg.InterfaceError()
            | asyncpg.PostgresConnectionError()
            | OSError()
            | asyncpg.OperatorInterventionError()
        ):
            if isinstance(error, asyncpg.DataError | ValueError):
                return InvalidValue("A value does not fit the type of its column.")
            return DatabaseUnavailable("The database cannot be reached.", hint="Try again in a moment.")
        case _:
            return DatabaseProblem("database query error")


# Data errors whose text names only what the client sent or nothing at all.
_TELLING = (
    asyncpg.DivisionByZeroError,
    asyncpg.NumericValueOutOfRangeError,
    asyncpg.DatetimeFieldOverflowError,
    asyncpg.InvalidRegularExpressionError,
    asyncpg.StringDataRightTruncationError,
)

_UNFIT = "A value is not of the type that its column has."
_SYNTAX_OF_SQL = ("syntax error at or near", "syntax error at end of input")


def _data_message(error: BaseException) -> str:
    if isinstance(error, _TELLING):
        return str(error).partition("\n")[0]
    return _UNFIT
