"""Which literals may stand for a column's value: numbers and flags may be written as text, as the dialect has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, StringValueNode, ValueNode, VisitorAction
from graphql.language import SKIP
from graphql.utilities import validate_input_literal
from graphql.validation import ValuesOfCorrectTypeRule

from portico.schema.scalar_checks import check_flag, check_number, check_whole
from portico.schema.types.specs import Argument

# How the built-in scalars begin to say that a literal is none of theirs, and what reads text for them.
_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "Int": check_whole("Int"),
    "Float": check_number,
    "Boolean": check_flag,
}


class LenientValuesRule(ValuesOfCorrectTypeRule):
    """
    Lets text pass inside the arguments of generated fields where it can be read as the number or flag expected.

    Source: the dialect takes text for columns of every type.
    """

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        """Reports what is wrong with a literal."""
        if input_type is not None:
            validate_input_literal(node, input_type, self._report, None, None, self.context.hide_suggestions)
        return SKIP

    def _report(self, error: GraphQLError, path: list[Any]) -> None:
        if not (path and isinstance(self.context.get_argument(), Argument) and _is_readable(error)):
            self.report_error(error)


def _is_readable(error: GraphQLError) -> bool:
    node = error.nodes[0] if error.nodes else None
    scalar, cannot, _ = error.message.partition(" cannot represent")
    if not (cannot and isinstance(node, StringValueNode) and scalar in _CHECKS):
        return False
    try:
        _CHECKS[scalar](node.value)
    except ValueError:
        return False
    return True
