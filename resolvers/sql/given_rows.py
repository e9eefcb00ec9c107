"""How are rows read that a function gives: by their keys, one at a time or any number at once."""

from __future__ import annotations

from dataclasses import dataclass

from portico.resolvers.plan.nodes import Rows
from portico.resolvers.sql.compiled import Statement, compile_statement
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.live_reads import LiveReads
from portico.resolvers.sql.members import MembersStatement, members_of
from portico.schema.rules import Me


@dataclass(frozen=True, eq=False, slots=True)
class RowStatement:
    """
    Rows that a function gives, read again by their keys, which stand behind the values of the request.

    one: for a single row. many: for any number; a member for each.
    """

    one: Statement
    many: MembersStatement


def row_statement(rows: Rows, dialect: SqlDialect) -> RowStatement:
    """The statements that read rows by keys which are known once a function was called."""
    root = LiveReads(dialect, Me()).root(rows)
    one = compile_statement(root, dialect.engine)
    return RowStatement(one, members_of([LiveReads(dialect, Me()).root(rows)], dialect))
