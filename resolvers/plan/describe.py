"""What does a plan say in words: its nodes as an indented tree, with the names of the rules that guard them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from portico.resolvers.plan.live_nodes import ChangesField, StreamField
from portico.resolvers.plan.nodes import (
    TRUE,
    AggregateItem,
    ColumnItem,
    FieldsItem,
    GroupsItem,
    Guard,
    Item,
    LinkItem,
    ListItem,
    OrderTerm,
    PageItem,
    Rows,
)
from portico.resolvers.plan.remote_nodes import RemoteField
from portico.resolvers.plan.root_nodes import ChannelField, Guarded, ReadField, WriteField, leaves
from portico.resolvers.plan.values import Size
from portico.resolvers.plan.write_nodes import Along, Called, Delete, Insert, NewRow, Save, Update, Write


def describe(guarded: Guarded) -> str:
    """The plan as text, one node a line."""
    return "\n".join(_fields(guarded))


def _fields(guarded: Guarded) -> Iterator[str]:
    for field in leaves(guarded.plan.fields):
        match field:
            case ReadField(key=key, rows=rows):
                yield from _rows(f"{key}: ", rows, 0)
            case StreamField(key=key, rows=rows, cursor=cursor):
                columns = ", ".join(each.column.field for each in cursor)
                yield from _rows(f"{key}: stream by {columns}{', descending' if field.descending else ''}: ", rows, 0)
            case ChangesField(key=key, rows=rows):
                yield from _rows(f"{key}: changes, of each image ", rows, 0)
            case RemoteField(key=key, remote=remote, operation=operation, selection=selection):
                yield f"{key}: {operation} of {remote.name}: {selection.text or 'nothing'}"
            case ChannelField(key=key, channel=channel, use=use, rows=rows):
                yield from _rows(f"{key}: {use} of channel {channel.name}, if there is ", rows, 0)
            case WriteField(key=key, writes=writes, written=written):
                for write in writes:
                    yield from _write(f"{key}: ", write, 0)
                if written.one is not None:
                    yield from _rows("answer: ", written.one, 1)
                yield from _items(written.items, 1)
            case _:
                yield f"{field.key}: answered by GraphQL's own executor"
    for each in guarded.plan.joined:
        given = ", ".join(each.columns)
        yield f"{'.'.join(each.keys)}: query {each.asks}({given}) of {each.remote.name} for all rows: {each.selection.text}"


def _rows(name: str, rows: Rows, level: int) -> Iterator[str]:
    says = [f"{rows.form} of {rows.table.type_name}"]
    if rows.call is not None:
        says[0] += f" from {rows.call.function.name}"
    if rows.key:
        says.append("by " + ", ".join(column.field for column, _ in rows.key))
    if rows.order:
        says.append(_ordered(rows.order))
    if rows.limit is not None:
        says.append(_at_most(rows.limit))
    if rows.row_limit is not None:
        says.append(f"at most {rows.row_limit} by rule")
    yield _line(level, f"{name}{'; '.join(says)}")
    yield _line(level + 1, f"rules: {rules(rows.guard)}")
    yield from _items(rows.items, level + 1)


def _items(items: Iterable[Item], level: int) -> Iterator[str]:
    columns = [item.column.field for item in items if isinstance(item, ColumnItem)]
    if columns:
        yield _line(level, f"columns: {', '.join(columns)}")
    for item in items:
        match item:
            case LinkItem(key=key, rows=rows):
                yield from _rows(f"{key}: ", rows, level)
            case FieldsItem(key=key, items=inner) | ListItem(key=key, items=inner):
                yield _line(level, f"{key}:")
                yield from _items(inner, level + 1)
            case GroupsItem():
                yield from _groups(item, level)
            case AggregateItem(key=key, function=function, columns=of):
                yield _line(level, f"{key}: {function}({', '.join(column.field for column in of) or '*'})")
            case PageItem(key=key, name=name):
                yield _line(level, f"{key}: {name}")
            case _:
                pass


def _groups(item: GroupsItem, level: int) -> Iterator[str]:
    keys = [f"{column.field}{f' per {period}' if period else ''}" for column, period in item.by]
    says = [f"groups by {', '.join(keys)}"]
    if item.having is not TRUE:
        says.append("those that meet a condition")
    says += [_ordered(item.order), f"at most {item.most}" if item.limit is None else _at_most(item.limit)]
    yield _line(level, f"{item.key}: {'; '.join(says)}")
    yield from _items(item.items, level + 1)


def _ordered(order: Sequence[OrderTerm]) -> str:
    return f"ordered by {len(order)} term{'s' if len(order) > 1 else ''}"


def _at_most(size: Size) -> str:
    return f"at most {size.bound if size.bound is not None else 'as asked'}"


def _write(name: str, write: Write, level: int) -> Iterator[str]:
    match write:
        case Insert():
            yield _line(level, f"{name}insert {write.table.type_name}")
            yield _line(level + 1, f"check after: {rules(write.check)}")
            for variant in write.variants:
                yield from _new_row(variant, level + 1)
        case Update():
            yield _line(level, f"{name}update {write.table.type_name}")
            yield _line(level + 1, f"changes: {', '.join(change.column.field for change in write.changes) or 'none'}")
            yield from _reached(write, level + 1)
            yield _line(level + 1, f"check after: {rules(write.check)}")
            for along in write.nested:
                yield from _along(along, level + 1)
        case Delete():
            which = " those not listed" if write.unlisted else ""
            yield _line(level, f"{name}delete {write.table.type_name}{which}")
            yield from _reached(write, level + 1)
        case Called():
            yield from _rows(f"{name}call for ", write.rows, level)


def _reached(write: Update | Delete, level: int) -> Iterator[str]:
    yield _line(level, f"filter before: {rules(write.filter)}; reading: {rules(write.visible)}")
    if write.condition is not None:
        yield _line(level, "a row that does not meet the request's condition: conflict")


def _along(along: Along, level: int) -> Iterator[str]:
    name = f"{along.link.field}: "
    for write in (*along.deletes, *along.updates):
        yield from _write(name, write, level)
    if along.save is not None:
        yield from _save(name, along.save, level)
    if along.insert is not None:
        yield from _write(name, along.insert, level)


def _save(name: str, save: Save, level: int) -> Iterator[str]:
    yield _line(level, f"{name}upsert by {', '.join(column.field for column in save.match)}")
    if save.missing is not None:
        yield from _write("", save.missing, level + 1)
    for row in save.variants:
        if row.match is not None and row.update is not None:
            yield from _write("where it exists: ", row.update, level + 1)
        if row.insert is not None:
            yield from _write("where it is new: ", row.insert, level + 1)
        for along in row.nested:
            yield from _along(along, level + 1)


def _new_row(row: NewRow, level: int) -> Iterator[str]:
    yield _line(level, f"columns: {', '.join(column.field for column, _ in row.columns) or 'none'}")
    for nested in (*row.parents, *row.children):
        yield from _write(f"{nested.link.field}: ", nested.insert, level)


def rules(guard: Guard | None) -> str:
    """The names of a guard's rules as a sentence."""
    if guard is None:
        return "not guarded"
    any_of = " or ".join(rule.name for rule in guard.any_of) or "every row"
    parts = [any_of, *(rule.name for rule in guard.all_of)]
    cells = [
        f"{column.field} only where {' or '.join(rule.name for rule in shown)}" for column, shown in guard.cells.items()
    ]
    return "; ".join([" and ".join(parts), *cells])


def _line(level: int, text: str) -> str:
    return "  " * level + text
