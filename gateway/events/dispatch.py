"""How does a change become jobs: the change log is read from where it was left, and every change is told to whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import orjson

from portico.gateway.events.jobs import NewJob, id_of
from portico.gateway.events.store import JobStore
from portico.gateway.observe import logger
from portico.resolvers.live.feed import Feed
from portico.resolvers.run.changes import Change, ChangeVerb, Forgotten, Position
from portico.schema.declarations import Verb
from portico.schema.problems import Problem

_MOST = 500
_AWAY_S = 1.0
VERBS: Mapping[ChangeVerb, Verb] = {"insert": "create", "update": "update", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Watcher:
    """
    Who is told of written rows.

    table: by `fullname`. keys: the columns of its primary key. columns: of updates only those that change one of them.
    """

    name: str
    queue: str
    table: str
    keys: tuple[str, ...]
    verbs: frozenset[Verb]
    columns: tuple[str, ...] | None = None
    rank: int = 0


class Dispatcher:
    """
    Puts changes among the jobs, in the order of the log, each once.

    Every process reads, and the position is moved in the transaction that adds the jobs and only from where the process believed it:
    whoever comes second does nothing. A change that was read and not put there is read again by whoever lives.

    Args:
        wake: called with the queues that have new jobs.
        observe: told of exceptions that are not the database being away.
    """

    is_polled = False

    def __init__(
        self,
        store: JobStore,
        feed: Feed,
        wake: Callable[..., None],
        observe: Callable[[BaseException], None],
        poll_s: float,
    ) -> None:
        self._store = store
        self._feed = feed
        self._wake = wake
        self._observe = observe
        self._poll_s = poll_s
        self._watchers: dict[str, list[Watcher]] = {}
        self._position: int | None = None
        self._told = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._joined: frozenset[str] | None = None

    def use(self, watchers: Sequence[Watcher]) -> None:
        """Takes those of now."""
        self._watchers = {}
        for each in watchers:
            self._watchers.setdefault(each.table, []).append(each)

    async def start(self) -> None:
        """Begins; called again, it hears of the tables that are watched now."""
        await self._begin()
        if self._joined is not None:
            self._feed.leave(self)
        self._joined = frozenset(self._watchers)
        self._feed.join(self)
        if self._task is None:
            self._task = asyncio.create_task(self._dispatch_all())

    async def close(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def upto(self) -> Position | None:
        """Up to which change there are jobs: later ones must not be forgotten."""
        found = await self._store.position()
        return None if found is None else Position(found)

    # ---- being told ----------------------------------------------------------------------------------

    @property
    def tables(self) -> frozenset[str]:
        """See `Listener`."""
        return self._joined or frozenset()

    def changed(self, changes: Sequence[Change]) -> None:
        """See `Listener`."""
        self._told.set()

    def hinted(self, changes: Sequence[Change]) -> None:
        """See `Listener`: what is not in order yet is not told."""

    def unsettled(self) -> None:
        """See `Listener`."""
        self._told.set()

    # ---- telling -------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        if await self._store.position() is None:
            await self._store.begin_at((await self._feed.head()).sequence)

    async def _dispatch_all(self) -> None:
        is_full = True  # what was written while nothing ran
        while True:
            if not is_full:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await self._told.wait()
            self._told.clear()
            try:
                is_full = await self._dispatch()
            except Problem:
                is_full = False
                await asyncio.sleep(_AWAY_S)
            except Exception as error:
                is_full = False
                self._observe(error)
                await asyncio.sleep(_AWAY_S)

    async def _dispatch(self) -> bool:
        """Puts a batch of changes among the jobs; whether there may be more."""
        if self._position is None:
            self._position = await self._store.position()
        if self._position is None:
            return False
        before = self._position
        try:
            batch = await self._feed.since(Position(before), _MOST)
        except Forgotten:
            await self._skip(before)
            return True
        if batch.upto.sequence == before:
            return False
        jobs = [job for change in batch.changes for job in self._jobs_of(change)]
        if not await self._store.move(before, batch.upto.sequence, jobs):
            self._position = None  # another process was first
            return True
        self._position = batch.upto.sequence
        if jobs:
            self._wake(*{each.queue for each in jobs})
        return batch.is_full

    async def _skip(self, before: int) -> None:
        """The log does not reach back to the position: it was another log, or nothing ran for longer than changes are kept."""
        head = (await self._feed.head()).sequence
        logger().error("changes were forgotten before they were told", after=before, upto=head)
        await self._store.move(before, head, ())
        self._position = None

    def _jobs_of(self, change: Change) -> list[NewJob]:
        verb = VERBS.get(change.verb)
        if verb is None:
            return []
        concerned = [
            each for each in self._watchers.get(change.table, ()) if concerns(each.verbs, each.columns, verb, change)
        ]
        if not concerned:
            return []
        payload = _payload(change, verb)
        return [_job(each, change, payload) for each in concerned]


def concerns(verbs: Collection[Verb], columns: Sequence[str] | None, verb: Verb, change: Change) -> bool:
    """Whether who asked for these verbs, and of updates for these columns, is told of a change."""
    if verb not in verbs:
        return False
    if columns is None or verb != "update" or change.old is None or change.new is None:
        return True
    return any(change.old.get(name) != change.new.get(name) for name in columns)


def _payload(change: Change, verb: Verb) -> str:
    """As JSON: the rows as the log has them, which need not be read for it. See `images_in`."""
    old, new = (each.text if each is not None else "null" for each in (change.old, change.new))
    head = orjson.dumps({"table": change.table, "verb": verb, "at": change.at, "length": len(old)}).decode()[:-1]
    return f'{head},"old":{old},"new":{new}}}'


def _job(watcher: Watcher, change: Change, payload: str) -> NewJob:
    row = change.new or change.old
    assert row is not None
    key = f"{watcher.name}:{':'.join(str(row.get(name)) for name in watcher.keys)}"
    return NewJob(
        id=_id(watcher, change),
        queue=watcher.queue,
        name=watcher.name,
        payload=payload,
        key=key[:300],
        rank=watcher.rank,
        actor=change.actor,
        trace=change.trace,
    )


def _id(watcher: Watcher, change: Change) -> str:
    """The same whoever reads the change, however often; that of another where a restored log counts up from the same number again."""
    told = f"{change.position.sequence}/{change.at!r}/{change.table}/{watcher.name}"
    return id_of(told)
