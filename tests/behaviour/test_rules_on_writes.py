"""What may a caller change: checks of rows as they become, filters of rows as they are, upserts, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone, preset
from tests.support.backend import Backend

REFUSED = "check constraint of an insert/update permission has failed"


@pytest.fixture
def notes(serve: Callable[..., Backend]) -> Backend:
    """Callers read what is not hidden, write and change what is theirs, and delete drafts of theirs."""

    class Note(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        author: Mapped[int]
        hidden: Mapped[bool] = mapped_column(default=False)
        draft: Mapped[bool] = mapped_column(server_default="1")
        __table_args__ = (UniqueConstraint("text", name="one_text"),)

    @allow(Note, "read", to="user")
    def shown(note: type[Note], me: Me) -> Rule:
        return ~note.hidden

    @allow(Note, "create", "update", to="user")
    def mine(note: type[Note], me: Me) -> Rule:
        """A note belongs to its author."""
        return note.author == me.id

    @allow(Note, "delete", to="user")
    def my_drafts(note: type[Note], me: Me) -> Rule:
        return (note.author == me.id) & note.draft

    allow(Note, "read", to="reader", when=everyone)
    backend = serve()
    rows = [
        {"id": 1, "text": "a", "author": 1},
        {"id": 2, "text": "b", "author": 2},
        {"id": 3, "text": "c", "author": 1, "hidden": True},
        {"id": 4, "text": "d", "author": 1, "draft": False},
    ]
    backend.data("mutation ($rows: [NoteInsertInput!]!) { insertNotes(objects: $rows) { affectedRows } }", rows=rows)
    return backend


def _texts(backend: Backend) -> dict[int, str]:
    return {row["id"]: row["text"] for row in backend.data("{ notes(orderBy: {id: ASC}) { id text } }")["notes"]}


@pytest.mark.parametrize(
    "verb", ["insertNote(object: {})", "updateNotes(where: {})", "deleteNotes(where: {})", "deleteNote(id: 1)"]
)
def test_a_verb_without_a_rule_is_denied(verb: str, notes: Backend) -> None:
    error = notes.error(f"mutation {{ {verb} {{ __typename }} }}", role="reader")

    assert error["extensions"]["code"] == "validation-failed"


def test_a_new_row_must_pass_the_create_rule(notes: Backend) -> None:
    insert = 'mutation { insertNote(object: {id: %d, text: "n%d", author: %d}) { id } }'

    assert notes.data(insert % (10, 10, 1), role="user", id=1) == {"insertNote": {"id": 10}}
    assert notes.error(insert % (11, 11, 2), role="user", id=1)["message"] == REFUSED
    assert 11 not in _texts(notes)


def test_a_refusal_names_the_rules_that_could_have_allowed_it(notes: Backend) -> None:

    error = notes.error('mutation { insertNote(object: {id: 9, text: "n", author: 2}) { id } }', role="user", id=1)

    assert error["extensions"]["hint"] == "Rules that could allow it: mine: A note belongs to its author."


def test_one_refused_row_refuses_all(notes: Backend) -> None:
    insert = 'mutation { insertNotes(objects: [{id: 10, text: "x", author: 1}, {id: 11, text: "y", author: 2}]) { affectedRows } }'

    assert notes.error(insert, role="user", id=1)["message"] == REFUSED
    assert set(_texts(notes)) == {1, 2, 3, 4}


def test_a_new_row_is_checked_with_its_defaults_and_presets(serve: Callable[..., Backend]) -> None:
    class Item(Model):
        id: Mapped[IntId]
        kind: Mapped[str] = mapped_column(default="plain")
        place: Mapped[str] = mapped_column(server_default="here")
        by: Mapped[str] = preset(lambda me: me.claim("name"))

    @allow(Item, "create", "read", to="user")
    def plain_here_by_me(item: type[Item], me: Me) -> Rule:
        return (item.kind == "plain") & (item.place == "here") & (item.by == "ann")

    backend = serve()
    caller: dict[str, Any] = {"role": "user", "claims": {"name": "ann"}}

    assert backend.data("mutation { insertItem(object: {}) { kind place by } }", **caller) == {
        "insertItem": {"kind": "plain", "place": "here", "by": "ann"}
    }
    assert backend.error('mutation { insertItem(object: {kind: "other"}) { id } }', **caller)["message"] == REFUSED
    assert backend.error('mutation { insertItem(object: {place: "there"}) { id } }', **caller)["message"] == REFUSED


def test_an_update_reaches_only_rows_that_the_rule_lets_the_caller_change(notes: Backend) -> None:
    assert notes.data('mutation { updateNote(pkColumns: {id: 2}, _set: {text: "z"}) { id } }', role="user", id=1) == {
        "updateNote": None
    }
    assert _texts(notes)[2] == "b"


def test_an_update_reaches_only_rows_that_the_caller_may_read(notes: Backend) -> None:
    # Note 3 is the caller's own, but hidden: a filter could otherwise probe what is in it.
    answer = notes.data("mutation { updateNotes(where: {}, _set: {draft: true}) { affectedRows } }", role="user", id=1)
    probed = notes.data(
        'mutation { updateNotes(where: {text: {_eq: "c"}}, _set: {draft: true}) { affectedRows } }', role="user", id=1
    )

    assert answer == {"updateNotes": {"affectedRows": 2}}
    assert probed == {"updateNotes": {"affectedRows": 0}}


def test_an_updated_row_must_pass_the_rule_as_it_becomes(notes: Backend) -> None:
    error = notes.error("mutation { updateNote(pkColumns: {id: 1}, _set: {author: 2}) { id } }", role="user", id=1)

    assert error["message"] == REFUSED
    assert notes.data("{ note(id: 1) { author } }") == {"note": {"author": 1}}


def test_an_updated_row_that_its_writer_may_no_longer_read_is_changed_and_not_shown(notes: Backend) -> None:
    hide = "mutation { updateNotes(where: {id: {_eq: 1}}, _set: {hidden: true}) { affectedRows returning { id } } }"

    assert notes.data(hide, role="user", id=1) == {"updateNotes": {"affectedRows": 1, "returning": []}}
    assert notes.data("{ note(id: 1) { hidden } }") == {"note": {"hidden": True}}


def test_a_delete_reaches_only_rows_that_the_rules_show_and_let_go(notes: Backend) -> None:
    assert notes.data("mutation { deleteNotes(where: {}) { affectedRows returning { id } } }", role="user", id=1) == {
        "deleteNotes": {"affectedRows": 1, "returning": [{"id": 1}]}
    }
    assert set(_texts(notes)) == {2, 3, 4}


def test_what_a_mutation_returns_is_filtered_by_the_read_rules(notes: Backend) -> None:
    insert = 'mutation { insertNotes(objects: [{id: 10, text: "x", author: 1, hidden: true}, {id: 11, text: "y", author: 1}]) { affectedRows returning { id } } }'

    assert notes.data(insert, role="user", id=1) == {"insertNotes": {"affectedRows": 2, "returning": [{"id": 11}]}}


_UPSERT = 'mutation {{ insertNote(object: {{id: {id}, text: "{text}", author: {author}}}, onConflict: {{constraint: pk_notes, updateColumns: [{columns}]}}) {{ id text }} }}'


@pytest.mark.parametrize("columns", ["text", ""])
@pytest.mark.parametrize("id", [1, 10])
def test_an_upsert_asks_the_create_check_always(columns: str, id: int, notes: Backend) -> None:
    # As PostgreSQL does, also where the row exists, and also where it then would be left as it is.
    error = notes.error(_UPSERT.format(id=id, text="z", author=2, columns=columns), role="user", id=1)

    assert error["message"] == REFUSED


def test_an_upsert_of_an_existing_row_asks_the_update_rule(notes: Backend) -> None:
    assert (
        notes.error(_UPSERT.format(id=2, text="z", author=1, columns="text"), role="user", id=1)["message"] == REFUSED
    )
    assert notes.data(_UPSERT.format(id=1, text="z", author=1, columns="text"), role="user", id=1) == {
        "insertNote": {"id": 1, "text": "z"}
    }
    assert _texts(notes) == {1: "z", 2: "b", 3: "c", 4: "d"}


def test_an_upserted_row_must_pass_the_update_rule_as_it_becomes(serve: Callable[..., Backend]) -> None:
    class Box(Model):
        id: Mapped[IntId]
        size: Mapped[int]

    allow(Box, "read", "create", to="user", when=everyone)

    @allow(Box, "update", to="user")
    def small(box: type[Box], me: Me) -> Rule:
        return box.size < 10

    backend = serve()
    backend.sql("INSERT INTO boxes VALUES (1, 1)")
    upsert = "mutation { insertBox(object: {id: 1, size: %d}, onConflict: {constraint: pk_boxes, updateColumns: [size]}) { size } }"

    assert backend.data(upsert % 9, role="user") == {"insertBox": {"size": 9}}
    assert backend.error(upsert % 10, role="user")["message"] == REFUSED


def test_a_conflict_with_a_hidden_row_is_the_same_error_as_a_failed_check(notes: Backend) -> None:
    hidden = notes.error(_UPSERT.format(id=3, text="z", author=1, columns="text"), role="user", id=1)
    forbidden = notes.error(_UPSERT.format(id=2, text="z", author=1, columns="text"), role="user", id=1)
    failed = notes.error(_UPSERT.format(id=20, text="z", author=2, columns="text"), role="user", id=1)

    assert hidden == forbidden == failed
    assert _texts(notes)[3] == "c"


def test_a_value_taken_by_a_hidden_row_is_reported_without_it(notes: Backend) -> None:
    taken = notes.error('mutation { insertNote(object: {id: 9, text: "c", author: 1}) { id } }', role="user", id=1)
    seen = notes.error('mutation { insertNote(object: {id: 9, text: "a", author: 1}) { id } }', role="user", id=1)

    assert taken == seen
    assert taken["extensions"]["code"] == "constraint-violation"


def test_a_refused_field_undoes_those_before_it(notes: Backend) -> None:
    document = 'mutation { a: updateNote(pkColumns: {id: 1}, _set: {text: "z"}) { id } b: insertNote(object: {id: 9, text: "n", author: 2}) { id } }'

    assert notes.error(document, role="user", id=1)["message"] == REFUSED
    assert _texts(notes)[1] == "a"


def test_a_role_that_may_not_read_neither_filters_nor_sees_what_it_writes(serve: Callable[..., Backend]) -> None:
    class Line(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Line, "write", to="writer", when=everyone)
    backend = serve()
    roots = backend.data("{ __schema { mutationType { fields { name } } } }", role="writer")

    assert [field["name"] for field in roots["__schema"]["mutationType"]["fields"]] == ["insertLines"]
    assert backend.data('mutation { insertLines(objects: [{text: "x"}]) { affectedRows } }', role="writer") == {
        "insertLines": {"affectedRows": 1}
    }


def test_nested_rows_obey_the_rules_of_their_own_tables(serve: Callable[..., Backend]) -> None:
    class Cart(Model):
        id: Mapped[IntId]
        owner: Mapped[int]
        lines: Mapped[list[CartLine]] = relationship(back_populates="cart")

    class CartLine(Model):
        id: Mapped[IntId]
        count: Mapped[int]
        cart_id: Mapped[int] = mapped_column(ForeignKey(Cart.id))
        cart: Mapped[Cart] = relationship(back_populates="lines")

    allow(Cart, "read", "create", to="user", when=everyone)
    allow(CartLine, "read", to="user", when=everyone)

    @allow(CartLine, "create", to="user")
    def few_in_my_cart(line: type[CartLine], me: Me) -> Rule:
        return (line.count < 5) & line.cart.has(owner=me.id)

    backend = serve()
    insert = "mutation { insertCart(object: {owner: %d, lines: {data: [{count: 1}, {count: %d}]}}) { linesAggregate { aggregate { count } } } }"

    assert backend.data(insert % (1, 4), role="user", id=1) == {
        "insertCart": {"linesAggregate": {"aggregate": {"count": 2}}}
    }
    assert backend.error(insert % (1, 5), role="user", id=1)["message"] == REFUSED
    assert backend.error(insert % (2, 4), role="user", id=1)["message"] == REFUSED
    assert backend.data("{ carts { id } }") == {"carts": [{"id": 1}]}


def test_a_check_sees_other_rows_as_they_were_before_the_statement(serve: Callable[..., Backend]) -> None:
    class Seat(Model):
        id: Mapped[IntId]
        number: Mapped[int]

    allow(Seat, "read", to="user", when=everyone)

    @allow(Seat, "update", to="user")
    def free(seat: type[Seat], me: Me) -> Rule:
        """No other seat has the number."""
        return ~exists().where(Seat.number == seat.number, Seat.id != seat.id)

    backend = serve()
    backend.sql("INSERT INTO seats VALUES (1, 1); INSERT INTO seats VALUES (2, 2), (3, 3)")
    shift = "mutation { updateSeats(where: {}, _inc: {number: %d}) { affectedRows } }"

    # By ten, no seat gets a number that another had; by one, each gets its neighbour's.
    assert backend.data(shift % 10, role="user") == {"updateSeats": {"affectedRows": 3}}
    assert backend.error(shift % 1, role="user")["message"] == REFUSED


def test_rows_of_one_insert_are_written_one_after_another(serve: Callable[..., Backend]) -> None:

    class Ticket(Model):
        id: Mapped[IntId]
        guest: Mapped[str]

    allow(Ticket, "read", to="user", when=everyone)

    @allow(Ticket, "create", to="user")
    def one_each(ticket: type[Ticket], me: Me) -> Rule:
        return ~exists().where(Ticket.guest == ticket.guest, Ticket.id != ticket.id)

    backend = serve()
    insert = "mutation ($t: [TicketInsertInput!]!) { insertTickets(objects: $t) { affectedRows } }"

    assert backend.data(insert, role="user", t=[{"id": 1, "guest": "a"}, {"id": 2, "guest": "b"}]) == {
        "insertTickets": {"affectedRows": 2}
    }
    assert (
        backend.error(insert, role="user", t=[{"id": 3, "guest": "c"}, {"id": 4, "guest": "c"}])["message"] == REFUSED
    )
