"""Is a JSON value of a type that an extension of Postgres has: GeoJSON, rasters, and paths of labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_LABEL_PATH = re.compile(r"([\w-]{1,1000}(\.[\w-]{1,1000})*)?")
_HEXADECIMAL = re.compile(r"([0-9a-fA-F]{2})+")
_MAX_COLLECTIONS = 16


class Unreadable(ValueError):
    """
    The value has the form that GraphQL asks for and cannot be read as the type.

    Clients of the dialect switch on the difference: it is `parse-failed`, not `validation-failed`.
    """


def label_path(value: str) -> str:
    """A path of the ltree extension."""
    if not _LABEL_PATH.fullmatch(value):
        raise Unreadable("expected labels of letters, digits and _ with dots between them, such as Top.Science")
    return value


def raster_text(value: str) -> str:
    """A raster as PostGIS writes it."""
    if not _HEXADECIMAL.fullmatch(value):
        raise Unreadable("expected a raster in hexadecimal, as it is answered")
    return value


def geojson(value: Any) -> Any:
    """
    A geometry of GeoJSON, with an optional `crs` that names its reference system.

    Source: RFC 7946, 3.1; `crs` is of GeoJSON 2008, section 3.
    """
    _geometry(value, _MAX_COLLECTIONS)
    crs = value.get("crs")
    if crs is not None and not _names_system(crs):
        raise Unreadable('expected a crs such as {"type": "name", "properties": {"name": "EPSG:4326"}}')
    return value


def _names_system(crs: Any) -> bool:
    properties: Any = crs.get("properties") if isinstance(crs, dict) and crs.get("type") == "name" else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return isinstance(properties, dict) and isinstance(properties.get("name"), str)  # pyright: ignore[reportUnknownMemberType]


def _geometry(value: Any, deepest: int) -> None:
    if not isinstance(value, dict):
        raise Unreadable("expected a GeoJSON object")
    kind: Any = value.get("type")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if kind == "GeometryCollection":
        if deepest == 0:
            raise Unreadable("the collections are nested too deeply")
        for each in _list(value.get("geometries"), "a GeometryCollection has a list of geometries"):  # pyright: ignore[reportUnknownMemberType]
            _geometry(each, deepest - 1)
        return
    check = _COORDINATES.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise Unreadable(f"expected one of the types {', '.join(_COORDINATES)} and GeometryCollection")
    check(value.get("coordinates"))  # pyright: ignore[reportUnknownMemberType]


def _position(value: Any) -> None:
    numbers = _list(value, "a position is a list of numbers")
    if not 2 <= len(numbers) <= 4:
        raise Unreadable("a position has two numbers, or one or two more for height and measure")
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
        raise Unreadable("a position is a list of numbers")


def _line(value: Any) -> None:
    if len(_list(value, "a LineString is a list of positions")) < 2:
        raise Unreadable("a LineString has at least two positions")
    _each(_position)(value)


def _ring(value: Any) -> None:
    ring = _list(value, "a ring is a list of positions")
    if len(ring) < 4:
        raise Unreadable("a ring has at least four positions")
    _each(_position)(ring)
    if ring[0] != ring[-1]:
        raise Unreadable("a ring ends at the position at which it begins")


def _polygon(value: Any) -> None:
    _each(_ring)(value)


def _each(check: Callable[[Any], None]) -> Callable[[Any], None]:
    def check_each(value: Any) -> None:
        for each in _list(value, "the coordinates are a list"):
            check(each)

    return check_each


def _list(value: Any, otherwise: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(otherwise)
    return value  # pyright: ignore[reportUnknownVariableType]


_COORDINATES: Mapping[str, Callable[[Any], None]] = {
    "Point": _position,
    "MultiPoint": _each(_position),
    "LineString": _line,
    "MultiLineString": _each(_line),
    "Polygon": _polygon,
    "MultiPolygon": _each(_polygon),
}
