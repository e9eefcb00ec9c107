"""How do tests ask for many at once: the members' statement of a document beside the ordinary one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portico.resolvers.sql.compiled import Statement
from portico.resolvers.sql.members import MembersStatement, compile_members
from portico.schema.caller import Caller
from tests.support.backend import Backend

Ask = tuple[Mapping[str, Any], Caller]


@dataclass(frozen=True)
class Together:
    """
    A document compiled both ways, and the parameters of each who asks.

    statement: None where nothing reads.
    """

    backend: Backend
    statement: Statement
    members: MembersStatement
    parameters: Sequence[Sequence[Any]]

    def alone(self) -> list[tuple[bytes | None, ...]]:
        """What the ordinary statement gives to each."""
        rows = [self.backend.run(self.backend.engine.read(self.statement.sql, each)) for each in self.parameters]
        return [tuple(row) if row is not None else (None,) for row in rows]

    def together(self) -> list[tuple[bytes | None, ...]]:
        """What one execution gives to each; they must agree in what is shared."""
        assert len({self.members.group(each) for each in self.parameters}) == 1
        assert all(self.members.carries(each) for each in self.parameters)
        rows = self.backend.run(
            self.backend.engine.read_all(self.members.sql, self.members.parameters(self.parameters))
        )
        assert sorted(row[0] for row in rows) == list(range(len(self.parameters)))
        found = {row[0]: tuple(row[1:]) for row in rows}
        return [found[n] for n in range(len(found))]


def compiled_for(backend: Backend, document: str, asks: Sequence[Ask], operation: str | None = None) -> Together | None:
    """The document for several who ask, whose variables give one plan; None where nothing reads."""
    executor = backend.executor
    found, literals = executor.documents.find(document, operation, executor.role(asks[0][1]))
    read = [found.read(variables, literals) for variables, _ in asks]
    (key,) = {key for key, _ in read}
    statement = found.program(key).statement
    if statement is None:
        return None
    parameters = [statement.bind(values, caller) for (_, values), (_, caller) in zip(read, asks, strict=True)]
    return Together(backend, statement, compile_members(found.guarded(key), executor.documents.dialect), parameters)
