"""Where are answers kept that a client may ask for again: Portico's own table of them, and its statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, delete, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.resolvers.plan.values import Bind
from portico.resolvers.sql.compiled import Statement, compile_statement
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind
from portico.resolvers.sql.own_tables import OPTIONAL, OWN_PREFIX

TABLE_NAME = OWN_PREFIX + "idempotency_keys"
_MOST_SWEPT = 100


def kept_answers(metadata: MetaData) -> Table:
    """
    The table, declared in this metadata so that migrations make it; it is not served.

    id: digest of the key and whose it is. request: digest of what was asked. answer: the body, null until the
    transaction ends. expires_at: in seconds since 1970.
    """
    known = metadata.tables.get(TABLE_NAME)
    if known is not None:
        return known
    return Table(
        TABLE_NAME,
        metadata,
        Column("id", LargeBinary(), primary_key=True),
        Column("request", LargeBinary(), nullable=False),
        Column("answer", LargeBinary()),
        Column("expires_at", BigInteger(), nullable=False, index=True),
        info={OPTIONAL: True},
    )


class KeptAnswers:
    """
    The statements, each with the values that it takes.

    claim: (id, request, expires at, now) → a row where the key is free now; another transaction that is at it
    is waited for. find: (id) → (request, answer). keep: (id, answer). sweep: (now), a few that are too old.
    """

    def __init__(self, dialect: SqlDialect) -> None:
        table = kept_answers(MetaData())
        self._dialect = dialect
        self.claim = self._compiled(self._claim(table))
        self.find = self._compiled(select(table.c.request, table.c.answer).where(table.c.id == _value(0, table.c.id)))
        kept = update(table).where(table.c.id == _value(0, table.c.id)).values(answer=_value(1, table.c.answer))
        self.keep = self._compiled(kept)
        self.sweep = self._compiled(self._sweep(table))

    def _claim(self, table: Table) -> Any:
        insert: Any = postgresql.insert if self._dialect.name == "postgres" else sqlite.insert
        new = insert(table).values(
            id=_value(0, table.c.id), request=_value(1, table.c.request), expires_at=_value(2, table.c.expires_at)
        )
        taken_over = new.on_conflict_do_update(
            index_elements=[table.c.id],
            set_={"request": new.excluded.request, "answer": None, "expires_at": new.excluded.expires_at},
            where=table.c.expires_at <= _value(3, table.c.expires_at),
        )
        return taken_over.returning(table.c.expires_at)

    def _sweep(self, table: Table) -> Any:
        old: Any = (
            select(table.c.id)
            .where(table.c.expires_at <= _value(0, table.c.expires_at))
            .limit(literal_column(str(_MOST_SWEPT)))
        )
        if self._dialect.name == "postgres":
            # What somebody else is sweeping or taking over is left to them: nobody waits for a broom.
            old = old.with_for_update(skip_locked=True)
        return delete(table).where(table.c.id.in_(old))

    def _compiled(self, element: Any) -> Statement:
        return compile_statement(element, self._dialect.engine)


def _value(slot: int, column: Column[Any]) -> InputBind:
    return InputBind.make(Bind(slot), column.type)
