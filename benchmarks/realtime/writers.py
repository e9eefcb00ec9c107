"""Who writes: messages at an even rate, past the gateway by SQL or through it by mutations, with the time of each commit."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import uvloop

from benchmarks.realtime.server import SECRET
from portico.gateway.tokens import sign

_CONNECTIONS = 4
_INSERT = "INSERT INTO messages (id, room_id, author_id, body) VALUES (gen_random_uuid(), $1, $2, $3)"
_MUTATION = "mutation ($room: UUID!, $body: String!) { insertMessage(object: {roomId: $room, body: $body}) { id } }"
Write = Callable[[UUID, str], Awaitable[object]]


@dataclass(frozen=True)
class Plan:
    """
    What is written.

    url, port: of the database and the gateway. through: which of the two is asked. rooms: written to in turn.
    first: the number of the first message. rate: a second. padding: bytes that a body has besides its number.
    """

    url: str
    port: int
    through: str
    rooms: Sequence[UUID]
    author: UUID
    first: int
    rate: float
    seconds: float
    padding: int = 0

    @property
    def count(self) -> int:
        """How many messages that is."""
        return max(1, round(self.rate * self.seconds))


@dataclass(frozen=True)
class Commit:
    """One message: when it was sent to be written, and when the writer knew that it was; of the monotonic clock."""

    number: int
    room: UUID
    sent: float
    done: float


def write(plan: Plan, pipe: object) -> None:
    """The process: writes all, and gives the list of commits."""
    pipe.send(uvloop.run(written(plan)))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def written(plan: Plan) -> list[Commit]:
    """Writes at an even rate; each room by one connection, so that its messages come in order."""
    commits: list[Commit] = []
    most = _CONNECTIONS if plan.through == "sql" else 1
    lanes = next(count for count in range(most, 0, -1) if len(plan.rooms) % count == 0)
    writes = [await _writer(plan) for _ in range(lanes)]
    begins = time.monotonic() + 0.05

    async def lane(which: int) -> None:
        for place in range(which, plan.count, lanes):
            await asyncio.sleep(max(0.0, begins + place / plan.rate - time.monotonic()))
            room = plan.rooms[place % len(plan.rooms)]
            sent = time.monotonic()
            await writes[which](room, f"{plan.first + place} {'x' * plan.padding}")
            commits.append(Commit(plan.first + place, room, sent, time.monotonic()))

    await asyncio.gather(*(lane(which) for which in range(lanes)))
    return commits


async def _writer(plan: Plan) -> Write:
    if plan.through == "sql":
        connection = await asyncpg.connect(plan.url)
        statement = await connection.prepare(_INSERT)
        return lambda room, body: statement.fetch(room, plan.author, body)
    return await _by_http(plan)


async def _by_http(plan: Plan) -> Write:
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    token = sign({"sub": str(plan.author), "role": "user", "exp": int(time.time()) + 3600}, SECRET)

    async def ask(room: UUID, body: str) -> None:
        content = json.dumps({"query": _MUTATION, "variables": {"room": str(room), "body": body}}).encode()
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n%b" % (token.encode(), len(content), content)
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        answer = await reader.readexactly(size)
        assert b'"errors"' not in answer, answer

    return ask
