"""Which computed fields do a Hasura project's tables have, and what are they called where rules ask them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portico.gateway.importing.database import ColumnType, DatabaseColumn, DatabaseFunction, Name
from portico.gateway.importing.hasura_metadata import HasuraProject, name_of
from portico.gateway.importing.identifiers import attribute_name, free

_SHORT = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "real": "float4", "double precision": "float8",
    "boolean": "bool", "character varying": "varchar", "character": "bpchar", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}  # fmt: skip
# What the module of functions imports itself.
_TAKEN = frozenset({"database_function", "named"})


@dataclass(frozen=True)
class ComputedField:
    """
    A function that is a field of rows.

    variable: what its declaration is called in the module of functions. row: the argument that is the row. session:
    the one that is the caller.
    """

    name: str
    function: DatabaseFunction
    variable: str
    row: str | None
    session: str | None

    @property
    def needs(self) -> str | None:
        """An argument that a client has to give, and a permission's condition cannot."""
        given = (self.row, self.session)
        inputs = [each for each in self.function.arguments if each.mode in ("i", "b", "v") and not each.has_default]
        return next(
            (name for index, each in enumerate(inputs, 1) if (name := each.name or f"arg_{index}") not in given), None
        )

    @property
    def column(self) -> DatabaseColumn:
        """The field as a column: its name and type."""
        text = self.function.returns
        plain = text.removesuffix("[]")
        type_ = ColumnType(text, _SHORT.get(plain, plain), is_array=plain != text)
        return DatabaseColumn(self.name, type_, nullable=True)


def computed_fields(
    project: HasuraProject, functions: Iterable[DatabaseFunction], tracked: Collection[Name]
) -> Mapping[Name, Mapping[str, ComputedField]]:
    """Table → field; without those whose function the database does not have, or has several of."""
    by_name: dict[Name, list[DatabaseFunction]] = {}
    for each in functions:
        by_name.setdefault((each.schema, each.name), []).append(each)
    found: dict[Name, dict[str, ComputedField]] = {}
    taken = set(_TAKEN)
    for table in project.tables:
        on = name_of(table["table"])
        for each in table.get("computed_fields") or ():
            definition = each["definition"]
            functions_named = by_name.get(name_of(definition["function"]), [])
            if on not in tracked or len(functions_named) != 1:
                continue
            (function,) = functions_named
            variable = free(attribute_name(function.name), taken)
            taken.add(variable)
            row = definition.get("table_argument") or _first_argument(function)
            field = ComputedField(each["name"], function, variable, row, definition.get("session_argument"))
            found.setdefault(on, {})[each["name"]] = field
    return found


def _first_argument(function: DatabaseFunction) -> str | None:
    """The argument that is the row, where the metadata does not say which: the first."""
    inputs = [each for each in function.arguments if each.mode in ("i", "b", "v")]
    return (inputs[0].name or "arg_1") if inputs else None
