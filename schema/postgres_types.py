"""Which types of Postgres' extensions may models have: `Geometry`, `Geography`, `Raster`, `Ltree`, and any other by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType


class Named(UserDefinedType[Any]):
    """
    A type that Postgres has and SQLAlchemy does not, under Postgres' own name; text on SQLite.

    Args:
        name: as in CREATE TABLE, such as `point`.
    """

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **keywords: Any) -> str:
        """What stands in CREATE TABLE."""
        return self.name


class _Spatial(UserDefinedType[Any]):
    """
    A type of PostGIS with a kind of shape and a reference system.

    Args:
        subtype: `POINT`, `LINESTRINGZ`, …; any shape unless given.
        srid: number of the reference system; any, or for geography 4326, unless given.
    """

    cache_ok = True
    _base = ""

    def __init__(self, subtype: str | None = None, srid: int | None = None) -> None:
        self.subtype = subtype
        # Reflection gives it as text.
        self.srid = None if srid is None else int(srid)

    def get_col_spec(self, **keywords: Any) -> str:
        """What stands in CREATE TABLE. Source: PostGIS, "Creating a Spatial Table": a type modifier has a subtype first."""
        if self.subtype is None and self.srid is None:
            return self._base
        modifiers = [self.subtype or "GEOMETRY", *([] if self.srid is None else [str(self.srid)])]
        return f"{self._base}({','.join(modifiers)})"


class Geometry(_Spatial):
    """PostGIS' `geometry`, on a plane: `mapped_column(Geometry("POINT", 4326))`. GeoJSON in GraphQL."""

    _base = "geometry"


class Geography(_Spatial):
    """PostGIS' `geography`, on the globe: `mapped_column(Geography("POINT"))`; distances are meters. GeoJSON in GraphQL."""

    _base = "geography"

    def __init__(self, subtype: str | None = None, srid: int | None = None) -> None:
        # As PostGIS would complete it, so that what is declared equals what is there.
        super().__init__(subtype, 4326 if srid is None and subtype is not None else srid)


class Raster(Named):
    """PostGIS' `raster`, which the extension postgis_raster has. Hexadecimal text in GraphQL."""

    def __init__(self) -> None:
        super().__init__("raster")


class Ltree(Named):
    """The extension ltree's path of labels: `Top.Science.Astronomy`."""

    def __init__(self) -> None:
        super().__init__("ltree")


@compiles(Named, "sqlite")
@compiles(_Spatial, "sqlite")
def _compile_for_sqlite(type_: UserDefinedType[Any], compiler: Any, **keywords: Any) -> str:
    # SQLite reads an affinity off any name: INTEGER off POINT.
    return "TEXT"


def named(name: str) -> Callable[..., Named]:
    """What reflection calls to make a type of this name; it passes what the type was declared with, which is left out."""
    return lambda *arguments, **keywords: Named(name)


def recognise(dialect: Dialect) -> None:
    """Has one dialect object know these types when it reads tables; without that they are types of no name."""
    if dialect.name == "postgresql":
        known: Any = dialect
        known.ischema_names = {**known.ischema_names, **_REFLECTED}


# What SQLAlchemy's reflection does not know by itself.
_REFLECTED: Mapping[str, Callable[..., UserDefinedType[Any]]] = {
    "geometry": Geometry,
    "geography": Geography,
    "raster": lambda *arguments, **keywords: Raster(),
    "ltree": lambda *arguments, **keywords: Ltree(),
    **{
        name: named(name)
        for name in ("lquery", "ltxtquery", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle")
    },
    **{name: named(name) for name in ("pg_lsn", "cube", "seg", "isbn", "issn", "ean13", "txid_snapshot")},
}
