"""How do rows belong together that no foreign key ties: `matching()`, a relation along columns of equal values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Mapper, foreign, relationship, remote


def matching(columns: Mapping[str, str], *, info: dict[str, Any] | None = None, doc: str | None = None) -> Any:
    """
    A relation to the rows that have the same values as this one, for tables without a foreign key between them.

        visits: Mapped[list["Visit"]] = matching({"email": "visitor_email"})

    To many rows or one, as the annotation says; a row may have none, whatever its columns are. Clients use it as any
    relation, nested inserts included; SQLAlchemy's sessions read along it and write nothing (`viewonly`). A `primaryjoin` in
    words does the same, and is a twentieth of the start of 250 models with 878 of them (benchmarks/large_start).

    Args:
        columns: attribute of this class → attribute of the other, of equal values.
        info: `named("Visits")`.
        doc: its description.
    """
    relation: Any = relationship(
        primaryjoin=lambda: _join(relation, columns),
        viewonly=True,
        info=info,
        doc=doc,
    )
    return relation


def _join(relation: Any, columns: Mapping[str, str]) -> ColumnElement[bool]:
    """
    Of the tables' own columns; those of classes are copied and marked at every step of SQLAlchemy's.

    Asked once every class is mapped; that SQLAlchemy looks for the other class now and not a moment later is all that
    is private here.
    """
    relation._setup_entity()  # noqa: SLF001
    parent: Mapper[Any] = relation.parent
    target: Mapper[Any] = relation.entity.mapper
    where = f"{parent.class_.__name__}.{relation.key}"
    return and_(
        *(
            _column(where, parent, mine) == foreign(remote(_column(where, target, theirs)))
            for mine, theirs in columns.items()
        )
    )


def _column(where: str, mapper: Mapper[Any], name: str) -> ColumnElement[Any]:
    if name not in mapper.columns:
        raise ArgumentError(f"{where} matches {name!r}, which {mapper.class_.__name__} does not have.")
    return mapper.columns[name]
