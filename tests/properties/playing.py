"""How is a world played: served by Portico from a store, asked under a caller, compared with what is stored."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from portico.gateway.errors import as_error, problems_of
from portico.resolvers.request import Request
from portico.schema.caller import Caller
from tests.properties.description import Principal, State, World
from tests.properties.documents import Document
from tests.properties.grants import Access
from tests.properties.models import declare
from tests.properties.stores import Store
from tests.support.backend import Backend
from tests.support.live import LiveBackend


@dataclass(frozen=True)
class Reply:
    """What a client gets: the body's text, and what it says; `crashed` where the mistake is the server's."""

    text: str
    data: Any
    errors: tuple[Any, ...]
    crashed: bool = False

    @property
    def code(self) -> str:
        """The code of the first error."""
        return self.errors[0]["extensions"]["problem"] if self.errors else ""


class Play:
    """One world, served."""

    def __init__(self, world: World, store: Store, backend: Backend | LiveBackend) -> None:
        self.world = world
        self.store = store
        self.backend = backend
        self._access: dict[tuple[str, bool], Access] = {}

    def access(self, principal: Principal) -> Access:
        key = (principal.role, principal.backend)
        if key not in self._access:
            self._access[key] = Access(self.world, principal.role, backend=principal.backend)
        return self._access[key]

    def read(self) -> State:
        return self.store.read(self.world)

    def fill(self, state: State) -> None:
        self.store.fill(self.world, state)

    def next_id(self, state: State, table: str) -> int:
        """The id that the database would give a new row."""
        if self.store.place.dialect == "postgres":
            return state.counters[table]
        return max(state.rows[table], default=0) + 1

    def ask(self, document: Document, principal: Principal) -> Reply:
        request = Request(document.text, None, document.variables, caller_of(principal))
        try:
            text = self.backend.run(self.backend.executor.execute(request)).decode()
        except Exception as error:
            return refusal(error)
        return Reply(text, json.loads(text)["data"], ())


def caller_of(principal: Principal) -> Caller:
    """The caller as Portico knows them."""
    roles = frozenset({principal.role})
    return Caller(principal.id, principal.role, roles, dict(principal.claims), principal.backend)


def refusal(error: Exception) -> Reply:
    """What a client is told of an exception."""
    problems = problems_of(error)
    errors = tuple(as_error(problem) for problem in problems)
    crashed = problems[0].code in ("PT599", "PT507")
    text = json.dumps(errors, ensure_ascii=False) + (f" because of {error!r}" if problems[0].code == "PT599" else "")
    if problems[0].code == "PT507":
        text += f" because of {error.__cause__!r}"
    return Reply(text, None, errors, crashed)


@contextmanager
def playing(world: World, state: State, store: Store) -> Generator[Play]:
    """The world with these rows, served until the end of the block."""
    declarations = declare(world)
    try:
        store.create(world, declarations.registry.metadata)
        store.fill(world, state)
        backend = Backend(declarations, store.place, create=False, relay=True)
        try:
            yield Play(world, store, backend)
        finally:
            backend.close()
    finally:
        store.drop(world)
        declarations.registry.dispose()
