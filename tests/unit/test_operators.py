"""Operators: what each is called in the three conventions, and which a type has on an engine."""

from __future__ import annotations

import pytest
from sqlalchemy import types as sa
from sqlalchemy.dialects import postgresql as pg

from portico.schema.names import CONVENTIONS, Convention, Names
from portico.schema.operators import operators_of
from portico.schema.postgres_types import Geography, Geometry, Ltree, Named, Raster
from portico.schema.scalars import DialectName, scalar_of

CAMEL = {
    "_is_null": "_isNull",
    "_eq": "_eq",
    "_neq": "_neq",
    "_in": "_in",
    "_nin": "_nin",
    "_gt": "_gt",
    "_lt": "_lt",
    "_gte": "_gte",
    "_lte": "_lte",
    "_like": "_like",
    "_nlike": "_nlike",
    "_ilike": "_ilike",
    "_nilike": "_nilike",
    "_similar": "_similar",
    "_nsimilar": "_nsimilar",
    "_regex": "_regex",
    "_nregex": "_nregex",
    "_iregex": "_iregex",
    "_niregex": "_niregex",
    "_contains": "_contains",
    "_contained_in": "_containedIn",
    "_has_key": "_hasKey",
    "_has_keys_any": "_hasKeysAny",
    "_has_keys_all": "_hasKeysAll",
    "_cast": "_cast",
    "_st_contains": "_stContains",
    "_st_crosses": "_stCrosses",
    "_st_equals": "_stEquals",
    "_st_intersects": "_stIntersects",
    "_st_3d_intersects": "_st3dIntersects",
    "_st_overlaps": "_stOverlaps",
    "_st_touches": "_stTouches",
    "_st_within": "_stWithin",
    "_st_d_within": "_stDWithin",
    "_st_3d_d_within": "_st3dDWithin",
    "_st_intersects_rast": "_stIntersectsRast",
    "_st_intersects_nband_geom": "_stIntersectsNbandGeom",
    "_st_intersects_geom_nband": "_stIntersectsGeomNband",
    "_ancestor": "_ancestor",
    "_ancestor_any": "_ancestorAny",
    "_descendant": "_descendant",
    "_descendant_any": "_descendantAny",
    "_matches": "_matches",
    "_matches_any": "_matchesAny",
    "_matches_fulltext": "_matchesFulltext",
}
TYPES = (
    sa.Text(), pg.JSONB(), pg.ARRAY(sa.Text()), Geometry("POINT", 4326), Geography(), Raster(), Ltree(),
)  # fmt: skip
EQUAL = "_is_null _eq _neq _in _nin"
ORDER = "_gt _lt _gte _lte"
TEXT = "_like _nlike _ilike _nilike _similar _nsimilar _regex _nregex _iregex _niregex"


def test_every_operator_is_in_the_table_of_names() -> None:
    assert {each.name for type_ in TYPES for each in operators_of(scalar_of(type_, "postgres"), "postgres")} == set(
        CAMEL
    )


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", CAMEL)
def test_operators_are_called(convention: Convention, name: str) -> None:
    assert Names(convention).word(name) == (name if convention == "hasura-default" else CAMEL[name])


@pytest.mark.parametrize(
    ("snake", "plain", "others"),
    [
        ("st_d_within_input", "StDWithinInput", "st_d_within_input"),
        ("st_d_within_geography_input", "StDWithinGeographyInput", "st_d_within_geography_input"),
        ("st_intersects_nband_geom_input", "StIntersectsNbandGeomInput", "st_intersects_nband_geom_input"),
        ("st_intersects_geom_nband_input", "StIntersectsGeomNbandInput", "st_intersects_geom_nband_input"),
    ],
)
def test_types_of_operands_that_are_objects_are_called(snake: str, plain: str, others: str) -> None:
    assert [Names(each).operand_type(snake) for each in CONVENTIONS] == [plain, others, others]
    assert [Names(each).operand_part("use_spheroid") for each in CONVENTIONS] == [
        "useSpheroid", "use_spheroid", "use_spheroid",
    ]  # fmt: skip


