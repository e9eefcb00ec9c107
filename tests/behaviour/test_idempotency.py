"""`Idempotency-Key`: a mutation that is sent again is answered as it was, and writes nothing more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from portico.gateway import reflect
from portico.gateway.engines import make_dialect
from portico.gateway.http import GraphQLOverHttp
from portico.resolvers.run.execute import Executor
from portico.resolvers.sql.kept_answers import kept_answers
from portico.schema import IntId, Model, allow, everyone
from portico.schema.caller import Caller
from portico.schema.declarations import Declarations, FunctionDeclaration
from portico.schema.names import CONVENTIONS
from portico.schema.problems import Source
from tests.support.backend import Backend

INSERT = "mutation ($n: Int!) { insertEntry(object: {number: $n}) { id number } }"
ADMIN = Caller(role="admin", roles=frozenset({"admin"}))


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    replayed: bool
    body: bytes

    @property
    def problem(self) -> str:
        return json.loads(self.body)["errors"][0]["extensions"]["problem"]


class Client:
    """Sends requests over HTTP to what a backend serves."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._caller = ADMIN
        self._endpoint = GraphQLOverHttp(
            backend.executor.execute,
            lambda headers: self._caller,
            lambda identifier, error: None,
            max_body_bytes=10_000_000,
            max_batch=5,
            body_timeout_s=5,
        )

    def send(self, document: str, key: str | None, *, caller: Caller = ADMIN, **variables: Any) -> Reply:
        self._caller = caller
        return self.backend.run(self.sent({"query": document, "variables": variables}, key))

    async def sent(self, payload: Any, key: str | None, headers: Mapping[bytes, bytes] | None = None) -> Reply:
        all_headers = [(b"content-type", b"application/json"), *(headers or {}).items()]
        if key is not None:
            all_headers.append((b"idempotency-key", key.encode("latin-1")))
        messages: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": json.dumps(payload).encode()}

        async def send(message: Any) -> None:
            messages.append(message)

        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/graphql", "headers": all_headers}
        await self._endpoint(scope, receive, send)
        start, body = messages
        return Reply(start["status"], (b"idempotency-replayed", b"true") in start["headers"], body["body"])

    @property
    def numbers(self) -> list[int]:
        """What is stored."""
        rows = self.backend.data("{ entries(orderBy: {id: ASC}) { number } }")["entries"]
        return [row["number"] for row in rows]

    @property
    def kept(self) -> int:
        """How many keys are stored."""
        statement = "SELECT count(*) FROM portico_idempotency_keys"
        return self.backend.run(self.backend.engine.read_all(statement, ()))[0][0]


def _entries() -> None:
    class Entry(Model):
        __tablename__ = "entries"
        id: Mapped[IntId]
        number: Mapped[int] = mapped_column(unique=True)

    allow(Entry, "all", when=everyone)


@pytest.fixture
def client(declared: Declarations, serve: Callable[..., Backend]) -> Client:
    _entries()
    kept_answers(declared.registry.metadata)
    return Client(serve())


def test_a_request_that_is_sent_again_is_answered_as_it_was(client: Client) -> None:
    first = client.send(INSERT, "k-1", n=1)
    again = client.send(INSERT, "k-1", n=1)

    assert json.loads(first.body) == {"data": {"insertEntry": {"id": 1, "number": 1}}}
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.body) == (200, first.body)
    assert client.numbers == [1]


def test_another_key_is_another_request(client: Client) -> None:
    client.send(INSERT, "k-1", n=1)

    assert not client.send(INSERT, "k-2", n=2).replayed
    assert client.numbers == [1, 2]


def test_a_key_is_of_one_request(client: Client) -> None:
    client.send(INSERT, "k-1", n=1)

    other = client.send(INSERT, "k-1", n=2)
    assert (other.status, other.problem) == (422, "PT122")
    assert client.send(INSERT.replace("id ", ""), "k-1", n=1).problem == "PT122"
    assert client.send(INSERT, "k-1", n=1).replayed
    assert client.numbers == [1]


def test_the_order_of_variables_does_not_matter(client: Client) -> None:
    document = "mutation ($a: Int!, $b: Int!) { a: insertEntry(object: {number: $a}) { id } b: insertEntry(object: {number: $b}) { id } }"

    assert not client.send(document, "k", a=1, b=2).replayed
    assert client.send(document, "k", b=2, a=1).replayed


def test_what_failed_is_not_kept(client: Client) -> None:
    client.send(INSERT, None, n=1)

    assert client.send(INSERT, "k", n=1).problem == "PT501"
    assert client.kept == 0
    client.backend.data("mutation { deleteEntries(where: {}) { affectedRows } }")
    assert not client.send(INSERT, "k", n=1).replayed
    assert client.numbers == [1]


