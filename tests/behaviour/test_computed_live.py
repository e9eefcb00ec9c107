"""What is computed in Python in subscriptions: worked out once for who is answered the same, and said when it is another."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.problems import InvalidDocument
from portico.schema import Caller, IntId, Me, Model, Rule, allow, computed, everyone
from portico.schema.declarations import Declarations
from tests.support.backend import Place
from tests.support.live import LiveBackend

EXCERPTS = "subscription { posts(orderBy: {id: ASC}) { id excerpt } }"


class World:
    """What the functions of this file tell of themselves, and wait for."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.go = asyncio.Event()
        self.go.set()
        self.suffix = ""
        self.fails = False


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def live(declared: Declarations, place: Place, world: World) -> Generator[LiveBackend]:
    class Author(Model):
        id: Mapped[IntId]
        posts: Mapped[list["Post"]] = relationship(back_populates="author", order_by="Post.id")

    class Post(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        stars: Mapped[int] = mapped_column(default=0, server_default="0")
        author_id: Mapped[int] = mapped_column(ForeignKey(Author.id), index=True)
        author: Mapped[Author] = relationship(back_populates="posts")

    allow(Author, "all", when=everyone)

    @allow(Post, "all", to="user")
    def own(post: type[Post], me: Me) -> Rule:
        return post.author_id == me.id

    allow(Post, "all", when=everyone, to="reader")

    @computed(Post, reads=[Post.text])
    async def excerpt(posts: list[Post], length: int = 3) -> list[str]:
        world.calls.append([post.text for post in posts])
        await world.go.wait()
        if world.fails:
            raise ValueError("no")
        return [post.text[:length] + world.suffix for post in posts]

    @computed(Post, reads=[Post.text])
    def told(posts: list[Post], caller: Caller) -> list[str]:
        world.calls.append(caller.id)
        return [f"{caller.id}: {post.text}" for post in posts]

    @computed(Post, reads=[Post.author_id])
    def writers(posts: list[Post]) -> list[Author]:
        return [Author(id=post.author_id) for post in posts]

    backend = LiveBackend(declared, place)
    backend.sql("INSERT INTO authors (id) VALUES (1), (2)")
    backend.sql("INSERT INTO posts (id, text, author_id) VALUES (1, 'abcdef', 1), (2, 'uvwxyz', 2)")
    yield backend
    backend.close()


def test_a_change_of_what_it_reads_is_computed_anew_and_said_where_it_makes_a_difference(
    live: LiveBackend, world: World
) -> None:
    ear = live.subscribe(EXCERPTS, role="reader")
    assert ear.next() == {"posts": [{"id": 1, "excerpt": "abc"}, {"id": 2, "excerpt": "uvw"}]}
    live.sql("UPDATE posts SET text = 'abcXXX' WHERE id = 1")
    live.settle()
    assert ear.is_silent()  # another text, and the same excerpt
    assert world.calls == [["abcdef", "uvwxyz"], ["abcXXX", "uvwxyz"]]
    live.sql("UPDATE posts SET stars = 1 WHERE id = 1")
    live.settle()
    assert len(world.calls) == 2  # which is not read
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    assert ear.next() == {"posts": [{"id": 1, "excerpt": "new"}, {"id": 2, "excerpt": "uvw"}]}


def test_rows_anywhere_in_the_answer_are_one_call(live: LiveBackend, world: World) -> None:
    ear = live.subscribe(
        "subscription { authors(orderBy: {id: ASC}) { posts(orderBy: {id: ASC}) { excerpt } } }", role="reader"
    )
    assert ear.next() == {"authors": [{"posts": [{"excerpt": "abc"}]}, {"posts": [{"excerpt": "uvw"}]}]}
    live.sql("INSERT INTO posts (id, text, author_id) VALUES (3, '123456', 2)")
    assert ear.next()["authors"][1] == {"posts": [{"excerpt": "uvw"}, {"excerpt": "123"}]}
    assert world.calls == [["abcdef", "uvwxyz"], ["abcdef", "uvwxyz", "123456"]]


def test_who_is_answered_the_same_shares_a_call(live: LiveBackend, world: World) -> None:
    ears = [live.subscribe(EXCERPTS, role="reader", id=number) for number in range(5)]
    for ear in ears:
        ear.next()
    world.calls.clear()
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    assert [ear.next()["posts"][0]["excerpt"] for ear in ears] == ["new"] * 5
    assert len(world.calls) == 1


def test_other_arguments_are_other_answers(live: LiveBackend, world: World) -> None:
    document = "subscription ($n: Int!) { posts(orderBy: {id: ASC}) { excerpt(length: $n) } }"
    ears = [live.subscribe(document, role="reader", n=number) for number in (1, 2, 2)]
    assert [ear.next()["posts"][0]["excerpt"] for ear in ears] == ["a", "ab", "ab"]
    world.calls.clear()
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    assert [ear.next()["posts"][0]["excerpt"] for ear in ears] == ["n", "ne", "ne"]
    assert len(world.calls) == 2


def test_one_that_is_told_who_asks_is_shared_by_nobody(live: LiveBackend, world: World) -> None:
    document = "subscription { posts(orderBy: {id: ASC}) { told } }"
    ears = [live.subscribe(document, role="reader", id=number) for number in (7, 8)]
    assert [ear.next()["posts"][0]["told"] for ear in ears] == ["7: abcdef", "8: abcdef"]
    assert sorted(world.calls) == [7, 8]


def test_each_is_given_what_rules_show_them(live: LiveBackend) -> None:
    ears = [live.subscribe(EXCERPTS, role="user", id=number) for number in (1, 2)]
    assert [ear.next() for ear in ears] == [
        {"posts": [{"id": 1, "excerpt": "abc"}]},
        {"posts": [{"id": 2, "excerpt": "uvw"}]},
    ]
    live.sql("UPDATE posts SET author_id = 1 WHERE id = 2")
    assert ears[0].next() == {"posts": [{"id": 1, "excerpt": "abc"}, {"id": 2, "excerpt": "uvw"}]}
    assert ears[1].next() == {"posts": []}


def test_a_client_that_comes_back_hears_what_is_another(live: LiveBackend, world: World) -> None:
    ear = live.subscribe(EXCERPTS, role="reader")
    position = ear.body()["extensions"]["portico"]["position"]
    ear.close()
    live.sql("UPDATE posts SET text = 'abcXXX' WHERE id = 1")
    back = live.subscribe(EXCERPTS, role="reader", position=position)
    live.settle()
    assert back.is_silent()
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    assert back.next()["posts"][0] == {"id": 1, "excerpt": "new"}
    back.close()
    again = live.subscribe(EXCERPTS, role="reader", position=position)
    assert again.next()["posts"][0] == {"id": 1, "excerpt": "new"}
    world.suffix = "…"
    live.act_as(again, role="reader", id=1)  # joined anew: its function says other things by now
    assert again.next()["posts"][0] == {"id": 1, "excerpt": "new…"}


def test_the_latest_state_is_given_however_long_one_before_it_takes(live: LiveBackend, world: World) -> None:
    ear = live.subscribe(EXCERPTS, role="reader")
    ear.next()
    world.go.clear()
    world.calls.clear()
    live.sql("UPDATE posts SET text = 'one' WHERE id = 1")
    live.run(_until(lambda: len(world.calls) == 1))
    for text in ("two", "three", "four"):
        live.sql(f"UPDATE posts SET text = '{text}' WHERE id = 1")
    subscription: Any = ear.subscription
    position = live.run(live.log.head())
    live.run(_until(lambda: live.feed.has_told(position) and subscription.part.part.is_settled))
    live.run(_go(world))
    ear.latest({"posts": [{"id": 1, "excerpt": "fou"}, {"id": 2, "excerpt": "uvw"}]})
    assert len(world.calls) <= 3


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


async def _go(world: World) -> None:
    world.go.set()


def test_who_leaves_takes_nobody_along(live: LiveBackend, world: World) -> None:
    first, second = (live.subscribe(EXCERPTS, role="reader") for _ in range(2))
    first.next()
    second.next()
    world.go.clear()
    world.calls.clear()
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    live.run(_until(lambda: bool(world.calls)))
    first.close()
    live.run(_go(world))
    assert second.next()["posts"][0]["excerpt"] == "new"
    assert first.is_silent()
    assert len(world.calls) == 1


def test_a_function_that_fails_ends_it_with_its_place(live: LiveBackend, world: World) -> None:
    ear = live.subscribe(EXCERPTS, role="reader")
    ear.next()
    world.fails = True
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    (problem,) = ear.end()
    assert (problem.code, problem.path) == ("PT509", "$.selectionSet.posts.selectionSet.excerpt")
    ear.close()


def test_a_stream_gives_every_row_once_however_slow_the_function_and_the_client(
    live: LiveBackend, world: World
) -> None:
    document = "subscription { postsStream(batchSize: 1, cursor: [{initialValue: {id: 0}}]) { id excerpt } }"
    ear = live.subscribe(document, role="reader")
    assert [ear.next()["postsStream"][0] for _ in range(2)] == [
        {"id": 1, "excerpt": "abc"},
        {"id": 2, "excerpt": "uvw"},
    ]
    ear.block()
    for number in range(3, 7):
        live.sql(f"INSERT INTO posts (id, text, author_id) VALUES ({number}, 'row {number}', 1)")
    live.settle()
    assert ear.is_silent()
    ear.unblock()
    assert [ear.next()["postsStream"][0]["id"] for _ in range(4)] == [3, 4, 5, 6]


def test_batches_that_come_while_one_is_computed_wait_for_it(live: LiveBackend, world: World) -> None:
    document = "subscription { postsStream(batchSize: 1, cursor: [{initialValue: {id: 0}}]) { id excerpt } }"
    for number in range(3, 6):
        live.sql(f"INSERT INTO posts (id, text, author_id) VALUES ({number}, 'row {number}', 1)")
    world.go.clear()
    ear = live.subscribe(document, role="reader")
    live.run(_until(lambda: bool(world.calls)))
    subscription: Any = ear.subscription
    live.run(_until(lambda: subscription.part.part.is_settled))
    live.run(_go(world))
    assert [ear.next()["postsStream"][0]["id"] for _ in range(5)] == [1, 2, 3, 4, 5]


def test_a_stream_that_joins_anew_while_a_batch_is_computed_loses_nothing(live: LiveBackend, world: World) -> None:
    document = "subscription { postsStream(batchSize: 1, cursor: [{initialValue: {id: 0}}]) { id excerpt } }"
    world.go.clear()
    ear = live.subscribe(document, role="reader")
    live.run(_until(lambda: bool(world.calls)))
    live.act_as(ear, role="reader", id=5)
    subscriptions: Any = live.live
    live.run(_until(lambda: not subscriptions._tasks))
    live.run(_go(world))
    assert [ear.next()["postsStream"][0]["id"] for _ in range(2)] == [1, 2]


def test_events_have_it(live: LiveBackend) -> None:
    ear = live.subscribe("subscription { postsChanges { verb new { id excerpt } } }", role="reader")
    assert ear.next() == {"postsChanges": []}
    live.sql("UPDATE posts SET text = 'new' WHERE id = 1")
    assert ear.next()["postsChanges"] == [{"verb": "UPDATE", "new": {"id": 1, "excerpt": "new"}}]
    for number in (2, 1):
        live.sql(f"DELETE FROM posts WHERE id = {number}")
    heard: list[Any] = []
    while len(heard) < 2:
        heard += ear.next()["postsChanges"]
    assert heard == [{"verb": "DELETE", "new": None}] * 2


def test_rows_that_are_computed_cannot_be_subscribed_to(live: LiveBackend) -> None:
    with pytest.raises(InvalidDocument) as caught:
        live.subscribe("subscription { posts { writers { id } } }", role="reader")
    assert caught.value.path == "$.selectionSet.posts.selectionSet.writers"
