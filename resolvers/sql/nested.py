"""How does what is written along relations become SQL: rows of a link deleted, changed, saved and inserted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, false, literal_column, select, true

from portico.resolvers.plan.values import KEY, ROW, Bind, Part
from portico.resolvers.plan.write_nodes import Along, Insert, Save, SavedRow, Update
from portico.resolvers.sql.answers import Answers, hangs_on, keys_out, passes
from portico.resolvers.sql.changes import Changes
from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.conditions import required
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.inserts import Inserts
from portico.resolvers.sql.source import Source, conjunction
from portico.resolvers.sql.steps import AlongStep, ChangeStep, InsertStep, SavedRowStep, SaveStep
from portico.schema.catalog import Column, Link, Table
from portico.schema.rules import Me


class NestedWrites:
    """Compiles updates with what stands below them."""

    def __init__(self, dialect: SqlDialect, answers: Answers, changes: Changes, inserts: Inserts) -> None:
        self._dialect = dialect
        self._answers = answers
        self._changes = changes
        self._inserts = inserts

    def update(self, write: Update) -> ChangeStep:
        """The steps of an update with those along its links."""
        if not (write.changes or write.nested):
            return ChangeStep(write.table)
        step = self._changes.apart(write, _returned(write.table, write.nested))
        return replace(step, nested=self._all(write.nested))

    def _all(self, nested: Iterable[Along]) -> tuple[AlongStep, ...]:
        return tuple(
            AlongStep(
                link=along.link,
                deletes=tuple(self._changes.delete_along(each) for each in along.deletes),
                updates=tuple(self.update(each) for each in along.updates),
                save=None if along.save is None else self._save(along.save),
                insert=None if along.insert is None else self._insert(along.link, along.insert),
            )
            for along in nested
        )

    def _insert(self, link: Link, insert: Insert, needed: tuple[Column, ...] = ()) -> InsertStep:
        return self._inserts.step(insert, None, given=tuple(theirs for _, theirs in link.pairs), needed=needed)

    # ---- rows to save --------------------------------------------------------------------------------

    def _save(self, save: Save) -> SaveStep:
        return SaveStep(
            table=save.link.target,
            rows=save.rows,
            variants=tuple(self._row(save, row) for row in save.variants),
            missing=None if save.missing is None else self._changes.delete_along(save.missing),
            rules=save.grant.named if save.grant is not None else (),
        )

    def _row(self, save: Save, row: SavedRow) -> SavedRowStep:
        returned = _returned(save.link.target, row.nested)
        return SavedRowStep(
            find=None if row.match is None else self._find(save, row, returned),
            change=None if row.match is None or row.update is None else self._changes.by_key(row.update, returned),
            insert=None if row.insert is None else self._insert(save.link, row.insert, returned),
            returned=returned,
            nested=self._all(row.nested),
        )

    def _find(self, save: Save, row: SavedRow, returned: Sequence[Column]) -> Statement:
        """
        One row whatever is found, so that many can be looked for together.

        A row that exists and may not be changed is found as well: it must not be inserted once more.
        """
        table, update = save.link.target, row.update
        visible = None if update is None else required(update.visible)
        source = Source(table, table.sql.alias(self._dialect.free("m1")), Me(), visible)
        allowed = false() if update is None else self._allowed(save, source, update)
        columns = [passes(allowed).label("allowed"), *keys_out(self._dialect, source.selectable, returned)]
        query: Any = select(*columns).select_from(source.selectable).where(and_(*self._same(save, row, source)))
        if self._dialect.name == "postgres":
            query = query.with_for_update()
        found = query.subquery(self._dialect.free("found"))
        one = select(literal_column("1").label("one")).subquery(self._dialect.free("one"))
        return self._answers.compile(select(*found.c).select_from(one.outerjoin(found, true())))

    def _allowed(self, save: Save, source: Source, update: Update) -> Any:
        """It hangs on the surrounding row, is seen with what it is found by, and may be changed."""
        guard = required(update.filter)
        by_link = {column for _, column in save.link.pairs}
        return conjunction(
            [
                *(() if update.link is None else hangs_on(self._dialect, source, update.link)),
                source.visible(required(update.visible)),
                *(source.shown(column) for column in save.match if column not in by_link),
                source.check(guard, guard.cells),
            ]
        )

    def _same(self, save: Save, row: SavedRow, source: Source) -> list[Any]:
        by_link = {theirs: index for index, (_, theirs) in enumerate(save.link.pairs)}
        given = dict(row.match or ())
        return [
            source.raw(column) == self._dialect.key_in(Part(KEY, Bind(by_link[column])), column)
            if column in by_link
            else source.raw(column) == self._dialect.bind(Part(ROW, given[column]), column.scalar, column.sql.type)
            for column in save.match
        ]


def _returned(table: Table, nested: Sequence[Along]) -> tuple[Column, ...]:
    """What later steps need of a row: what it is known by first, and what its links hang by."""
    return tuple(dict.fromkeys([*table.identity, *(mine for along in nested for mine, _ in along.link.pairs)]))
