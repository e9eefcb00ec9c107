"""Who has the clients of AWS's services: each made by aioboto3 when it is first wanted, and held until the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from portico.gateway.problems import InvalidSettings


class AwsClient:
    """
    A client of one service.

    Keys that are not given are looked for where tools of AWS have them: variables, profiles, roles of machines.

    Args:
        service: as aioboto3 calls it. extra: of Portico's, which installs what it needs.
        keys: of `aioboto3.Session`. options: of its `client`. config: of `botocore.config.Config`.
    """

    def __init__(
        self,
        service: str,
        *,
        extra: str,
        keys: Mapping[str, Any] | None = None,
        options: Mapping[str, Any],
        config: Mapping[str, Any],
    ) -> None:
        self._service, self._extra = service, extra
        self._keys, self._options, self._config = keys or {}, options, config
        self._made: Any = None
        self._context: Any = None
        self._making = asyncio.Lock()

    async def get(self) -> Any:
        """
        The client. The first takes a third of a second, for its library is read.

        Raises:
            InvalidSettings: aioboto3 is not installed.
        """
        if self._made is None:
            async with self._making:
                if self._made is None:
                    self._context = await asyncio.to_thread(self._make)
                    self._made = await self._context.__aenter__()
        return self._made

    async def close(self) -> None:
        """Ends connections."""
        if self._made is not None:
            context, self._made, self._context = self._context, None, None
            await context.__aexit__(None, None, None)

    def _make(self) -> Any:
        try:
            aioboto3, config = import_module("aioboto3"), import_module("botocore.config")
        except ImportError:
            raise InvalidSettings(
                f"What is asked of AWS ({self._service}) needs aioboto3.", hint=f"pip install portico[{self._extra}]"
            ) from None
        session = aioboto3.Session(**self._keys)
        return session.client(self._service, config=config.Config(**self._config), **self._options)
