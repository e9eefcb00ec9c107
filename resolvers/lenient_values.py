"""Which literals may stand for a column's value: numbers and flags may be written as text, as the dialect has it."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, StringValueNode, ValueNode, VisitorAction
from graphql.language import SKIP
from graphql.utilities import validate_input_literal
from graphql.validation import ValuesOfCorrectTypeRule

from portico.schema.types.specs import Argument

# How the built-in scalars begin when a literal is none of theirs.
_WRITTEN_AS_TEXT = ("Int cannot represent", "Float cannot represent", "Boolean cannot represent")


class LenientValuesRule(ValuesOfCorrectTypeRule):
    """
    Lets text pass inside the objects of generated fields where a number or a flag is expected.

    Whether it can be read as one is said when the values of the request are read, as it is of variables.
    Source: the dialect takes text for columns of every type.
    """

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        """Reports what is wrong with a literal."""
        if input_type is not None:
            validate_input_literal(node, input_type, self._report, None, None, self.context.hide_suggestions)
        return SKIP

    def _report(self, error: GraphQLError, path: list[Any]) -> None:
        node = error.nodes[0] if error.nodes else None
        inside = path and isinstance(self.context.get_argument(), Argument)
        if not (inside and isinstance(node, StringValueNode) and error.message.startswith(_WRITTEN_AS_TEXT)):
            self.report_error(error)
