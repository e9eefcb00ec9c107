"""Which relationships of actions' types can be carried over: those that lead to one row by its key, which is read again as any row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portico.gateway.importing.hasura_metadata import name_of
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, laid_out, quoted
from portico.gateway.importing.rule_expressions import ModelNames

Document = Mapping[str, Any]


class NotOneRow(Exception):
    """A relationship leads to many rows, to none that is served, or not by a key."""


class ActionRows:
    """
    Writes fields of actions' types that are rows.

    Args:
        names: the models.
    """

    def __init__(self, names: ModelNames, imports: Imports) -> None:
        self._names = names
        self._imports = imports

    def text(self, said: Document, name: str, *, says: bool, members: Mapping[str, tuple[str, bool]]) -> str:
        """
        The field of a relationship.

        Args:
            name: in Python. says: whether its own has to be said. members: of the type, by their names in GraphQL: in Python, and
                whether each may be null.

        Raises:
            NotOneRow
        """
        table = name_of(said["remote_table"])
        pairs = {column: field for field, column in (said.get("field_mapping") or {}).items()}
        if said.get("type") != "object":
            raise NotOneRow("it leads to many rows; ask for these by a field of their own")
        if table not in self._names.classes:
            raise NotOneRow("it leads to no table that is served")
        key = self._names.tables[table].key
        if key is None or set(pairs) != set(key.columns) or not set(pairs.values()) <= set(members):
            raise NotOneRow("it does not lead to one row by its primary key")
        module, class_ = self._names.classes[table]
        model = self._imports.name(f".{module}", class_)
        given: dict[str, Expression] = {
            self._names.attributes[table][column]: f"self.{members[field][0]}" for column, field in pairs.items()
        }
        field = f"{self._imports.module('strawberry')}.field"
        lines = [laid_out("@", call(field, name=quoted(said["name"])), 4) if says else f"    @{field}"]
        lines.append(f"    def {name}(self) -> {model} | None:")
        lacking = [members[each][0] for each in pairs.values() if members[each][1]]
        lines += (f"        if self.{each} is None:\n            return None" for each in lacking)
        lines.append(laid_out("return ", call(model, **given), 8))
        return "\n".join(lines)
