"""What are tokens signed by: keys in the database, the newest of which signs, and all of which verify until they are retired."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import or_, select

from portico.gateway.auth.records import Models, now, utc
from portico.gateway.auth.secrets import Secrets
from portico.schema.problems import Problem
from portico.schema.provided import Data

_PURPOSE = "signing keys"
_ALGORITHM = "ES256"
_LOOK_EVERY_S = 0.5  # a key that is retired anywhere is refused everywhere within a second


@dataclass(frozen=True, slots=True)
class _Known:
    key: ECKey
    created_at: datetime
    retired_at: datetime | None


class SigningKeys:
    """
    The keys of all processes, as this one knows them.

    Args:
        on_change: called when a key came or went.
    """

    def __init__(
        self, data: Data, models: Callable[[], Models], secrets: Secrets, on_change: Callable[[], None]
    ) -> None:
        self._data = data
        self._models = models
        self._secrets = secrets
        self._on_change = on_change
        self._known: Mapping[str, _Known] = {}
        self._watching: asyncio.Task[None] | None = None
        self._loading = asyncio.Lock()  # a look that began before a key was made must not have the last word

    async def start(self) -> None:
        """Reads the keys, makes the first one, and goes on looking."""
        await self._load()
        if not self._known:
            await self.add()
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Looks no more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token."""
        newest = max(self._known.values(), key=lambda each: each.created_at)
        return jwt.encode({"alg": _ALGORITHM, "kid": newest.key.kid}, dict(claims), newest.key)

    def verifying(self, kid: str) -> ECKey | None:
        """The key of a name, unless it is retired."""
        found = self._known.get(kid)
        if found is None or (found.retired_at is not None and found.retired_at <= now()):
            return None
        return found.key

    def published(self) -> Mapping[str, Any]:
        """The public halves, as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [each.key.as_dict(private=False) for kid, each in self._known.items() if self.verifying(kid)]}

    async def add(self) -> str:
        """Makes a key, which signs from now on; its name."""
        made = self._models().signing_key
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": _ALGORITHM}, auto_kid=True)
        private = json.dumps(key.as_dict(private=True)).encode()
        async with self._data.begin() as session:
            session.add(made(private=self._secrets.seal(_PURPOSE, private), public=key.as_dict(private=False)))
        await self._load()
        return key.kid or ""

    async def retire(self, after_s: float) -> int:
        """Retires all but the newest after a while; how many those were."""
        made = self._models().signing_key
        at = now() + timedelta(seconds=after_s)
        async with self._data.begin() as session:
            found = (await session.scalars(select(made).order_by(made.created_at.desc(), made.id.desc()))).all()
            old = [each for each in found[1:] if each.retired_at is None or utc(each.retired_at) > at]
            for each in old:
                each.retired_at = at
        await self._load()
        return len(old)

    async def all(self) -> Sequence[tuple[str, datetime, datetime | None]]:
        """Name, making and retirement of each, the newest first."""
        made = self._models().signing_key
        async with self._data.read() as session:
            found = (await session.scalars(select(made).order_by(made.created_at.desc(), made.id.desc()))).all()
        return [(each.public["kid"], utc(each.created_at), utc(each.retired_at)) for each in found]

    async def load(self) -> None:
        """
        Reads them.

        Raises:
            ValueError: they were encrypted by another secret.
        """
        await self._load()

    async def _load(self) -> None:
        async with self._loading:
            await self._look()

    async def _look(self) -> None:
        made = self._models().signing_key
        at = now()
        async with self._data.read() as session:
            found = await session.scalars(select(made).where(or_(made.retired_at.is_(None), made.retired_at > at)))
            known = {each.public["kid"]: self._read(each) for each in found}
        before, self._known = self._known, known
        if {kid: each.retired_at for kid, each in before.items()} != {k: each.retired_at for k, each in known.items()}:
            self._on_change()

    def _read(self, row: Any) -> _Known:
        known = self._known.get(row.public["kid"])
        if known is None:
            key = ECKey.import_key(json.loads(self._secrets.unseal(_PURPOSE, row.private)))
            return _Known(key, utc(row.created_at), utc(row.retired_at))
        return _Known(known.key, known.created_at, utc(row.retired_at))

    async def _watch(self) -> None:
        looked = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, looked + _LOOK_EVERY_S - time.monotonic()))
            looked = time.monotonic()
            try:
                await self._load()
            except (Problem, ValueError):
                continue  # the database is away, or has a key of another secret: those known so far go on serving
            if any(each.retired_at is not None and each.retired_at <= now() for each in self._known.values()):
                await self._load()
