"""How do asynchronous functions go on: each call is a job, tried in a queue of its function's, and its result is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from portico.gateway.events.deliveries import asked_pause
from portico.gateway.events.jobs import Job
from portico.gateway.events.retries import next_try
from portico.gateway.events.worker import Done, Failed, Handler
from portico.gateway.functions.kept_calls import KeptCalls
from portico.gateway.functions.problems import CallTooLong, RemoteFailed, RemoteRefused
from portico.gateway.functions.remote_calls import Later
from portico.gateway.functions.service_answers import may_pass, result_of
from portico.gateway.functions.services import Services
from portico.gateway.observe import logger
from portico.gateway.outgoing import Unreachable
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations, FunctionDeclaration
from portico.schema.problems import Problem

if TYPE_CHECKING:
    from portico.gateway.events.later import DurableJobs

_MARGIN_S = 5.0  # of a job beyond its request: what became of it is written down


def name_of(function: FunctionDeclaration) -> str:
    """What its jobs are called, and their queue: a service that hangs keeps no other function waiting."""
    return f"remote:{function.function.__name__}"


class CallsLater(Later):
    """
    Calls as jobs.

    Args:
        most_bytes: of a job.
    """

    def __init__(self, kept: KeptCalls, jobs: Callable[[], DurableJobs], most_bytes: int) -> None:
        self._kept = kept
        self._jobs = jobs
        self._most_bytes = most_bytes

    async def ask(self, function: FunctionDeclaration, body: bytes, headers: Mapping[str, str], caller: Caller) -> str:
        """See `Later`."""
        # Text in text: it is sent byte for byte as it was put down.
        payload = orjson.dumps({"body": body.decode(), "headers": headers}).decode()
        if len(payload) > self._most_bytes:
            raise CallTooLong(f"The arguments have more than the {self._most_bytes:,} bytes that may be put down.")

        async def put(id: str, session: Any) -> None:
            name = name_of(function)
            await self._jobs().put(name, name, payload, id=id, session=session)

        return await self._kept.ask(function.function.__name__, caller, put)


def remote_handlers(
    declarations: Declarations, services: Services, kept: KeptCalls, tries: int
) -> Mapping[str, Handler]:
    """
    What runs the calls of asynchronous functions, by the names of their jobs.

    Args:
        tries: of a function that does not say how many.
    """
    asked = [each for each in declarations.functions if each.remote is not None and each.remote.is_asynchronous]
    return {name_of(each): _handler(each, services, kept, tries) for each in asked}


def _handler(function: FunctionDeclaration, services: Services, kept: KeptCalls, tries: int) -> Handler:
    remote = function.remote
    assert remote is not None
    most = tries if remote.retries is None else remote.retries + 1

    async def run(job: Job) -> Done:
        if job.tries > most:
            raise await _ended(kept, job, RemoteFailed("The service was asked, and its answer was lost."))
        is_last = job.tries == most or next_try(time.time(), job.begun_at, 0.0) is None
        said = orjson.loads(job.payload)
        try:
            answer = await services.send(
                remote.service, job.id, said["body"].encode(), said["headers"], remote.timeout_s
            )
        except Unreachable as error:
            if not is_last:
                raise Failed(error.message) from error
            raise await _ended(kept, job, RemoteFailed("The service cannot be reached.")) from error
        except Exception as error:
            # The author's own: an address, header or key that is asked for as it is needed.
            if not is_last:
                raise
            logger().error("a job failed", name=job.name, job=job.id, attempt=job.tries, exc_info=error)
            raise await _ended(kept, job, RemoteFailed("The service cannot be asked.")) from error
        if may_pass(answer) and not is_last:
            raise Failed("", status=answer.status, after_s=asked_pause(answer.headers.get("retry-after")))
        try:
            output = result_of(answer)
        except RemoteRefused as refusal:
            await kept.end(job.id, errors=_said(refusal))
            return Done(refusal.message, answer.status, is_kept=True)
        except RemoteFailed as failure:
            raise await _ended(kept, job, failure, answer.status) from failure
        await kept.end(job.id, output=output)
        return Done("", answer.status, is_kept=True)

    # One more than there are, for a call whose last worker was gone: whoever asked is told so.
    return Handler(name_of(function), run, most + 1, remote.timeout_s + _MARGIN_S)


async def _ended(kept: KeptCalls, job: Job, problem: Problem, status: int = 0) -> Failed:
    """Keeps the failure of a call that is not tried again."""
    await kept.end(job.id, errors=_said(problem))
    return Failed(problem.message, status=status, is_final=True)


def _said(problem: Problem) -> Mapping[str, Any]:
    """As Hasura keeps errors of asynchronous actions, with our own code besides."""
    return {"path": "$", "error": problem.message, "code": problem.error_code, "problem": problem.code}
