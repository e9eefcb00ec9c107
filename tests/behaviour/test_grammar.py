"""What do the words of model files do: owner, preset, allow and its arguments, require on mixins, Now and Touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Id, IntId, Me, Model, Now, Rule, Touched, allow, everyone, owner, preset, require
from tests.support.backend import Backend


def test_owner_is_the_caller_and_no_field_of_inputs(serve: Callable[..., Backend]) -> None:
    class User(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[Id]

    class Note(Model):
        id: Mapped[Id]
        author_id: Mapped[UUID] = owner()

    allow(Note, "all", to="user", when=everyone)
    backend = serve()
    me = "0191e9a8-8d2b-7c55-b2a2-5d0c5a7f1d3e"
    backend.data(f'mutation {{ insertUser(object: {{id: "{me}"}}) {{ id }} }}')
    inputs = backend.data(
        '{ i: __type(name: "NoteInsertInput") { inputFields { name } } s: __type(name: "NoteSetInput") { name } }',
        role="user",
    )

    assert backend.data("mutation { insertNote(object: {}) { authorId } }", role="user", id=me) == {
        "insertNote": {"authorId": me}
    }
    assert inputs == {"i": {"inputFields": [{"name": "id"}]}, "s": None}


def test_an_owner_who_is_nobody_cannot_write(serve: Callable[..., Backend]) -> None:
    class User(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[IntId]

    class Note(Model):
        id: Mapped[IntId]
        author_id: Mapped[int] = owner()

    allow(Note, "create", "read", to="user", when=everyone)

    assert (
        serve().error("mutation { insertNote(object: {}) { id } }", role="user")["extensions"]["code"]
        == "constraint-violation"
    )


def test_a_preset_column_is_set_on_the_verbs_it_names(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        made_by: Mapped[str | None] = preset(lambda me: me.claim("name"), String(20))
        changed_by: Mapped[str | None] = preset(lambda me: me.claim("name"), String(20), on=("update",))
        touched_by: Mapped[str | None] = preset(lambda me: me.claim("name"), String(20), on=("create", "update"))
        source: Mapped[str] = preset("api")

    allow(Note, "all", to="user", when=everyone)
    backend = serve()
    fields = "madeBy changedBy touchedBy source"
    made = backend.data(
        f'mutation {{ insertNote(object: {{id: 1, text: "a"}}) {{ {fields} }} }}', role="user", claims={"name": "ann"}
    )
    changed = backend.data(
        f'mutation {{ updateNote(pkColumns: {{id: 1}}, _set: {{text: "b"}}) {{ {fields} }} }}',
        role="user",
        claims={"name": "bob"},
    )

    assert made == {"insertNote": {"madeBy": "ann", "changedBy": None, "touchedBy": "ann", "source": "api"}}
    assert changed == {"updateNote": {"madeBy": "ann", "changedBy": "bob", "touchedBy": "bob", "source": "api"}}


def test_a_rule_sets_columns_that_clients_then_cannot(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        state: Mapped[str | None]
        level: Mapped[int | None]

    allow(Note, "read", to="user", when=everyone)
    allow(Note, "create", to="user", when=everyone, set={Note.state: "new", "level": lambda me: me.claim("level", int)})
    allow(Note, "update", to="user", when=everyone, set={Note.state: "changed"})
    backend = serve()
    caller: dict[str, Any] = {"role": "user", "claims": {"level": 3}}

    assert backend.data('mutation { insertNote(object: {id: 1, text: "a"}) { state level } }', **caller) == {
        "insertNote": {"state": "new", "level": 3}
    }
    assert backend.data(
        'mutation { updateNote(pkColumns: {id: 1}, _set: {text: "b", level: 9}) { state level } }', **caller
    ) == {"updateNote": {"state": "changed", "level": 9}}
    for document in ('insertNote(object: {text: "a", state: "x"})', 'updateNotes(where: {}, _set: {state: "x"})'):
        assert (
            backend.error(f"mutation {{ {document} {{ __typename }} }}", **caller)["extensions"]["code"]
            == "validation-failed"
        )


def test_a_limit_caps_lists_and_the_largest_counts(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", to="user", when=everyone, limit=2)
    allow(Note, "read", to=["editor"], when=everyone, limit=1)
    allow(Note, "read", to=["editor"], when=everyone, limit=3)
    backend = serve()
    backend.sql("INSERT INTO notes VALUES (1); INSERT INTO notes VALUES (2), (3), (4), (5)")
    ask = "query ($n: Int) { notes(limit: $n, orderBy: {id: ASC}) { id } }"

    assert [len(backend.data(ask, role="user", n=n)["notes"]) for n in (None, 1, 2, 3, 100)] == [2, 1, 2, 2, 2]
    assert len(backend.data(ask, role="editor")["notes"]) == 3
    assert backend.data("{ note(id: 5) { id } }", role="user") == {"note": {"id": 5}}


def test_aggregates_can_be_taken_away(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", to="user", when=everyone, aggregates=False)
    names = serve().data("{ __schema { types { name } } }", role="user")["__schema"]["types"]

    assert not [each["name"] for each in names if "Aggregate" in each["name"]]


@pytest.mark.parametrize(
    ("hidden", "left"),
    [
        (["list"], ["note", "notesAggregate", "notesConnection"]),
        (["by_key", "aggregate"], ["notes", "notesConnection"]),
        (["connection"], ["notes", "note", "notesAggregate"]),
    ],
)
def test_root_fields_can_be_hidden(hidden: list[str], left: list[str], serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]

    allow(Note, "read", to="user", when=everyone, hide=hidden)
    roots = serve().data("{ __schema { queryType { fields { name } } } }", role="user")

    assert [field["name"] for field in roots["__schema"]["queryType"]["fields"]] == left


def test_words_for_several_verbs(serve: Callable[..., Backend]) -> None:
    class Written(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]

    class Whole(Model):
        id: Mapped[IntId]
        text: Mapped[str | None]

    allow(Written, "write", to="user", when=everyone)
    allow(Whole, "all", to="user", when=everyone)
    schema = serve().data(
        "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }", role="user"
    )["__schema"]
    queries = {field["name"] for field in schema["queryType"]["fields"]}
    mutations = {field["name"] for field in schema["mutationType"]["fields"]}

    assert queries == {"wholes", "whole", "wholesAggregate", "wholesConnection"}
    assert {"insertWhole", "updateWholes", "deleteWhole"} < mutations
    assert "insertWrittens" in mutations


def test_a_rule_for_several_roles_and_one_for_every_role(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]

    class Flag(Model):
        id: Mapped[IntId]

    allow(Note, "read", to=["user", "editor"], when=everyone)
    allow(Flag, "read", when=everyone)
    backend = serve()

    for role in ("user", "editor", "anonymous"):
        assert backend.data("{ flags { id } }", role=role) == {"flags": []}
    assert backend.data("{ notes { id } }", role="editor") == {"notes": []}
    assert "errors" in backend.ask("{ notes { id } }", role="anonymous")


def test_a_requirement_on_a_mixin_guards_every_model_that_has_it(serve: Callable[..., Backend]) -> None:
    class Deletable:
        deleted: Mapped[bool] = mapped_column(default=False)

    class Note(Deletable, Model):
        id: Mapped[IntId]

    class Task(Deletable, Model):
        id: Mapped[IntId]

    class Other(Model):
        id: Mapped[IntId]

    @require(Deletable, "all")
    def not_deleted(row: type[Deletable], me: Me) -> Rule:
        return ~row.deleted

    for model in (Note, Task, Other):
        allow(model, "all", to="user", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO notes (id, deleted) VALUES (1, true); INSERT INTO notes (id, deleted) VALUES (2, false);")
    backend.sql("INSERT INTO tasks (id, deleted) VALUES (1, true); INSERT INTO others VALUES (1)")

    assert backend.data("{ notes { id } tasks { id } others { id } }", role="user") == {
        "notes": [{"id": 2}],
        "tasks": [],
        "others": [{"id": 1}],
    }
    # It holds of rows as they are written, too: nobody deletes softly by an update that the mixin forbids.
    assert (
        backend.error("mutation { updateNotes(where: {}, _set: {deleted: true}) { affectedRows } }", role="user")[
            "extensions"
        ]["code"]
        == "permission-error"
    )
    assert (
        backend.error("mutation { insertTask(object: {id: 9, deleted: true}) { id } }", role="user")["extensions"][
            "code"
        ]
        == "permission-error"
    )
    assert backend.data("mutation { deleteNotes(where: {}) { affectedRows } }", role="user") == {
        "deleteNotes": {"affectedRows": 1}
    }


def test_moments_of_creation_and_change_are_the_databases(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        made_at: Mapped[Now]
        touched_at: Mapped[Touched]

    allow(Note, "all", to="user", when=everyone)
    backend = serve()
    backend.sql(
        "INSERT INTO notes (id, text, made_at, touched_at) VALUES (1, 'a', '2020-01-01 00:00:00', '2020-01-01 00:00:00')"
    )
    made = backend.data('mutation { insertNote(object: {id: 2, text: "b"}) { madeAt touchedAt } }', role="user")[
        "insertNote"
    ]
    changed = backend.data(
        'mutation { updateNote(pkColumns: {id: 1}, _set: {text: "c"}) { madeAt touchedAt } }', role="user"
    )["updateNote"]

    assert changed["madeAt"] == "2020-01-01T00:00:00+00:00"
    # Both are of this test's writes; how far apart they lie is the machine's affair.
    assert abs(datetime.fromisoformat(changed["touchedAt"]) - datetime.fromisoformat(made["touchedAt"])) < timedelta(
        hours=1
    )
    assert made["madeAt"] > "2024"
    assert (
        backend.error('mutation { insertNote(object: {text: "b", madeAt: "2020-01-01"}) { id } }', role="user")[
            "extensions"
        ]["code"]
        == "validation-failed"
    )


def test_ids_are_made_by_the_gateway_unless_they_are_sent(serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[Id]

    allow(Note, "create", "read", to="user", when=everyone)
    backend = serve()
    mine = "00000000-0000-0000-0000-000000000001"
    made = backend.data("mutation { insertNotes(objects: [{}, {}, {}]) { returning { id } } }", role="user")
    ids = [row["id"] for row in made["insertNotes"]["returning"]]

    assert [UUID(each).version for each in ids] == [7, 7, 7]
    assert ids == sorted(ids)
    assert backend.data(f'mutation {{ insertNote(object: {{id: "{mine}"}}) {{ id }} }}', role="user") == {
        "insertNote": {"id": mine}
    }


def test_a_row_inserted_past_portico_has_an_id_too(serve: Callable[..., Backend]) -> None:
    class Note(Model):  # pyright: ignore[reportUnusedClass]
        id: Mapped[Id]
        text: Mapped[str]

    backend = serve()
    backend.sql("INSERT INTO notes (text) VALUES ('psql')")

    assert UUID(backend.data("{ notes { id } }")["notes"][0]["id"])
