"""Which SELECTs answer the root fields of a plan: one text each, together the columns of one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from portico.resolvers.plan.live_nodes import ChangesField, StreamField
from portico.resolvers.plan.nodes import Rows
from portico.resolvers.plan.root_nodes import ChannelField, Guarded, ReadField, leaves
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.live_reads import LiveReads
from portico.schema.rules import Me


def read_roots(guarded: Guarded, dialect: SqlDialect) -> list[Select[Any]]:
    """The SELECT of each root field that reads, in the order of `Program.statement`'s columns; a stream has two."""
    reads = LiveReads(dialect, Me())
    found: list[Select[Any]] = []
    for field in leaves(guarded.plan.fields):
        match field:
            case ReadField(rows=rows):
                found.append(reads.root(rows))
            case ChannelField(rows=rows):
                found.append(_read(rows, reads))
            case StreamField():
                found += reads.stream(field)
            case ChangesField():
                found.append(reads.change(field))
            case _:
                pass
    return found


def together(roots: Sequence[Select[Any]]) -> Select[Any]:
    """The one SELECT that answers root fields: a column for each, or the only one by itself."""
    if len(roots) == 1:
        return roots[0]
    columns: list[Any] = [root.scalar_subquery().label(f"f{index}") for index, root in enumerate(roots)]
    every: Any = select(*columns)
    return every


def _read(rows: Rows, reads: LiveReads) -> Select[Any]:
    return reads.written(rows, reads.conditions.given(rows.key)) if rows.stands_alone else reads.root(rows)
