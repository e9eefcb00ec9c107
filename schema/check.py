"""What should an author know: models that nobody reaches, rules over columns without an index, open doors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Table as SqlTable
from sqlalchemy import UniqueConstraint
from sqlalchemy.sql import operators, visitors

from portico.schema.catalog import Catalog, RuleRef, Table
from portico.schema.problems import Source
from portico.schema.rule_check import condition_of, row_of
from portico.schema.rules import Me


@dataclass(frozen=True)
class Advice:
    """Something that works, and is probably not what was meant."""

    code: str
    message: str
    hint: str
    source: Source | None = None

    def __str__(self) -> str:
        where = f" ({self.source.path}:{self.source.line})" if self.source else ""
        return f"{self.code}{where}: {self.message}\n  {self.hint}"


def advice_on(catalog: Catalog) -> list[Advice]:
    """Every warning about a Catalog, in order of its tables."""
    found: list[Advice] = []
    for table in catalog.tables.values():
        rules = catalog.rules[table]
        # What is Portico's own, such as its signing keys, is meant to be out of reach.
        is_own = table.entity is not None and table.entity.__module__.startswith("portico.")
        if not is_own and not any(rule.declaration.kind == "allow" for rule in rules):
            found.append(
                Advice(
                    "PT240",
                    f"Nobody but admin reaches {table.type_name}: it has no rule.",
                    f'Write one, such as allow({table.type_name}, "read", when=everyone).',
                )
            )
        for rule in rules:
            found += _rule_warnings(rule, table)
    return found


def _rule_warnings(rule: RuleRef, table: Table) -> Iterator[Advice]:
    declaration = rule.declaration
    if rule.always and declaration.roles is None and set(declaration.verbs) - {"read"}:
        yield Advice(
            "PT241",
            f"{rule.name} lets everyone, also without signing in, {'/'.join(declaration.verbs)} {table.type_name}.",
            'Name who may: to="user".',
            declaration.source,
        )
    for column in unindexed(rule, table):
        yield Advice(
            "PT242",
            f"{rule.name} looks rows up by {column}, which has no index.",
            "Give the column index=True, or every request scans the table.",
            declaration.source,
        )


def unindexed(rule: RuleRef, table: Table) -> list[str]:
    """
    Columns of other tables that a rule compares for equality and that lead no index.

    The rule's own row is found some other way; it is the sub-selects that run once for each row.
    """
    row = table.sql.alias("row")
    condition = condition_of(rule.function, row_of(table, row), Me())
    found: dict[str, None] = {}
    compared: dict[SqlTable, set[str]] = {}
    for element in visitors.iterate(condition):
        if getattr(element, "operator", None) is not operators.eq:
            continue
        for side in (getattr(element, "left", None), getattr(element, "right", None)):
            if isinstance(side, SqlColumn) and isinstance(side.table, SqlTable):
                compared.setdefault(side.table, set()).add(side.name)
    for other, names in compared.items():
        if not any(_leads(other, name) for name in names):
            found.update(dict.fromkeys(f"{other.name}.{name}" for name in sorted(names)))
    return list(found)


def _leads(table: SqlTable, name: str) -> bool:
    """Whether an index, unique constraint or the key begins with the column."""
    keys: list[list[Any]] = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    keys += [list(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    column = table.columns[name]
    return any(columns and columns[0].name == name for columns in keys) or bool(column.index or column.unique)
