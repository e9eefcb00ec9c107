"""Which comparisons exist for a type on an engine: the operator table of the dialect, `_eq` to `_has_keys_all`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from portico.schema.scalars import DialectName, Family, Scalar

Operand = Literal["same", "list", "flag", "text", "text_list", "item_list", "json", "cast"]


@dataclass(frozen=True)
class Operator:
    """
    One comparison.

    name: as Hasura spells it. operand: what stands on its right: a value of the column's type, a list of
    them, true or false, text, a list of texts, a list of an array column's items, any JSON, or a nested
    comparison after a cast.
    """

    name: str
    operand: Operand = "same"


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


@lru_cache(maxsize=1024)
def operators_of(scalar: Scalar, dialect: DialectName) -> tuple[Operator, ...]:
    """The operators of a column of this type; what an engine cannot express is absent, not failing."""
    postgres = dialect == "postgres"
    if scalar.is_array:
        return (IS_NULL, *_EQUAL, *(_ORDER if postgres else ()), *_ARRAY)
    match scalar.family:
        case Family.TEXT:
            return (IS_NULL, *_EQUAL, *_ORDER, *_LIKE, *(_PATTERN if postgres else ()))
        case Family.JSON:
            return (IS_NULL,)
        case Family.JSONB if postgres:
            return (IS_NULL, *_EQUAL, *_ORDER, *_CONTAINS, *_KEYS, Operator("_cast", "cast"))
        case Family.JSONB:
            return (IS_NULL, *_KEYS)
        case Family.ENUM:
            return (IS_NULL, *_EQUAL)
        case Family.OTHER if scalar.name == "Text":
            return (IS_NULL, *_EQUAL, *_LIKE)
        case Family.OTHER:
            return (IS_NULL, *_EQUAL)
        case _:
            return (IS_NULL, *_EQUAL, *_ORDER)
