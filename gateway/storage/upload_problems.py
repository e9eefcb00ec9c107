"""What can go wrong while a file comes: by signed requests to S3, or piece by piece (tus), by code."""

from __future__ import annotations

from portico.schema.problems import Problem


class UploadDiffers(Problem):
    """What came is not what was said: another type, size or digest. Nothing is left of it."""

    code, status, error_code = "PT385", 422, "validation-failed"


class UploadUnknown(Problem):
    """There is no such upload, or it is somebody else's."""

    code, status, error_code = "PT386", 404, "not-found"


class UploadGone(Problem):
    """The upload was not finished in time, or was ended."""

    code, status, error_code = "PT387", 410, "not-found"


class UploadOffset(Problem):
    """The bytes begin elsewhere than those that are there end."""

    code, status, error_code = "PT388", 409, "conflict"


class UploadLocked(Problem):
    """Another request is writing the upload."""

    code, status, error_code = "PT389", 423, "conflict"


class ChecksumDiffers(Problem):
    """The bytes do not have the checksum that came with them, and were discarded."""

    code, status, error_code = "PT390", 460, "validation-failed"


class TusVersion(Problem):
    """The request is of another version of tus than 1.0.0."""

    code, status, error_code = "PT391", 412, "not-supported"


class TusRequest(Problem):
    """A header of tus is missing or cannot be read."""

    code, status, error_code = "PT392", 400, "bad-request"
