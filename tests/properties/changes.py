"""What should a write do: rows inserted, changed and deleted in a copy of the state, or the error that undoes all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from tests.properties.answers import expected_object
from tests.properties.description import Link, Preset, Principal, Row, State, Value, World
from tests.properties.expected import InAnyOrder
from tests.properties.eyes import Eyes
from tests.properties.grants import Access, Grant
from tests.properties.operations import (
    Along,
    Changes,
    Delete,
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
)
from tests.properties.truth import preset_value

Failure = Literal["refused", "unique", "reference", "null", "conflict", "unmet", "invalid"]


Within: TypeAlias = Callable[[Row], bool]
"""Which rows a write may reach at all."""


def _anywhere(row: Row) -> bool:
    return True


class Fails(Exception):
    """The write fails, and nothing is changed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure: Failure = failure


class Changing:
    """
    One caller's mutation, field by field, on a copy of the state.

    states: every state that the caller could look at meanwhile.
    next_id: of a table before an insert that gives no id.
    """

    def __init__(
        self,
        world: World,
        access: Access,
        principal: Principal,
        state: State,
        next_id: Callable[[State, str], int],
    ) -> None:
        self.world = world
        self.access = access
        self.principal = principal
        self.state = state.copy()
        self.states = [state]
        self._next_id = next_id
        self._affected = 0

    def answer(self, mutation: Mutation) -> dict[str, Any]:
        """
        The `data` of the answer; `state` is then that after the mutation.

        Raises:
            Fails: nothing is changed in the database.
        """
        for write in mutation.roots:
            for changes in write.changes if isinstance(write, Update) else ():
                self._make_sense(changes.along)
        return {f"a{index}": self._field(write) for index, write in enumerate(mutation.roots)}

    def _field(self, write: Insert | Update | Delete) -> Any:
        self._affected = 0
        match write:
            case Insert():
                return self._insert_field(write)
            case Update(table=table, items=items, many=True, changes=changes):
                return [self._changed(table, change, items) for change in changes]
            case Update(table=table, items=items, changes=changes):
                return self._changed(table, changes[0], items)
            case Delete():
                return self._delete(write)

    # ---- insert --------------------------------------------------------------------------------------

    def _insert_field(self, insert: Insert) -> Any:
        keys = [self._insert(insert.table, row, insert.conflict, {}) for row in insert.rows]
        written = [key for key in keys if key is not None]
        if insert.single:
            return self._shown_one(insert.table, written, insert.items)
        return self._response(insert.table, self._affected, written, insert.items, in_order=True)

    def _insert(self, table: str, row: NewRow, conflict: OnConflict | None, given: Mapping[str, Value]) -> int | None:
        """The key of the row inserted or updated; None where it was left as it is."""
        grant = self.access.grant(table, "create")
        assert grant is not None
        values: dict[str, Value] = {**dict(row.values), **self._presets(table, grant), **given}
        for nested in row.nested:
            if nested.link.shape == "parent":
                values[nested.link.column] = self._insert_parent(nested)
        new: dict[str, Value] = {column.name: values.get(column.name) for column in self.world.table(table).columns}
        is_counted = new["id"] is None
        if is_counted:
            new["id"] = self._next_id(self.state, table)
        parents = (nested.link.column for nested in row.nested if nested.link.shape == "parent")
        named = [*(name for name, _ in row.values), *given, *parents]
        # Postgres' counters are turned by the insert itself, before which an upsert must be asked.
        is_unknown = is_counted and conflict is not None and table in self.state.counters
        self._check(table, grant, {**new, "id": None} if is_unknown else new, named)
        existing = self._existing(table, conflict, new) if conflict is not None else None
        if conflict is not None and existing is not None:
            key = self._update_existing(table, conflict, existing, values)
        else:
            self._check(table, grant, new, named)
            self._count_up(table, values)
            key = self._store(table, new)
        if key is not None:
            for nested in row.nested:
                if nested.link.shape != "parent":
                    for each in nested.rows:
                        self._insert(nested.link.target, each, nested.conflict, {nested.link.column: key})
        return key

    def _count_up(self, table: str, values: Mapping[str, Value]) -> None:
        if values.get("id") is None and table in self.state.counters:
            self.state.counters[table] += 1

    def _insert_parent(self, nested: Nested) -> int:
        key = self._insert(nested.link.target, nested.rows[0], nested.conflict, {})
        if key is None:
            raise Fails("conflict")
        return key

    def _existing(self, table: str, conflict: OnConflict, new: Row) -> Row | None:
        for row in self.state.rows[table].values():
            if all(new[name] is not None and row[name] == new[name] for name in conflict.unique):
                return row
        return None

    def _update_existing(
        self, table: str, conflict: OnConflict, existing: Row, values: Mapping[str, Value]
    ) -> int | None:
        if not conflict.columns:
            return None
        grant = self.access.grant(table, "update")
        assert grant is not None
        eyes = self._eyes()
        changed = list(conflict.columns)
        seen = eyes.sees(table, existing)
        if not (seen and self._passes(grant, existing, changed)):
            raise Fails("refused")
        if conflict.where is not None and eyes.matches(conflict.where, existing) is not True:
            return None
        sent = {name: values[name] for name in changed if name in values}
        # A row of which nothing is sent is left as it is, presets and all.
        presets = self._presets(table, grant) if sent else {}
        new = {**existing, **presets, **sent}
        self._check(table, grant, new, changed)
        return self._store_all(table, {_id(existing): new})[0]

    # ---- update --------------------------------------------------------------------------------------

    def _changed(self, table: str, changes: Changes, items: Sequence[Item]) -> Any:
        self._affected = 0
        written = self._update(table, changes)
        if changes.id is not None:
            return self._shown_one(table, written, items)
        return self._response(table, self._affected, written, items, in_order=False)

    def _update(self, table: str, changes: Changes, within: Within = _anywhere) -> list[int]:
        if not (changes.set or changes.increase or changes.along):
            return []
        grant = self.access.grant(table, "update")
        assert grant is not None
        changed = [name for name, _ in (*changes.set, *changes.increase)]
        reached = self._reached(table, changes.where, changes.id)
        reached = [row for row in reached if within(row) and self._may_change(grant, row, changed)]
        self._meet(reached, changes.condition)
        presets = self._presets(table, grant)
        before = {_id(row): self._as_changed(row, changes, presets) for row in reached}
        for new in before.values() if changed else ():
            self._check(table, grant, new, changed)
        written = self._store_all(table, before) if changed else list(before)
        for row in [self.state.rows[table][key] for key in written]:
            self._all_along(changes.along, row)
        return written

    def _as_changed(self, row: Row, changes: Changes, presets: Mapping[str, Value]) -> Row:
        if not changes.set and not changes.increase:
            return row
        increased: dict[str, Value] = {}
        for name, by in changes.increase:
            value = row[name]
            increased[name] = value + by if isinstance(value, int) else None
        return {**row, **presets, **dict(changes.set), **increased}

    def _reached(self, table: str, where: Any, key: int | None) -> list[Row]:
        """The rows that a caller may see and that a write names."""
        eyes = self._eyes()
        return [
            row
            for row in eyes.visible(table)
            if (key is None or eyes.key(table, row) == key) and eyes.matches(where, row) is True
        ]

    def _meet(self, reached: Sequence[Row], condition: Where | None) -> None:
        """What a write by key asks of the row that it reaches."""
        eyes = self._eyes()
        if not all(eyes.matches(condition, row) is True for row in reached):
            raise Fails("unmet")

    # ---- delete --------------------------------------------------------------------------------------

    def _deletable(self, table: str, where: Any, key: int | None = None) -> list[Row]:
        grant = self.access.grant(table, "delete")
        assert grant is not None
        return [row for row in self._reached(table, where, key) if grant.passes(row, self.state, self.principal)]

    def _delete(self, delete: Delete) -> Any:
        table = delete.table
        reached = self._deletable(table, delete.where, delete.id)
        self._meet(reached, delete.condition)
        eyes = self._eyes()
        shown = [expected_object(table, delete.items, eyes, row) for row in reached]
        for row in reached:
            del self.state.rows[table][_id(row)]
        self._check_references()
        if delete.id is not None:
            return shown[0] if shown else None
        returning = {"returning": InAnyOrder(shown, len(shown))} if delete.items else {}
        return {"affectedRows": len(reached), **returning}

    # ---- along links ---------------------------------------------------------------------------------

    def _all_along(self, alongs: Sequence[Along], row: Row) -> None:
        for along in alongs:
            if along.link.shape != "parent" or row[along.link.column] is not None:
                self._along(along, row)

    def _along(self, along: Along, row: Row) -> None:
        link, table = along.link, along.link.target

        def hangs(other: Row) -> bool:
            return other["id"] == row[link.column] if link.shape == "parent" else other[link.column] == row["id"]

        if along.delete is not None:
            self._take_away(table, [each for each in self._deletable(table, along.delete.where) if hangs(each)])
        for changes in along.update:
            self._update(table, changes, hangs)
        if along.save is not None:
            self._save(link, along.save, hangs, _id(row))
        for new in along.insert:
            self._insert(table, new, None, {link.column: row["id"]})

    def _make_sense(self, alongs: Sequence[Along]) -> None:
        """A row that can only be new must be one that can be new, whatever there is."""
        for along in alongs:
            for changes in along.update:
                self._make_sense(changes.along)
            for row in along.save.rows if along.save is not None else ():
                given = {*(name for name, value in row.values if value is not None), along.link.column}
                wanted = _match(along.link, along.save) if along.save is not None else ()
                if not given.issuperset(wanted) and not self._is_insertable(along.link.target, row):
                    raise Fails("invalid")
                self._make_sense(row.along)

    def _is_insertable(self, table: str, row: SavedRow) -> bool:
        return all(self.access.names(table, name, "create") for name, _ in _given(row))

    def _take_away(self, table: str, rows: Sequence[Row]) -> None:
        for row in rows:
            del self.state.rows[table][_id(row)]
        self._check_references()
        self._affected += len(rows)

    def _save(self, link: Link, save: Save, hangs: Within, parent: int) -> None:
        """All are looked for, the missing deleted, then those found changed, others inserted, and what hangs on them."""
        table = link.target
        match = _match(link, save)
        found = [self._found(link, match, row, hangs, parent) for row in save.rows]
        if save.missing:
            kept = {_id(row) for row in found if row is not None}
            gone = [row for row in self._deletable(table, None) if hangs(row) and _id(row) not in kept]
            self._take_away(table, gone)
        written: dict[int, Row] = {}
        for place, (row, existing) in enumerate(zip(save.rows, found, strict=True)):
            if existing is not None:
                written[place] = self._change_found(table, match, row, existing)
        for place, (row, existing) in enumerate(zip(save.rows, found, strict=True)):
            if existing is None:
                key = self._insert(table, NewRow(_given(row)), None, {link.column: parent})
                assert key is not None
                written[place] = self.state.rows[table][key]
        for place, row in enumerate(save.rows):
            self._all_along(row.along, written[place])

    def _found(self, link: Link, match: Sequence[str], row: SavedRow, hangs: Within, parent: int) -> Row | None:
        """The row that exists, which must be one to change; None where it is to be inserted, if it may be."""
        table = link.target
        given = {**dict(_given(row)), link.column: parent}
        update, insertable = self.access.grant(table, "update"), self._is_insertable(table, row)
        existing = self._existing(table, OnConflict(tuple(match), ()), {name: given.get(name) for name in match})
        if existing is None:
            if not insertable:
                raise Fails("refused")
            return None
        eyes, changed = self._eyes(), [name for name, _ in _given(row) if name not in match]
        shown = eyes.sees(table, existing) and all(
            name == link.column or eyes.read_grant(table).shows(name, existing, self.state, self.principal)
            for name in match
        )
        if not (shown and hangs(existing)):
            raise Fails("refused")
        if changed or row.along:
            if update is None or any(name not in update.columns for name in changed):
                raise Fails("refused")
            if not self._may_change(update, existing, changed):
                raise Fails("refused")
        return existing

    def _change_found(self, table: str, match: Sequence[str], row: SavedRow, existing: Row) -> Row:
        """The row as it becomes."""
        sent = {name: value for name, value in _given(row) if name not in match}
        if not sent:
            return existing
        grant, now = self.access.grant(table, "update"), self.state.rows[table].get(_id(existing))
        assert grant is not None
        if now is None:
            raise Fails("refused")
        new = {**now, **self._presets(table, grant), **sent}
        self._check(table, grant, new, list(sent))
        return self.state.rows[table][self._store_all(table, {_id(now): new})[0]]

    # ---- storing -------------------------------------------------------------------------------------

    def _presets(self, table: str, grant: Grant) -> dict[str, Value]:
        def value(name: str, preset: Preset) -> Value:
            return preset_value(preset, self.world.table(table).column(name).kind, self.principal)

        return {name: value(name, preset) for name, preset in grant.presets.items()}

    def _passes(self, grant: Grant, row: Row, columns: Sequence[str]) -> bool:
        if not grant.passes(row, self.state, self.principal):
            return False
        written = [column for column in columns if column in grant.columns]
        if not all(grant.shows(column, row, self.state, self.principal) for column in written):
            return False
        return all(grant.may_preset(column, row, self.state, self.principal) for column in grant.presets)

    def _may_change(self, grant: Grant, row: Row, columns: Sequence[str]) -> bool:
        """Whether these columns may be; where none is, no preset is written either."""
        return self._passes(grant, row, columns) if columns else grant.passes(row, self.state, self.principal)

    def _check(self, table: str, grant: Grant, row: Row, columns: Sequence[str]) -> None:
        if not self._passes(grant, row, columns):
            raise Fails("refused")

    def _store(self, table: str, row: Row) -> int:
        """A new row."""
        if row["id"] in self.state.rows[table]:
            raise Fails("unique")
        return self._store_all(table, {_id(row): row})[0]

    def _store_all(self, table: str, rows: Mapping[int, Row]) -> list[int]:
        """Rows in the place of those with these keys, under the constraints of the database."""
        stored, described, fresh = self.state.rows[table], self.world.table(table), list(rows.values())
        if any(row[column.name] is None and not column.nullable for row in fresh for column in described.columns):
            raise Fails("null")
        kept = [row for key, row in stored.items() if key not in rows]
        for unique in (("id",), *described.uniques):
            values = [tuple(row[name] for name in unique) for row in (*kept, *fresh)]
            whole = [each for each in values if None not in each]
            if len(set(whole)) != len(whole):
                raise Fails("unique")
        self.state.rows[table] = {_id(row): row for row in (*kept, *fresh)}
        self._check_references()
        self._affected += len(fresh)
        return [_id(row) for row in fresh]

    def _check_references(self) -> None:
        for table in self.world.tables:
            for column in table.columns:
                if column.refers is None:
                    continue
                ids = self.state.rows[column.refers]
                if any(row[column.name] not in (None, *ids) for row in self.state.rows[table.name].values()):
                    raise Fails("reference")
        for link in self.world.pairs:
            left, right = self.state.rows[link.source], self.state.rows[link.target]
            if any(a not in left or b not in right for a, b in self.state.pairs[link.pair]):
                raise Fails("reference")

    # ---- answering -----------------------------------------------------------------------------------

    def _eyes(self) -> Eyes:
        self.states.append(self.state.copy())
        return Eyes(self.world, self.access, self.principal, self.state)

    def _shown(self, table: str, keys: Sequence[int], items: Sequence[Item]) -> list[Any]:
        eyes = self._eyes()
        rows = [self.state.rows[table][key] for key in keys if key in self.state.rows[table]]
        return [expected_object(table, items, eyes, row) for row in rows if eyes.sees(table, row)]

    def _shown_one(self, table: str, keys: Sequence[int], items: Sequence[Item]) -> Any:
        shown = self._shown(table, keys, items)
        return shown[0] if shown else None

    def _response(
        self, table: str, affected: int, keys: Sequence[int], items: Sequence[Item], *, in_order: bool
    ) -> dict[str, Any]:
        if not items:
            return {"affectedRows": affected}
        shown = self._shown(table, keys, items)
        return {"affectedRows": affected, "returning": shown if in_order else InAnyOrder(shown, len(shown))}


def _match(link: Link, save: Save) -> tuple[str, ...]:
    """By which columns rows are found."""
    return save.constraint or ((link.column,) if link.shape == "child" else ("id",))


def _given(row: SavedRow) -> tuple[tuple[str, Value], ...]:
    """What a row to save says: a key that is null is not said."""
    return tuple((name, value) for name, value in row.values if name != "id" or value is not None)


def _id(row: Row) -> int:
    id_ = row["id"]
    assert isinstance(id_, int)
    return id_
