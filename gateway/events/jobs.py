"""What is a job: the records that stores keep, workers run and administrators see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid5

from portico.schema.problems import Problem

State = Literal["later", "waiting", "running", "done", "dead", "cancelled"]
"""`later`: not due yet. `dead`: every try failed. The last three are ends."""
MOST_ANSWER = 2_000
"""So many characters of an answer are kept."""
DEFAULT = "default"
"""The queue of functions that name no other."""


class NoSuchJob(Problem):
    """There is no job of this id, or none in a state in which this can be done with it."""

    code, status, error_code = "PT576", 404, "not-found"


@dataclass(frozen=True, slots=True)
class NewJob:
    """
    What is to be done.

    id: the same at each try; a second job with it is not kept. key: jobs of one queue and key run one after another, in the order in
    which they came. rank: lower ones come first. due_at: in seconds since 1970; 0 is at once.
    """

    id: str
    queue: str
    name: str
    payload: str
    key: str | None = None
    rank: int = 0
    due_at: float = 0.0
    actor: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a worker has been given. tries: with this one. begun_at: the first of them."""

    number: int
    id: str
    queue: str
    name: str
    key: str | None
    payload: str
    tries: int
    actor: str | None
    trace: str | None
    created_at: float
    due_at: float
    begun_at: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. seconds: how long it took. status: that was answered with, or 0."""

    began_at: float
    seconds: float
    outcome: Literal["done", "failed", "lost"]
    status: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """
    What became of a job.

    state: `later` where it is tried again at due_at; `waiting` where it was not begun. attempt: to be kept, if any.
    """

    job: Job
    state: Literal["done", "dead", "later", "waiting"]
    due_at: float = 0.0
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """
    Jobs that share limits.

    slots: how many a process runs at once. concurrency: how many all processes together do. per_s: how many begin in a second.
    failures: in a row, after which it is left alone, for `pause_s` at first; 0 never leaves it alone.
    """

    name: str
    slots: int = 10
    concurrency: int | None = None
    per_s: float | None = None
    failures: int = 0
    pause_s: float = 10.0

    @property
    def is_limited(self) -> bool:
        """Whether those who take jobs have to agree."""
        return self.concurrency is not None or self.per_s is not None or self.failures > 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as administrators see it. attempts: where they were asked for, the latest last."""

    id: str
    queue: str
    name: str
    key: str | None
    state: str
    tries: int
    due_at: float
    created_at: float
    ended_at: float | None
    answer: str | None
    payload: str
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue as administrators see it. counts: jobs by state. open_until: left alone until then, for it failed so often."""

    name: str
    is_paused: bool = False
    failures: int = 0
    open_until: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])


_IDS = UUID("5b1f3f2e-6f0b-4a8e-9c39-6d1d0b1f7a11")


def id_of(text: str) -> str:
    """An id that is the same wherever it is made of the same text (RFC 9562, version 5)."""
    return str(uuid5(_IDS, text))


def text_of(value: Any) -> Any:
    """A text that an engine gives as bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
