"""Functions inside of writes: called in the transaction, with exactly the rows that were written, and able to refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portico.gateway.loading import load_models
from portico.resolvers.run.joined import JoinedEngine
from portico.schema.problems import Problems
from tests.support.backend import execute
from tests.support.events import ADMIN_KEY, EventServer

MODELS = """
import asyncio
import time
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Caller, Data, Event, Id, Jobs, Model, Refused, allow, everyone, job, on

seen = []
refusing = []
does = {}


class Post(Model):
    id: Mapped[Id]
    title: Mapped[str] = mapped_column(unique=True)
    stars: Mapped[int] = mapped_column(default=0, server_default="0")
    slug: Mapped[str | None]
    notes: Mapped[list["Note"]] = relationship(back_populates="post", passive_deletes=True)


class Note(Model):
    id: Mapped[Id]
    post_id: Mapped[UUID] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    text: Mapped[str]
    post: Mapped[Post] = relationship(back_populates="notes")


class Log(Model):
    id: Mapped[Id]
    said: Mapped[str]


allow(Post, "all", when=everyone)
allow(Note, "all", when=everyone)
allow(Log, "all", when=everyone)


@job
async def told(title: str) -> None:
    seen.append(("told", title))


@on(Post, inside=True)
async def post_written(post: Post, old: Post | None, event: Event, data: Data) -> None:
    seen.append((event.verb, post.title, old.title if old else None))
    async with data.begin() as session:
        session.add(Log(said=f"{event.verb} {post.title}"))
    if post.title in refusing:
        raise Refused(f"No {post.title} here.", hint="Try another.")


@on(Note, inside=True)
def notes_written(notes: list[Note], old: list[Note | None], events: list[Event]) -> None:
    seen.append([(event.verb, note.text) for event, note in zip(events, notes)])
    if any(note.text in refusing for note in notes):
        raise Refused("No such note here.")


@on(Post, "update", columns=[Post.stars], inside=True)
async def starred(post: Post, caller: Caller, data: Data, jobs: Jobs) -> None:
    if post.stars in does:
        await does[post.stars](post, caller, data, jobs)
