"""What is a file column: `file(…)`, a key of a file whose row decides who has its bytes, and the relation to that file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ForeignKey, String, Table, Uuid
from sqlalchemy import util as sql_util
from sqlalchemy.orm import MappedColumn, mapped_column, relationship

from portico.schema.problems import ModelProblem

_FILE, _RELATION, _HELD = "portico.file", "portico.file.column", "portico.held"
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/(\*|[a-z0-9][a-z0-9.+-]*)")
ImageSize = tuple[int, int] | tuple[int, int, Literal["cover", "contain", "fit"]]
MOST_BYTES = 10_485_760
"""Of a file whose column says nothing."""


class NotAFileColumn(ModelProblem):
    """What `file(…)` is told makes no sense."""

    code = "PT222"


@dataclass(frozen=True)
class FileMark:
    """
    What a file column takes.

    types: media types, `image/*` for a whole family; none takes every type. max_bytes: of one file. public: whoever has the
    address has the bytes. sizes: name → (width, height) in pixels, and how it fits, the sizes in which an
    image is to be had.
    """

    types: tuple[str, ...] = ()
    max_bytes: int = MOST_BYTES
    public: bool = False
    sizes: Mapping[str, ImageSize] | None = None

    def takes(self, type_: str) -> bool:
        """Whether a media type, in lower case and without parameters, is one of these."""
        return not self.types or type_ in self.types or f"{type_.partition('/')[0]}/*" in self.types


class SignedUrl(String):
    """
    The type of a column from which an address is made as the answer leaves: what is stored names it, and is not shown.

    No answer has the stored text: addresses are signed for whoever asks, which no statement knows how to do.
    """


class FileColumn:
    """What `file(…)` gives: a column and a relation to be, once the class is known that it stands in."""

    def __init__(self, mark: FileMark) -> None:
        self.mark = mark


def file(
    *,
    types: str | Sequence[str] = (),
    max_bytes: int = MOST_BYTES,
    public: bool = False,
    sizes: Mapping[str, ImageSize] | None = None,
) -> Any:
    """
    A file that belongs to the row: `picture: Mapped[File | None] = file(types="image/*")`.

    The model gets a column `picture_id`, which clients set to the file that they uploaded, and the relation `picture`. Who may read
    the row, and the column, may read the file; nobody else. A file belongs to one row, and goes with it.

    Args:
        types: media types that are taken, such as `image/png` or `image/*`; every type unless given.
        max_bytes: the largest file.
        public: whoever has the address of such a file may have its bytes, and caches may keep them.
        sizes: the sizes in which an image is to be had, by name: `{"small": (200, 200)}`, which it fills and is cut to. With `"contain"`
            as a third part it is as large as fits into it, with `"fit"` the same with margins.
    """
    listed = (types,) if isinstance(types, str) else tuple(types)
    for each in listed:
        if not _TYPE.fullmatch(each):
            raise NotAFileColumn(f"{each!r} is no media type.", hint="Write image/png or image/*, in lower case.")
    if max_bytes < 1:
        raise NotAFileColumn(f"max_bytes={max_bytes} takes no file.", hint="It is a number of bytes.")
    for name, size in (sizes or {}).items():
        sides, fit = size[:2], size[2:]
        if (
            not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name)
            or (min(sides) < 1 or max(sides) > 4096)
            or (fit and fit[0] not in ("cover", "contain", "fit"))
        ):
            raise NotAFileColumn(
                f"sizes has {name!r}: {size!r}.",
                hint='Sizes are {"small": (width, height)} with 1 to 4096 pixels, and "cover", "contain" or "fit" as a third part.',
            )
    return FileColumn(FileMark(listed, max_bytes, public, dict(sizes) if sizes else None))


def expand_files(cls: type[Any]) -> None:
    """Puts the column and the relation in place of each `file(…)` of a class, or of a mixin that it has."""
    for base in reversed(cls.__mro__):
        for name, value in list(vars(base).items()):
            if isinstance(value, FileColumn):
                _expand(cls, name, value.mark, sql_util.get_annotations(base).get(name))


def _expand(cls: type[Any], name: str, mark: FileMark, annotation: Any) -> None:
    said = annotation if isinstance(annotation, str) else repr(annotation)
    nullable = "None" in said or "Optional" in said
    key = f"{name}_id"
    column: MappedColumn[Any] = mapped_column(
        key,
        Uuid(),
        # Asked at the end of the transaction, after the rules: what they refuse must not tell whether there is such a file.
        ForeignKey("files.id", deferrable=True, initially="DEFERRED"),
        index=True,
        nullable=nullable,
        info={_FILE: mark},
    )
    setattr(cls, key, column)
    setattr(cls, name, relationship("File", foreign_keys=[column], info={_RELATION: key}))
    # The relation's target is File, whatever the author's module calls it, and no annotation has to be read for it.
    annotations = dict(sql_util.get_annotations(cls))
    annotations.pop(name, None)
    cls.__annotations__ = annotations


def holds_files(tables: Iterable[Table]) -> bool:
    """Whether any of these tables has a column of files."""
    return any(file_in(column.info) for table in tables for column in table.columns)


def file_in(info: Mapping[Any, Any]) -> FileMark | None:
    """What `file(…)` said of a column; None of any other."""
    return info.get(_FILE)


def column_of_relation(field: Any) -> str | None:
    """The key of the column behind a file's relation, where a rule names the relation."""
    prop = getattr(getattr(field, "comparator", None), "prop", None)
    return getattr(prop, "info", {}).get(_RELATION)


Attachable = Callable[[Any, Any, str, FileMark], Any]
"""(file's row, me, bucket, what the column takes) → the condition under which the caller may put the file into a row."""


def bucket_of(column: Any) -> str:
    """What the files of a column are kept under: `messages.picture` of the column `picture_id`."""
    return f"{column.table.name}.{column.name.removesuffix('_id')}"


def held(attachable: Attachable) -> dict[Any, Any]:
    """Marks the table of files, whose rows are read through the rows that hold them."""
    return {_HELD: attachable}


def attachable_in(info: Mapping[Any, Any]) -> Attachable | None:
    """What `held` was given; None for other tables."""
    return info.get(_HELD)
