"""How do tests run the statements of live fields: a document compiled for a caller, asked through the engine directly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import LargeBinary

from portico.resolvers.sql.program import ChangesSlot, Program, StreamSlot
from portico.schema.caller import Caller
from tests.support.backend import Backend

MOST_BATCHES = 50


class LiveStatement:
    """A subscription of a backend, by its statement."""

    def __init__(
        self,
        backend: Backend,
        document: str,
        *,
        role: str = "admin",
        claims: Mapping[str, Any] | None = None,
        **variables: Any,
    ) -> None:
        self.backend = backend
        self.caller = Caller(id="1", role=role, roles=frozenset({role}), claims=claims or {})
        documents, schema = backend.executor.documents, backend.executor.role(self.caller)
        self.operation, literals = documents.find(document, None, schema)
        self.key, self.values = self.operation.read(variables, literals)
        self.program: Program = self.operation.program(self.key)
        self.slot: Any = self.program.leaves[0]

    def ask(self, values: list[Any]) -> Any:
        """The row that the statement gives for values."""
        statement = self.program.statement
        assert statement is not None
        return self.backend.run(self.backend.engine.read(statement.sql, statement.bind(values, self.caller)))

    def batches(self) -> Iterator[list[Any]]:
        """The batches of a stream until it has no more; one that does not end is a failure."""
        slot, values = self.slot, list(self.values)
        assert isinstance(slot, StreamSlot)
        for _ in range(MOST_BATCHES):
            texts, cursor = self.ask(values)
            assert (texts is None) == (cursor is None)
            if texts is None:
                return
            yield json.loads(slot.before + texts + slot.after)
            slot.go_on(values, cursor)
        raise AssertionError("the stream does not end")

    def image(self, image: Mapping[str, Any] | str | None) -> bytes | None:
        """What the statement of changes gives for an image; None where the caller does not see it."""
        if image is None:
            return None
        assert isinstance(self.slot, ChangesSlot)
        text = image if isinstance(image, str) else json.dumps(image)
        row = self.ask(self.slot.with_image(self.values, text))
        return None if row is None else row[0]

    def event(self, verb: Any, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Any:
        """The event of a change from one image to another; None for nothing."""
        text = self.slot.event(verb, self.image(old), self.image(new), 1_764_150_000.25, "here")
        return None if text is None else json.loads(text)


def stream(backend: Backend, document: str, **keywords: Any) -> list[list[Any]]:
    """All batches of a stream."""
    return list(LiveStatement(backend, document, **keywords).batches())


def image_of(backend: Backend, type_name: str, where: str) -> str:
    """A row of a table as the change log has it: JSON text."""
    table = backend.catalog.tables[type_name]
    if backend.place.dialect == "postgres":
        sql = f'SELECT to_json(t)::text FROM "{table.sql.name}" AS t WHERE {where}'
    else:
        members = ", ".join(
            f"'{column.name}', "
            + (
                f"CASE WHEN {column.name} IS NOT NULL THEN hex({column.name}) END"
                if isinstance(column.sql.type, LargeBinary)
                else column.name
            )
            for column in table.columns.values()
        )
        sql = f"SELECT json_object({members}) FROM {table.sql.name} WHERE {where}"
    row = backend.run(backend.engine.read(sql, ()))
    assert row is not None
    return row[0].decode()
