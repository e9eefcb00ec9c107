"""How do writes become GraphQL: inserts with what is nested in them, updates and deletes."""

from __future__ import annotations

from typing import Any

from tests.properties.documents import Document, Word, Writer, literal
from tests.properties.operations import (
    Along,
    Changes,
    Delete,
    Insert,
    Item,
    Mutation,
    NewRow,
    OnConflict,
    Operation,
    Save,
    Update,
    Walk,
    Where,
    Write,
)
from tests.properties.spelling import Speller


class WriteWriter(Writer):
    """Writes the root fields of mutations."""

    def write(self, write: Write) -> str:
        """A root field that writes, without its alias."""
        match write:
            case Insert():
                return self._insert(write)
            case Update():
                return self._update(write)
            case Delete(table=table, id=id_, where=where):
                if id_ is not None:
                    name = self.speller.root(table, "delete_key")
                    arguments = [f"{self.speller.column(table, 'id')}: {id_}", *self._condition(table, write.condition)]
                    return f"{name}({', '.join(arguments)}) {self._one(table, write.items)}"
                condition = self.value(self._where_of(where), f"{table}BoolExp!")
                return f"{self.speller.root(table, 'delete')}(where: {condition}) {self._many(table, write.items)}"

    # ---- answers -------------------------------------------------------------------------------------

    def _one(self, table: str, items: tuple[Item, ...]) -> str:
        return self.items(table, items)

    def _many(self, table: str, items: tuple[Item, ...]) -> str:
        if not items:
            return "{ affectedRows }"
        self.speller.rows(table)
        return f"{{ affectedRows returning {self.items(table, items)} }}"

    # ---- insert --------------------------------------------------------------------------------------

    def _insert(self, insert: Insert) -> str:
        table = insert.table
        rows = [self._row(table, row) for row in insert.rows]
        if insert.single:
            name, arguments = self.speller.root(table, "insert_one"), ["object: " + self._row_value(rows[0], table)]
            answer = self._one(table, insert.items)
        else:
            name, arguments = self.speller.root(table, "insert"), ["objects: " + self._rows_value(rows, table)]
            answer = self._many(table, insert.items)
        if insert.conflict is not None:
            conflict = self._conflict(table, insert.conflict)
            arguments.append("onConflict: " + self.value(conflict, self.speller.type(table, "OnConflict")))
        return f"{name}({', '.join(arguments)}) {answer}"

    def _row_value(self, row: Any, table: str) -> str:
        return self.value(row, self.speller.type(table, "InsertInput!"))

    def _rows_value(self, rows: list[Any], table: str) -> str:
        return self.value(rows, "[" + self.speller.type(table, "InsertInput!]!"))

    def _row(self, table: str, row: NewRow) -> dict[str, Any]:
        found: dict[str, Any] = {self.speller.column(table, name, "create"): value for name, value in row.values}
        for nested in row.nested:
            target = nested.link.target
            owner = nested.link.source if nested.link.shape == "parent" else target
            self.speller.column(owner, nested.link.column, "create")  # what the relation determines is written, too
            rows = [self._row(target, each) for each in nested.rows]
            inner: dict[str, Any] = {"data": rows if nested.link.to_many else rows[0]}
            if nested.conflict is not None:
                inner["onConflict"] = self._conflict(target, nested.conflict)
            found[self.speller.link(nested.link, "create")] = inner
        return found

    def _conflict(self, table: str, conflict: OnConflict) -> dict[str, Any]:
        found: dict[str, Any] = {
            "constraint": Word(self._constraint(table, conflict.unique)),
            "updateColumns": [Word(self.speller.column(table, each, "update")) for each in conflict.columns],
        }
        if conflict.where is not None:
            self.speller.rows(table)
            found["where"] = self.where(conflict.where)
        return found

    # ---- update --------------------------------------------------------------------------------------

    def _update(self, update: Update) -> str:
        table = update.table
        if update.many:
            each = [{**self._changes(table, one), "where": self._where_of(one.where)} for one in update.changes]
            value = self.value(each, "[" + self.speller.type(table, "Updates!]!"))
            return f"{self.speller.root(table, 'update_many')}(updates: {value}) {self._many(table, update.items)}"
        change = update.changes[0]
        arguments = [
            f"{name}: {self.value(value, self.speller.type(table, _OPERATORS[name]))}"
            for name, value in self._changes(table, change).items()
        ]
        for along in change.along:
            arguments.append(f"{along.link.name}: {literal(self._along(along, whole=False))}")
        if change.id is not None:
            key = self.speller.column(table, "id")
            arguments.append(f"pkColumns: {literal({key: change.id})}")
            arguments += self._condition(table, change.condition)
            name = self.speller.root(table, "update_key")
            return f"{name}({', '.join(arguments)}) {self._one(table, update.items)}"
        arguments.append("where: " + self.value(self._where_of(change.where), f"{table}BoolExp!"))
        return f"{self.speller.root(table, 'update')}({', '.join(arguments)}) {self._many(table, update.items)}"

    def _changes(self, table: str, changes: Changes) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if changes.set or not (changes.increase or changes.along):
            found["_set"] = {self.speller.column(table, name, "update"): value for name, value in changes.set}
        if changes.increase:
            found["_inc"] = {self.speller.column(table, name, "update"): value for name, value in changes.increase}
        return found

    def _condition(self, table: str, condition: Where | None) -> list[str]:
        return [] if condition is None else ["_if: " + self.value(self.where(condition), f"{table}BoolExp")]

    # ---- along links ---------------------------------------------------------------------------------

    def _along(self, along: Along, *, whole: bool) -> dict[str, Any]:
        """What is written along a link. whole: inside of what may be a variable."""
        table = along.link.target
        found: dict[str, Any] = {}
        if along.delete is not None:
            found[self.speller.along(table, "delete")] = {"where": self._where_of(along.delete.where)}
        if along.update:
            each = [self._nested_changes(table, one, whole=whole) for one in along.update]
            if along.link.shape != "parent":
                each = [
                    {**one, "where": self._where_of(changes.where)}
                    for one, changes in zip(each, along.update, strict=True)
                ]
            found[self.speller.along(table, "update")] = each[0] if along.link.shape == "parent" else each
        if along.save is not None or along.insert:
            self.speller.column(table, along.link.column, "create")  # what the relation determines is written, too
        if along.save is not None:
            found[self.speller.along(table, "upsert")] = self._save(table, along.save, whole=whole)
        if along.insert:
            rows = [self._row(table, row) for row in along.insert]
            found[self.speller.along(table, "insert")] = rows if whole else Word(self._rows_value(rows, table))
        return found

    def _nested_changes(self, table: str, changes: Changes, *, whole: bool) -> dict[str, Any]:
        return self._changes(table, changes) | {
            each.link.name: self._along(each, whole=whole) for each in changes.along
        }

    def _save(self, table: str, save: Save, *, whole: bool) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        for row in save.rows:
            values: dict[str, Any] = {self.speller.saved(table, name): value for name, value in row.values}
            if row.along:
                self.speller.along(table, "update")  # only who may change rows has what hangs on them
            rows.append(values | {each.link.name: self._along(each, whole=True) for each in row.along})
        type_ = "[" + self.speller.type(table, "UpsertInput!]!")
        found: dict[str, Any] = {"data": rows if whole else Word(self.value(rows, type_))}
        if save.constraint:
            for name in save.constraint:
                self.speller.column(table, name)
            found["constraint"] = Word(self._constraint(table, save.constraint))
        if save.missing:
            found[self.speller.along(table, "deleteMissing")] = True
        return found

    def _constraint(self, table: str, unique: tuple[str, ...]) -> str:
        plural = self.speller.world.table(table).plural
        return f"pk_{plural}" if unique == ("id",) else f"uq_{plural}_{'_'.join(unique)}"

    def _where_of(self, where: Any) -> dict[str, Any]:
        return {} if where is None else self.where(where)


_OPERATORS = {"_set": "SetInput", "_inc": "IncInput"}


def document_of(operation: Operation, speller: Speller, *, after: str = "") -> Document:
    """The document of an operation; of a walk, that of the page after a cursor."""
    if isinstance(operation, Mutation):
        writing = WriteWriter(speller, variables=operation.variables)
        fields = [f"a{index}: {writing.write(write)}" for index, write in enumerate(operation.roots)]
        return writing.document("mutation", fields)
    if isinstance(operation, Walk):
        writer = Writer(speller, variables=False)
        return writer.document("query", [f"a0: {writer.rows(operation.root, after=after)}"])
    writer = Writer(speller, variables=operation.variables)
    return writer.document("query", [f"a{index}: {writer.rows(root)}" for index, root in enumerate(operation.roots)])
