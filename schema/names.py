"""What is everything called: every generated GraphQL name comes from here, in one of three conventions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from portico.schema.problems import ModelProblem
from portico.schema.words import camel, pascal, singular

Convention = Literal["plain", "graphql-default", "hasura-default"]
CONVENTIONS: tuple[Convention, ...] = ("plain", "graphql-default", "hasura-default")

RootKind = Literal[
    "select", "select_by_pk", "select_aggregate", "connection",
    "insert", "insert_one", "update", "update_by_pk", "update_many", "delete", "delete_by_pk",
    "select_stream", "changes",
]  # fmt: skip

ROOT_KINDS: tuple[RootKind, ...] = get_args(RootKind)
LIVE_KINDS: tuple[RootKind, ...] = ("select_stream", "changes")
"""The root fields that are subscriptions alone; they give way to a field of another table that has the name."""

# Hasura v2's spelling of the root fields; graphql-default re-cases it (dialect reference, §1.2).
_ROOTS: dict[RootKind, str] = {
    "select": "{t}",
    "select_by_pk": "{t}_by_pk",
    "select_aggregate": "{t}_aggregate",
    "connection": "{t}_connection",
    "insert": "insert_{t}",
    "insert_one": "insert_{t}_one",
    "update": "update_{t}",
    "update_by_pk": "update_{t}_by_pk",
    "update_many": "update_{t}_many",
    "delete": "delete_{t}",
    "delete_by_pk": "delete_{t}_by_pk",
    "select_stream": "{t}_stream",
    "changes": "{t}_changes",
}
# In the plain convention these take the singular in place of the _by_pk and _one endings.
_SINGULAR_ROOTS: dict[RootKind, str] = {
    "select_by_pk": "{t}",
    "insert_one": "insert_{t}",
    "update_by_pk": "update_{t}",
    "delete_by_pk": "delete_{t}",
}
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


class NameTaken(ModelProblem):
    """Two things would have one name in the schema."""

    code = "PT205"


def is_graphql_name(name: str) -> bool:
    """Whether the name may stand in a schema; two leading underscores are the specification's own."""
    return _NAME.fullmatch(name) is not None and not name.startswith("__")


