"""What a model is: `Model`, the base class of authors' classes, and the column shorthands Id, Now, Touched."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, declared_attr, has_inherited_table, mapped_column
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import DateTime, Uuid

from portico.schema.columns import INFO_KEY, Mark
from portico.schema.declarations import current, follow
from portico.schema.files import expand_files
from portico.schema.words import plural, snake  # pyright: ignore[reportUnusedImport]


class Model(DeclarativeBase):
    """
    The base of models: an ordinary SQLAlchemy declarative base.

    The table name is the plural of the class name in snake_case (`class BlogPost` → `blog_posts`) unless
    `__tablename__` says otherwise. Each import of a model file gets a registry and metadata of its own,
    which is why a subclass is mapped here and not by DeclarativeBase.
    """

    __abstract__ = True

    if not TYPE_CHECKING:
        # An author who names a table writes `__tablename__ = "…"`, as SQLAlchemy declares it.
        @declared_attr.directive
        def __tablename__(cls) -> str | None:  # noqa: N805
            return None if has_inherited_table(cls) else plural(snake(cls.__name__))

    def __init_subclass__(cls, **keywords: Any) -> None:
        if cls.__dict__.get("__abstract__"):
            return
        declarations = current()
        expand_files(cls)
        cls.metadata = declarations.registry.metadata
        declarations.registry.mapped(cls)
        declarations.models.append(cls)


follow(Model)


class RandomId(FunctionElement[UUID]):
    """The database's own default of an `Id`, for rows that `psql` or an ORM session inserts."""

    type = Uuid()
    inherit_cache = True
    name = "random_id"


class CurrentMoment(FunctionElement[datetime]):
    """The moment of the statement, in the form that the engine stores."""

    type = DateTime(timezone=True)
    inherit_cache = True
    name = "current_moment"


@compiles(RandomId)
def _random_id(element: RandomId, compiler: Any, **_: Any) -> str:
    return "gen_random_uuid()"


@compiles(RandomId, "sqlite")
def _random_id_sqlite(element: RandomId, compiler: Any, **_: Any) -> str:
    return "(lower(hex(randomblob(16))))"


@compiles(CurrentMoment)
def _current_moment(element: CurrentMoment, compiler: Any, **_: Any) -> str:
    return "CURRENT_TIMESTAMP"


@compiles(CurrentMoment, "sqlite")
def _current_moment_sqlite(element: CurrentMoment, compiler: Any, **_: Any) -> str:
    # CURRENT_TIMESTAMP has whole seconds on SQLite, and messages of one second would tie.
    return "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"


Id = Annotated[
    UUID,
    mapped_column(Uuid(), primary_key=True, server_default=RandomId(), sort_order=-10, info={INFO_KEY: Mark("id")}),
]
"""A primary key: a UUIDv7 made by the gateway unless the client sends one."""

IntId = Annotated[int, mapped_column(Integer, primary_key=True, sort_order=-10)]
"""A primary key that the database counts up."""

Now = Annotated[
    datetime,
    mapped_column(DateTime(timezone=True), server_default=CurrentMoment(), info={INFO_KEY: Mark("now")}),
]
"""The moment of creation; clients cannot set it."""

Touched = Annotated[
    datetime,
    mapped_column(
        DateTime(timezone=True),
        server_default=CurrentMoment(),
        onupdate=CurrentMoment(),
        info={INFO_KEY: Mark("touched")},
    ),
]
"""The moment of the last change; clients cannot set it."""
