"""What do the functions of files answer: their types in GraphQL. Numbers of bytes are Float, since an Int ends at 2 GiB."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.type(description="A field of a form that sends a file.")
class FormField:
    """See the description."""

    name: str
    value: str


@strawberry.type(description="Where one file is to be sent.")
class UploadTicket:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Of the file, to put into a row once it has been sent.")
    url: str = strawberry.field(description="Takes the bytes of this one file, once.")
    method: str = strawberry.field(description="PUT, with the bytes as the body; or POST, with a form.")
    fields: list[FormField] = strawberry.field(description="Of a POST, before its field `file`; none of a PUT.")
    type: str = strawberry.field(description="The Content-Type to send.")
    max_bytes: float = strawberry.field(description="How many bytes there may be.")
    expires_at: datetime


@strawberry.type(description="A file that has arrived, and is in no row yet.")
class UploadedFile:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="To put into a row.")
    name: str
    type: str
    size: float
    digest: str = strawberry.field(description="SHA-256, in hexadecimal digits.")


@strawberry.type(description="What the files of one column take.")
class BucketUsage:
    """See the description."""

    bucket: str
    files: int
    bytes: float


@strawberry.type(description="What the caller's files take.")
class FileUsage:
    """See the description."""

    bytes: float
    files: int
    quota_bytes: float | None = strawberry.field(description="How many there may be; null where there is no end.")
    buckets: list[BucketUsage]
