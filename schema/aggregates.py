"""Which aggregates exist for a type: the table that fields, predicates and orderings share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portico.schema.scalars import FLOAT4, Family, Scalar

Applies = Literal["numeric", "ordered", "boolean"]


@dataclass(frozen=True)
class Aggregate:
    """
    One aggregate function over a column.

    keeps_type: the result has the column's own type.
    """

    name: str
    applies: Applies
    keeps_type: bool

    def fits(self, scalar: Scalar) -> bool:
        """Whether the function can be asked of a column of this type."""
        match self.applies:
            case "numeric":
                return scalar.is_numeric and (scalar.name != "money" or self.name == "sum")
            case "ordered":
                return scalar.is_ordered and scalar.family not in (Family.UUID, Family.BYTES, Family.ENUM)
            case "boolean":
                return scalar.family is Family.BOOLEAN and not scalar.is_array

    def result(self, scalar: Scalar) -> Scalar:
        """The type of the answer."""
        return scalar if self.keeps_type else FLOAT4


# In the order in which the fields appear. Postgres has no min or max of uuid before 18, nor of bytea.
AGGREGATES = (
    Aggregate("avg", "numeric", False),
    Aggregate("max", "ordered", True),
    Aggregate("min", "ordered", True),
    Aggregate("stddev", "numeric", False),
    Aggregate("stddev_pop", "numeric", False),
    Aggregate("stddev_samp", "numeric", False),
    Aggregate("sum", "numeric", True),
    Aggregate("var_pop", "numeric", False),
    Aggregate("var_samp", "numeric", False),
    Aggregate("variance", "numeric", False),
)
BY_NAME = {aggregate.name: aggregate for aggregate in AGGREGATES}

# Those that may stand in `where`, with bool_and and bool_or over boolean columns besides count.
PREDICATES = (
    Aggregate("bool_and", "boolean", True),
    Aggregate("bool_or", "boolean", True),
    *(BY_NAME[name] for name in ("avg", "max", "min", "stddev_samp", "sum", "var_samp")),
)
