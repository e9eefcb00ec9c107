"""How is a table written: a mapped class with its columns, constraints, indexes and relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portico.gateway.importing.column_types import ColumnTypes
from portico.gateway.importing.database import (
    DatabaseColumn,
    DatabaseForeignKey,
    DatabaseIndex,
    DatabaseTable,
    DatabaseUnique,
)
from portico.gateway.importing.decisions import TableDecision
from portico.gateway.importing.exact_names import ExactTable
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, in_tuple, laid_out, listed, mapping, merged, quoted

_GRAMMAR = "portico.schema"
_INTEGERS = frozenset({"int2", "int4", "int8", "INTEGER", "SMALLINT", "BIGINT"})
# What SQLAlchemy would take for a bound value in a text.
_BIND = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


@dataclass(frozen=True)
class TableNames:
    """Every name of one table: class, attributes by column, exact fields by column, the exact type and roots."""

    class_name: str
    attributes: Mapping[str, str]
    fields: Mapping[str, str]
    exact: ExactTable


@dataclass(frozen=True)
class Place:
    """What surrounds a table: its module's imports and types, its schema as SQL must name it, the tables that are written."""

    imports: Imports
    types: ColumnTypes
    schema: str | None
    references: Mapping[tuple[str, str], str]


class TableText:
    """Writes one table, without its relations."""

    def __init__(self, table: DatabaseTable, names: TableNames, decision: TableDecision, place: Place) -> None:
        self._table = table
        self._names = names
        self._decision = decision
        self._place = place
        # A foreign key to a table that is not written cannot be told to SQLAlchemy.
        self._foreign_keys = [key for key in table.foreign_keys if key.target in place.references]

    def head(self) -> str:
        """The class with everything but columns and relations."""
        model = self._place.imports.name(_GRAMMAR, "Model")
        lines = [f"class {self._names.class_name}({model}):"]
        lines.append(laid_out("__tablename__ = ", quoted(self._table.name), 4))
        constraints, options = list(self._constraints()), self._options()
        if options:
            constraints.append(mapping(options))
        if constraints:
            lines.append(laid_out("__table_args__ = ", in_tuple(constraints), 4))
        if self._table.key is None:
            key = listed(quoted(each) for each in self._names.attributes.values())
            # What tells objects apart in a session; the table itself has no key, and so no fields by key.
            annotation = (
                f"{self._place.imports.name('typing', 'ClassVar')}[{self._place.imports.name('typing', 'Any')}]"
            )
            lines.append(laid_out(f"__mapper_args__: {annotation} = ", mapping({"primary_key": key}), 4))
        return "\n".join(lines)

    def columns(self) -> str:
        """The columns, a line each where they fit."""
        return "\n".join(self._column(column) for column in self._table.columns)

    def _column(self, column: DatabaseColumn) -> str:
        attribute = self._names.attributes[column.name]
        annotation = self._place.types.annotation(column.type) + (" | None" if column.nullable else "")
        before = f"{attribute}: {self._place.imports.name('sqlalchemy.orm', 'Mapped')}[{annotation}]"
        arguments, keywords = list(self._arguments(column, attribute)), self._keywords(column)
        if not arguments and not keywords:
            return f"    {before}"
        mapped = self._place.imports.name("sqlalchemy.orm", "mapped_column")
        return laid_out(f"{before} = ", call(mapped, *arguments, **keywords), 4)

    def _arguments(self, column: DatabaseColumn, attribute: str) -> Iterator[Expression]:
        if attribute != column.name:
            yield quoted(column.name)
        if (type_ := self._place.types.type_(column)) is not None:
            yield type_
        for key in self._foreign_keys:
            if key.columns == (column.name,):
                reference = quoted(f"{self._place.references[key.target]}.{key.target_columns[0]}")
                yield call(self._sql("ForeignKey"), reference, **_key_options(key))
        if column.identity is not None:
            options: dict[str, Expression] = {"always": "True"} if column.identity.always else {}
            options |= {name: str(value) for name, value in column.identity.options}
            yield call(self._sql("Identity"), **options)
        if column.generated is not None:
            yield call(self._sql("Computed"), quoted(_escaped(column.generated)), persisted=str(column.stored))

    def _keywords(self, column: DatabaseColumn) -> dict[str, Expression]:
        found: dict[str, Expression] = {}
        if self._table.key is not None and column.name in self._table.key.columns:
            found["primary_key"] = "True"
            if self._does_not_count(column):
                found["autoincrement"] = "False"
            if column.nullable:
                found["nullable"] = "True"
        if column.default is not None and not self._counts(column):
            found["server_default"] = call(self._sql("text"), quoted(_escaped(column.default)))
        if column.comment is not None:
            found["comment"] = quoted(column.comment)
        field = self._names.fields.get(column.name)
        description = self._decision.descriptions.get(column.name)
        if field is not None or description is not None:
            name = () if field is None else (quoted(field),)
            said = {} if description is None else {"description": quoted(description)}
            found["info"] = call(self._place.imports.name(_GRAMMAR, "named"), *name, **said)
        return found

    def _counts(self, column: DatabaseColumn) -> bool:
        """Whether SQLAlchemy has the database count by itself."""
        return column.counts and self._is_lone_integer_key(column)

    def _does_not_count(self, column: DatabaseColumn) -> bool:
        """Whether SQLAlchemy would take the column for one that counts, which it does not."""
        has_own = column.counts or column.default is not None or column.identity is not None
        return self._is_lone_integer_key(column) and not has_own

    def _is_lone_integer_key(self, column: DatabaseColumn) -> bool:
        key = self._table.key
        is_lone = key is not None and key.columns == (column.name,)
        refers = any(column.name in each.columns for each in self._foreign_keys)
        return is_lone and not refers and column.type.name in _INTEGERS and not column.type.is_array

    def _constraints(self) -> Iterator[Expression]:
        if (key := self._table.key) is not None and key.name is not None:
            in_order = [column.name for column in self._table.columns if column.name in key.columns]
            columns = () if list(key.columns) == in_order else tuple(map(quoted, key.columns))
            yield call(self._sql("PrimaryKeyConstraint"), *columns, name=quoted(key.name))
        for unique in self._table.uniques:
            yield call(self._sql("UniqueConstraint"), *map(quoted, unique.columns), **_unique_options(unique))
        for foreign in self._foreign_keys:
            if len(foreign.columns) > 1:
                table = self._place.references[foreign.target]
                theirs = listed(quoted(f"{table}.{column}") for column in foreign.target_columns)
                mine = listed(map(quoted, foreign.columns))
                yield call(self._sql("ForeignKeyConstraint"), mine, theirs, **_key_options(foreign))
        for check in self._table.checks:
            # The convention of names would be put before a name that is not told to be one already.
            name = {} if check.name is None else {"name": call(self._conv(), quoted(check.name))}
            yield call(self._sql("CheckConstraint"), quoted(_escaped(check.condition)), **name)
        for index in self._table.indexes:
            yield self._index(index)

    def _index(self, index: DatabaseIndex) -> Expression:
        parts = [
            quoted(part.text) if part.is_column else call(self._sql("text"), quoted(_escaped(part.text)))
            for part in index.parts
        ]
        options: dict[str, Expression] = {"unique": "True"} if index.unique else {}
        if index.method is not None:
            options["postgresql_using"] = quoted(index.method)
        if index.where is not None:
            options[f"{self._dialect}_where"] = call(self._sql("text"), quoted(_escaped(index.where)))
        if index.include:
            options["postgresql_include"] = listed(map(quoted, index.include))
        if index.nulls_not_distinct:
            options["postgresql_nulls_not_distinct"] = "True"
        if classes := {part.text: part.operator_class for part in index.parts if part.operator_class}:
            options["postgresql_ops"] = mapping({text: quoted(name) for text, name in classes.items()})
        return call(self._sql("Index"), quoted(index.name), *parts, **options)

    @property
    def _dialect(self) -> str:
        return "postgresql" if self._table.schema else "sqlite"

    def _options(self) -> dict[str, Expression]:
        options: dict[str, Expression] = {}
        if self._place.schema is not None:
            options["schema"] = quoted(self._place.schema)
        if self._table.comment is not None:
            options["comment"] = quoted(self._table.comment)
        if infos := list(self._infos()):
            options["info"] = merged(infos)
        return options

    def _infos(self) -> Iterator[Expression]:
        if self._table.is_view:
            may = {
                "insert": self._table.insertable,
                "update": self._table.updatable,
                "delete": self._table.deletable,
            }
            allowed: dict[str, Expression] = {verb: "True" for verb, is_allowed in may.items() if is_allowed}
            yield call(self._place.imports.name(_GRAMMAR, "view"), **allowed)
        exact, decision = self._names.exact, self._decision
        keywords: dict[str, Expression] = {}
        if exact.roots:
            keywords["roots"] = mapping({kind: quoted(name) for kind, name in exact.roots.items()})
        if decision.root_comments:
            keywords["comments"] = mapping({kind: quoted(text) for kind, text in decision.root_comments.items()})
        if decision.description is not None:
            keywords["description"] = quoted(decision.description)
        if exact.name is not None or keywords:
            name = () if exact.name is None else (quoted(exact.name),)
            yield call(self._place.imports.name(_GRAMMAR, "named"), *name, **keywords)
        if (values := self._decision.enum_values) is not None:
            items = {value: "None" if comment is None else quoted(comment) for value, comment in values.items()}
            yield call(self._place.imports.name(_GRAMMAR, "enum_table"), mapping(items))

    def _sql(self, name: str) -> str:
        return self._place.imports.name("sqlalchemy", name)

    def _conv(self) -> str:
        return self._place.imports.name("sqlalchemy.schema", "conv")


def _key_options(key: DatabaseForeignKey) -> dict[str, Expression]:
    options: dict[str, Expression] = {}
    for option, value in (("name", key.name), ("ondelete", key.on_delete), ("onupdate", key.on_update)):
        if value is not None:
            options[option] = quoted(value)
    if key.match is not None:
        options["match"] = quoted(key.match)
    return options | _deferring(key)


def _unique_options(unique: DatabaseUnique) -> dict[str, Expression]:
    options: dict[str, Expression] = {} if unique.name is None else {"name": quoted(unique.name)}
    if unique.nulls_not_distinct:
        options["postgresql_nulls_not_distinct"] = "True"
    return options | _deferring(unique)


def _deferring(constraint: DatabaseForeignKey | DatabaseUnique) -> dict[str, Expression]:
    if not constraint.deferrable:
        return {}
    return {"deferrable": "True", "initially": quoted("DEFERRED" if constraint.initially_deferred else "IMMEDIATE")}


def _escaped(sql: str) -> str:
    return _BIND.sub(r"\\:\1", sql)
