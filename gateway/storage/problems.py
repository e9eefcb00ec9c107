"""What can go wrong with files: each problem by its permanent code."""

from __future__ import annotations

from portico.schema.problems import Problem


class FileMissing(Problem):
    """There is no such file for the caller, whether or not there is one for somebody else."""

    code, status, error_code = "PT150", 404, "not-found"


class FileTooLarge(Problem):
    """The file has more bytes than its column, or the address that it is sent to, takes."""

    code, status, error_code = "PT151", 413, "validation-failed"


class FileTypeRefused(Problem):
    """The file is not of a type that its column takes, or its bytes are not what its type says."""

    code, status, error_code = "PT372", 415, "validation-failed"


class QuotaExceeded(Problem):
    """The caller has, or a bucket has, as many bytes of files as may be."""

    code, status, error_code = "PT373", 413, "limit-exceeded"


class NoSuchBucket(Problem):
    """No column of files has this name, or the caller's role may not write it."""

    code, status, error_code = "PT374", 403, "access-denied"


class InvalidUrl(Problem):
    """An address was not signed here, is too old, or is used for what it was not signed for."""

    code, status, error_code = "PT375", 403, "access-denied"


class UploadOver(Problem):
    """An upload is finished, is going on elsewhere, or was given up."""

    code, status, error_code = "PT376", 409, "conflict"


class UploadStalled(Problem):
    """The bytes of a file stopped coming."""

    code, status, error_code = "PT377", 408, "bad-request"


class InvalidMultipart(Problem):
    """A multipart request does not follow the specification, or has more in it than is taken."""

    code, status, error_code = "PT124", 400, "bad-request"


class NeedsPreflight(Problem):
    """A multipart request lacks the header that a page of another origin cannot send unasked."""

    code, status, error_code = "PT125", 400, "bad-request"


class NeedsOwner(Problem):
    """Files are uploaded by those who are signed in."""

    code, status, error_code = "PT380", 401, "access-denied"


class RangeNotSatisfiable(Problem):
    """No byte of the file lies in the range that was asked for."""

    code, status, error_code = "PT381", 416, "bad-request"


class StoreUnavailable(Problem):
    """The place where files lie cannot be used."""

    code, status, error_code = "PT560", 503, "unexpected"


class NoFiles(Problem):
    """A command is about files, and the models import no `File`."""

    code, error_code = "PT383", "validation-failed"
