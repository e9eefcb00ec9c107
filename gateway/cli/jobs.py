"""How are jobs looked after: `portico jobs`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from portico.gateway.cli.background import with_jobs

if TYPE_CHECKING:
    from portico.gateway.events.jobs import Listed
    from portico.gateway.events.store import JobStore

_models = click.option("--models", help="The model file.")


@click.group("jobs", short_help="What runs in the background: list, show, cancel, run.")
def command() -> None:
    """Jobs of the project in this folder."""


@command.command("list")
@click.option("--state", help="later, waiting, running, done, dead or cancelled.")
@click.option("--name", help="Of one function or webhook.")
@click.option("--queue", help="Of one queue.")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_models
def list_(
    state: str | None, name: str | None, queue: str | None, limit: int, as_json: bool, models: str | None
) -> None:
    """Print jobs, the latest first."""

    async def work(store: JobStore) -> Sequence[Listed]:
        from portico.gateway.events.administration import list_jobs

        return await list_jobs(store, state, name, queue, limit)

    for each in with_jobs(models, work):
        click.echo(json.dumps(asdict(each)) if as_json else line_of(each))


@command.command("show")
@click.argument("job")
@_models
def show(job: str, models: str | None) -> None:
    """Print JOB (an id) as JSON, with its attempts."""

    async def work(store: JobStore) -> Listed:
        from portico.gateway.events.administration import find_job

        return await find_job(store, job)

    click.echo(json.dumps(asdict(with_jobs(models, work)), indent=2))


@command.command("cancel")
@click.argument("job")
@_models
def cancel(job: str, models: str | None) -> None:
    """Have JOB (an id) not run."""

    async def work(store: JobStore) -> None:
        from portico.gateway.events.administration import cancel_job

        await cancel_job(store, job)

    with_jobs(models, work)
    click.echo(f"{job} is cancelled.")


@command.command("run")
@click.argument("job")
@_models
def run(job: str, models: str | None) -> None:
    """Have JOB (an id) run at once that is not due yet or was cancelled; a server or worker of this project runs it."""

    async def work(store: JobStore) -> None:
        from portico.gateway.events.administration import run_job

        await run_job(store, job)

    with_jobs(models, work)
    click.echo(f"{job} waits for a worker.")


def line_of(job: Listed) -> str:
    """A job as a line."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(job.due_at))
    answer = "" if not job.answer else f"  {job.answer.splitlines()[0][:80]}"
    return f"{job.id}  {job.state:<9}  {moment}  {job.queue}  {job.name}  tries {job.tries}{answer}"
