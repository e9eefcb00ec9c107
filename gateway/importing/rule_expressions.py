"""How does a Hasura permission's condition become a SQLAlchemy expression in Python's text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portico.gateway.importing.database import DatabaseColumn, DatabaseTable, Name
from portico.gateway.importing.decisions import Relation
from portico.gateway.importing.hasura_computed import ComputedField
from portico.gateway.importing.hasura_metadata import name_of
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Bracketed, Expression, call, quoted
from portico.schema.rules import claim_key


class Untranslatable(Exception):
    """A part of a condition that has no equal; the text says which."""


@dataclass(frozen=True)
class ModelNames:
    """
    What the models of a package are called in Python.

    classes: table → (module, class). attributes: table → column → attribute. relations: table → relation → attribute.
    fields: table → exact GraphQL field → column, for conditions that name columns so. tables: what they are.
    links: table → relations by their decided names. computed: table → computed fields.
    """

    classes: Mapping[Name, tuple[str, str]]
    attributes: Mapping[Name, Mapping[str, str]]
    relations: Mapping[Name, Mapping[str, str]]
    tables: Mapping[Name, DatabaseTable]
    links: Mapping[Name, Mapping[str, Relation]]
    computed: Mapping[Name, Mapping[str, ComputedField]]

    def column(self, table: Name, name: str) -> DatabaseColumn | None:
        """A column of a table."""
        return next((each for each in self.tables[table].columns if each.name == name), None)


_COMPARISONS = {"eq": "==", "ne": "!=", "neq": "!=", "gt": ">", "lt": "<", "gte": ">=", "lte": "<="}
_COLUMN_COMPARISONS = {
    "ceq": "==", "cne": "!=", "cneq": "!=", "cgt": ">", "clt": "<", "cgte": ">=", "clte": "<=",
}  # fmt: skip
_METHODS = {"like": "like", "ilike": "ilike", "nlike": "not_like", "nilike": "not_ilike"}
_SQL_OPERATORS = {
    "similar": "SIMILAR TO", "nsimilar": "NOT SIMILAR TO", "regex": "~", "iregex": "~*", "nregex": "!~",
    "niregex": "!~*", "contains": "@>", "contained_in": "<@", "has_key": "?", "has_keys_any": "?|",
    "has_keys_all": "?&", "ancestor": "@>", "descendant": "<@", "matches": "~",
}  # fmt: skip
_GEOMETRY = {
    "st_contains": "ST_Contains", "st_crosses": "ST_Crosses", "st_equals": "ST_Equals", "st_overlaps": "ST_Overlaps",
    "st_touches": "ST_Touches", "st_within": "ST_Within", "st_intersects": "ST_Intersects",
    "st_3d_intersects": "ST_3DIntersects", "st_d_within": "ST_DWithin", "st_3d_d_within": "ST_3DDWithin",
}  # fmt: skip
_INTEGERS = frozenset({"int2", "int4", "int8"})
_FLOATS = frozenset({"float4", "float8"})


class RuleExpressions:
    """Writes the conditions of one module, and has it import what they need."""

    def __init__(self, names: ModelNames, imports: Imports) -> None:
        self._names = names
        self._imports = imports
        # The table of the rule, to whose row `$` leads.
        self._root: Name = ("", "")

    def condition(self, expression: Mapping[str, Any], table: Name) -> Expression:
        """
        The condition on `row`, a row of the table.

        Raises:
            Untranslatable: a part of it has no equal.
        """
        self._root = table
        return self._all(expression, table, "row")

    def _all(self, expression: Mapping[str, Any], table: Name, row: str) -> Expression:
        parts = [self._member(key, value, table, row) for key, value in expression.items()]
        return self._joined("and_", parts, "true")

    def _joined(self, word: str, parts: Sequence[Expression], nothing: str) -> Expression:
        if not parts:
            return f"{self._imports.name('sqlalchemy', nothing)}()"
        return parts[0] if len(parts) == 1 else call(self._imports.name("sqlalchemy", word), *parts)

    def _member(self, key: str, value: Any, table: Name, row: str) -> Expression:
        word = key.lstrip("_$") if key[:1] in "_$" else ""
        match word:
            case "and":
                return self._joined("and_", [self._all(each, table, row) for each in value], "true")
            case "or":
                return self._joined("or_", [self._all(each, table, row) for each in value], "false")
            case "not":
                return call(self._imports.name("sqlalchemy", "not_"), self._all(value, table, row))
            case "exists":
                return self._exists(value)
            case _:
                pass
        if (column := self._names.column(table, key)) is not None:
            left = f"{row}.{self._names.attributes[table][column.name]}"
            return self._column(column, left, value, table, row)
        if (computed := self._names.computed.get(table, {}).get(key)) is not None:
            return self._computed(computed, value, table, row)
        relation = self._names.links.get(table, {}).get(key)
        if relation is None:
            raise Untranslatable(f"{key!r} is neither a column nor a relation of {'.'.join(table)}")
        attribute = self._names.relations[table][key]
        inner_row = self._class(relation.target)
        inner = self._all(value, relation.target, inner_row)
        return call(f"{row}.{attribute}.{'any' if relation.to_many else 'has'}", *([] if not value else [inner]))

    def _exists(self, value: Mapping[str, Any]) -> Expression:
        lowered = {key.lstrip("_$"): each for key, each in value.items()}
        table = name_of(lowered["table"])
        if table not in self._names.classes:
            raise Untranslatable(f"_exists asks about {'.'.join(table)}, which is not tracked")
        entity = self._class(table)
        select = self._imports.name("sqlalchemy", "select")
        inner = self._all(lowered.get("where") or {}, table, entity)
        return f"{select}({entity}).where({inner}).exists()"

    def _class(self, table: Name) -> str:
        module, name = self._names.classes[table]
        return self._imports.name(f".{module}", name)

    # ---- columns -------------------------------------------------------------------------------------

    def _computed(self, field: ComputedField, value: Any, table: Name, row: str) -> Expression:
        """A question to a function of the database, or about the rows that it gives."""
        if field.needs is not None:
            raise Untranslatable(f"the computed field {field.name}, which needs the argument {field.needs}")
        asked = f"{self._imports.name('.', 'functions')}.{field.variable}({row}, me)"
        target = field.function.table
        if target is None:
            return self._column(field.column, asked, value, table, row)
        if target not in self._names.classes:
            raise Untranslatable(f"the computed field {field.name}, which gives rows of no tracked table")
        inner = (("lambda found: ", self._all(value, target, "found")),) if value else ()
        return Bracketed(f"{asked}.any", "()", inner)

    def _column(self, column: DatabaseColumn, left: str, value: Any, table: Name, row: str) -> Expression:
        if not isinstance(value, dict):
            return f"{left} == {self._value(value, column, left)}"
        parts = [
            self._comparison(operator.lstrip("_$"), each, column, left, table, row)
            for operator, each in value.items()  # pyright: ignore[reportUnknownVariableType]
        ]
        return self._joined("and_", parts, "true")

    def _comparison(
        self, operator: str, value: Any, column: DatabaseColumn, left: str, table: Name, row: str
    ) -> Expression:
        if operator in _COMPARISONS:
            return f"{left} {_COMPARISONS[operator]} {self._value(value, column, left)}"
        if operator in _COLUMN_COMPARISONS:
            return f"{left} {_COLUMN_COMPARISONS[operator]} {self._other_column(value, table, row)}"
        if operator in ("in", "nin"):
            method = "in_" if operator == "in" else "not_in"
            return f"{left}.{method}({self._values(value, column, left)})"
        if operator == "is_null":
            return f"{left}.is_(None)" if value else f"{left}.is_not(None)"
        if operator in _METHODS:
            return f"{left}.{_METHODS[operator]}({self._text(value)})"
        if operator in ("has_keys_any", "has_keys_all"):
            return f"{left}.op({quoted(_SQL_OPERATORS[operator])})({self._texts(value)})"
        if operator in _SQL_OPERATORS:
            right = self._text(value) if operator in _TEXT_OPERANDS else self._value(value, column, left)
            return f"{left}.op({quoted(_SQL_OPERATORS[operator])})({right})"
        if operator in _GEOMETRY:
            return self._geometry(operator, value, column, left)
        raise Untranslatable(f"the operator _{operator}")

    def _other_column(self, value: Any, table: Name, row: str) -> str:
        path = [value] if isinstance(value, str) else list(value)
        if path[:1] == ["$"]:
            if len(path) == 2:
                return f"row.{self._attribute(self._root, path[1])}"
        elif len(path) == 1:
            return f"{row}.{self._attribute(table, path[0])}"
        raise Untranslatable(f"a comparison with {value!r}")

    def _attribute(self, table: Name, column: str) -> str:
        found = self._names.attributes[table].get(column)
        if found is None:
            raise Untranslatable(f"{column!r} is no column of {'.'.join(table)}")
        return found

    # ---- values --------------------------------------------------------------------------------------

    def _value(self, value: Any, column: DatabaseColumn, left: str) -> str:
        if is_session(value):
            return session(value)
        return self.literal(value, column, left)

    def literal(self, value: Any, column: DatabaseColumn, left: str) -> str:
        """A constant of a column's type."""
        name = column.type.name
        if value is None:
            raise Untranslatable("a comparison with null, which holds for no row")
        if isinstance(value, bool):
            return f"{self._imports.name('sqlalchemy', 'true' if value else 'false')}()"
        if name in _INTEGERS | _FLOATS | {"numeric"} and isinstance(value, int | float):
            return repr(value)
        if name in _INTEGERS and isinstance(value, str) and value.lstrip("-").isdigit():
            return str(int(value))
        if (
            isinstance(value, str)
            and name in ("text", "varchar", "bpchar", "citext", "name")
            and not column.type.is_array
        ):
            return quoted(value)
        if name in ("json", "jsonb"):
            return repr(value)
        if isinstance(value, str | int | float) and not column.type.is_array:
            cast = self._imports.name("sqlalchemy", "cast")
            return f"{cast}({quoted(str(value))}, {left}.type)"
        raise Untranslatable(f"the value {value!r} of a column of type {column.type.text}")

    def _values(self, value: Any, column: DatabaseColumn, left: str) -> str:
        if is_session(value):
            return self._claims(value, column)
        if not isinstance(value, list):
            raise Untranslatable(f"the list {value!r}")
        items: Iterable[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return f"[{', '.join(self._value(each, column, left) for each in items)}]"

    def _claims(self, value: str, column: DatabaseColumn) -> str:
        name = column.type.name
        python = "int" if name in _INTEGERS else "float" if name in _FLOATS else "str"
        if name == "uuid":
            python = self._imports.name("uuid", "UUID")
        return f"me.claims({quoted(claim_key(value))}, {python})"

    def _text(self, value: Any) -> str:
        if is_session(value):
            return f"me.claim({quoted(claim_key(value))}, str)"
        if not isinstance(value, str):
            raise Untranslatable(f"the pattern {value!r}")
        return quoted(value)

    def _texts(self, value: Any) -> str:
        func = self._imports.name("sqlalchemy", "func")
        if is_session(value):
            return f"{func}.array(me.claims({quoted(claim_key(value))}, str).scalar_subquery())"
        items = ", ".join(quoted(str(each)) for each in value)
        return f"{self._imports.name('sqlalchemy.dialects.postgresql', 'array')}([{items}])"

    def _geometry(self, operator: str, value: Any, column: DatabaseColumn, left: str) -> Expression:
        func = self._imports.name("sqlalchemy", "func")
        function = f"{func}.{_GEOMETRY[operator]}"
        if not operator.endswith("d_within"):
            return call(function, left, self._shape(value, column))
        return call(function, left, self._shape(value["from"], column), self._distance(value["distance"]))

    def _shape(self, value: Any, column: DatabaseColumn) -> str:
        func = self._imports.name("sqlalchemy", "func")
        if is_session(value):
            return f"{func}.ST_GeomFromGeoJSON(me.claim({quoted(claim_key(value))}, str))"
        return f"{func}.ST_GeomFromGeoJSON({quoted(json.dumps(value))})"

    def _distance(self, value: Any) -> str:
        if is_session(value):
            return f"me.claim({quoted(claim_key(value))}, float)"
        return repr(float(value))


_TEXT_OPERANDS = frozenset({"similar", "nsimilar", "regex", "iregex", "nregex", "niregex", "has_key"})


def is_session(value: Any) -> bool:
    """Whether a value is the name of a session variable."""
    return isinstance(value, str) and value.lower().startswith("x-hasura-")


def session(value: str) -> str:
    """A session variable as rules have it."""
    key = claim_key(value)
    return "me.id" if key == "user_id" else "me.role" if key == "role" else f"me.claim({quoted(key)})"