def test_all_that_a_document_writes_is_written_once(client: Client) -> None:
    document = (
        "mutation { __typename a: insertEntry(object: {number: 1}) { number }"
        " b: updateEntries(where: {}, _inc: {number: 10}) { affectedRows }"
        " c: deleteEntries(where: {number: {_eq: 99}}) { affectedRows } }"
    )

    first, again = client.send(document, "k"), client.send(document, "k")
    assert json.loads(first.body) == {
        "data": {
            "__typename": "mutation_root", "a": {"number": 1}, "b": {"affectedRows": 1}, "c": {"affectedRows": 0},
        }
    }  # fmt: skip
    assert (again.replayed, again.body) == (True, first.body)
    assert client.numbers == [11]


def test_queries_take_no_notice_of_it(client: Client) -> None:
    client.send(INSERT, None, n=1)
    for _ in range(2):
        reply = client.send("{ entries { number } }", "k" * 999)
        assert (reply.replayed, reply.body) == (False, b'{"data":{"entries":[{"number":1}]}}')
    assert client.kept == 0


CALLERS = {
    "anonymous": Caller(),
    "a user": Caller(id="1", role="user", roles=frozenset({"user", "editor"})),
    "another user": Caller(id="2", role="user", roles=frozenset({"user"})),
    "a user whose id is a number": Caller(id=1, role="user", roles=frozenset({"user"})),
    "the user under another role": Caller(id="1", role="admin", roles=frozenset({"user"})),
    "an administrator": ADMIN,
    "a backend": Caller(role="admin", roles=frozenset({"admin"}), backend=True),
    "a service without an id": Caller(role="user", roles=frozenset({"user"}), claims={"org": 1, "exp": 5}),
    "another service": Caller(role="user", roles=frozenset({"user"}), claims={"org": 2, "exp": 5}),
}


def test_a_key_belongs_to_its_caller_under_one_role(client: Client) -> None:
    for number, (who, caller) in enumerate(CALLERS.items()):
        assert not client.send(INSERT, "k", caller=caller, n=number).replayed, who
    for number, (who, caller) in enumerate(CALLERS.items()):
        assert client.send(INSERT, "k", caller=caller, n=number).replayed, who


def test_a_token_that_was_issued_again_is_of_the_same_caller(client: Client) -> None:
    roles = frozenset({"user"})
    for claims in ({"org": 1, "exp": 5, "iat": 1, "jti": "a"}, {"org": 1, "exp": 9, "iat": 4, "jti": "b"}):
        last = client.send(INSERT, "k", caller=Caller(role="user", roles=roles, claims=claims), n=1)
    assert last.replayed


@pytest.mark.parametrize("key", ["", '""', "k" * 256, "a b", "\u00e9", "a\x07"])
def test_a_key_has_a_form(key: str, client: Client) -> None:
    refused = client.send(INSERT, key, n=1)

    assert (refused.status, refused.problem) == (400, "PT121")
    assert client.numbers == []


def test_a_key_may_be_quoted_and_long(client: Client) -> None:
    assert not client.send(INSERT, '"k"', n=1).replayed
    assert client.send(INSERT, "k", n=1).replayed
    assert client.send(INSERT, "k" * 255, n=2).status == 200


def test_keys_are_not_stored_as_they_are(client: Client) -> None:
    client.send(INSERT, "secret-key", n=1)
    (row,) = client.backend.run(
        client.backend.engine.read_all("SELECT id, request, answer FROM portico_idempotency_keys", ())
    )

    assert [len(bytes(each)) for each in row[:2]] == [32, 32]
    assert b"secret-key" not in b"".join(map(bytes, row))


def test_a_batch_has_no_key(client: Client) -> None:
    payload = [{"query": INSERT, "variables": {"n": 1}}]

    assert client.backend.run(client.sent(payload, "k")).problem == "PT121"
    assert client.numbers == []


def test_an_answer_that_cannot_be_kept_writes_nothing(client: Client) -> None:
    words = "x" * 100
    few = "mutation { insertEntry(object: {number: 1}) { id } }"

    rows = ", ".join(f"{{number: {index}}}" for index in range(400))
    fields = " ".join(f"{words}{index}: number" for index in range(40))
    document = f"mutation {{ insertEntries(objects: [{rows}]) {{ returning {{ {fields} }} }} }}"
    assert client.send(document, "k").problem == "PT123"
    assert (client.numbers, client.kept) == ([], 0)
    assert client.send(few, "k").status == 200


