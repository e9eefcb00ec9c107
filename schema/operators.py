"""Which comparisons exist for a type on an engine: the operator table of the dialect, `_eq` to `_has_keys_all`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from portico.schema.scalars import (
    BOOLEAN,
    FLOAT4,
    GEOGRAPHY,
    GEOMETRY,
    INT,
    LQUERY,
    LTXTQUERY,
    STRING,
    DialectName,
    Family,
    Scalar,
)

Operand = Literal["same", "list", "flag", "text", "text_list", "item_list", "json", "cast", "object"]


@dataclass(frozen=True)
class Part:
    """
    One member of an operand that is an object.

    default: as GraphQL writes it, of one that may be left out; None where there is none.
    """

    name: str
    scalar: Scalar
    required: bool = True
    default: bool | None = None


@dataclass(frozen=True)
class Parts:
    """An operand that is an object: the name of its type, as Hasura spells it, and its members."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Operator:
    """
    One comparison.

    name: as Hasura spells it. operand: what stands on its right: a value of the column's type, a list of
    them, true or false, text, a list of texts, a list of an array column's items, any JSON, a nested
    comparison after a cast, or an object. of: the type of the value or of the list's items, where it is not
    the column's. casts: the types that a nested comparison can be of. parts: the object.
    """

    name: str
    operand: Operand = "same"
    of: Scalar | None = None
    casts: tuple[Scalar, ...] = ()
    parts: Parts | None = None


IS_NULL = Operator("_is_null", "flag")
_EQUAL = (Operator("_eq"), Operator("_neq"), Operator("_in", "list"), Operator("_nin", "list"))
_ORDER = (Operator("_gt"), Operator("_lt"), Operator("_gte"), Operator("_lte"))
_LIKE = tuple(Operator(name, "text") for name in ("_like", "_nlike", "_ilike", "_nilike"))
# SQLite has neither SIMILAR TO nor regular expressions.
_PATTERN = tuple(
    Operator(name, "text") for name in ("_similar", "_nsimilar", "_regex", "_nregex", "_iregex", "_niregex")
)
_ARRAY = (Operator("_contains"), Operator("_contained_in"))
_KEYS = (Operator("_has_key", "text"), Operator("_has_keys_any", "text_list"), Operator("_has_keys_all", "text_list"))
_CONTAINS = (Operator("_contains", "json"), Operator("_contained_in", "json"))
_TO_TEXT = Operator("_cast", "cast", casts=(STRING,))
_WITHIN = Parts("st_d_within_input", (Part("distance", FLOAT4), Part("from", GEOMETRY)))
_WITHIN_ON_GLOBE = Parts(
    "st_d_within_geography_input",
    (
        Part("distance", FLOAT4),
        Part("from", GEOGRAPHY),
        Part("use_spheroid", BOOLEAN, required=False, default=True),
    ),
)
_BAND_FIRST = Parts("st_intersects_nband_geom_input", (Part("nband", INT), Part("geommin", GEOMETRY)))
_BAND_LAST = Parts("st_intersects_geom_nband_input", (Part("geommin", GEOMETRY), Part("nband", INT, required=False)))
_SHAPES = tuple(
    Operator(f"_st_{name}")
    for name in ("contains", "crosses", "equals", "intersects", "3d_intersects", "overlaps", "touches", "within")
)
_GEOMETRY = (
    *_SHAPES,
    Operator("_st_d_within", "object", parts=_WITHIN),
    Operator("_st_3d_d_within", "object", parts=_WITHIN),
    Operator("_cast", "cast", casts=(GEOGRAPHY,)),
)
_GEOGRAPHY = (
    Operator("_st_intersects"),
    Operator("_st_d_within", "object", parts=_WITHIN_ON_GLOBE),
    Operator("_cast", "cast", casts=(GEOMETRY,)),
)
_RASTER = (
    Operator("_st_intersects_rast"),
    Operator("_st_intersects_nband_geom", "object", parts=_BAND_FIRST),
    Operator("_st_intersects_geom_nband", "object", parts=_BAND_LAST),
)
_LTREE = (
    Operator("_ancestor"),
    Operator("_ancestor_any", "list"),
    Operator("_descendant"),
    Operator("_descendant_any", "list"),
    Operator("_matches", of=LQUERY),
    Operator("_matches_any", "list", of=LQUERY),
    Operator("_matches_fulltext", of=LTXTQUERY),
)


@lru_cache(maxsize=1024)
def operators_of(scalar: Scalar, dialect: DialectName) -> tuple[Operator, ...]:
    """The operators of a column of this type; what an engine cannot express is absent, not failing."""
    postgres = dialect == "postgres"
    if scalar.is_array:
        return (IS_NULL, *_EQUAL, *(_ORDER if postgres else ()), *_ARRAY)
    match scalar.family:
        case Family.TEXT:
            return (IS_NULL, *_EQUAL, *_ORDER, *_LIKE, *(_PATTERN if postgres else ()))
        case Family.JSON | Family.SIGNED:
            return (IS_NULL,)
        case Family.JSONB if postgres:
            return (IS_NULL, *_EQUAL, *_ORDER, *_CONTAINS, *_KEYS, _TO_TEXT)
        case Family.JSONB:
            return (IS_NULL, *_KEYS)
        case Family.GEOMETRY:
            return (IS_NULL, *_EQUAL, *_ORDER, *_GEOMETRY)
        case Family.GEOGRAPHY:
            return (IS_NULL, *_EQUAL, *_ORDER, *_GEOGRAPHY)
        case Family.RASTER:
            return (IS_NULL, *_EQUAL, *_RASTER)
        case Family.LTREE:
            return (IS_NULL, *_EQUAL, *_ORDER, *_LTREE)
        case Family.OTHER if scalar.name == "Text":
            return (IS_NULL, *_EQUAL, *_LIKE)
        case Family.ENUM | Family.UNORDERED | Family.OTHER:
            return (IS_NULL, *_EQUAL)
        case _:
            return (IS_NULL, *_EQUAL, *_ORDER)
