"""What a server needs of its database before it starts: tables and columns of the models, and nothing that only some requests use."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.problems import DatabaseDiffers
from portico.gateway.settings import Settings
from portico.gateway.tables_there import lacking
from tests.support.backend import Place, execute
from tests.support.postgres import fresh_database

MODELS = '''"""Shelves, and what stands on them by other people's migrations."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portico.schema import Id, Model, allow, everyone


class Shelf(Model):
    __tablename__ = "Shelves"
    id: Mapped[Id]
    Title: Mapped[str]


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String)


allow(Shelf, "read", when=everyone)
allow(Book, "read", when=everyone)
'''
BOOKS = "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT)"


def absent(place: Place, folder: Path, *statements: str, models: str = MODELS) -> list[str]:
    """What is missing after the models were migrated, and these statements executed."""
    (folder / "models.py").write_text(models)
    settings = Settings(database_url=place.url, realtime=False)
    declarations = load_models(folder / "models.py")
    asyncio.run(migrate(declarations, settings, folder))
    for each in statements:
        asyncio.run(execute(place, each))
    return asyncio.run(lacking(declarations, settings, folder))


def test_what_is_there_is_not_missed(place: Place, tmp_path: Path) -> None:
    assert absent(place, tmp_path, BOOKS, "DROP TABLE portico_idempotency_keys") == []


@pytest.mark.parametrize(
    ("statements", "missed"),
    [
        ((), ["create table books"]),
        ((BOOKS, 'DROP TABLE "Shelves"'), ["create table Shelves"]),
        ((BOOKS, 'ALTER TABLE "Shelves" DROP COLUMN "Title"'), ["add column Shelves.Title"]),
        ((BOOKS, "ALTER TABLE books DROP COLUMN title"), ["add column books.title"]),
    ],
)
def test_a_table_or_column_that_is_not_there_is_named(
    place: Place, tmp_path: Path, statements: tuple[str, ...], missed: list[str]
) -> None:
    assert absent(place, tmp_path, *statements) == missed


def test_a_table_of_another_schema_is_not_this_one(tmp_path: Path, postgres: str) -> None:
    with fresh_database(postgres) as url:
        _of_another_schema(Place("postgres", url), tmp_path)


def _of_another_schema(place: Place, tmp_path: Path) -> None:
    models = MODELS.replace('"Shelves"\n', '"Shelves"\n    __table_args__ = {"schema": "storey"}\n')
    asyncio.run(execute(place, "CREATE SCHEMA storey"))
    statements = (BOOKS, 'CREATE TABLE public."Shelves" (id UUID, "Title" TEXT)')
    assert absent(place, tmp_path, *statements, models=models) == []
    asyncio.run(execute(place, 'DROP TABLE storey."Shelves"'))
    settings, declarations = Settings(database_url=place.url), load_models(tmp_path / "models.py")
    assert asyncio.run(lacking(declarations, settings, tmp_path)) == ["create table Shelves"]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:1/nothing"])
def test_a_database_that_cannot_be_asked_is_told(tmp_path: Path, url: str) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    with pytest.raises(DatabaseDiffers, match="cannot be asked"):
        asyncio.run(lacking(load_models(tmp_path / "models.py"), Settings(database_url=url), tmp_path))