def test_a_function_is_not_called_under_a_key(declared: Declarations, serve: Callable[..., Backend]) -> None:
    """What it does is not undone with the transaction, nor can its answer be kept in it."""
    called: list[int] = []

    async def pay(amount: int) -> bool:
        """Does something elsewhere."""
        called.append(amount)
        return True

    _entries()
    kept_answers(declared.registry.metadata)
    declared.functions.append(FunctionDeclaration("mutation", pay, None, Source(__file__, 1)))
    client = Client(serve())

    document = "mutation { insertEntry(object: {number: 1}) { id } pay(amount: 5) }"
    assert client.send(document, "k").problem == "PT123"
    assert (called, client.numbers) == ([], [])
    assert client.send(document, None).status == 200
    assert called == [5]


def test_an_answer_is_kept_for_a_day(client: Client) -> None:
    client.send(INSERT, "old", n=1)
    client.backend.sql("UPDATE portico_idempotency_keys SET expires_at = expires_at - 86398")
    assert client.send(INSERT, "old", n=1).replayed
    client.backend.sql("UPDATE portico_idempotency_keys SET expires_at = expires_at - 3")
    client.backend.data("mutation { deleteEntries(where: {}) { affectedRows } }")

    assert not client.send(INSERT, "old", n=2).replayed
    assert client.send(INSERT, "old", n=2).replayed
    assert client.numbers == [2]


def test_what_is_too_old_is_swept(client: Client) -> None:
    for number in range(5):
        client.send(INSERT, f"k-{number}", n=number)
    client.backend.sql("UPDATE portico_idempotency_keys SET expires_at = 1")
    client.send(INSERT, "new", n=9)

    assert client.kept == 1


def test_twins_at_once_write_once(client: Client) -> None:
    async def together(number: int) -> list[Reply]:
        payload = {"query": INSERT, "variables": {"n": number}}
        return await asyncio.gather(*(client.sent(payload, f"k-{number}") for _ in range(3)))

    for number in range(10):
        replies = client.backend.run(together(number))
        assert len({reply.body for reply in replies}) == 1
        assert sorted(reply.replayed for reply in replies) == [False, True, True]
    assert client.numbers == list(range(10))


def test_a_twin_of_what_fails_is_done_itself(client: Client) -> None:
    """The first fails at its end, when the second waits for it; the second's own try fails as well."""
    client.send(INSERT, None, n=1)

    async def together() -> list[Reply]:
        payload = {"query": INSERT, "variables": {"n": 1}}
        return await asyncio.gather(*(client.sent(payload, "k") for _ in range(3)))

    assert [reply.problem for reply in client.backend.run(together())] == ["PT501"] * 3


def test_requests_without_a_key_need_no_table_and_those_with_one_are_told(serve: Callable[..., Backend]) -> None:
    _entries()
    client = Client(serve())

    assert client.send(INSERT, None, n=1).status == 200
    lacking = client.send(INSERT, "k", n=2)
    assert (lacking.status, lacking.problem) == (500, "PT521")
    assert "portico migrate" in json.loads(lacking.body)["errors"][0]["extensions"]["hint"]
    assert client.numbers == [1]


def test_a_request_without_a_key_runs_no_further_statement(client: Client) -> None:
    client.backend.engine.statements.clear()
    client.send(INSERT, None, n=1)

    assert not any("portico_" in statement for statement in client.backend.engine.statements)


@pytest.mark.parametrize("naming", CONVENTIONS)
def test_every_convention_has_it(naming: Any, declared: Declarations, serve: Callable[..., Backend]) -> None:
    _entries()
    kept_answers(declared.registry.metadata)
    client = Client(serve(naming=naming))
    field = {"plain": "insertEntry", "graphql-default": "insertEntriesOne", "hasura-default": "insert_entries_one"}

    document = f"mutation {{ {field[naming]}(object: {{number: 1}}) {{ number }} }}"
    assert [client.send(document, "k").replayed for _ in range(2)] == [False, True]


def test_a_database_that_is_reflected_does_not_show_it(declared: Declarations, serve: Callable[..., Backend]) -> None:
    """Or `for table in shop: allow(table, …)` would show everybody's answers."""
    _entries()
    kept_answers(declared.registry.metadata)
    backend = serve()

    assert {table.__table__.name for table in reflect(backend.place.url)} == {"entries"}


def test_keys_can_be_turned_off(client: Client) -> None:
    """Then a request that has one is refused: done without it, it could be done twice."""
    backend = client.backend
    dialect = make_dialect(backend.place.dialect)
    backend.executor = Executor(backend.catalog, backend.engine, dialect, idempotency_hours=0)

    assert Client(backend).send(INSERT, "k", n=1).problem == "PT121"
    assert client.numbers == []