@dataclass(frozen=True)
class Names:
    """
    The name builder of one convention.

    root_prefix, root_suffix: put around the name of every root field of a table or of the database's
    functions. type_prefix, type_suffix: around every type that belongs to a table; scalars, comparisons and
    directions keep theirs. namespace: the root field that holds all of these root fields; none when empty.
    Source: dialect reference, §1.1, "Source customization".
    """

    convention: Convention = "plain"
    root_prefix: str = ""
    root_suffix: str = ""
    type_prefix: str = ""
    type_suffix: str = ""
    namespace: str = ""

    def word(self, snake_name: str) -> str:
        """An argument, operator or fixed field: `order_by`, `_is_null` → `orderBy`, `_isNull`."""
        return snake_name if self.convention == "hasura-default" else _recase(snake_name)

    def enum_value(self, snake_name: str) -> str:
        """A value of a generated enum: `asc_nulls_first` → `ASC_NULLS_FIRST`."""
        return snake_name if self.convention == "hasura-default" else snake_name.upper()

    def column(self, sql_name: str) -> str:
        """The field of a column or relationship."""
        if self.convention == "hasura-default":
            return sql_name
        if self.convention == "graphql-default":
            return _recase(sql_name)
        name = camel(sql_name)
        return f"_{name}" if name[:1].isdigit() else name

    def object_type(self, class_name: str | None, identifier: str) -> str:
        """The object type of a table: the class's name in plain, the table's otherwise."""
        if self.convention == "hasura-default":
            return identifier
        if self.convention == "graphql-default":
            return _upper_first(_recase(identifier))
        return class_name or pascal(identifier)

    def table_type(self, base: str, suffix: str = "") -> str:
        """A type that belongs to a table whose object type is `base` but for the prefix and suffix of all types."""
        name = self.of_type(base, suffix) if suffix else base
        return self._between(self.type_prefix, name, self.type_suffix)

    def _between(self, prefix: str, name: str, suffix: str) -> str:
        if self.convention == "hasura-default":
            return prefix + name + suffix
        return prefix + (_upper_first(name) if prefix else name) + _upper_first(suffix)

    def namespace_type(self, operation: str) -> str:
        """The type of the namespace under a root."""
        return self.table_type(self.of_type(self.namespace, operation))

    def of_type(self, object_type: str, suffix: str) -> str:
        """A type that belongs to another: `Post`, `bool_exp` → `PostBoolExp`."""
        if self.convention == "hasura-default":
            return f"{object_type}_{suffix}"
        return object_type + _upper_first(_recase(suffix))

    def of_scalar(self, scalar: str, suffix: str) -> str:
        """A type that belongs to a scalar: `uuid`, `comparison_exp` → `UuidComparisonExp`."""
        return self.of_type(scalar if self.convention == "hasura-default" else _upper_first(scalar), suffix)

    def operand_type(self, snake_name: str) -> str:
        """
        The type of an operand that is an object: `st_d_within_input` → `StDWithinInput`.

        Hasura leaves these, and the names of their members, as they are in both of its conventions.
        """
        return self.fixed_type(snake_name) if self.convention == "plain" else snake_name

    def operand_part(self, snake_name: str) -> str:
        """A member of an operand that is an object: `use_spheroid` → `useSpheroid`."""
        return self.word(snake_name) if self.convention == "plain" else snake_name

    def fixed_type(self, snake_name: str) -> str:
        """A type that belongs to no table: `order_by`, `String_comparison_exp`."""
        return snake_name if self.convention == "hasura-default" else _upper_first(_recase(snake_name))

    def fixed(self, name: str) -> str:
        """A type that belongs to no table, by Hasura's name; `query_namespace` stands for the namespace's own."""
        operation, _, kind = name.partition("_")
        if kind == "namespace":
            return self.namespace_type(operation)
        return name if kind == "root" else self.fixed_type(name)

    def root_type(self, operation: str) -> str:
        """The type of the query, mutation or subscription root."""
        return f"{operation}_root"

    def scalar(self, name: str, plain: str) -> str:
        """A scalar; `name` is the database's own."""
        return plain if self.convention == "plain" else name

    def roots(self, identifier: str, *, exact: bool = False, own: Mapping[str, str] = {}) -> dict[RootKind, str]:
        """
        The root fields of a table by kind.

        In plain the table gives the plural and its singular the by-key fields; where both are one word
        (`news`, or a table named in the singular) the `ByPk` and `One` endings of graphql-default remain.

        Args:
            exact: the identifier is as its author typed it, and keeps its case.
            own: names that the author gave, by kind.
        """
        derived = self._derived_roots(identifier, exact=exact)
        return {kind: self.root_field(own.get(kind, name)) for kind, name in derived.items()}

    def function_roots(self, identifier: str, *, exact: bool = False, own: Mapping[str, str] = {}) -> tuple[str, str]:
        """The root fields of a function of the database: its rows, and their aggregates."""
        rows = identifier if exact else self.column(identifier)
        aggregate = rows + self.of_type("", "aggregate")
        return (
            self.root_field(own.get("select", rows)),
            self.root_field(own.get("select_aggregate", aggregate)),
        )

    def channel_type(self, channel: str, suffix: str) -> str:
        """A type of a channel that is called so in snake_case: `team_room`, `message` → `TeamRoomMessage`."""
        return self.of_type(self.object_type(None, channel), suffix)

    def channel_roots(self, channel: str, payload: Literal["message", "presence"]) -> tuple[str, str]:
        """The root fields that give what a channel carries, and that take it: `roomMessages`, `sendRoomMessage`."""
        gives = f"{channel}_messages" if payload == "message" else f"{channel}_presence"
        takes = f"send_{channel}_message" if payload == "message" else f"update_{channel}_presence"
        return self.word(gives), self.word(takes)

    def root_field(self, name: str) -> str:
        """A root field with the prefix and suffix of all of them."""
        return self._between(self.root_prefix, name, self.root_suffix)

    def _derived_roots(self, identifier: str, *, exact: bool) -> dict[RootKind, str]:
        if self.convention == "hasura-default":
            return {kind: template.format(t=identifier) for kind, template in _ROOTS.items()}
        if exact or self.convention == "graphql-default":
            noun = identifier if exact else _recase(identifier)
            return {kind: _joined(template, noun) for kind, template in _ROOTS.items()}
        one, many = camel(singular(identifier)), camel(identifier)
        roots: dict[RootKind, str] = {kind: _joined(template, many) for kind, template in _ROOTS.items()}
        if one != many:
            roots |= {kind: _joined(template, one) for kind, template in _SINGULAR_ROOTS.items()}
            roots["update_many"] = _joined("update_{t}_many", many)
        return roots


def _joined(template: str, noun: str) -> str:
    before, _, after = template.partition("{t}")
    name = before.rstrip("_") + _upper_first(noun) if before else noun
    return name + "".join(_upper_first(part) for part in after.split("_"))


def _recase(name: str) -> str:
    """Hasura's rule exactly: split on `_`, raise the first character of later parts, touch nothing else."""
    lead = name[: len(name) - len(name.lstrip("_"))]
    first, *rest = name[len(lead) :].split("_")
    return lead + first[:1].lower() + first[1:] + "".join(map(_upper_first, rest))


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
