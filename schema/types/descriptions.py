"""What is said of a table's types and root fields: in our words, in Hasura's under its conventions, or in the author's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from portico.schema.catalog import DatabaseFunction, Table
from portico.schema.names import Names, RootKind

TypeKind = Literal["object", "aggregate", "bool_exp"]

_OURS: Mapping[RootKind | TypeKind, str] = {
    "select": "Rows of {t}.",
    "select_by_pk": "One {t} by its key.",
    "select_aggregate": "Aggregates over {t}.",
    "connection": "Pages of {t} by cursor.",
    "insert": "Insert rows of {t}.",
    "insert_one": "Insert one {t}.",
    "update": "Update the rows of {t} that match.",
    "update_many": "Several updates of {t}, in order.",
    "update_by_pk": "Update one {t} by its key.",
    "delete": "Delete the rows of {t} that match.",
    "delete_by_pk": "Delete one {t} by its key.",
    "select_stream": "Rows of {t} once each, in the order of a cursor and a batch at a time, as they come.",
    "changes": "What is written to {t} from now on, or since a position: each change once and in order.",
    "aggregate": "Aggregates over {t}.",
    "bool_exp": "A condition on {t}; several members are joined by and.",
}
# Dialect reference, §1.2: clients' generated code shows these.
_HASURA: Mapping[RootKind | TypeKind, str] = {
    "select": 'fetch data from the table: "{t}"',
    "select_by_pk": 'fetch data from the table: "{t}" using primary key columns',
    "select_aggregate": 'fetch aggregated fields from the table: "{t}"',
    "connection": 'fetch data from the table: "{t}"',
    "insert": 'insert data into the table: "{t}"',
    "insert_one": 'insert a single row into the table: "{t}"',
    "update": 'update data of the table: "{t}"',
    "update_many": 'update multiples rows of table: "{t}"',
    "update_by_pk": 'update single row of the table: "{t}"',
    "delete": 'delete data from the table: "{t}"',
    "delete_by_pk": 'delete single row from the table: "{t}"',
    "select_stream": 'fetch data from the table in a streaming manner: "{t}"',
    "changes": 'what is written to the table: "{t}", each change once and in order',
    "object": 'columns and relationships of "{t}"',
    "aggregate": 'aggregated selection of "{t}"',
    "bool_exp": "Boolean expression to filter rows from the table \"{t}\". All fields are combined with a logical 'AND'.",
}


def of_root(names: Names, table: Table, kind: RootKind) -> str | None:
    """The description of a root field; an author's own may be empty, which is none."""
    if kind in table.root_comments:
        return table.root_comments[kind] or None
    return _said(names, table, kind)


def of_type(names: Names, table: Table, kind: TypeKind) -> str | None:
    """The description of a type."""
    if kind == "object" and table.description is not None:
        return table.description or None
    return _said(names, table, kind)


def of_computed(names: Names, function: DatabaseFunction) -> str | None:
    """The description of a field that a function of the database works out."""
    if function.description is not None or names.convention == "plain":
        return function.description or None
    return f'A computed field, executes function "{function.name}"'


def _said(names: Names, table: Table, kind: RootKind | TypeKind) -> str | None:
    if names.convention == "plain":
        text = _OURS.get(kind)
        return None if text is None else text.format(t=table.type_name)
    schema = table.sql.schema
    name = table.sql.name if schema in (None, "public") else f"{schema}.{table.sql.name}"
    return _HASURA[kind].format(t=name)
