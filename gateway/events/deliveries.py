"""How is an endpoint told of a row: one signed POST, and what its answer means."""

from __future__ import annotations

import inspect
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from portico.gateway.events.calling import Run, event_of, images_in
from portico.gateway.events.jobs import Job
from portico.gateway.events.worker import Done, Failed
from portico.gateway.outgoing import Answer, Connections, Unreachable
from portico.gateway.signing import WrongSecret, signed
from portico.schema.declarations import WebhookDeclaration
from portico.schema.services import HttpService
from portico.schema.version import VERSION

_OPERATIONS = {"create": "INSERT", "update": "UPDATE", "delete": "DELETE"}
_LATEST_S = 86_400.0
_GONE = 410


def webhook_run(
    declared: WebhookDeclaration, connections: Connections, tries: int, timeout_s: float, most_bytes: int
) -> Run:
    """Delivers what is declared by `webhook`."""
    service = HttpService(declared.url, declared.secrets, declared.headers)

    async def run(job: Job) -> Done:
        body = await _body(declared, job, tries)
        if len(body) > most_bytes:
            raise Failed(f"The body has {len(body):,} bytes, and may have {most_bytes:,}.", is_final=True, counts=False)
        url = service.address()
        try:
            headers = {
                **_headers(),
                **service.own_headers(),
                **signed(job.id, body, service.keys(), int(time.time())),
            }
            answer = await connections.post(url, body, headers, timeout_s=timeout_s)
        except WrongSecret as error:
            raise Failed(str(error), counts=False) from error
        except Unreachable as error:
            raise Failed(error.message) from error
        return _done(answer)

    return run


def _headers() -> dict[str, str]:
    return {"content-type": "application/json", "user-agent": f"Portico/{VERSION}"}


def _done(answer: Answer) -> Done:
    said = answer.body.decode("utf-8", "replace")
    if 200 <= answer.status < 300:
        return Done(said, answer.status, is_kept=True)
    raise Failed(
        said,
        status=answer.status,
        is_final=answer.status == _GONE,  # Standard Webhooks 1.0.0: the endpoint wants no more
        after_s=asked_pause(answer.headers.get("retry-after")),
        counts=answer.status >= 500 or answer.status == 429,
    )


def asked_pause(said: str | None) -> float | None:
    """Seconds that the other side asks to wait (RFC 9110, 10.2.3), a day at most."""
    if not said:
        return None
    if said.isdecimal():
        return min(float(said), _LATEST_S)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max(0.0, aware.timestamp() - time.time()), _LATEST_S)


# ---- bodies ------------------------------------------------------------------------------------------


async def _body(declared: WebhookDeclaration, job: Job, tries: int) -> bytes:
    if declared.form == "hasura":
        return _hasura(declared, job, tries)
    said = orjson.loads(job.payload)
    if declared.payload is None:
        data = _rows(job)
    else:
        found = declared.payload(event_of(job))
        data = await found if inspect.isawaitable(found) else found
    body = {"type": f"{said['table']}.{said['verb']}", "timestamp": _moment(said["at"]), "data": data}
    return orjson.dumps(body, default=str)


def _hasura(declared: WebhookDeclaration, job: Job, tries: int) -> bytes:
    """Source: Hasura 2, "Event trigger payload"."""
    said = orjson.loads(job.payload)
    schema, _, table = said["table"].rpartition(".")
    body = {
        "id": job.id,
        "created_at": _moment(said["at"]),
        "table": {"schema": schema or "public", "name": table},
        "trigger": {"name": declared.name},
        "event": {
            "op": _OPERATIONS[said["verb"]],
            "session_variables": {"x-hasura-user-id": job.actor} if job.actor is not None else None,
            "data": _rows(job),
            "trace_context": {"trace_id": job.trace, "span_id": None} if job.trace is not None else None,
        },
        "delivery_info": {"current_retry": job.tries - 1, "max_retries": tries - 1},
    }
    return orjson.dumps(body)


def _rows(job: Job) -> dict[str, orjson.Fragment]:
    old, new = images_in(job.payload)
    return {"old": orjson.Fragment(old), "new": orjson.Fragment(new)}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
