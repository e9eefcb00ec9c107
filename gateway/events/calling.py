"""How is an author's function called in the background: with the row, or its arguments, and what the process hands it."""

from __future__ import annotations

import asyncio
import inspect
import json
import typing
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from portico.gateway.events.arguments import from_json
from portico.gateway.events.jobs import Job
from portico.gateway.events.rows import row_of
from portico.gateway.events.worker import Done
from portico.schema.declarations import JobDeclaration, ScheduleDeclaration, TriggerDeclaration
from portico.schema.provided import Event, is_provided
from portico.schema.scalars import DialectName

Provide = Callable[[type[Any]], Any]
"""A class that derives from `Provided` → what a function is handed for it."""
Run = Callable[[Job], Awaitable[Done]]


def event_of(job: Job) -> Event:
    """The event that a job is about."""
    said = json.loads(job.payload, parse_float=Decimal)
    at = datetime.fromtimestamp(float(said["at"]), UTC)
    return Event(job.id, said["verb"], said["table"], said["old"], said["new"], job.actor, job.trace, at, job.tries)


def images_in(payload: str) -> tuple[str, str]:
    """The rows of an event before and after as the log has them: numbers that are read and written again lose digits."""
    head, _, rest = payload.partition(',"old":')
    length = json.loads(head + "}")["length"]
    return rest[:length], rest[length + len(',"new":') : -1]


def trigger_run(declared: TriggerDeclaration, dialect: DialectName, provide: Provide) -> Run:
    """Calls a function declared by `on`."""
    hints = typing.get_type_hints(inspect.unwrap(declared.function))
    wanted = {name: hints.get(name) for name in inspect.signature(declared.function).parameters}

    async def run(job: Job) -> Done:
        event = event_of(job)

        def given(name: str, hint: Any) -> Any:
            if hint is Event:
                return event
            if is_provided(hint):
                return provide(hint)
            image = event.old if name == "old" else event.new or event.old
            return None if image is None else row_of(declared.subject, image, dialect)

        await call(declared.function, {name: given(name, hint) for name, hint in wanted.items()})
        return Done()

    return run


def job_run(declared: JobDeclaration, provide: Provide) -> Run:
    """Calls a function declared by `job`."""
    given = handed(declared.function)

    async def run(job: Job) -> Done:
        arguments = from_json(declared.function, job.payload)
        await call(declared.function, {**arguments, **{name: provide(hint) for name, hint in given.items()}})
        return Done()

    return run


def schedule_run(declared: ScheduleDeclaration, provide: Provide) -> Run:
    """Calls a function declared by `cron`."""
    hints = handed(declared.function)
    takes_due = "due" in inspect.signature(declared.function).parameters

    async def run(job: Job) -> Done:
        given: dict[str, Any] = {name: provide(hint) for name, hint in hints.items()}
        if takes_due:
            given["due"] = datetime.fromtimestamp(json.loads(job.payload)["due"], UTC)
        await call(declared.function, given)
        return Done()

    return run


def handed(function: Callable[..., Any]) -> Mapping[str, Any]:
    """The parameters that the process fills, by name."""
    hints = typing.get_type_hints(inspect.unwrap(function))
    return {name: hints[name] for name in inspect.signature(function).parameters if is_provided(hints.get(name))}


async def call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """What a function gives."""
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    # A function that is not async may wait for the network or count for long: others must be served meanwhile.
    found = await asyncio.to_thread(function, **arguments)
    return await found if inspect.isawaitable(found) else found
