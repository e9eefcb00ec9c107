"""How is a function of AWS Lambda invoked, and what do its answer, its failure and AWS's own errors mean."""

from __future__ import annotations

import asyncio
import base64
import binascii
from importlib import import_module
from typing import Any

import orjson

from portico.gateway.aws_clients import AwsClient
from portico.gateway.outgoing import MAX_ANSWER_BYTES, Answer, Unreachable
from portico.schema.services import LambdaService

_CONNECT_S = 5.0
_READ_S = 900.0  # the longest that Lambda runs a function; each call has a time of its own
_CONNECTIONS = 100
_FAILED = Answer(500, {}, b"null")


class Lambdas:
    """
    Invokes functions and waits for what they give (`RequestResponse`): of an `Event` nobody hears what became of it.

    One client is held for each region and address.
    """

    def __init__(self) -> None:
        self._clients: dict[tuple[str | None, str | None], AwsClient] = {}

    async def invoke(self, service: LambdaService, body: bytes, timeout_s: float) -> Answer:
        """
        What a function answers, as a service of HTTP would say it: a function that raised is a status of 500, without its words.

        Source: AWS Lambda API Reference, "Invoke".

        Raises:
            Unreachable: it was not invoked, or has not answered in time.
        """
        exceptions = import_module("botocore.exceptions")
        try:
            async with asyncio.timeout(timeout_s):
                return await self._invoked(service, body)
        except TimeoutError as error:
            raise Unreachable("The function has not answered in time.") from error
        except exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an unknown error")
            raise Unreachable(f"AWS refuses to invoke the function: {code}.") from error
        except (exceptions.BotoCoreError, OSError) as error:
            raise Unreachable(f"AWS cannot be asked to invoke the function: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Ends the connections."""
        for each in self._clients.values():
            await each.close()

    async def _invoked(self, service: LambdaService, body: bytes) -> Answer:
        client = await self._client(service).get()
        given = {} if service.qualifier is None else {"Qualifier": service.qualifier}
        said = await client.invoke(
            FunctionName=service.function, InvocationType="RequestResponse", Payload=body, **given
        )
        stream = said["Payload"]
        async with stream:
            # One byte more than may come, to know that more has.
            payload = await _first(stream, MAX_ANSWER_BYTES + 1)
        return _FAILED if "FunctionError" in said else _answer(payload)

    def _client(self, service: LambdaService) -> AwsClient:
        place = (service.region, service.endpoint_url)
        if place not in self._clients:
            self._clients[place] = AwsClient(
                "lambda",
                extra="lambda",
                options={"region_name": service.region, "endpoint_url": service.endpoint_url},
                config={
                    "connect_timeout": _CONNECT_S,
                    "read_timeout": _READ_S,
                    "retries": {"total_max_attempts": 1},  # ours are counted elsewhere
                    "max_pool_connections": _CONNECTIONS,
                },
            )
        return self._clients[place]


async def _first(stream: Any, most: int) -> bytes:
    found = b""
    while len(found) < most and (part := await stream.read(most - len(found))):
        found += part
    return found


def _answer(payload: bytes) -> Answer:
    """Source: API Gateway, "Output format of a Lambda function for proxy integration"."""
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return Answer(200, {}, payload)
    if not isinstance(said, dict) or not isinstance(status := said.get("statusCode"), int):
        return Answer(200, {}, payload)
    body = said.get("body")
    if said.get("isBase64Encoded") is True and isinstance(body, str):
        try:
            return Answer(status, {}, base64.b64decode(body, validate=True))
        except binascii.Error:
            return _FAILED
    return Answer(status, {}, body.encode() if isinstance(body, str) else b"null")
