"""Which rules apply: the one door through which a plan gets its rules; nothing unguarded can be compiled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from portico.resolvers.plan.live_nodes import ChangesField, StreamField
from portico.resolvers.plan.nodes import (
    AggregateComparison,
    AggregateItem,
    And,
    ColumnItem,
    Comparison,
    FieldsItem,
    GroupsItem,
    Guard,
    Hop,
    IdentityItem,
    Item,
    LinkItem,
    ListItem,
    Not,
    Or,
    OrderTerm,
    Predicate,
    Related,
    Rows,
)
from portico.resolvers.plan.remote_guard import check_remotes
from portico.resolvers.plan.results import Selected
from portico.resolvers.plan.root_nodes import (
    CallField,
    ChannelField,
    Guarded,
    NamespaceField,
    Plan,
    ReadField,
    RootField,
    WriteField,
)
from portico.resolvers.plan.write_nodes import (
    Along,
    Called,
    Conflict,
    Delete,
    Insert,
    NestedInsert,
    NewRow,
    Save,
    SavedRow,
    Update,
    Write,
    Written,
)
from portico.resolvers.problems import HiddenColumn
from portico.schema.access import Grant, RoleAccess, may_call
from portico.schema.catalog import Column, DatabaseFunction, RuleRef, Table
from portico.schema.channel_access import ChannelGrant, channel_access, either
from portico.schema.declarations import Verb

Node = TypeVar("Node")


def guard(plan: Plan, access: RoleAccess) -> Guarded:
    """
    The plan with the role's rules in every node that touches rows.

    Raises:
        HiddenColumn: the plan names a table or column that the role does not have.
    """
    check_remotes(plan, access)
    guarding = _Guarding(access)
    fields = tuple(guarding.root(field) for field in plan.fields)
    computed = tuple(replace(each, selected=guarding.selected(each.selected)) for each in plan.computed)
    return Guarded(replace(plan, fields=fields, computed=computed))


class _Guarding:
    def __init__(self, access: RoleAccess) -> None:
        self._access = access

    def root(self, field: RootField) -> RootField:
        if isinstance(field, NamespaceField):
            return replace(field, fields=tuple(map(self.root, field.fields)))
        if isinstance(field, ReadField):
            return replace(field, rows=self.rows(field.rows))
        if isinstance(field, WriteField):
            writes = tuple(self.write(write) for write in field.writes)
            return replace(field, writes=writes, written=self.written(field.written))
        if isinstance(field, CallField):
            return replace(field, selected=self.selected(field.selected))
        if isinstance(field, ChannelField):
            return replace(field, rows=self.channel(field))
        if isinstance(field, StreamField):
            self._named(field.rows.table, (each.column for each in field.cursor))
            return replace(field, rows=self.rows(field.rows))
        if isinstance(field, ChangesField):
            # Events are told apart by the key, whether a client selects it or not.
            self._named(field.rows.table, field.rows.table.key)
            return replace(field, rows=self.rows(field.rows))
        return field

    def selected(self, selected: Selected) -> Selected:
        """What is read of what a function gives."""
        return replace(selected, rows=tuple(map(self.given, selected.rows)))

    def given(self, rows: Rows) -> Rows:
        """A row that a function gives: its key was named by no client, who need not see it."""
        return replace(self.rows(replace(rows, key=())), key=rows.key)

    def channel(self, field: ChannelField) -> Rows:
        """The row of a channel: under its own read rules, and under those of what is done with the channel."""
        access = channel_access(self._access, field.channel)
        grants: list[ChannelGrant | None] = []
        if field.use in ("messages", "presence"):
            grants.append(access.join)
        if field.use in ("send", "update") or field.payload is not None:
            grants.append(access.send)
        rows = field.rows if field.channel.stands_alone else self.rows(field.rows)
        own = rows.guard or Guard()
        asked = [own.all_of]
        for grant in grants:
            if grant is None:
                raise HiddenColumn("There is no such channel here.")
            asked += [either(grant.any_of), grant.all_of]
        return replace(rows, guard=replace(own, all_of=tuple(rule for rules in asked for rule in rules)))

    # ---- reading -------------------------------------------------------------------------------------

    def rows(self, rows: Rows) -> Rows:
        grant = self._grant(rows.table, "read")
        if rows.call is not None:
            self._callable(rows.call.function)
        for column, _ in rows.key:
            self._readable(grant, column)
        for column in rows.distinct:
            self._readable(grant, column)
        return replace(
            rows,
            items=tuple(self.item(item, grant) for item in rows.items),
            where=self.predicate(rows.where, grant),
            order=tuple(self.order(term, grant) for term in rows.order),
            row_limit=grant.limit if rows.form != "one" else None,
            guard=read_guard(grant),
        )

    def item(self, item: Item, grant: Grant) -> Item:
        match item:
            case ColumnItem(column=column):
                self._readable(grant, column)
                return item
            case AggregateItem(columns=columns) | IdentityItem(columns=columns):
                for column in columns:
                    self._readable(grant, column)
                return item
            case GroupsItem(by=by):
                for column, _ in by:
                    self._readable(grant, column)
                return replace(
                    item,
                    items=tuple(self.item(each, grant) for each in item.items),
                    having=self.predicate(item.having, grant),
                    order=tuple(self.order(term, grant) for term in item.order),
                )
            case LinkItem(rows=rows):
                return replace(item, rows=self.rows(rows))
            case FieldsItem(items=items) | ListItem(items=items):
                return replace(item, items=tuple(self.item(each, grant) for each in items))
            case _:
                return item

    def predicate(self, predicate: Predicate, grant: Grant) -> Predicate:
        match predicate:
            case And(parts=parts) | Or(parts=parts):
                return replace(predicate, parts=tuple(self.predicate(part, grant) for part in parts))
            case Not(part=part):
                return Not(self.predicate(part, grant))
            case Comparison(column=column):
                self._readable(grant, column)
                return predicate
            case Related(link=link, where=where):
                target = self._grant(link.target, "read")
                return replace(predicate, where=self.predicate(where, target), guard=read_guard(target))
            case AggregateComparison(link=link, columns=columns):
                target = grant if link is None else self._grant(link.target, "read")
                for column in columns:
                    self._readable(target, column)
                return replace(predicate, filter=self.predicate(predicate.filter, target), guard=read_guard(target))

    def order(self, term: OrderTerm, grant: Grant) -> OrderTerm:
        hops: list[Hop] = []
        for hop in term.hops:
            grant = self._grant(hop.link.target, "read")
            hops.append(Hop(hop.link, read_guard(grant)))
        link = term.link
        if link is not None:
            grant = self._grant(link.link.target, "read")
            link = Hop(link.link, read_guard(grant))
        if term.column is not None:
            self._readable(grant, term.column)
        return replace(term, hops=tuple(hops), link=link)

    # ---- writing -------------------------------------------------------------------------------------

    def write(self, write: Write) -> Write:
        match write:
            case Insert():
                return self.insert(write)
            case Update():
                return self.update(write)
            case Delete():
                return self.delete(write)
            case Called():
                return replace(write, rows=self.rows(write.rows))

    def written(self, written: Written) -> Written:
        if written.one is not None:
            return replace(written, one=self.rows(written.one))
        nothing = Grant((), (), {})
        return replace(written, items=tuple(self.item(item, nothing) for item in written.items))

    def insert(self, insert: Insert) -> Insert:
        grant = self._grant(insert.table, "create")
        return replace(
            insert,
            variants=tuple(self._new_row(variant, grant) for variant in insert.variants),
            conflict=self._conflict(insert.table, insert.conflict),
            check=row_guard(grant),
            grant=grant,
        )

    def _new_row(self, row: NewRow, grant: Grant) -> NewRow:
        for column, _ in row.columns:
            self._writable(grant, column)
        # What a nested row determines is written as well.
        for nested in row.parents:
            for column, _ in nested.link.pairs:
                self._writable(grant, column)
        for nested in row.children:
            for _, column in nested.link.pairs:
                self._writable(self._grant(nested.link.target, "create"), column)
        return replace(
            row,
            parents=tuple(NestedInsert(each.link, self.insert(each.insert)) for each in row.parents),
            children=tuple(NestedInsert(each.link, self.insert(each.insert)) for each in row.children),
        )

    def _conflict(self, table: Table, conflict: Conflict | None) -> Conflict | None:
        if conflict is None:
            return None
        where, visible = self._where(table, conflict.where)
        if not conflict.columns:
            return replace(conflict, where=where, visible=Guard(), filter=Guard(), check=Guard())
        grant = self._grant(table, "update")
        if self._access.table(table).read is None:
            visible = Guard(nothing=True)  # every row is hidden, and a conflict with a hidden row is a refusal
        return replace(
            conflict,
            where=where,
            visible=visible,
            filter=changes_guard(grant, conflict.columns),
            check=changes_guard(grant.after or grant, conflict.columns),
        )

    def update(self, update: Update) -> Update:
        grant = self._grant(update.table, "update")
        for change in update.changes:
            if change.operator != "preset":
                self._writable(grant, change.column)
        where, visible = self._where(update.table, update.where)
        return replace(
            update,
            where=where,
            condition=self._condition(update),
            nested=tuple(self._along(each) for each in update.nested),
            visible=visible,
            filter=_update_guard(grant, update),
            check=_update_guard(grant.after or grant, update),
        )

    def delete(self, delete: Delete) -> Delete:
        grant = self._grant(delete.table, "delete")
        where, visible = self._where(delete.table, delete.where)
        condition = self._condition(delete)
        return replace(delete, where=where, condition=condition, visible=visible, filter=row_guard(grant))

    def _condition(self, write: Update | Delete) -> Predicate | None:
        """What is asked of a row that is reached is asked of what the caller sees of it."""
        return None if write.condition is None else self.predicate(write.condition, self._grant(write.table, "read"))

    # ---- writing along links -------------------------------------------------------------------------

    def _along(self, along: Along) -> Along:
        if along.insert is not None or along.save is not None:
            # What the surrounding row determines is written as well.
            for _, column in along.link.pairs:
                self._writable(self._grant(along.link.target, "create"), column)
        return replace(
            along,
            deletes=tuple(self.delete(each) for each in along.deletes),
            updates=tuple(self.update(each) for each in along.updates),
            save=None if along.save is None else self._save(along.save),
            insert=None if along.insert is None else self.insert(along.insert),
        )

    def _save(self, save: Save) -> Save:
        table = save.link.target
        read = self._grant(table, "read")
        by_link = {column for _, column in save.link.pairs}
        for column in save.match:
            if column not in by_link:
                self._readable(read, column)
        return replace(
            save,
            variants=tuple(self._saved(each) for each in save.variants),
            missing=None if save.missing is None else self.delete(save.missing),
            grant=self._grant(table, "create"),
        )

    def _saved(self, row: SavedRow) -> SavedRow:
        update = row.update
        if update is not None and not update.changes and not row.nested:
            # Nothing is done to it but to find it, for which reading it is enough.
            _, visible = self._where(update.table, update.where)
            update = replace(update, visible=visible, filter=Guard(), check=Guard())
        elif update is not None:
            update = self.update(update)
        return replace(
            row,
            update=update,
            insert=None if row.insert is None else self.insert(row.insert),
            nested=tuple(self._along(each) for each in row.nested),
        )

    def _where(self, table: Table, where: Predicate) -> tuple[Predicate, Guard]:
        """A write's filter names columns as a read's does, and reaches only rows that a read would."""
        grant = self._access.table(table).read
        return (where, Guard()) if grant is None else (self.predicate(where, grant), read_guard(grant))

    def _callable(self, function: DatabaseFunction) -> None:
        """Second lock of root fields, as `_readable` is of columns."""
        if function.row is None and not may_call(self._access, function):
            raise HiddenColumn(f"There is no field {function.field!r} here.")

    # ---- both ----------------------------------------------------------------------------------------

    def _grant(self, table: Table, verb: Verb) -> Grant:
        grant = self._access.table(table).grant(verb)
        if grant is None:
            raise HiddenColumn(f"There is nothing to {verb} here.")
        return grant

    def _writable(self, grant: Grant, column: Column) -> None:
        if grant.columns.get(column.field) is not column:
            raise _hidden(column)

    def _named(self, table: Table, columns: Iterable[Column]) -> None:
        grant = self._grant(table, "read")
        for column in columns:
            self._readable(grant, column)

    def _readable(self, grant: Grant, column: Column) -> None:
        if grant.columns.get(column.field) is not column:
            raise _hidden(column)


def read_guard(grant: Grant) -> Guard:
    """The guard of rows that are read: rules for rows, and for cells that only some rules show."""
    return Guard(grant.any_of, grant.all_of, grant.cells)


def row_guard(grant: Grant) -> Guard:
    """The guard of rows that are written as a whole; columns that only some rules grant are joined to it."""
    return Guard(grant.any_of, grant.all_of, grant.cells)


def changes_guard(grant: Grant, columns: Iterable[Column]) -> Guard:
    """The guard of an update: cells are those of the changed columns only, among them what presets change."""
    written = (*columns, *grant.presets)
    return Guard(
        grant.any_of, grant.all_of, {column: grant.cells[column] for column in written if column in grant.cells}
    )


def _update_guard(grant: Grant, update: Update) -> Guard:
    """Where nothing of a row is changed, but of rows along its links, no preset is written either."""
    columns = [change.column for change in update.changes if change.operator != "preset"]
    return changes_guard(grant, columns) if update.changes else Guard(grant.any_of, grant.all_of)


def rules_named(grant: Grant | None) -> tuple[RuleRef, ...]:
    """The rules that a refusal names."""
    return grant.named if grant is not None else ()


def _hidden(column: Column) -> HiddenColumn:
    return HiddenColumn(f"There is no field {column.field!r} here.")
