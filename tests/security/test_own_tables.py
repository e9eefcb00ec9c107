"""Are Portico's own tables kept from GraphQL, whoever declares classes of them: the change log has every row that rules hide."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portico.gateway.importing.database import read_database
from portico.gateway.reflection import reflect
from portico.resolvers.sql.change_log import CHANGES, LOG
from portico.schema import IntId, Model, allow, everyone
from portico.schema.declarations import Declarations
from portico.schema.problems import Problems
from portico.schema.reading import read_catalog
from tests.support.backend import Place
from tests.support.live import LiveBackend


def test_classes_of_them_are_no_models(declared: Declarations, place: Place) -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Change(Base):
        __tablename__ = CHANGES
        sequence: Mapped[int] = mapped_column(primary_key=True)

    allow(Note, "read", when=everyone)  # which brings the other classes of its base for admin
    allow(Base, "all", when=everyone)
    assert Change.metadata is Note.metadata
    assert list(read_catalog(declared, dialect=place.dialect).tables) == ["Note"]


def test_a_rule_about_one_is_a_problem(declared: Declarations, place: Place) -> None:
    table = Table(LOG, MetaData(), Column("one", Integer, primary_key=True))
    allow(table, "read", when=everyone)
    with pytest.raises(Problems) as raised:
        read_catalog(declared, dialect=place.dialect)
    assert [problem.code for problem in raised.value.problems] == ["PT203"]


def test_they_are_neither_reflected_nor_imported(declared: Declarations, place: Place) -> None:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", when=everyone)
    backend = LiveBackend(declared, place)
    try:
        assert [table.name for table in read_database(place.url).tables] == ["notes"]
        reflected = reflect(place.url)
        assert reflected.notes
        for name in (CHANGES, LOG):
            with pytest.raises(AttributeError):
                getattr(reflected, name)
    finally:
        backend.close()
