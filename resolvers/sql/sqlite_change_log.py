"""How is the change log filled and read on SQLite: tables, triggers, and the readers' and writers' statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portico.resolvers.sql.change_log import CHANGES, LOG, TOUCHED, Trigger, identifier, literal

MAKE_CHANGES = f"""\
CREATE TABLE {CHANGES} (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  verb TEXT NOT NULL,
  old TEXT,
  new TEXT,
  actor TEXT,
  trace TEXT,
  at REAL NOT NULL DEFAULT ((julianday('now') - 2440587.5) * 86400.0)
)"""
MAKE_LOG = f"""\
CREATE TABLE {LOG} (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
  key BLOB NOT NULL DEFAULT (randomblob(32)),
  swept INTEGER NOT NULL DEFAULT 0
)"""
"""epoch: of this log. key: signs positions. swept: the sequence up to which changes were forgotten."""
BEGIN_LOG = f"INSERT INTO {LOG} (one) VALUES (1)"

_TERMS = 40  # in one parenthesis; SQLite parses a chain into a tree as deep, and takes no deeper one than 1,000


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column as the database has it; its type as declared."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class StoredTable:
    """
    A table as the database has it.

    uniques: the columns of each key and unique index, with their collations.
    """

    name: str
    columns: Sequence[StoredColumn]
    uniques: Sequence[Sequence[tuple[str, str]]] = ()


def triggers(table: StoredTable) -> tuple[Trigger, ...]:
    """
    The triggers of one table.

    Whoever writes runs them, the sqlite3 program as well, so they call nothing but what SQLite has built in.
    """
    name = literal(table.name)
    old, new = (_row(row, table.columns) for row in ("OLD", "NEW"))
    insert = f"INSERT INTO {CHANGES} (table_name, verb, new) VALUES ({name}, 'insert',\n{new});"
    update = f"INSERT INTO {CHANGES} (table_name, verb, old, new) VALUES ({name}, 'update',\n{old},\n{new});"
    delete = f"INSERT INTO {CHANGES} (table_name, verb, old) VALUES ({name}, 'delete',\n{old});"
    made = [
        _trigger(table, "AFTER UPDATE", update, when=f" WHEN {_differ(table.columns)}"),
        _trigger(table, "AFTER DELETE", delete),
    ]
    if not table.uniques:
        return (_trigger(table, "AFTER INSERT", insert), *made)
    replaced = f"UPDATE {CHANGES} SET verb = 'delete' WHERE verb = '{TOUCHED}' AND {_IS_LAST};\n{insert}"
    return (_trigger(table, "BEFORE INSERT", _touch(table)), _trigger(table, "AFTER INSERT", replaced), *made)


_IS_LAST = (
    f"sequence > coalesce((SELECT sequence FROM {CHANGES} WHERE verb <> '{TOUCHED}' ORDER BY sequence DESC LIMIT 1), 0)"
)


def _touch(table: StoredTable) -> str:
    """
    Notes the rows that have a key of the row to insert.

    INSERT OR REPLACE deletes them without calling a trigger. Should the row be inserted after all, with nothing logged in
    between, they must be gone; should it not, as with ON CONFLICT, nothing has happened to them here.
    """
    mine = identifier(table.name)
    same = (
        " AND ".join(
            f"{mine}.{identifier(column)} = NEW.{identifier(column)} COLLATE {identifier(collation)}"
            for column, collation in unique
        )
        for unique in table.uniques
    )
    return (
        f"DELETE FROM {CHANGES} WHERE verb = '{TOUCHED}' AND {_IS_LAST};\n"
        f"INSERT INTO {CHANGES} (table_name, verb, old) SELECT {literal(table.name)}, '{TOUCHED}',\n"
        f"{_row(mine, table.columns)}\nFROM {mine} WHERE {' OR '.join(f'({each})' for each in same)};"
    )


def _trigger(table: StoredTable, event: str, body: str, *, when: str = "") -> Trigger:
    name = f"{CHANGES}_{event.lower().replace(' ', '_')}_{table.name}"
    text = f"CREATE TRIGGER {identifier(name)} {event} ON {identifier(table.name)}{when} BEGIN\n{body}\nEND"
    return Trigger(name, table.name, text, text)


def _row(row: str, columns: Sequence[StoredColumn]) -> str:
    """
    The row as JSON.

    Put together, not by json_object(): that writes a real with 15 digits, fails of BLOBs, and takes 63 columns.
    """
    parts: list[str] = []
    for index, column in enumerate(columns):
        key = _json_key(column.name)
        parts.append(
            f"{literal(('{' if index == 0 else ',') + key)} || {_value(f'{row}.{identifier(column.name)}', column)}"
        )
    return f"{_chain(parts, ' || ')} || '}}'"


def _chain(parts: Sequence[str], operator: str) -> str:
    groups = [operator.join(parts[start : start + _TERMS]) for start in range(0, len(parts), _TERMS)]
    return groups[0] if len(groups) == 1 else operator.join(f"({group})" for group in groups)


def _json_key(name: str) -> str:
    escaped = "".join(f"\\u{ord(each):04x}" if each < " " or each in '"\\' else each for each in name)
    return f'"{escaped}":'


def _value(value: str, column: StoredColumn) -> str:
    """A value as JSON. Text is joined with nothing, for what json() gave would be taken for JSON and not for its text."""
    whens = [f"WHEN 'text' THEN json_quote({value} || '')", f"WHEN 'blob' THEN json_quote(hex({value}))"]
    if not _is_text(column.type):
        whens.append(f"WHEN 'real' THEN {_real(value)}")
    return f"CASE typeof({value}) {' '.join(whens)} ELSE json_quote({value}) END"


def _real(value: str) -> str:
    """
    The shortest text of 15 digits, or 17 where 15 do not bring it back; JSON has no infinity but a number too large.

    SQLite rounds the 17th digit wrongly beyond 1e102: two more bring those back.
    """
    return (
        f"CASE WHEN abs({value}) > 1.7976931348623157e308 THEN iif({value} > 0, '9e999', '-9e999')"
        f" WHEN CAST(CAST({value} AS TEXT) AS REAL) = {value} THEN CAST({value} AS TEXT)"
        f" ELSE printf(iif(abs({value}) < 1e100, '%!.17g', '%!.19g'), {value}) END"
    )


def _is_text(type_: str) -> bool:
    """Source: SQLite, "Datatypes In SQLite", 3.1 "Determination Of Column Affinity"; such columns hold no reals."""
    upper = type_.upper()
    return "INT" not in upper and any(each in upper for each in ("CHAR", "CLOB", "TEXT"))


def _differ(columns: Sequence[StoredColumn]) -> str:
    """Whether an update changes anything: byte for byte, whatever a column's collation takes for equal."""
    names = [identifier(column.name) for column in columns]
    return _chain([f"OLD.{name} IS NOT NEW.{name} COLLATE BINARY" for name in names], " OR ")


