"""What can go wrong with a document: the problems of requests, permissions and limits, by code."""

from __future__ import annotations

from portico.schema.problems import Problem


class SyntaxProblem(Problem):
    """The document is not GraphQL."""

    code = "PT101"


class InvalidDocument(Problem):
    """The document does not fit the schema that the caller's role sees."""

    code = "PT102"


class UnknownOperation(Problem):
    """The operation to run is not named, or not in the document."""

    code = "PT103"


class InvalidValue(Problem):
    """A variable or literal is not of its type."""

    code = "PT104"


class InvalidArgument(Problem):
    """Arguments that are right by type but make no sense together."""

    code = "PT105"


class InvalidCursor(Problem):
    """A cursor was not made by this list in this order."""

    code = "PT106"


class UnreadableValue(Problem):
    """A value has the right form, and cannot be read as the shape, raster or path that it should be."""

    code, error_code = "PT109", "parse-failed"


class InvalidNodeId(Problem):
    """An identifier of a row was not made by this server."""

    code = "PT131"


class InvalidKey(Problem):
    """The Idempotency-Key cannot be used: its form, a batch, or keys are off."""

    code, error_code = "PT121", "bad-request"


class KeyReused(Problem):
    """The caller sent the Idempotency-Key before with another request."""

    code, status, error_code = "PT122", 422, "bad-request"


class NotRepeatable(Problem):
    """The answer to a request with an Idempotency-Key cannot be kept; nothing was written."""

    code, status, error_code = "PT123", 422, "bad-request"


class UnknownRole(Problem):
    """The caller may not act under the role."""

    code, status, error_code = "PT301", 403, "access-denied"


class Refused(Problem):
    """No rule allows the row as it would be after the write; the transaction is rolled back."""

    code, status, error_code = "PT302", 403, "permission-error"


class HiddenColumn(Problem):
    """A plan names something that the role does not have. Validation refuses it first; this is the second lock."""

    code, status, error_code = "PT303", 403, "validation-failed"


class TooLarge(Problem):
    """The document is longer than allowed."""

    code = "PT401"


class TooDeep(Problem):
    """The document, or a value in it, is nested deeper than allowed."""

    code = "PT402"


class TooManyFields(Problem):
    """The document selects more fields, aliases, root fields or directives than allowed."""

    code = "PT403"


class TooCostly(Problem):
    """The document could read more rows than allowed."""

    code = "PT404"


class TimedOut(Problem):
    """A statement ran longer than allowed and was cancelled in the database."""

    code, status, error_code = "PT405", 503, "timeout"


class Busy(Problem):
    """Every connection was in use for longer than a request waits."""

    code, status, error_code = "PT406", 503, "postgres-max-connections-error"


class UniqueViolation(Problem):
    """A value that must be unique is taken."""

    code, error_code = "PT501", "constraint-violation"


class ForeignKeyViolation(Problem):
    """A row refers to one that does not exist, or is still referred to."""

    code, error_code = "PT502", "constraint-violation"


class NotNullViolation(Problem):
    """A value is missing."""

    code, error_code = "PT503", "constraint-violation"


class CheckViolation(Problem):
    """A check constraint of the database refuses the row."""

    code, error_code = "PT504", "permission-error"


class DataException(Problem):
    """The database cannot read a value as the type it should have."""

    code, error_code = "PT505", "data-exception"


class InvalidPattern(Problem):
    """The database cannot read a pattern."""

    code, error_code = "PT530", "bad-request"


class DatabaseUnavailable(Problem):
    """The database cannot be reached."""

    code, status, error_code = "PT506", 503, "unexpected"


class DatabaseProblem(Problem):
    """The database refused a statement for a reason of its own; the log has it."""

    code, status, error_code = "PT507", 500, "unexpected"


class Conflict(Problem):
    """Another transaction changed the same rows; the request can be sent again."""

    code, status, error_code = "PT508", 409, "unexpected"


class ConditionNotMet(Problem):
    """The row is there, but it does not meet the request's `_if`; the transaction is rolled back."""

    code, status, error_code = "PT520", 409, "conflict"


class NeedsStream(Problem):
    """A subscription was sent over a transport that answers once."""

    code, error_code = "PT545", "unexpected-payload"


class InvalidStream(Problem):
    """The cursor of a stream, or the size of its batches, makes no sense."""

    code = "PT546"


class OwnTableMissing(Problem):
    """The database lacks a table that Portico needs for itself; `portico migrate` makes it."""

    code, status, error_code = "PT521", 500, "unexpected"


class SessionUnfit(Problem):
    """A function asks in the transaction of a session that is none of `data.begin()`, or over."""

    code, status, error_code = "PT580", 500, "unexpected"


class InvalidPosition(Problem):
    """A position to resume from was not given by this server."""

    code, error_code = "PT550", "bad-request"


class FunctionFailed(Problem):
    """An author's function raised; the log has it."""

    code, status, error_code = "PT509", 500, "unexpected"


class FunctionTimedOut(Problem):
    """A function took longer than it may, and was cancelled."""

    code, status, error_code = "PT570", 504, "timeout"


class AnswerTooLarge(Problem):
    """A function gave more than one may."""

    code, status, error_code = "PT571", 500, "limit-exceeded"


class FunctionBusy(Problem):
    """As many of a subscription are open as the function allows."""

    code, status, error_code = "PT572", 503, "limit-exceeded"


class RemoteSchemaFailed(Problem):
    """Another GraphQL service has not answered what was asked of it: not in time, not at all, or not so that it can be used."""

    code, status, error_code = "PT591", 502, "remote-schema-error"


class RemoteSchemaRefused(Problem):
    """Another GraphQL service has answered with an error of its own, in its words."""

    code, status, error_code = "PT592", 400, "remote-schema-error"

    def __init__(self, message: str, said_code: str | None = None) -> None:
        super().__init__(message)
        if said_code is not None:
            self.__dict__["error_code"] = said_code


class TooManyJoined(Problem):
    """Rows of an answer would ask more of another GraphQL service than one request may."""

    code, status, error_code = "PT593", 400, "limit-exceeded"


class FunctionDenied(Problem):
    """A function's own condition refuses the caller."""

    code, status, error_code = "PT305", 403, "access-denied"


class ReadsOnly(Problem):
    """The credentials are for reading alone."""

    code, status, error_code = "PT304", 403, "access-denied"


class NotProvided(Problem):
    """A function wants something that this process does not have."""

    code, status, error_code = "PT511", 500, "unexpected"


class NotLogged(Problem):
    """The changes of a table are not logged, so nobody can be told of them."""

    code, error_code = "PT544", "not-supported"


class ChannelClosed(Problem):
    """There is no such channel for the caller: no rule lets them in, or none does any more."""

    code, status, error_code = "PT555", 403, "permission-error"


class MessageTooLarge(Problem):
    """What is sent over a channel, or how somebody appears in it, is longer than allowed."""

    code, status = "PT556", 413


class TooManyMessages(Problem):
    """The caller, or all callers together, send more over channels than allowed; nothing was sent."""

    code, status, error_code = "PT557", 429, "limit-exceeded"


class ChannelFull(Problem):
    """As many are there as may be, or the caller is there as often as one may be."""

    code, status, error_code = "PT558", 429, "limit-exceeded"


class BroadcastUnavailable(Problem):
    """What carries messages to other processes cannot be reached, or does not keep up; nothing was sent."""

    code, status, error_code = "PT559", 503, "unexpected"
