"""What may be asked again and again in a world: documents that its rules allow, under several callers and values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from portico.resolvers.documents import DocumentInvalid
from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.program import Program
from portico.schema.problems import Problem
from tests.properties.description import Principal, State
from tests.properties.documents import Document
from tests.properties.grants import Access
from tests.properties.operations import Arguments, Query, Rows, Term
from tests.properties.playing import Play, caller_of
from tests.properties.random_reads import Reads
from tests.properties.spelling import Speller, is_granted
from tests.properties.worlds import TEXTS, random_principal
from tests.properties.write_documents import document_of


@dataclass(frozen=True)
class Asked:
    """A compiled document, and the driver's parameters of everybody who asks it."""

    document: Document
    is_ordered: bool
    guarded: Guarded
    program: Program
    members: tuple[Sequence[Any], ...]


class Asking:
    """Draws documents for one world."""

    def __init__(self, play: Play, random: Random, state: State) -> None:
        self._play, self._random, self._state = play, random, state

    @property
    def dialect(self) -> SqlDialect:
        return self._play.backend.executor.documents.dialect

    def drawn(self, principal: Principal, most: int) -> Asked | None:
        """A document that the role may ask, by so many callers with values of their own; None where there is none."""
        access = self._play.access(principal)
        query = Reads(self._random, access, self._state, naughty=False).query()
        if query is None:
            return None
        roots = [_settled(root, access) for root in query.roots]
        if any(not _is_settled(root, access) for root in roots):
            return None
        query = Query(tuple(roots), variables=True)
        document = document_of(query, Speller(self._play.world))
        if not all(is_granted(access, mention) for mention in document.mentions):
            return None
        executor = self._play.backend.executor
        first = caller_of(principal)
        try:
            operation, literals = executor.documents.find(document.text, None, executor.role(first))
            key, values = operation.read(document.variables, literals)
            program = operation.program(key)
        except (Problem, DocumentInvalid):
            return None
        if program.statement is None:
            return None
        members = [program.statement.bind(values, first)]
        for other in self._others(principal, most - 1):
            varied = _varied(self._random, document.variables) if self._random.random() < 0.6 else document.variables
            try:
                other_key, values = operation.read(varied, literals)
            except Problem:
                continue  # no identifier of a row, say
            if other_key == key:
                members.append(program.statement.bind(values, caller_of(other)))
        return Asked(
            document, all(_is_ordered(root, access) for root in roots), operation.guarded(key), program, tuple(members)
        )

    def _others(self, principal: Principal, count: int) -> Iterator[Principal]:
        for _ in range(count):
            yield replace(random_principal(self._random, principal.role), backend=principal.backend)


def _settled(rows: Rows, access: Access) -> Rows:
    """The same rows in a total order where there can be one, and else all of them."""
    items = tuple(_settled(item, access) if isinstance(item, Rows) else item for item in rows.items)
    groups = tuple(
        replace(each, order=(*each.order, *(Term((), rows.table, column, "ASC") for column in each.by)))
        for each in rows.groups
    )
    arguments = rows.arguments
    if rows.form in ("list", "aggregate"):
        if access.is_total(rows.table):
            arguments = replace(arguments, order=(*arguments.order, Term((), rows.table, "id", "ASC")))
        else:
            arguments = Arguments(arguments.where, arguments.order)
    return replace(rows, items=items, groups=groups, arguments=arguments)


def _is_settled(rows: Rows, access: Access) -> bool:
    """Whether it is sure which rows an answer has; their order may be open."""
    grant = access.grant(rows.table, "read")
    open_ = rows.form in ("list", "aggregate") and not access.is_total(rows.table)
    if open_ and (grant is None or grant.limit is not None):
        return False
    return all(_is_settled(item, access) for item in rows.items if isinstance(item, Rows))


def _is_ordered(rows: Rows, access: Access) -> bool:
    ordered = rows.form not in ("list", "aggregate") or access.is_total(rows.table)
    return ordered and all(_is_ordered(item, access) for item in rows.items if isinstance(item, Rows))


def alike(one: bytes | None, other: bytes | None) -> bool:
    """Whether two answers are the same but for the order of lists."""
    return one == other or (one is not None and other is not None and _sorted(one) == _sorted(other))


def _sorted(text: bytes) -> Any:
    # Lists come without their brackets.
    return _in_order(json.loads(b"[" + text + b"]"))


def _in_order(value: Any) -> Any:
    match value:
        case list():
            items: list[Any] = value
            return sorted((_in_order(item) for item in items), key=repr)
        case dict():
            members: dict[str, Any] = value
            return {name: _in_order(member) for name, member in members.items()}
        case _:
            return value


def _varied(random: Random, value: Any) -> Any:
    """The same variables with other numbers, texts and flags."""
    match value:
        case bool():
            return random.random() < 0.5
        case int():
            return random.randint(0, 4)
        case str():
            return value if value.startswith(("ASC", "DESC")) else random.choice(TEXTS)
        case list():
            items: list[Any] = value
            return [_varied(random, item) for item in items]
        case dict():
            members: dict[str, Any] = value
            return {name: _varied(random, member) for name, member in members.items()}
        case _:
            return value
