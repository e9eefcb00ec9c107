"""Does a role see what tells rows apart: the key, in every row."""

from __future__ import annotations

from portico.schema.access import Grant
from portico.schema.catalog import Table


def key_is_seen(table: Table, grant: Grant) -> bool:
    """
    Whether the role sees the key in every row that it sees.

    Cursors and identifiers hold the key, so one that is hidden would be told by them, and hidden ones in its
    place are all the same.
    """
    return bool(table.key) and all(
        grant.columns.get(column.field) is column and column not in grant.cells for column in table.key
    )
