"""What is known of files: their rows, which say whose they are, what they are and where their bytes lie."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Index, String, or_
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Id, Me, Model, Now, Rule, allow
from portico.schema.files import FileMark, SignedUrl, held


def own_upload_that_fits(file: type[File], me: Me, bucket: str, mark: FileMark) -> ColumnElement[bool]:
    """What may be put into a row: the caller's own upload, for this very column, whole, in no row yet, and as the column wants it."""
    fits = [file.type.like(each.replace("*", "%")) if each.endswith("*") else file.type == each for each in mark.types]
    condition = (
        (file.owner == me.id) & (file.state == "ready") & (file.bucket == bucket) & (file.size <= mark.max_bytes)
    )
    return condition & or_(*fits) if fits else condition


class File(Model):
    """
    A file.

    owner: the id of who uploaded it. bucket: the column that it is for, as `messages.picture`. key: where its bytes lie in the
    store. size: in bytes; until they are there, how many there may be. digest: SHA-256, in hexadecimal digits. state: `pending`
    until its bytes are there, `ready` until a row has it, `attached`, and `orphaned` from when the row has it no more until it is
    swept. url, download_url: signed for who asks, to show it and to keep it. width, height, color, blurhash: of an image whose column
    has sizes: in pixels, the middle of its colours as `#rrggbb`, and a blurred image to show until it is there.
    """

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_owner_bucket", "owner", "bucket"), {"info": held(own_upload_that_fits)})

    id: Mapped[Id]
    owner: Mapped[str | None] = mapped_column(String(255))
    bucket: Mapped[str] = mapped_column(String(127))
    key: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(127))
    digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    created: Mapped[Now]
    url: Mapped[str] = mapped_column(SignedUrl(255))
    download_url: Mapped[str] = mapped_column(SignedUrl(255))
    width: Mapped[int | None]
    height: Mapped[int | None]
    color: Mapped[str | None] = mapped_column(String(7))
    blurhash: Mapped[str | None] = mapped_column(String(40))


@allow(File, "read")
def own_uploads(file: type[File], me: Me) -> Rule:
    """Who has uploaded a file sees it until it is in a row, whose readers alone see it from then on."""
    return (file.owner == me.id) & file.state.in_(("pending", "ready"))
