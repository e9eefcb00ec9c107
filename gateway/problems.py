"""What can go wrong at the edge: the problems of transport, credentials, settings and loading, by code."""

from __future__ import annotations

from portico.schema.problems import ModelProblem, Problem


class NotFound(Problem):
    """There is nothing at this path."""

    code, status, error_code = "PT110", 404, "not-found"


class MethodNotAllowed(Problem):
    """The path does not take this HTTP method."""

    code, status, error_code = "PT111", 405, "bad-request"


class UnsupportedMediaType(Problem):
    """The body is not sent as application/json, or is encoded."""

    code, status, error_code = "PT112", 415, "bad-request"


class NotAcceptable(Problem):
    """The client accepts none of the media types there are."""

    code, status, error_code = "PT113", 406, "bad-request"


class BodyTooLarge(Problem):
    """The body is longer than allowed."""

    code, status, error_code = "PT114", 413, "bad-request"


class InvalidJson(Problem):
    """The body, or a JSON parameter, cannot be read."""

    code, status, error_code = "PT115", 400, "invalid-json"


class InvalidRequest(Problem):
    """The request is JSON, but no GraphQL request."""

    code, status, error_code = "PT116", 400, "parse-failed"


class BatchingOff(Problem):
    """A list of requests was sent, and batching is off or the list is too long."""

    code, status, error_code = "PT117", 400, "bad-request"


class MutationByGet(Problem):
    """A mutation was sent by GET."""

    code, status, error_code = "PT118", 405, "bad-request"


class BodyTimeout(Problem):
    """The body did not arrive in time."""

    code, status, error_code = "PT119", 408, "bad-request"


class PersistedQueriesOff(Problem):
    """The request names its document by a hash, which is not served here."""

    code, status, error_code = "PT130", 400, "not-supported"


class OriginNotAllowed(Problem):
    """A page of another origin opens a websocket or sends cookies, and `allowed_origins` does not name it."""

    code, status, error_code = "PT132", 403, "access-denied"


class TooManySockets(Problem):
    """The process, the caller or the address has as many open sockets and event streams as it may have."""

    code, status, error_code = "PT133", 429, "bad-request"


class TooManyOperations(Problem):
    """The socket has as many operations running as it may have."""

    code, status, error_code = "PT134", 429, "bad-request"


class CredentialsEnded(Problem):
    """The credentials of an open socket or event stream have expired or been revoked."""

    code, status, error_code = "PT135", 401, "invalid-jwt"


class Restarting(Problem):
    """The process is about to end and opens nothing more."""

    code, status, error_code = "PT136", 503, "unexpected"


class FileTooLarge(Problem):
    """A hosted file is larger than `hosting.max_file_bytes`."""

    code, status, error_code = "PT145", 403, "not-supported"


class InvalidToken(Problem):
    """The bearer token is not one that this server takes; it is not said why."""

    code, status, error_code = "PT310", 401, "invalid-jwt"


class InvalidAdminKey(Problem):
    """The admin key is wrong."""

    code, status, error_code = "PT311", 401, "access-denied"


class RoleNotAllowed(Problem):
    """The caller asked for a role that is not one of theirs."""

    code, status, error_code = "PT312", 403, "access-denied"


class IntrospectionOff(Problem):
    """Introspection is off for this role."""

    code, status, error_code = "PT313", 403, "access-denied"


def refuse_introspection(document: str) -> None:
    """
    Goes on with a document that introspects nothing.

    Raises:
        IntrospectionOff
    """
    if "__schema" in document or "__type" in document.replace("__typename", ""):
        raise IntrospectionOff(
            "Introspection is off for this role.", hint="Use the schema file that portico schema prints."
        )


class InvalidHeader(Problem):
    """A header has a value that it cannot have."""

    code, status, error_code = "PT320", 400, "bad-request"


class MissingCredentials(Problem):
    """The request has no credentials, and the settings name no role for such requests."""

    code, status, error_code = "PT321", 401, "invalid-headers"


class InvalidSettings(Problem):
    """A setting has a value that it cannot have."""

    code, status, error_code = "PT220", 500, "start-failed"


class ModelFileFails(ModelProblem):
    """The model file cannot be imported."""

    code = "PT210"


class NothingToServe(ModelProblem):
    """The model file declares no models."""

    code = "PT211"


class DatabaseDiffers(ModelProblem):
    """The database does not have what the models need, and Portico may not change it."""

    code = "PT212"


class InsideTooDeep(Problem):
    """Functions that look into writes write what functions look into, too deep."""

    code, status, error_code = "PT581", 500, "unexpected"


class InternalProblem(Problem):
    """A mistake of Portico's own; the log has its trace."""

    code, status, error_code = "PT599", 500, "unexpected"


class CannotReflect(ModelProblem):
    """`reflect()` cannot read the database."""

    code = "PT213"


class CannotReadMetadata(Problem):
    """A Hasura project's metadata cannot be read."""

    code, status, error_code = "PT230", 500, "start-failed"


class CannotCarryOver(Problem):
    """A permission of a Hasura project has no equal, and is not left out silently."""

    code, status, error_code = "PT231", 500, "start-failed"


class CannotReadDatabase(ModelProblem):
    """The database to import cannot be reached or read."""

    code = "PT232"


class WouldOverwrite(ModelProblem):
    """What an import would write is there already."""

    code = "PT233"


class NothingToImport(ModelProblem):
    """There is nothing to import."""

    code = "PT234"
