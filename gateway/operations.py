"""How are subscriptions refused in Hasura's words, where its manner is spoken."""

from __future__ import annotations

from collections.abc import Callable

from portico.resolvers.live.ports import Operations, Outlet, Subscription
from portico.resolvers.request import LiveRequest, Request


class Translated:
    """
    Operations whose failures are said in other words, too.

    Args:
        translate: adds these words to an exception, from the request that it is about.
    """

    def __init__(self, operations: Operations, translate: Callable[[Exception, Request], None]) -> None:
        self._operations = operations
        self._translate = translate

    async def open(self, request: LiveRequest, outlet: Outlet) -> Subscription | None:
        """As the operations do."""
        try:
            return await self._operations.open(request, outlet)
        except Exception as error:
            self._translate(error, request)
            raise
