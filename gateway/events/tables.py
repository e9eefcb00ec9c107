"""Where are jobs kept: Portico's own tables, which migrations make beside those of the models that have events."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from portico.schema.infos import OWN_PREFIX

JOBS, ATTEMPTS, QUEUES = OWN_PREFIX + "jobs", OWN_PREFIX + "attempts", OWN_PREFIX + "queues"
SCHEDULES, POSITIONS = OWN_PREFIX + "schedules", OWN_PREFIX + "event_positions"

# SQLite counts up whole numbers of 64 bits only under the name INTEGER.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


@dataclass(frozen=True, slots=True)
class EventTables:
    """The tables. All moments are seconds since 1970, as both engines compare them without a word about zones."""

    jobs: Table
    attempts: Table
    queues: Table
    schedules: Table
    positions: Table


def event_tables(metadata: MetaData) -> EventTables:
    """The tables, declared in this metadata so that migrations make them; they are not served."""
    if JOBS not in metadata.tables:
        _jobs(metadata)
        _attempts(metadata)
        _others(metadata)
    return EventTables(*(metadata.tables[name] for name in (JOBS, ATTEMPTS, QUEUES, SCHEDULES, POSITIONS)))


def _jobs(metadata: MetaData) -> None:
    """
    number: in this order jobs of one key are run. id: what every try of a job has in common. name: of what is run. rank: lower ones
    first; the priority with its sign turned. state: `later` (not due), `waiting`, `running`, `done`, `dead`, `cancelled`. leased_until:
    of one that runs; by `owner`, a worker. begun_at: its first try, or the first since it was replayed. answer: of the last try, cut. recipient: of a message, the id of the user who sees what
    became of it.
    """
    table = Table(
        JOBS,
        metadata,
        Column("number", _NUMBER, Identity(always=True), primary_key=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("queue", String(200), nullable=False),
        Column("name", String(200), nullable=False),
        Column("key", String(300)),
        Column("rank", SmallInteger(), nullable=False, server_default=text("0")),
        Column("state", String(10), nullable=False),
        Column("due_at", Float(53), nullable=False),
        Column("tries", Integer(), nullable=False, server_default=text("0")),
        Column("payload", Text(), nullable=False),
        Column("actor", Text()),
        Column("trace", Text()),
        Column("recipient", String(64)),
        Column("created_at", Float(53), nullable=False),
        Column("begun_at", Float(53)),
        Column("owner", String(36)),
        Column("leased_until", Float(53)),
        Column("ended_at", Float(53)),
        Column("answer", Text()),
    )
    for name, columns, state in (
        ("waiting", ("queue", "rank", "number"), "state = 'waiting'"),
        ("later", ("due_at",), "state = 'later'"),
        ("running", ("queue", "leased_until"), "state = 'running'"),
        ("ended", ("state", "ended_at"), "ended_at IS NOT NULL"),
        ("recipient", ("recipient", "number"), "recipient IS NOT NULL"),
        ("key", ("queue", "key", "number"), "key IS NOT NULL AND ended_at IS NULL"),
    ):
        where = text(state)
        Index(f"ix_{JOBS}_{name}", *(table.c[each] for each in columns), postgresql_where=where, sqlite_where=where)


def _attempts(metadata: MetaData) -> None:
    """
    Every try that failed, and every one that sent something elsewhere.

    status: that was answered with, or 0. outcome: `done`, `failed`, or `lost` where the worker was gone.
    """
    Table(
        ATTEMPTS,
        metadata,
        Column("number", _NUMBER, Identity(always=True), primary_key=True),
        Column("job", String(36), nullable=False, index=True),
        Column("began_at", Float(53), nullable=False),
        Column("seconds", Float(53), nullable=False),
        Column("outcome", String(10), nullable=False),
        Column("status", Integer(), nullable=False, server_default=text("0")),
        Column("answer", Text()),
    )


def _others(metadata: MetaData) -> None:
    """
    Of queues: whether somebody has paused it; failures in a row, and until when it is left alone because of them; the allowance of its
    rate, and when that was counted. Of schedules: the last due time that was put among the jobs. Of positions: up to which change of the
    log there are jobs.
    """
    Table(
        QUEUES,
        metadata,
        Column("name", String(200), primary_key=True),
        Column("is_paused", Boolean(), nullable=False, server_default=text("false")),
        Column("failures", Integer(), nullable=False, server_default=text("0")),
        Column("open_until", Float(53), nullable=False, server_default=text("0")),
        Column("allowance", Float(53), nullable=False, server_default=text("0")),
        Column("counted_at", Float(53), nullable=False, server_default=text("0")),
    )
    Table(
        SCHEDULES,
        metadata,
        Column("name", String(200), primary_key=True),
        Column("last_due", Float(53), nullable=False),
    )
    Table(
        POSITIONS,
        metadata,
        Column("name", String(50), primary_key=True),
        Column("sequence", BigInteger(), nullable=False),
    )
