"""Subscriptions that are authors' async generators: in order and complete for slow readers, closed with their clients."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from portico.resolvers.limits import FunctionLimits
from portico.resolvers.live.function_streams import FunctionStreams
from portico.resolvers.live.ports import Outlet, Subscription
from portico.resolvers.request import LiveRequest
from portico.schema import Caller, IntId, Me, Model, Refused, Rule, allow, query, subscription
from portico.schema.problems import Problem
from tests.support.backend import Backend
from tests.support.live import Heard

Subscribe = Callable[..., tuple[Heard, Any]]


class World:
    """What the functions of this file tell of themselves."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.closed = 0
        self.go = asyncio.Event()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def backend(serve: Callable[..., Backend], world: World) -> Backend:
    class Post(Model):
        id: Mapped[IntId]
        title: Mapped[str]

    @allow(Post, "read")
    def own(post: type[Post], me: Me) -> Rule:
        return post.id == me.id

    @query
    async def nothing() -> int:
        return 0

    @subscription
    async def count(most: int, caller: Caller) -> AsyncGenerator[int]:
        """Counts."""
        try:
            for number in range(1, most + 1):
                world.given.append(number)
                yield number
        finally:
            world.closed += 1

    @subscription
    async def posts_by_turns() -> AsyncGenerator[Post]:
        for number in (1, 2):
            yield Post(id=number)

    @subscription(concurrency=1)
    async def forever(caller: Caller) -> AsyncGenerator[str]:
        try:
            yield str(caller.id)
            await asyncio.Event().wait()
        finally:
            world.closed += 1

    @subscription(to="user")
    async def failing(how: str) -> AsyncGenerator[int]:
        yield 1
        raise Refused("No more.") if how == "refused" else RuntimeError("secret")

    @subscription(timeout_s=0.05)
    async def short() -> AsyncGenerator[int]:
        yield 1
        await asyncio.Event().wait()

    served = serve(function_limits=FunctionLimits(waiting_answers=4))
    served.sql("INSERT INTO posts VALUES (1, 'one'), (2, 'two')")
    return served


class NoOthers:
    async def open(self, request: LiveRequest, outlet: Outlet, found: Any = None) -> Subscription | None:
        raise AssertionError(request)


@pytest.fixture
def streams(backend: Backend) -> FunctionStreams:
    observed: list[BaseException] = []
    made = FunctionStreams(lambda: backend.executor, NoOthers(), observed.append)
    made.observed = observed  # pyright: ignore[reportAttributeAccessIssue]
    return made


def caller_of(id: Any = 1, role: str = "user") -> Caller:
    return Caller(id=id, role=role, roles=frozenset({role}))


async def opened(
    streams: FunctionStreams, document: str, heard: Heard, caller: Caller | None = None, **variables: Any
) -> Any:
    return await streams.open(LiveRequest(document, None, variables, caller or caller_of()), heard)


def test_each_value_that_is_yielded_is_an_answer(backend: Backend, streams: FunctionStreams, world: World) -> None:
    async def ask() -> Heard:
        heard = Heard()
        await opened(streams, "subscription ($n: Int!) { c: count(most: $n) }", heard, n=3)
        await heard.until(lambda each: each.ended is not None)
        return heard

    heard = backend.run(ask())
    assert heard.bodies == [{"data": {"c": number}} for number in (1, 2, 3)]
    assert heard.ended == ()
    assert world.closed == 1
    assert not streams.open_streams


def test_rows_are_read_under_the_callers_rules(backend: Backend, streams: FunctionStreams) -> None:
    async def ask() -> Heard:
        heard = Heard()
        await opened(streams, "subscription { postsByTurns { title } }", heard, caller_of(2))
        await heard.until(lambda each: each.ended is not None)
        return heard

    assert backend.run(ask()).bodies == [{"data": {"postsByTurns": None}}, {"data": {"postsByTurns": {"title": "two"}}}]


def test_a_slow_reader_loses_nothing_and_the_function_waits(
    backend: Backend, streams: FunctionStreams, world: World
) -> None:
    async def ask() -> None:
        heard = Heard()
        heard.is_clear = False
        handle = await opened(streams, "subscription { count(most: 50) }", heard)
        for _ in range(200):
            await asyncio.sleep(0)
        assert (world.given[-1], heard.bodies) == (4, [])
        heard.is_clear = True
        while heard.ended is None:
            handle.cleared()
            await asyncio.sleep(0)
        assert [each["data"]["count"] for each in heard.bodies] == list(range(1, 51))

    backend.run(asyncio.wait_for(ask(), 10))


def test_a_client_that_leaves_closes_the_generator(backend: Backend, streams: FunctionStreams, world: World) -> None:
    async def ask() -> None:
        heard = Heard()
        handle = await opened(streams, "subscription { forever }", heard)
        await heard.until(lambda each: bool(each.bodies))
        with pytest.raises(Problem) as busy:
            await opened(streams, "subscription { forever }", Heard())
        assert busy.value.code == "PT572"
        task = handle.ending()
        await asyncio.gather(task, return_exceptions=True)
        assert world.closed == 1
        assert heard.ended is None
        again = Heard()
        await opened(streams, "subscription { forever }", again)
        await again.until(lambda each: bool(each.bodies))
        await streams.close()
        assert world.closed == 2

    backend.run(asyncio.wait_for(ask(), 10))


def test_other_credentials_begin_it_anew_and_those_that_may_not_end_it(
    backend: Backend, streams: FunctionStreams
) -> None:
    async def ask() -> None:
        heard = Heard()
        handle = await opened(streams, 'subscription { failing(how: "") }', Heard())
        handle.close()
        handle = await opened(streams, "subscription { count(most: 1) }", Heard())
        handle.close()
        handle = await opened(streams, "subscription { forever }", heard)
        await heard.until(lambda each: bool(each.bodies))
        handle.act_as(caller_of())
        assert len(heard.bodies) == 1
        handle.act_as(caller_of(2))
        await heard.until(lambda each: len(each.bodies) == 2)
        assert heard.bodies[1] == {"data": {"forever": "2"}}
        handle.close()
        refused = Heard()
        handle = await opened(streams, 'subscription { failing(how: "") }', refused)
        handle.act_as(caller_of(role="anonymous"))
        await refused.until(lambda each: each.ended is not None)
        assert refused.ended is not None
        assert refused.ended[0].code == "PT102"

    backend.run(asyncio.wait_for(ask(), 10))


@pytest.mark.parametrize(("document", "code"), [
    ('subscription { failing(how: "refused") }', "PT360"),
    ('subscription { failing(how: "x") }', "PT509"),
    ("subscription { short }", "PT570"),
])  # fmt: skip
def test_a_generator_that_fails_ends_with_its_problem(
    backend: Backend, streams: FunctionStreams, document: str, code: str
) -> None:
    async def ask() -> Heard:
        heard = Heard()
        await opened(streams, document, heard)
        await heard.until(lambda each: each.ended is not None)
        return heard

    heard = backend.run(ask())
    assert heard.ended is not None
    assert (heard.ended[0].code, "secret" in str(heard.ended[0])) == (code, False)
    assert len(heard.bodies) == 1
    assert len(streams.observed) == (code == "PT509")  # pyright: ignore[reportAttributeAccessIssue]
