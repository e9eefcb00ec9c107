"""What may a caller write: random mutations over every verb and every path to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.properties.description import Column, Link, State, Table, Value, Verb
from tests.properties.grants import Access
from tests.properties.operations import (
    Along,
    Changes,
    Comparison,
    Delete,
    Deleted,
    Insert,
    Item,
    Mutation,
    Nested,
    NewRow,
    OnConflict,
    Save,
    SavedRow,
    Update,
    Where,
    Write,
)
from tests.properties.random_reads import Reads
from tests.properties.worlds import Canaries, random_cell


class Writes(Reads):
    """Draws what is written."""

    def __init__(self, random: Random, access: Access, state: State, canaries: Canaries, *, naughty: bool) -> None:
        super().__init__(random, access, state, naughty=naughty)
        self._canaries = canaries

    def mutation(self) -> Mutation | None:
        """One to three root fields; None where the role can write nothing."""
        writes = [write for _ in range(self.random.choice((1, 1, 1, 2, 3))) if (write := self._write()) is not None]
        return Mutation(tuple(writes), variables=self.chance(0.4)) if writes else None

    def _write(self) -> Write | None:
        for _ in range(4):
            table = self.random.choice(self.world.tables)
            verb = self.random.choice(("create", "create", "update", "update", "delete"))
            allowed = self.access.grant(table.name, verb) is not None
            allowed = allowed and (verb == "create" or self.access.reads(table.name))
            if not allowed and not (self.naughty and self.chance(0.2)):
                continue
            match verb:
                case "create":
                    return self._insert(table)
                case "update":
                    return self._update(table)
                case _:
                    return self._delete(table)
        return None

    def _answer(self, table: str, *, single: bool) -> tuple[Item, ...]:
        if not self.access.reads(table) or (not single and self.chance(0.2)):
            return ()
        if self.chance(0.5):
            # Nothing but columns: what a single statement can answer by itself.
            return self.items(table, 99)
        return self.items(table, 2)

    # ---- insert --------------------------------------------------------------------------------------

    def _insert(self, table: Table) -> Insert:
        single = self.access.reads(table.name) and self.chance(0.4)
        count = 1 if single else self.random.choice((1, 1, 2, 3))
        unique = self._unique(table) if self.chance(0.35) else ()
        rows = tuple(self._row(table, (), 2, unique) for _ in range(count))
        conflict = self._conflict(table, unique) if unique else None
        return Insert(table.name, rows, self._answer(table.name, single=single), conflict, single)

    def _unique(self, table: Table) -> tuple[str, ...]:
        return self.random.choice((("id",), *table.uniques))

    def _row(self, table: Table, given: tuple[str, ...], depth: int, unique: tuple[str, ...]) -> NewRow:
        """
        A new row.

        Args:
            given: the columns that the surrounding row determines.
            unique: those by which a row of an upsert may exist.
        """
        stored = list(self.state.rows[table.name].values())
        like = self.random.choice(stored) if unique and stored and self.chance(0.7) else {}
        nested = self._nested(table, given, depth) if depth > 0 and self.chance(0.35) else ()
        taken = {*given, *(each.link.column for each in nested if each.link.shape == "parent")}
        values: list[tuple[str, Value]] = []
        for column in self.columns(table.name, "create"):
            if column.name in taken:
                continue
            if column.name in unique and column.name in like:
                values.append((column.name, like[column.name]))
            elif column.name == "id":
                values += self._new_id(table)
            elif self.chance(0.97 if not column.nullable else 0.7):
                values.append((column.name, self._cell(table, column)))
        return NewRow(tuple(values), nested)

    def _new_id(self, table: Table) -> list[tuple[str, Value]]:
        roll = self.random.random()
        if roll < 0.3:
            return []
        stored = sorted(self.state.rows[table.name])
        if roll < 0.5 and stored:
            return [("id", self.random.choice(stored))]
        return [("id", self.random.randint(20, 60))]

    def _cell(self, table: Table, column: Column) -> Value:
        """A value for a column, now and then one that is taken, does not exist or must not be null."""
        roll = self.random.random()
        if roll < 0.1 and (taken := [row[column.name] for row in self.state.rows[table.name].values()]):
            return self.random.choice(taken)
        if roll < 0.13 and column.refers is not None:
            return 77
        if roll < 0.15:
            return None
        return random_cell(self.random, column, self.state, self._canaries)

    def _nested(self, table: Table, given: tuple[str, ...], depth: int) -> tuple[Nested, ...]:
        links = [
            link
            for link in self.world.links_of(table.name)
            if link.shape != "many" and link.column not in given and self._may_nest(link)
        ]
        found: list[Nested] = []
        for link in self.random.sample(links, min(len(links), self.random.choice((1, 1, 2)))):
            target = self.world.table(link.target)
            theirs = () if link.shape == "parent" else (link.column,)
            count = self.random.choice((1, 1, 2)) if link.to_many else 1
            unique = self._unique(target) if self.chance(0.25) else ()
            rows = tuple(self._row(target, theirs, depth - 1, unique) for _ in range(count))
            found.append(Nested(link, rows, self._conflict(target, unique) if unique else None))
        return tuple(found)

    def _may_nest(self, link: Link) -> bool:
        return self.access.grant(link.target, "create") is not None or (self.naughty and self.chance(0.1))

    def _conflict(self, table: Table, unique: tuple[str, ...]) -> OnConflict:
        columns = [column.name for column in self.columns(table.name, "update")]
        chosen = tuple(self.random.sample(columns, min(len(columns), self.random.randint(0, 3))))
        may_filter = self.access.reads(table.name) and self.chance(0.3)
        return OnConflict(unique, chosen, self.where(table.name, 1) if may_filter else None)

    # ---- update and delete ---------------------------------------------------------------------------

    def _update(self, table: Table) -> Update:
        by_key = self.access.names(table.name, "id", "read") and self.chance(0.35)
        if not by_key and self.chance(0.3):
            changes = tuple(self._changes(table) for _ in range(self.random.randint(1, 3)))
            return Update(table.name, changes, self._answer(table.name, single=False), many=True)
        if not by_key:
            return Update(table.name, (self._changes(table),), self._answer(table.name, single=False))
        key = self.random.choice([*self.state.rows[table.name], 99])
        along = self._alongs(table, key, 2) if self.chance(0.5) else ()
        changes = (
            self._changes(table, key, along) if not along or self.chance(0.7) else Changes((), id=key, along=along)
        )
        return Update(table.name, (changes,), self._answer(table.name, single=True))

    def _changes(self, table: Table, key: int | None = None, along: tuple[Along, ...] = ()) -> Changes:
        columns = [column for column in self.columns(table.name, "update") if column.name != "id" or self.chance(0.1)]
        chosen = self.random.sample(columns, min(len(columns), self.random.randint(1, 3)))
        numbers = [column for column in chosen if self._counts(table, column)]
        increased = [column for column in numbers if self.chance(0.35)]
        return Changes(
            set=tuple((column.name, self._new_value(table, column)) for column in chosen if column not in increased),
            increase=tuple((column.name, self.random.choice((-1, 1, 2))) for column in increased),
            where=self.where(table.name, 2) if key is None and self.chance(0.9) else None,
            id=key,
            condition=self._condition(table, key),
            along=along,
        )

    def _condition(self, table: Table, key: int | None) -> Where | None:
        return self.where(table.name, 2) if key is not None and self.chance(0.5) else None

    def _counts(self, table: Table, column: Column) -> bool:
        """Whether a column can be counted up: of unique ones, rows would collide in an order that is the engine's."""
        return (
            column.kind == "int"
            and column.name != "id"
            and column.refers is None
            and not any(column.name in unique for unique in table.uniques)
        )

    def _new_value(self, table: Table, column: Column) -> Value:
        if column.name == "id":
            return self.random.choice([*self.state.rows[table.name], 70, 71])
        return self._cell(table, column)

    # ---- along links ---------------------------------------------------------------------------------

    def _alongs(self, table: Table, key: int, depth: int) -> tuple[Along, ...]:
        """What an update of a row writes along its links; a part that the role may not have comes seldom."""
        row = self.state.rows[table.name].get(key)
        links = [link for link in self.world.links_of(table.name) if link.shape != "many"]
        found: list[Along] = []
        for link in self.random.sample(links, min(len(links), self.random.choice((1, 1, 2)))):
            related = self.state.related(link, row) if row is not None else []
            along = self._along(link, [each["id"] for each in related if isinstance(each["id"], int)], depth)
            if along.delete or along.update or along.save or along.insert:
                found.append(along)
        return tuple(found)

    def _along(self, link: Link, related: Sequence[int], depth: int) -> Along:
        table = self.world.table(link.target)
        updates = self._may(table, "update") and self.access.reads(table.name)
        update = tuple(self._nested_changes(table, related, depth) for _ in range(self.random.choice((0, 1, 2))))
        if link.shape == "parent":
            # There is one row at most, and no filter.
            return Along(link, update=tuple(replace(each, where=None) for each in update[:1]) if updates else ())
        ties = self._may(table, "create") and self.access.names(table.name, link.column, "create")
        deletes = self._may(table, "delete") and self.access.reads(table.name)
        saves = ties and self.access.names(table.name, "id", "read") and self.chance(0.6)
        new = tuple(self._row(table, (link.column,), depth - 1, ()) for _ in range(self.random.choice((1, 1, 2))))
        return Along(
            link,
            delete=Deleted(self.where(table.name, 1)) if deletes and self.chance(0.25) else None,
            update=update if updates and self.chance(0.5) else (),
            save=self._save(link, table, related, depth, deletes=deletes) if saves else None,
            insert=new if ties and self.chance(0.3) else (),
        )

    def _may(self, table: Table, verb: Verb) -> bool:
        return self.access.grant(table.name, verb) is not None or (self.naughty and self.chance(0.05))

    def _nested_changes(self, table: Table, related: Sequence[int], depth: int) -> Changes:
        """A change along a link; where more hangs on it, of one row, for the order of rows is the engine's."""
        key = self._some_key(table, related)
        if depth > 1 and self.access.names(table.name, "id", "read") and self.chance(0.4):
            where = Comparison(table.name, "id", "_eq", key)
            return replace(self._changes(table), where=where, along=self._alongs(table, key, depth - 1))
        return self._changes(table)

    def _some_key(self, table: Table, related: Sequence[int]) -> int:
        """Mostly that of a related row, else that of any, or of none."""
        roll = self.random.random()
        if roll < 0.75 and related:
            return self.random.choice(related)
        return self.random.choice([*self.state.rows[table.name], 80, 81])

    def _save(self, link: Link, table: Table, related: Sequence[int], depth: int, *, deletes: bool) -> Save:
        readable = [each for each in table.uniques if all(self.access.names(table.name, one, "read") for one in each)]
        constraint = self.random.choice(readable) if readable and self.chance(0.25) else ()
        count = 1 if link.shape == "child" else self.random.choice((0, 1, 2, 2, 3))
        rows = tuple(self._saved(link, table, constraint, related, depth) for _ in range(count))
        return Save(rows, constraint, missing=deletes and self.chance(0.5))

    def _saved(
        self, link: Link, table: Table, constraint: tuple[str, ...], related: Sequence[int], depth: int
    ) -> SavedRow:
        key = self._some_key(table, related) if self.chance(0.7) else None
        stored = self.state.rows[table.name].get(key) if key is not None else None
        verb: Verb = "create" if stored is None or self.chance(0.1) else "update"
        match = constraint or (() if link.shape == "child" else ("id",))
        columns = self.columns(table.name, verb)
        values: list[tuple[str, Value]] = []
        if key is not None and "id" in match:
            values.append(("id", key))
        elif "id" in match and self.chance(0.3):
            values.append(("id", None))
        for column in columns:
            if column.name == link.column or column.name == "id":
                continue
            if column.name in match and stored is not None:
                values.append((column.name, stored[column.name]))
            elif self.chance(0.5 if stored is not None or column.nullable else 0.95):
                values.append((column.name, self._cell(table, column)))
        hangs = depth > 1 and self.access.grant(table.name, "update") is not None and self.chance(0.25)
        return SavedRow(tuple(values), self._alongs(table, key or 0, depth - 1) if hangs else ())

    def _delete(self, table: Table) -> Delete:
        if self.access.names(table.name, "id", "read") and self.chance(0.4):
            key = self.random.choice([*self.state.rows[table.name], 99])
            condition = self._condition(table, key)
            return Delete(table.name, self._answer(table.name, single=True), id=key, condition=condition)
        where = self.where(table.name, 2)
        return Delete(table.name, self._answer(table.name, single=False), where)
