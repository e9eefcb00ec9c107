"""What is the change log called, and what has it besides its tables: names and records that both engines share."""

from __future__ import annotations

from dataclasses import dataclass

from portico.resolvers.sql.own_tables import OWN_PREFIX

CHANGES = OWN_PREFIX + "changes"
"""The table of the changes; on Postgres also the channel on which it is told that there are new ones."""
LOG = OWN_PREFIX + "change_log"
"""The table of one row with what belongs to the log as a whole."""
FUNCTION = OWN_PREFIX + "log_change"
ACTOR, TRACE = "portico.actor", "portico.trace"
"""Settings of Postgres that say who writes, for the length of a transaction; anybody may set them."""
TOUCHED = "touched"
"""A verb of the table alone: a row that stood in the way of an insert, whatever became of it. Readers pass over it."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """
    A trigger that fills the log.

    table: as `sqlalchemy.Table.fullname` has it. identity: what must be found in the database, or it is made anew:
    on Postgres its arguments, on SQLite its text. create: the statement that makes it.
    """

    name: str
    table: str
    identity: str
    create: str


def literal(text: str) -> str:
    """A text as SQL writes it, on both engines with their usual settings."""
    return "'" + text.replace("'", "''") + "'"


def identifier(*parts: str | None) -> str:
    """A name as SQL writes it, with its schema before it where there is one."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts if part is not None)
