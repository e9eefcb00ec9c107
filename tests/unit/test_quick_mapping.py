"""Mapping models quickly: columns are what SQLAlchemy makes of them anyway, and it is as before afterwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NewType, Optional

import pytest
from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, attributes, mapped_column, properties

from portico.schema.quick_mapping import mapped_quickly

Name = Annotated[str, mapped_column(String(20), index=True)]
Number = NewType("Number", int)


def _columns(during: Callable[[], AbstractContextManager[Any]]) -> list[tuple[str, str, bool, bool | None]]:
    with during():

        class Base(DeclarativeBase):
            type_annotation_map: ClassVar[Any] = {dict[str, Any]: JSON, Number: Text}

        class Thing(Base):
            __tablename__ = "things"

            id: Mapped[int] = mapped_column(primary_key=True)
            plain: Mapped[str]
            maybe: Mapped[str | None]
            old: Mapped[Optional[Decimal]]  # noqa: UP045
            name: Mapped[Name]
            nick: Mapped[Name | None]
            kind: Mapped[Literal["a", "b"] | None]
            number: Mapped[Number | None]
            more: Mapped[dict[str, Any] | None]
            given: Mapped[str | None] = mapped_column(Text, nullable=False)

        Base.registry.configure()
        return [(each.name, repr(each.type), bool(each.nullable), each.index) for each in Thing.__table__.columns]


def test_columns_are_the_same() -> None:
    assert _columns(mapped_quickly) == _columns(nullcontext)


def test_sqlalchemy_is_as_before_afterwards() -> None:
    cls: Any = attributes.QueryableAttribute
    asked: Any = properties
    before = cls.__getattr__, asked.includes_none, asked.de_optionalize_union_types
    with mapped_quickly():
        assert before != (cls.__getattr__, asked.includes_none, asked.de_optionalize_union_types)

    assert before == (cls.__getattr__, asked.includes_none, asked.de_optionalize_union_types)


def test_other_things_that_an_attribute_lacks_are_told_as_before() -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "things"

        id: Mapped[int] = mapped_column(primary_key=True)

    with mapped_quickly(), pytest.raises(AttributeError, match="has an attribute 'nothing'"):
        _ = Thing.id.nothing  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