# ---- reading and writing -----------------------------------------------------------------------------

_HEAD = f"coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{CHANGES}'), 0)"

TABLES = f"SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = '{CHANGES}_after_insert_' || tbl_name"
"""The tables whose changes are logged."""

STATE = f"SELECT epoch, key, {_HEAD}, swept FROM {LOG}"
"""(epoch, key, sequence of the last change, the sequence up to which changes were forgotten)."""

LAST = f"SELECT coalesce(max(sequence), 0) FROM {CHANGES}"
SIGN = f"UPDATE {CHANGES} SET actor = ?, trace = ? WHERE sequence > ?"
"""
(actor, trace, the last sequence before the transaction) → who wrote what the transaction logged.

Asked by the writer before it commits, and not by the triggers: the changes' page is written anyhow, where a table that
says who writes would have a page of its own to be written with every transaction.
"""

SINCE = f"""\
SELECT log.epoch, {_HEAD}, log.swept, change.sequence, change.table_name, change.verb, change.old, change.new,
  change.actor, change.trace, change.at
FROM {LOG} AS log LEFT JOIN (SELECT * FROM {CHANGES} WHERE sequence > ? ORDER BY sequence LIMIT ?) AS change ON true"""
"""(sequence, most) → the changes after that; one row without a change where there are none."""

MINE = f"""\
SELECT sequence, table_name, verb, old, new, actor, trace, at FROM {CHANGES}
WHERE sequence > ? AND verb <> '{TOUCHED}' ORDER BY sequence LIMIT ?"""
"""(sequence, most) → the changes after that, as the one who writes sees them before the commit."""

OLDEST = f"""\
SELECT sequence, at < (julianday('now') - 2440587.5) * 86400.0 - ? OR sequence <= {_HEAD} - ?
FROM {CHANGES} ORDER BY sequence LIMIT ?"""
"""(seconds, rows, most) → (sequence, whether it need not be kept) of the oldest changes."""
FORGET = (f"DELETE FROM {CHANGES} WHERE sequence <= ?", f"UPDATE {LOG} SET swept = max(swept, ?)")
"""(sequence): forgets changes up to it."""