def test_comparisons_of_a_scalar_are_called() -> None:
    assert [Names(each).of_scalar(name, "comparison_exp") for each, name in zip(
        CONVENTIONS, ("Geometry", "geometry", "geometry"), strict=True
    )] == ["GeometryComparisonExp", "GeometryComparisonExp", "geometry_comparison_exp"]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (sa.Integer(), f"{EQUAL} {ORDER}"),
        (sa.Text(), f"{EQUAL} {ORDER} {TEXT}"),
        (sa.CHAR(4), f"{EQUAL} {ORDER} {TEXT}"),
        (pg.CITEXT(), f"{EQUAL} {ORDER} {TEXT}"),
        (Named("citext"), f"{EQUAL} {ORDER} {TEXT}"),
        (sa.Boolean(), f"{EQUAL} {ORDER}"),
        (pg.MONEY(), f"{EQUAL} {ORDER}"),
        (pg.JSON(), "_is_null"),
        (pg.JSONB(), f"{EQUAL} {ORDER} _contains _contained_in _has_key _has_keys_any _has_keys_all _cast"),
        (pg.ARRAY(sa.Integer()), f"{EQUAL} {ORDER} _contains _contained_in"),
        (
            Geometry(),
            f"{EQUAL} {ORDER} _st_contains _st_crosses _st_equals _st_intersects _st_3d_intersects _st_overlaps"
            " _st_touches _st_within _st_d_within _st_3d_d_within _cast",
        ),
        (Geography(), f"{EQUAL} {ORDER} _st_intersects _st_d_within _cast"),
        (Raster(), f"{EQUAL} _st_intersects_rast _st_intersects_nband_geom _st_intersects_geom_nband"),
        (
            Ltree(),
            f"{EQUAL} {ORDER} _ancestor _ancestor_any _descendant _descendant_any _matches _matches_any _matches_fulltext",
        ),
        *(
            (type_, f"{EQUAL} {ORDER}")
            for type_ in (pg.INET(), pg.CIDR(), pg.MACADDR(), pg.MACADDR8(), pg.BIT(3), pg.BIT(varying=True), pg.TSVECTOR(),
                          pg.INT4RANGE(), pg.INT8RANGE(), pg.NUMRANGE(), pg.DATERANGE(), pg.TSRANGE(), pg.TSTZRANGE(),
                          pg.INT4MULTIRANGE(), pg.OID())
        ),
        *((Named(name), EQUAL) for name in ("xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "complex")),
    ],
    ids=str,
)  # fmt: skip
def test_a_type_has_these_operators_on_postgres(type_: sa.TypeEngine[object], expected: str) -> None:
    assert " ".join(each.name for each in operators_of(scalar_of(type_, "postgres"), "postgres")) == expected


@pytest.mark.parametrize("type_", [Geometry("POINT", 4326), Geography(), Raster(), Ltree(), Named("point")], ids=str)
def test_types_of_extensions_pass_through_sqlite_as_text(type_: sa.TypeEngine[object]) -> None:
    scalar = scalar_of(type_, "sqlite")
    assert not scalar.is_spatial
    assert scalar.check("POINT(1 2)") == "POINT(1 2)"
    assert " ".join(each.name for each in operators_of(scalar, "sqlite")) == f"{EQUAL} _like _nlike _ilike _nilike"


@pytest.mark.parametrize(
    ("type_", "sqlite", "postgres"),
    [
        (Geometry(), "TEXT", "geometry"),
        (Geometry("POINT", 4326), "TEXT", "geometry(POINT,4326)"),
        (Geometry(srid=4326), "TEXT", "geometry(GEOMETRY,4326)"),
        (Geography("LINESTRINGZ"), "TEXT", "geography(LINESTRINGZ,4326)"),
        (Raster(), "TEXT", "raster"),
        (Ltree(), "TEXT", "ltree"),
        (Named("point"), "TEXT", "point"),
    ],
    ids=str,
)
def test_types_of_extensions_are_declared(type_: sa.TypeEngine[object], sqlite: str, postgres: str) -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.dialects import sqlite as sqlite_module

    assert str(type_.compile(sqlite_module.dialect())) == sqlite
    assert str(type_.compile(postgresql.dialect())) == postgres


class _Foreign(sa.UserDefinedType[object]):
    """A type as other packages write them."""

    def get_col_spec(self, **keywords: object) -> str:
        return "geometry(POINT,4326)"


def test_a_type_of_another_package_is_known_by_its_name() -> None:
    for dialect, spatial in (("postgres", True), ("sqlite", False)):
        name: DialectName = "postgres" if dialect == "postgres" else "sqlite"
        assert scalar_of(_Foreign(), name).is_spatial is spatial
