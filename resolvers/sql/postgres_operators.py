"""How do the operators of Postgres' extensions become SQL: shapes of PostGIS, rasters, and paths of labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal_column, true
from sqlalchemy import types as sa

from portico.resolvers.plan.values import Gathered, Tree
from portico.resolvers.sql.binding import json_text
from portico.resolvers.sql.elements import Convert
from portico.schema.postgres_checks import geojson
from portico.schema.postgres_types import Geography, Geometry
from portico.schema.scalars import Family, Scalar

Arguments = Mapping[str, ColumnElement[Any]]
Comparison = ColumnElement[Any]

# Source: ltree, "Operators and Functions": an ancestor is on the left of @>.
LABEL_OPERATORS: Mapping[str, str] = {
    "_ancestor": "@>",
    "_ancestor_any": "@>",
    "_descendant": "<@",
    "_descendant_any": "<@",
    "_matches": "~",
    "_matches_any": "?",
    "_matches_fulltext": "@",
}


def _function(name: str) -> Callable[[Comparison, Comparison], ColumnElement[bool]]:
    return lambda left, right: getattr(func, name)(left, right, type_=sa.Boolean())


# Source: PostGIS, "Spatial Relationships". The functions use an index on the column by themselves.
WITH_VALUE: Mapping[str, Callable[[Comparison, Comparison], ColumnElement[bool]]] = {
    "_st_contains": _function("ST_Contains"),
    "_st_crosses": _function("ST_Crosses"),
    "_st_equals": _function("ST_Equals"),
    "_st_intersects": _function("ST_Intersects"),
    "_st_3d_intersects": _function("ST_3DIntersects"),
    "_st_overlaps": _function("ST_Overlaps"),
    "_st_touches": _function("ST_Touches"),
    "_st_within": _function("ST_Within"),
    "_st_intersects_rast": _function("ST_Intersects"),
}


def with_object(name: str, left: ColumnElement[Any], given: Arguments, scalar: Scalar) -> ColumnElement[bool]:
    """
    A comparison whose operand is an object.

    Args:
        given: the members that the client gave, by name.
    """
    match name:
        case "_st_d_within" if scalar.family is Family.GEOGRAPHY:
            spheroid = given.get("use_spheroid", true())
            return func.ST_DWithin(left, given["from"], given["distance"], spheroid, type_=sa.Boolean())
        case "_st_d_within":
            return func.ST_DWithin(left, given["from"], given["distance"], type_=sa.Boolean())
        case "_st_3d_d_within":
            return func.ST_3DDWithin(left, given["from"], given["distance"], type_=sa.Boolean())
        case "_st_intersects_nband_geom":
            return func.ST_Intersects(left, given["nband"], given["geommin"], type_=sa.Boolean())
        case "_st_intersects_geom_nband":
            band = [given["nband"]] if "nband" in given else []
            return func.ST_Intersects(left, given["geommin"], *band, type_=sa.Boolean())
        case _:
            raise AssertionError(name)


def shape(text: ColumnElement[str], scalar: Scalar) -> ColumnElement[Any]:
    """GeoJSON text as a value of PostGIS; without a `crs` it is WGS 84 (4326)."""
    made = func.ST_GeomFromGeoJSON(text, type_=Geometry())
    # Without the column's own subtype and srid: a comparison may be with any shape, and a write checks by itself.
    return cast(made, Geography()) if scalar.family is Family.GEOGRAPHY else made


def shape_text(tree: Tree) -> Convert:
    """What makes GeoJSON text of a value; one with parts that are literals of the document was not yet checked."""
    return _checked if isinstance(tree, Gathered) else json_text


def shape_texts(values: Any) -> list[str]:
    """A list of GeoJSON values as texts."""
    return [_checked(value) for value in values]


def _checked(value: Any) -> str:
    return json_text(geojson(value))


def shape_json(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A shape as GeoJSON with every digit, and the long name of its reference system. Source: PostGIS, "ST_AsGeoJSON"."""
    return func.ST_AsGeoJSON(value, literal_column("15"), literal_column("4"), type_=sa.Text())
