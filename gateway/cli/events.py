"""How are events looked after: `portico events`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from portico.gateway.cli.background import with_jobs
from portico.gateway.cli.jobs import line_of

if TYPE_CHECKING:
    from portico.gateway.events.jobs import Listed, QueueState
    from portico.gateway.events.store import JobStore

_models = click.option("--models", help="The model file.")
_LOOK_S = 0.5


@click.group("events", short_help="Deliveries: tail, dead, replay, pause.")
def command() -> None:
    """Events of the project in this folder, and who is told of them."""


@command.command("queues")
@_models
def queues(models: str | None) -> None:
    """Print the queues, each endpoint's among them."""

    async def work(store: JobStore) -> Sequence[QueueState]:
        from portico.gateway.events.administration import list_queues

        return await list_queues(store)

    for each in with_jobs(models, work):
        counts = ", ".join(f"{count} {state}" for state, count in sorted(each.counts.items())) or "empty"
        state = "  paused" if each.is_paused else "  left alone" if each.open_until else ""
        click.echo(f"{each.name}  {counts}{state}")


@command.command("tail")
@click.option("--once", is_flag=True, help="Print what there is, and end.")
@_models
def tail(once: bool, models: str | None) -> None:
    """Print attempts as they are made: deliveries, and what failed."""

    async def work(store: JobStore) -> None:
        from portico.gateway.events.administration import latest

        after = 0
        while True:
            after, lines = await latest(store, after)
            for each in lines:
                click.echo(each)
            if once and not lines:
                return
            if not lines:
                await asyncio.sleep(_LOOK_S)

    try:
        with_jobs(models, work)
    except KeyboardInterrupt:
        return


@command.command("dead")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@_models
def dead(limit: int, models: str | None) -> None:
    """Print what failed at every try, the latest first."""

    async def work(store: JobStore) -> Sequence[Listed]:
        from portico.gateway.events.administration import list_jobs

        return await list_jobs(store, "dead", limit=limit)

    for each in with_jobs(models, work):
        click.echo(line_of(each))


@command.command("replay")
@click.argument("job", required=False)
@click.option("--all", "everything", is_flag=True, help="All that is dead.")
@click.option("--queue", help="All that is dead in a queue.")
@click.option("--name", help="All that is dead of a function or webhook.")
@_models
def replay(job: str | None, everything: bool, queue: str | None, name: str | None, models: str | None) -> None:
    """Have JOB (an id), or what is dead, run once more, with the same ids."""
    if job is None and not (everything or queue or name):
        raise click.UsageError("Name a job, --queue, --name, or --all.")

    async def work(store: JobStore) -> int:
        from portico.gateway.events.administration import replay_dead, replay_job

        if job is None:
            return await replay_dead(store, queue, name)
        await replay_job(store, job)
        return 1

    click.echo(f"{with_jobs(models, work)} run once more.")


@command.command("pause")
@click.argument("queue")
@_models
def pause(queue: str, models: str | None) -> None:
    """Have the jobs of QUEUE wait; portico events queues lists them."""
    _pause(queue, models, is_paused=True)


@command.command("resume")
@click.argument("queue")
@_models
def resume(queue: str, models: str | None) -> None:
    """Have the jobs of QUEUE go on."""
    _pause(queue, models, is_paused=False)


def _pause(queue: str, models: str | None, *, is_paused: bool) -> None:
    async def work(store: JobStore) -> None:
        from portico.gateway.events.administration import pause as set_paused

        await set_paused(store, queue, is_paused=is_paused)

    with_jobs(models, work)
    click.echo(f"{queue} is paused." if is_paused else f"{queue} goes on.")
