"""What runs in the background of a process: the dispatcher, the schedules and the worker, over one store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from portico.gateway.events.administration import JobAdministration
from portico.gateway.events.apns import Apns
from portico.gateway.events.calling import Provide, Run, job_run, schedule_run, trigger_run
from portico.gateway.events.deliveries import webhook_run
from portico.gateway.events.dispatch import Dispatcher, Watcher
from portico.gateway.events.jobs import DEFAULT, Queue
from portico.gateway.events.later import DurableJobs
from portico.gateway.events.messages import (
    MAIL,
    PUSH,
    MessageModels,
    Messages,
    message_models,
    written_mail,
    written_push,
)
from portico.gateway.events.push import Pushes
from portico.gateway.events.schedules import Schedules
from portico.gateway.events.store import JobStore, PostgresJobs, SqliteJobs
from portico.gateway.events.tables import event_tables
from portico.gateway.events.templates import templates_of, worded_run
from portico.gateway.events.worker import Handler, Pace, Worker
from portico.gateway.outgoing import Connections, Reach
from portico.gateway.settings import Settings
from portico.resolvers.live.feed import Feed
from portico.resolvers.run.engine import Engine
from portico.resolvers.run.postgres import PostgresEngine
from portico.resolvers.run.sqlite import SqliteEngine
from portico.schema.declarations import Declarations, JobDeclaration, RunOptions, TriggerDeclaration, WebhookDeclaration
from portico.schema.events import table_of
from portico.schema.provided import Data, Jobs
from portico.schema.scalars import DialectName


class Background:
    """
    Events and jobs of one process.

    Args:
        provide: what functions in the background are handed.
        observe: told of exceptions that nobody else hears of.
        mails: what sends mails, by the names of their jobs.
        further: what runs jobs that others have declared, by the names of these.

    Attributes:
        store: the jobs. worker: None where others run them. provided: what events hand to functions, by class.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        data: Data,
        feed: Feed,
        provide: Provide,
        observe: Callable[[BaseException], None],
        mails: Mapping[str, Run],
        further: Callable[[Declarations], Mapping[str, Handler]],
    ) -> None:
        self._settings = settings.events
        self._mails = mails
        self._further = further
        self._models: MessageModels | None = None
        self._grace_s = settings.graceful_timeout_s / 2
        self._data = data
        self._feed = feed
        self._provide = provide
        self._observe = observe
        self.store = store_of(engine)
        self._dialect: DialectName = "sqlite" if isinstance(self.store, SqliteJobs) else "postgres"
        self._connections = Connections(settings.reach)
        # Clients say where their devices are: no host of an author's own is theirs to name.
        self._devices = Connections(Reach(settings.is_dev))
        self._apns = Apns(settings.events, allow_private=settings.is_dev)
        self._pushes = Pushes(settings.events, self._devices, self._apns, data, lambda: self._models)
        self._handlers: Mapping[str, Handler] = {}
        self._queues: Sequence[Queue] = ()
        self._jobs: Mapping[Callable[..., Any], JobDeclaration] = {}
        self._dispatcher = Dispatcher(self.store, feed, self.wake, observe, settings.live_poll_s)
        self._schedules = Schedules(self.store, self.wake, self._settings.late_s)
        self.worker: Worker | None = None
        self.provided: dict[type[Any], Any] = {JobAdministration: JobAdministration(self.store)}

    def use(self, declarations: Declarations) -> None:
        """Takes the present models; what runs goes on."""
        self._handlers = self._handlers_of(declarations)
        self._queues = self._queues_of(declarations)
        self._jobs = {each.function: each for each in declarations.jobs}
        watchers = [_watcher(each, each.options.queue, -each.options.priority) for each in declarations.triggers]
        self._dispatcher.use([*watchers, *(_watcher(each, queue_of(each)) for each in declarations.webhooks)])
        self._schedules.use(declarations.schedules)
        tables = event_tables(declarations.registry.metadata)
        jobs = self.jobs = DurableJobs(self._data, tables, lambda: self._jobs, self.wake, self._settings.payload_bytes)
        self._models = message_models(declarations)
        messages = Messages(
            jobs, self._data, lambda: self._models, templates_of(declarations), self._settings.payload_bytes
        )
        self.provided |= {Jobs: jobs, Messages: messages}
        if self.worker is not None:
            self.worker.use(self._queues)

    def wake(self, *queues: str) -> None:
        """Says that there are jobs."""
        if self.worker is not None:
            self.worker.wake(*queues)

    async def start(self) -> None:
        """Begins; called again after a reload."""
        if self._feed.tables:
            await self._dispatcher.start()
            self._feed.keeps = self._dispatcher.upto
        if not self._settings.workers:
            return
        await self._schedules.start()
        if self.worker is None:
            settings = self._settings
            pace = Pace(settings.poll_s, settings.lease_s, settings.keep_hours * 3600, settings.keep_rows)
            self.worker = Worker(self.store, self._queues, lambda: self._handlers, pace, self._observe)
            await self.worker.start()
        else:
            await self.store.make_queues(each.name for each in self._queues)

    async def close(self) -> None:
        """Ends; functions that run have half of the time that requests have."""
        await self._schedules.close()
        await self._dispatcher.close()
        if self.worker is not None:
            await self.worker.close(self._grace_s)
            self.worker = None
        await self._connections.close()
        await self._devices.close()
        await self._apns.close()

    # ---- what there is to run ------------------------------------------------------------------------

    def _handlers_of(self, declarations: Declarations) -> Mapping[str, Handler]:
        found: dict[str, Handler] = {}
        for trigger in declarations.triggers:
            found[trigger.name] = self._handler(trigger.options, trigger_run(trigger, self._dialect, self._provide))
        for job in declarations.jobs:
            found[job.name] = self._handler(job.options, job_run(job, self._provide))
        for schedule in declarations.schedules:
            found[schedule.name] = self._handler(schedule.options, schedule_run(schedule, self._provide))
        templates, provide = templates_of(declarations), self._provide
        mails = {**self._mails, MAIL: worded_run(self._mails[MAIL], templates, written_mail, provide)}
        for name, run in mails.items():
            found[name] = self._handler(RunOptions("mail"), run)
        push = worded_run(self._pushes.run, templates, written_push, provide)
        found[PUSH] = self._handler(RunOptions("push"), push)
        for webhook in declarations.webhooks:
            found[webhook.name] = self._endpoint(webhook)
        return {**found, **self._further(declarations)}

    def _endpoint(self, declared: WebhookDeclaration) -> Handler:
        settings = self._settings
        tries, timeout_s = declared.tries or settings.webhook_tries, declared.timeout_s or settings.webhook_timeout_s
        run = webhook_run(declared, self._connections, tries, timeout_s, settings.payload_bytes)
        return Handler(queue_of(declared), run, tries, timeout_s + 1.0)

    def _handler(self, options: RunOptions, run: Any) -> Handler:
        settings = self._settings
        return Handler(options.queue, run, options.tries or settings.tries, options.timeout_s or settings.timeout_s)

    def _queues_of(self, declarations: Declarations) -> Sequence[Queue]:
        every = (*declarations.triggers, *declarations.jobs, *declarations.schedules)
        endpoints = {queue_of(each) for each in declarations.webhooks}
        names = {DEFAULT, *(each.options.queue for each in every), *(each.queue for each in self._handlers.values())}
        settings = self._settings
        return [
            *(self._queue(name) for name in sorted(names - endpoints)),
            *(
                Queue(
                    queue_of(each),
                    each.concurrency,
                    each.concurrency,
                    each.per_s,
                    settings.webhook_failures,
                    settings.webhook_pause_s,
                )
                for each in declarations.webhooks
            ),
        ]

    def _queue(self, name: str) -> Queue:
        said = self._settings.queues.get(name)
        slots = self._settings.workers
        if said is None:
            return Queue(name, slots)
        return Queue(name, min(slots, said.concurrency or slots), said.concurrency or None, said.per_s or None)


def store_of(engine: Engine) -> JobStore:
    """The jobs of an engine's database."""
    if isinstance(engine, SqliteEngine):
        return SqliteJobs(engine)
    assert isinstance(engine, PostgresEngine)
    return PostgresJobs(engine)


def queue_of(declared: WebhookDeclaration) -> str:
    """Each endpoint has a queue of its own, so that one that hangs keeps nobody waiting."""
    return f"webhook:{declared.name}"


def _watcher(declared: TriggerDeclaration | WebhookDeclaration, queue: str, rank: int = 0) -> Watcher:
    table = table_of(declared.subject)
    assert isinstance(table, Table)
    return Watcher(
        declared.name,
        queue,
        table.fullname,
        tuple(column.name for column in table.primary_key.columns),
        frozenset(declared.verbs),
        declared.columns,
        rank,
    )
