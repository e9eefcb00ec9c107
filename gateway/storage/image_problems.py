"""What can go wrong with images, by code."""

from __future__ import annotations

from portico.schema.problems import Problem


class NoSuchSize(Problem):
    """The image is not to be had in this size: the column declares no such one, or the file is no image that is made smaller."""

    code, status, error_code = "PT393", 404, "not-found"


class ImageTooLarge(Problem):
    """The image has more bytes or pixels than are taken apart here."""

    code, status, error_code = "PT394", 422, "limit-exceeded"


class ImageUnreadable(Problem):
    """The file is not the image that its type says, or is broken."""

    code, status, error_code = "PT395", 422, "validation-failed"


class ImagesBusy(Problem):
    """More images wait to be made than may."""

    code, status, error_code = "PT396", 503, "limit-exceeded"
