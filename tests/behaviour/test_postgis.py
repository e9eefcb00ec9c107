"""Shapes, rasters and their operators, on a Postgres with PostGIS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, and_, cast, func
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway import Settings, reflect
from portico.gateway.migrating import migrate
from portico.schema import IntId, Me, Model, Rule, allow, everyone
from portico.schema.declarations import Declarations
from portico.schema.postgres_types import Geography, Geometry, Raster
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database
from tests.support.system_postgres import SystemPostgres

WGS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]]}


def point(*coordinates: float, crs: Any = None) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates), **({} if crs is None else {"crs": crs})}


@pytest.fixture
def place(extended_postgres: SystemPostgres) -> Generator[Place]:
    assert extended_postgres.url is not None
    with fresh_database(extended_postgres.url, extended_postgres.template) as url:
        yield Place("postgres", url)


@pytest.fixture
def shapes(declared: Declarations, serve: Callable[..., Backend]) -> Callable[..., Backend]:
    class Place(Model):
        id: Mapped[IntId]
        shape: Mapped[Any] = mapped_column(Geometry(srid=4326))
        spot: Mapped[Any] = mapped_column(Geography("POINT"), nullable=True)
        height: Mapped[Any] = mapped_column(Geometry(), nullable=True)
        picture: Mapped[Any] = mapped_column(Raster(), nullable=True)

    allow(Place, "all", when=everyone)

    def make(**keywords: Any) -> Backend:
        backend = serve(**keywords)
        backend.sql(
            """
            INSERT INTO places (id, shape, spot, height, picture) VALUES
            (1, 'SRID=4326;POINT(1 2)', 'POINT(0.1278 51.5074)', 'POINT Z (1 1 10)',
             ST_AsRaster(ST_Buffer('SRID=4326;POINT(1 2)'::geometry, 2), 5, 5)),
            (2, 'SRID=4326;LINESTRING(-1 2, 5 2)', 'POINT(2.3522 48.8566)', 'LINESTRING Z (0 0 0, 2 2 2)', NULL),
            (3, 'SRID=4326;POLYGON((0 0, 0 4, 4 4, 4 0, 0 0))', 'POINT(-74.006 40.7128)', NULL, NULL),
            (4, 'SRID=4326;POLYGON((2 2, 2 6, 6 6, 6 2, 2 2))', NULL, NULL, NULL),
            (5, 'SRID=4326;POLYGON((4 0, 4 4, 8 4, 8 0, 4 0))', NULL, NULL, NULL);
            SELECT setval('places_id_seq', 100);
            """
        )
        return backend

    return make


def ids(backend: Backend, where: str, **variables: Any) -> list[int]:
    header = variables.pop("header", "")
    rows = backend.data(f"query {header} {{ places(where: {where}, orderBy: {{id: ASC}}) {{ id }} }}", **variables)
    return [row["id"] for row in rows["places"]]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("_stContains", point(1, 2), [1, 2, 3]),
        ("_stCrosses", {"type": "LineString", "coordinates": [[3, -1], [3, 9]]}, [2, 3, 4]),
        ("_stEquals", SQUARE, [3]),
        ("_stIntersects", point(4, 4), [3, 4, 5]),
        ("_stOverlaps", SQUARE, [4]),
        ("_stTouches", SQUARE, [5]),
        ("_stWithin", SQUARE, [1, 3]),
        ("_eq", point(1, 2), [1]),
        ("_neq", point(1, 2), [2, 3, 4, 5]),
    ],
)
def test_shapes_on_a_plane_are_compared(
    shapes: Callable[..., Backend], operator: str, value: Any, expected: list[int]
) -> None:
    backend = shapes()
    where = f"{{shape: {{{operator}: $value}}}}"
    assert ids(backend, where, header="($value: Geometry!)", value=value) == expected
    literal = json.dumps(value).replace('"type"', "type").replace('"coordinates"', "coordinates")
    assert ids(backend, f"{{shape: {{{operator}: {literal}}}}}") == expected


def test_lists_of_shapes_are_compared(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    header = "($values: [Geometry!])"
    values = [SQUARE, point(1, 2)]
    assert ids(backend, "{shape: {_in: $values}}", header=header, values=values) == [1, 3]
    assert ids(backend, "{shape: {_nin: $values}}", header=header, values=values) == [2, 4, 5]
    assert ids(backend, '{shape: {_in: [{type: "Point", coordinates: [1, 2]}]}}') == [1]


def test_distances_are_an_object(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    near = '{shape: {_stDWithin: {distance: 1.5, from: {type: "Point", coordinates: [0, 5]}}}}'
    assert ids(backend, near) == [3]
    header = "($within: StDWithinInput!)"
    within = {"distance": 1.5, "from": point(0, 5)}
    assert ids(backend, "{shape: {_stDWithin: $within}}", header=header, within=within) == [3]
    assert ids(backend, "{shape: {_stDWithin: {distance: 1, from: $from}}}", header="($from: Geometry!)", **{
        "from": point(1, 3)
    }) == [1, 2, 3, 4]  # fmt: skip


def test_an_operand_may_be_a_variable_in_the_first_document_of_all(shapes: Callable[..., Backend]) -> None:
    header, within = "($within: StDWithinInput!)", {"distance": 1.5, "from": point(0, 5)}
    assert ids(shapes(), "{shape: {_stDWithin: $within}}", header=header, within=within) == [3]


def test_shapes_in_space_are_compared(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    header = "($from: Geometry!)"
    above = point(1, 1, 13, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::0"}})
    within = "{height: {_st3dDWithin: {distance: %s, from: $from}}}"
    assert ids(backend, within % "5", header=header, **{"from": above}) == [1]
    assert ids(backend, within % "2", header=header, **{"from": above}) == []
    on_line = point(1, 1, 1, crs=above["crs"])
    assert ids(backend, "{height: {_st3dIntersects: $from}}", header=header, **{"from": on_line}) == [2]


def test_spots_on_the_globe_are_compared_in_meters(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    header = "($from: Geography!, $meters: Float!, $exact: Boolean)"
    paris = point(2.3522, 48.8566)
    within = "{spot: {_stDWithin: {distance: $meters, from: $from, useSpheroid: $exact}}}"
    # London is 334,897 m away on the spheroid, 334,577 m on the sphere.
    for meters, exact, expected in ((400_000, None, [1, 2]), (334_700, False, [1, 2]), (334_700, True, [2])):
        variables = {"from": paris, "meters": meters, "exact": exact}
        assert ids(backend, within, header=header, **variables) == expected
    assert ids(backend, "{spot: {_stDWithin: {distance: 334700, from: $from}}}", header="($from: Geography!)", **{
        "from": paris
    }) == [2]  # fmt: skip
    assert ids(backend, "{spot: {_stIntersects: $from}}", header="($from: Geography!)", **{"from": paris}) == [2]


def test_casts_lead_from_the_globe_to_the_plane_and_back(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    box = (
        '{type: "Polygon", coordinates: [[[-75, 40], [-74, 40], [-74, 41], [-75, 41], [-75, 40]]],'
        ' crs: {type: "name", properties: {name: "EPSG:4326"}}}'
    )
    assert ids(backend, f"{{spot: {{_cast: {{Geometry: {{_stWithin: {box}}}}}}}}}") == [3]
    near = '{type: "Point", coordinates: [1, 2.5]}'
    assert ids(backend, f"{{shape: {{_cast: {{Geography: {{_stDWithin: {{distance: 60000, from: {near}}}}}}}}}}}") == [
        1, 2, 3,
    ]  # fmt: skip
    round_trip = f"{{spot: {{_cast: {{Geometry: {{_cast: {{Geography: {{_stIntersects: {near}}}}}}}}}}}}}"
    assert ids(backend, round_trip) == []


def test_rasters_are_compared(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    picture = backend.data("{ place(id: 1) { picture } }")["place"]["picture"]
    assert set(picture) <= set("0123456789ABCDEF")
    assert ids(backend, "{picture: {_stIntersectsRast: $it}}", header="($it: Raster!)", it=picture) == [1]
    header = "($it: Geometry!)"
    inside, outside = point(1, 2, crs=WGS84), point(4, 4, crs=WGS84)
    for where in ("{_stIntersectsGeomNband: {geommin: $it}}", "{_stIntersectsNbandGeom: {nband: 1, geommin: $it}}"):
        assert ids(backend, f"{{picture: {where}}}", header=header, it=inside) == [1]
        assert ids(backend, f"{{picture: {where}}}", header=header, it=outside) == []
    banded = "{picture: {_stIntersectsGeomNband: {geommin: $it, nband: 1}}}"
    assert ids(backend, banded, header=header, it=inside) == [1]


def test_shapes_are_written_and_answered_as_geojson(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    document = """mutation ($rows: [PlaceInsertInput!]!) {
        insertPlaces(objects: $rows) { returning { id shape spot height } }
    }"""
    shape = {"type": "LineString", "coordinates": [[43.75049, 11.03207], [44.1, 12.5]]}
    rows = [{"id": 9, "shape": shape, "spot": point(1.5, 2.5), "height": None}]
    written = {"id": 9, "shape": {**shape, "crs": WGS84}, "spot": point(1.5, 2.5, crs=WGS84), "height": None}
    assert backend.data(document, rows=rows) == {"insertPlaces": {"returning": [written]}}
    literal = (
        'mutation { updatePlace(pkColumns: {id: 9}, _set: {shape: {type: "Point", coordinates: [7, 8.25]}}) { shape } }'
    )
    assert backend.data(literal) == {"updatePlace": {"shape": point(7, 8.25, crs=WGS84)}}


def test_collections_of_shapes_go_in_and_out(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    shape = {
        "type": "GeometryCollection",
        "geometries": [
            point(1, 2),
            {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
            {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]},
            {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]},
        ],
    }
    data = backend.data("mutation ($it: Geometry!) { insertPlace(object: {shape: $it}) { shape } }", it=shape)
    assert data["insertPlace"]["shape"] == {**shape, "crs": WGS84}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"type": "LineString", "coordinates": [[1, 2]]}, "a LineString has at least two positions"),
        ({"type": "Random", "coordinates": [1, 2]}, "expected one of the types Point, "),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [2, 2]]]},
            "a ring ends at the position at which it begins",
        ),
        (point(1), "a position has two numbers"),
        ("POINT(1 2)", "expected a GeoJSON object"),
    ],
)
def test_a_shape_that_cannot_be_read_is_told_where(shapes: Callable[..., Backend], value: Any, message: str) -> None:
    backend = shapes()
    error = backend.error("mutation ($rows: [PlaceInsertInput!]!) { insertPlaces(objects: $rows) { affectedRows } }", rows=[
        {"shape": value}
    ])  # fmt: skip
    assert error["message"].startswith(message)
    assert (error["extensions"]["code"], error["extensions"]["problem"]) == ("parse-failed", "PT109")
    assert error["extensions"]["path"].endswith("rows[0].shape")


def test_a_literal_that_cannot_be_read_is_told_alike_the_second_time(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    good = '{ places(where: {shape: {_stEquals: {type: "Point", coordinates: [1, 2]}}}) { id } }'
    bad = good.replace("Point", "Dot")
    for document in (bad, good, bad):
        if document is good:
            assert backend.data(document) == {"places": [{"id": 1}]}
        else:
            error = backend.error(document)
            assert error["extensions"]["code"] == "parse-failed"
            assert error["message"].endswith("and GeometryCollection")
    error = backend.error('{ places(where: {picture: {_stIntersectsRast: "this is none"}}) { id } }')
    assert error["extensions"]["code"] == "parse-failed"


def test_shapes_of_different_systems_are_a_data_exception(shapes: Callable[..., Backend]) -> None:
    backend = shapes()
    mixed = point(1, 2, crs={"type": "name", "properties": {"name": "EPSG:3857"}})
    document = "query ($it: Geometry!) { places(where: {shape: {_stContains: $it}}) { id } }"
    assert backend.error(document, it=mixed)["extensions"]["code"] == "data-exception"
    document = "mutation ($it: Geometry!) { updatePlace(pkColumns: {id: 1}, _set: {shape: $it}) { id } }"
    assert backend.error(document, it=mixed)["extensions"]["code"] == "data-exception"


def test_models_with_shapes_are_migrated_once_and_reflected(
    declared: Declarations, place: Place, tmp_path: Path
) -> None:
    class Site(Model):
        id: Mapped[IntId]
        shape: Mapped[Any] = mapped_column(Geometry("POLYGON", 3857))
        spot: Mapped[Any] = mapped_column(Geography("POINT"))
        picture: Mapped[Any] = mapped_column(Raster())
        anything: Mapped[Any] = mapped_column(Geometry())

    assert Site.__tablename__ == "sites"
    settings = Settings(database_url=place.url)
    assert asyncio.run(migrate(declared, settings, tmp_path)).applied == ["create table sites"]
    assert asyncio.run(migrate(declared, settings, tmp_path)).applied == []
    columns = reflect(place.url).sites.__table__.c
    assert [repr(column.type) for column in columns][1:] == [
        "Geometry(subtype='Polygon', srid=3857)", "Geography(subtype='Point', srid=4326)", "Raster()", "Geometry()",
    ]  # fmt: skip


def test_rules_in_python_compare_shapes(declared: Declarations, serve: Callable[..., Backend]) -> None:
    class Zone(Model):
        id: Mapped[IntId]
        shape: Mapped[Any] = mapped_column(Geometry("POINT", 4326))
        spot: Mapped[Any] = mapped_column(Geography("POINT"))

    @allow(Zone, "read")
    def zones_nearby(zone: type[Zone], me: Me) -> Rule:
        """Zones within ten kilometers of the caller, north of the equator."""
        here = func.ST_MakePoint(me.claim("lon", float), me.claim("lat", float))
        north = func.ST_GeomFromText("POLYGON((-180 0, -180 90, 180 90, 180 0, -180 0))", 4326)
        near = func.ST_DWithin(zone.spot, cast(here, Geography()), 10_000, type_=Boolean())
        return and_(near, func.ST_Within(zone.shape, north, type_=Boolean()))

    assert zones_nearby
    backend = serve()
    backend.sql(
        """
        INSERT INTO zones (id, shape, spot) VALUES
        (1, 'SRID=4326;POINT(13.4 52.5)', 'POINT(13.4 52.5)'), (2, 'SRID=4326;POINT(2.3 48.8)', 'POINT(2.3 48.8)'),
        (3, 'SRID=4326;POINT(13.4 -52.5)', 'POINT(13.4 52.5)');
        """
    )
    for claims, expected in (({"lon": 13.41, "lat": 52.51}, [1]), ({"lon": 2.3, "lat": 48.8}, [2]), ({}, [])):
        rows = backend.data("{ zones { id } }", role="user", id=1, claims=claims)["zones"]
        assert [row["id"] for row in rows] == expected
