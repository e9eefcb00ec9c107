"""How does a body reach a service, and its answer us: by POST, signed, through the one client for requests that leave; or by AWS Lambda."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from portico.gateway.outgoing import MAX_ANSWER_BYTES, Answer, Connections, Reach
from portico.gateway.signing import signed
from portico.schema.services import HttpService, LambdaService

if TYPE_CHECKING:
    from portico.gateway.functions.lambdas import Lambdas


class Services:
    """
    The services that functions live in.

    Attributes:
        connections: of HTTP.
    """

    def __init__(self, reach: Reach) -> None:
        self.connections = Connections(reach)
        self._lambdas: Lambdas | None = None

    async def send(
        self,
        service: HttpService | LambdaService,
        message: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_s: float,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """
        What a service answers to one try.

        Args:
            message: the id that all tries have in common. headers: besides the service's own, which hold where both have one.
            most_bytes: of an answer by HTTP; one more is read, by which the caller knows that there are more.

        Raises:
            Unreachable: nothing has answered.
        """
        if isinstance(service, HttpService):
            return await self._post(service, message, body, headers, timeout_s, most_bytes)
        if self._lambdas is None:
            from portico.gateway.functions.lambdas import Lambdas

            self._lambdas = Lambdas()
        return await self._lambdas.invoke(service, body, timeout_s)

    async def _post(
        self,
        service: HttpService,
        message: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_s: float,
        most_bytes: int,
    ) -> Answer:
        url = service.address()
        every = {
            **headers,
            **service.own_headers(),
            "content-type": "application/json",
            **signed(message, body, service.keys(), int(time.time())),
        }
        kept = {name: value for name, value in every.items() if value}
        return await self.connections.post(url, body, kept, timeout_s=timeout_s, most_bytes=most_bytes + 1)

    async def close(self) -> None:
        """Ends the connections."""
        await self.connections.close()
        if self._lambdas is not None:
            await self._lambdas.close()