"""
STATE = "{ posts(orderBy: {title: ASC}) { title stars slug notes(orderBy: {text: ASC}) { text } } logs { said } }"


@pytest.fixture
def server(open_server: Callable[..., EventServer]) -> EventServer:
    return open_server(MODELS)


def seen(server: EventServer) -> list[Any]:
    """What functions were told since it was asked last."""
    found = list(server.seen)
    server.seen.clear()
    return found


def write(server: EventServer, document: str, **variables: Any) -> Any:
    """The answer of a field of a mutation to an administrator."""
    return next(iter(server.as_admin(f"mutation {document}", variables).values()))


def refused(server: EventServer, document: str, **variables: Any) -> Any:
    """The one error of a mutation, which has changed nothing."""
    before = server.as_admin(STATE)
    answer = server.ask(f"mutation {document}", variables, headers={"x-portico-admin-key": ADMIN_KEY})
    assert server.as_admin(STATE) == before
    (error,) = answer["errors"]
    return error


def logs(server: EventServer) -> list[str]:
    return sorted(each["said"] for each in server.as_admin("{ logs { said } }")["logs"])


def post(server: EventServer, title: str, *notes: str) -> str:
    """A post that is there; nobody was told."""
    rows = [{"text": each} for each in notes]
    document = "($t: String!, $n: [NoteInsertInput!]!) { insertPost(object: {title: $t, notes: {data: $n}}) { id } }"
    found = write(server, document, t=title, n=rows)["id"]
    server.seen.clear()
    return found


# ---- each way to write -------------------------------------------------------------------------------


def test_a_new_row(server: EventServer) -> None:
    assert write(server, '{ insertPost(object: {title: "a"}) { title } }') == {"title": "a"}
    assert seen(server) == [("create", "a", None)]
    assert logs(server) == ["create a"]
    server.models.refusing.append("b")
    error = refused(server, '{ insertPost(object: {title: "b"}) { id } }')
    assert error["message"] == "No b here."
    assert error["extensions"]["path"] == "$.selectionSet.insertPost"


def test_many_new_rows_in_the_order_in_which_they_were_written(server: EventServer) -> None:
    write(server, '{ insertPosts(objects: [{title: "b"}, {title: "a"}, {title: "c"}]) { affectedRows } }')
    assert seen(server) == [("create", each, None) for each in "bac"]
    server.models.refusing.append("e")
    refused(server, '{ insertPosts(objects: [{title: "d"}, {title: "e"}, {title: "f"}]) { affectedRows } }')
    assert seen(server) == [("create", "d", None), ("create", "e", None)]


def test_nested_rows(server: EventServer) -> None:
    write(server, '{ insertPost(object: {title: "a", notes: {data: [{text: "1"}, {text: "2"}]}}) { id } }')
    assert seen(server) == [("create", "a", None), [("create", "1"), ("create", "2")]]
    write(server, '{ insertNote(object: {text: "3", post: {data: {title: "b"}}}) { id } }')
    assert seen(server) == [("create", "b", None), [("create", "3")]]
    server.models.refusing.append("no")
    refused(server, '{ insertPost(object: {title: "c", notes: {data: [{text: "1"}, {text: "no"}]}}) { id } }')


def test_an_upsert_is_what_it_came_to(server: EventServer) -> None:
    upsert = '{ insertPost(object: {title: "a", stars: %d}, onConflict: {constraint: uq_posts_title, updateColumns: [stars]}) { id } }'
    write(server, upsert % 1)
    assert seen(server) == [("create", "a", None)]
    write(server, upsert % 2)
    assert seen(server) == [("update", "a", "a")]
    server.models.refusing.append("a")
    refused(server, upsert % 3)


def test_updates_by_key_by_condition_and_many(server: EventServer) -> None:
    key = post(server, "a")
    post(server, "b")
    write(server, f'{{ updatePost(pkColumns: {{id: "{key}"}}, _set: {{title: "c"}}) {{ title }} }}')
    assert seen(server) == [("update", "c", "a")]
    write(server, '{ updatePosts(where: {title: {_in: ["b", "c"]}}, _inc: {stars: 1}) { affectedRows } }')
    assert sorted(seen(server)) == [("update", "b", "b"), ("update", "c", "c")]
    many = (
        '{ updatePostsMany(updates: [{where: {title: {_eq: "c"}}, _set: {title: "d"}},'
        ' {where: {title: {_eq: "b"}}, _set: {title: "%s"}}]) { affectedRows } }'
    )
    write(server, many % "e")
    assert seen(server) == [("update", "d", "c"), ("update", "e", "b")]
    server.models.refusing.append("no")
    refused(server, '{ updatePosts(where: {title: {_eq: "d"}}, _set: {title: "no"}) { affectedRows } }')
    refused(server, f'{{ updatePost(pkColumns: {{id: "{key}"}}, _set: {{title: "no"}}) {{ title }} }}')
    refused(server, many.replace('"c"', '"d"').replace('"b"', '"e"').replace('"d"}}]', '"x"}}]') % "no")


def test_an_update_that_changes_nothing_is_none(server: EventServer) -> None:
    key = post(server, "a")
    write(server, f'{{ updatePost(pkColumns: {{id: "{key}"}}, _set: {{title: "a"}}) {{ title }} }}')
    assert seen(server) == []


def test_deletes_and_what_they_take_with_them(server: EventServer) -> None:
    key = post(server, "a", "1", "2")
    post(server, "b")
    assert write(server, f'{{ deletePost(id: "{key}") {{ title }} }}') == {"title": "a"}
    found = seen(server)
    assert ("delete", "a", "a") in found
    assert [("delete", "1"), ("delete", "2")] in [sorted(each) for each in found if isinstance(each, list)]
    server.models.refusing.append("b")
    refused(server, '{ deletePosts(where: {title: {_eq: "b"}}) { affectedRows } }')
    server.models.refusing[:] = ["3"]
    key = post(server, "c")
    server.models.refusing.clear()
    write(server, f'{{ insertNote(object: {{text: "3", postId: "{key}"}}) {{ id }} }}')
    server.models.refusing.append("3")
    refused(server, f'{{ deletePost(id: "{key}") {{ title }} }}')  # a note that follows it is looked into as well


def test_what_follows_a_row_that_nobody_looks_at(open_server: Callable[..., EventServer]) -> None:
    models = MODELS.replace("@on(Post, inside=True)\n", "").replace(
        '@on(Post, "update", columns=[Post.stars], inside=True)\n', ""
    )
    server = open_server(models)
    key = post(server, "a", "1")
    write(server, f'{{ deletePost(id: "{key}") {{ id }} }}')
    assert seen(server) == [[("delete", "1")]]


def test_rows_saved_along_a_relation_and_missing_ones_deleted(server: EventServer) -> None:
    key = post(server, "a", "1", "2")
    first = server.as_admin('{ notes(where: {text: {_eq: "1"}}) { id } }')["notes"][0]["id"]
    save = (
        f'{{ updatePost(pkColumns: {{id: "{key}"}},'
        f' notes: {{upsert: {{data: [{{id: "{first}", text: "one"}}, {{text: "%s"}}], deleteMissing: true}}}}) {{ id }} }}'
    )
    write(server, save % "new")
    (found,) = seen(server)
    assert sorted(found) == [("create", "new"), ("delete", "2"), ("update", "one")]
    server.models.refusing.append("no")
    refused(server, save % "no")


def test_each_field_of_a_document_is_refused_at_its_place(server: EventServer) -> None:
    server.models.refusing.append("b")
    error = refused(server, '{ a: insertPost(object: {title: "a"}) { id } b: insertPost(object: {title: "b"}) { id } }')
    assert error["extensions"]["path"] == "$.selectionSet.b"
    assert error["extensions"]["code"] == "access-denied"
    assert seen(server) == [("create", "a", None), ("create", "b", None)]


def test_under_an_idempotency_key(server: EventServer) -> None:
    document = 'mutation { insertPost(object: {title: "a"}) { title } }'
    headers = {"x-portico-admin-key": ADMIN_KEY, "idempotency-key": "one"}
    server.models.refusing.append("a")
    assert "errors" in server.ask(document, headers=headers)
    server.models.refusing.clear()
    seen(server)
    for _ in range(2):
        assert server.ask(document, headers=headers) == {"data": {"insertPost": {"title": "a"}}}
    assert seen(server) == [("create", "a", None)]
    assert logs(server) == ["create a"]


def test_what_is_written_past_graphql_is_not_looked_into(server: EventServer) -> None:
    server.sql("INSERT INTO posts (id, title) VALUES ('0190a6c1000070008000000000000001', 'past')")
    write(server, '{ insertPost(object: {title: "a"}) { id } }')
    assert seen(server) == [("create", "a", None)]


# ---- what they may do --------------------------------------------------------------------------------


def star(server: EventServer, key: str, does: Any) -> Any:
    """The answer of an update by which a function is called that does something."""
    server.models.does[1] = does
    document = f'mutation {{ updatePost(pkColumns: {{id: "{key}"}}, _set: {{stars: 1}}) {{ title stars slug }} }}'
    return server.ask(document, headers={"x-portico-admin-key": ADMIN_KEY})


def test_what_is_set_in_a_row_is_written_with_it(server: EventServer) -> None:
    key = post(server, "a")

    async def slugs(row: Any, *_: Any) -> None:
        row.slug = f"the-{row.title}"

    assert "errors" not in star(server, key, slugs)
    assert server.as_admin("{ posts { slug } }") == {"posts": [{"slug": "the-a"}]}


def test_graphql_in_the_transaction_sees_it_and_is_undone_with_it(server: EventServer) -> None:
    key = post(server, "a")
    found: list[Any] = []

    async def asks(row: Any, caller: Any, data: Any, jobs: Any) -> None:
        found.append((caller.role, await data.ask("query ($id: UUID!) { post(id: $id) { stars } }", id=str(row.id))))
        await data.ask('mutation { insertPost(object: {title: "of it"}) { id } }')
        async with data.read() as session:
            found.append((await session.get(type(row), row.id)).stars)
        await jobs.later(server.models.told, {"title": "one"})

    async def asks_and_fails(*given: Any) -> None:
        await asks(*given)
        raise ValueError("no")

    error = star(server, key, asks_and_fails)["errors"][0]
    assert (error["extensions"]["problem"], error["extensions"]["path"]) == ("PT509", "$.selectionSet.updatePost")
    assert "no" not in error["message"].split()
    assert [each["title"] for each in server.as_admin("{ posts { title } }")["posts"]] == ["a"]
    assert server.states() == {}
    found.clear()
    seen(server)
    assert "errors" not in star(server, key, asks)
    assert found == [("admin", {"post": {"stars": 1}}), 1]
    assert ("create", "of it", None) in server.seen  # what it writes is looked into in its turn
    assert sorted(each["title"] for each in server.as_admin("{ posts { title } }")["posts"]) == ["a", "of it"]
    server.wait_for(lambda: ("told", "one") in server.seen)


def test_what_fails_in_it_and_is_caught_is_undone_alone(server: EventServer) -> None:
    key = post(server, "a")
    found: list[str] = []

    async def tries(row: Any, caller: Any, data: Any, jobs: Any) -> None:
        try:
            await data.ask(
                'mutation { insertPost(object: {title: "b"}) { id } c: insertPost(object: {title: "a"}) { id } }'
            )
        except Exception as error:
            found.append(error.code)  # pyright: ignore
        await data.ask('mutation { insertPost(object: {title: "c"}) { id } }')

    assert "errors" not in star(server, key, tries)
    assert found == ["PT501"]
    assert sorted(each["title"] for each in server.as_admin("{ posts { title } }")["posts"]) == ["a", "c"]


def test_a_problem_of_a_document_has_the_place_of_the_field(server: EventServer) -> None:
    key = post(server, "a")

    async def asks(row: Any, caller: Any, data: Any, jobs: Any) -> None:
        await data.ask('mutation { insertPost(object: {title: "a"}) { id } }')

    error = star(server, key, asks)["errors"][0]
    assert (error["extensions"]["problem"], error["extensions"]["path"]) == ("PT501", "$.selectionSet.updatePost")


def test_functions_that_call_each_other_end(server: EventServer) -> None:
    key = post(server, "a")
    count: list[int] = []

    async def again(row: Any, caller: Any, data: Any, jobs: Any) -> None:
        count.append(1)
        server.models.does[row.stars + 1] = again
        await data.ask("mutation ($id: UUID!) { updatePost(pkColumns: {id: $id}, _inc: {stars: 1}) { id } }", id=key)

    error = star(server, key, again)["errors"][0]
    assert error["extensions"]["problem"] == "PT581"
    assert len(count) == 5
    assert server.as_admin("{ posts { stars } }") == {"posts": [{"stars": 0}]}


def test_one_that_takes_too_long_is_cancelled_and_nothing_written(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"inside_timeout_s": 0.1})
    key = post(server, "a")

    async def hangs(*_: Any) -> None:
        await asyncio.sleep(60)

    error = star(server, key, hangs)["errors"][0]
    assert (error["extensions"]["problem"], error["extensions"]["path"]) == ("PT570", "$.selectionSet.updatePost")
    assert server.as_admin("{ posts { stars } }") == {"posts": [{"stars": 0}]}
    assert "errors" not in star(server, key, lambda *_: asyncio.sleep(0))


def test_a_client_that_goes_away_has_written_nothing(server: EventServer) -> None:
    key = post(server, "a")
    begun = asyncio.Event()

    async def waits(*_: Any) -> None:
        begun.set()
        await asyncio.sleep(60)

    server.models.does[1] = waits
    document = f'mutation {{ updatePost(pkColumns: {{id: "{key}"}}, _set: {{stars: 1}}) {{ title }} }}'

    async def leave() -> None:
        asked = asyncio.create_task(server.answer(document, headers={"x-portico-admin-key": ADMIN_KEY}))
        await begun.wait()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    server.run(leave())
    assert server.as_admin("{ posts { stars } }") == {"posts": [{"stars": 0}]}
    assert "errors" not in star(server, key, lambda *_: asyncio.sleep(0))


def test_more_rows_than_functions_are_handed_are_refused(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS, events={"inside_rows": 2})
    write(server, '{ insertPosts(objects: [{title: "a"}, {title: "b"}]) { affectedRows } }')
    error = refused(server, '{ insertPosts(objects: [{title: "c"}, {title: "d"}, {title: "e"}]) { affectedRows } }')
    assert error["extensions"]["problem"] == "PT582"


def test_where_changes_are_not_logged_nothing_is_written_unseen(server: EventServer) -> None:
    gateway: Any = server.gateway
    gateway._feed._log._tables = frozenset({"notes"})
    error = refused(server, '{ insertPost(object: {title: "a"}) { id } }')
    assert error["extensions"]["problem"] == "PT521"


def test_writes_that_no_function_looks_into_go_the_usual_way(server: EventServer) -> None:
    write(server, '{ insertLog(object: {said: "x"}) { id } }')
    write(server, "{ insertLogs(objects: []) { affectedRows } }")
    gateway: Any = server.gateway
    assert gateway._joins.database._engine is None  # no session was ever begun
    write(server, '{ insertLog(object: {said: "x"}) { id } insertPost(object: {title: "a"}) { id } }')
    assert gateway._joins.database._engine is not None


def test_what_others_write_meanwhile_is_not_taken_for_it(server: EventServer, monkeypatch: pytest.MonkeyPatch) -> None:
    if server.place.dialect == "sqlite":
        pytest.skip("one writer at a time")
    drive = JoinedEngine.drive

    async def meanwhile(engine: JoinedEngine, steps: Any) -> bytes:
        for number, before in enumerate((True, False)):
            key = f"0190a6c100007000800000000000000{number}"
            await execute(server.place, f"INSERT INTO posts (id, title) VALUES ('{key}', 'of others {number}')")
            if before:
                found = await drive(engine, steps)
        return found  # pyright: ignore

    monkeypatch.setattr(JoinedEngine, "drive", meanwhile)
    write(server, '{ insertPost(object: {title: "a"}) { id } }')
    assert seen(server) == [("create", "a", None)]


def test_a_commit_that_is_refused_is_said_as_the_engine_says_it(server: EventServer) -> None:
    if server.place.dialect == "sqlite":
        server.sql("CREATE TABLE strict (post TEXT REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED)")
        trigger = "AFTER INSERT ON posts BEGIN INSERT INTO strict VALUES ('none'); END"
        server.sql(f"CREATE TRIGGER late {trigger}")
    else:
        server.sql("CREATE TABLE strict (post uuid REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED)")
        body = "BEGIN INSERT INTO strict VALUES (gen_random_uuid()); RETURN NULL; END"
        server.sql(f"CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
        server.sql("CREATE TRIGGER late AFTER INSERT ON posts FOR EACH ROW EXECUTE FUNCTION late()")
    error = refused(server, '{ insertPosts(objects: [{title: "a"}, {title: "b"}]) { affectedRows } }')
    assert error["extensions"]["problem"] == "PT502"


def test_who_writes_is_told_in_the_log(server: EventServer) -> None:
    key = post(server, "a")
    found: list[Any] = []

    async def reads(row: Any, caller: Any, data: Any, jobs: Any) -> None:
        await data.ask('mutation { insertPost(object: {title: "b"}) { id } }')

    star(server, key, reads)
    rows = server.run(
        server.background.store.rows("SELECT DISTINCT trace IS NOT NULL FROM portico_changes WHERE verb <> 'truncate'")
    )
    found = [bool(each[0]) for each in rows]
    assert found == [True]


@pytest.mark.parametrize(
    "wrong",
    [
        '@on(Post, inside=True, queue="slow")\nasync def wrong(post: Post) -> None: ...',
        "@on(Post, inside=True)\nasync def wrong(posts: list[Post], old: Post | None) -> None: ...",
        "@on(Post, inside=True)\nasync def wrong(notes: list[Note]) -> None: ...",
        "@on(Post)\nasync def wrong(posts: list[Post]) -> None: ...",
        "@on(Post)\nasync def wrong(caller: Caller) -> None: ...",
    ],
)
def test_mistakes_are_said_with_their_line(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(f"{MODELS}\n\n{wrong}\n")
    with pytest.raises(Problems) as caught:
        load_models(tmp_path / "models.py")
    (problem,) = caught.value.problems
    assert (problem.code, problem.source is not None) == ("PT228", True)


def test_they_need_neither_subscriptions_nor_jobs(open_server: Callable[..., EventServer]) -> None:
    models = MODELS.replace("@job\n", "").replace("data: Data, jobs: Jobs", "data: Data")
    server = open_server(models, realtime=False)
    write(server, '{ insertPost(object: {title: "a"}) { id } }')
    assert seen(server) == [("create", "a", None)]
    assert server.gateway.background is None
