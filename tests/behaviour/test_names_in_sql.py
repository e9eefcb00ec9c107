"""May a table, column or relation be called anything: words that SQL, GraphQL or the statements themselves use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import ForeignKey, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import IntId, Me, Model, Rule, allow, everyone
from tests.support.backend import Backend, Place

REFUSED = "check constraint of an insert/update permission has failed"


def test_a_table_may_be_called_like_an_alias(serve: Callable[..., Backend]) -> None:

    class Membership(Model):
        __tablename__ = "m1"
        id: Mapped[IntId]
        paper_id: Mapped[int]
        user_id: Mapped[int]

    class Paper(Model):
        id: Mapped[IntId]

    @allow(Paper, "read", to="user")
    def mine(paper: type[Paper], me: Me) -> Rule:
        return exists().where(Membership.paper_id == paper.id, Membership.user_id == me.id)

    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1); INSERT INTO papers VALUES (2); INSERT INTO m1 VALUES (1, 1, 7)")

    assert backend.data("{ papers { id } }", role="user", id=7) == {"papers": [{"id": 1}]}


@pytest.mark.parametrize("table", ["written", "proposed"])
@pytest.mark.parametrize("verb", ["insert", "update"])
def test_a_table_may_be_called_like_a_part_of_a_write(table: str, verb: str, serve: Callable[..., Backend]) -> None:

    class Licence(Model):
        __tablename__ = table
        id: Mapped[IntId]
        number: Mapped[int]

    class Car(Model):
        id: Mapped[IntId]
        number: Mapped[int]

    allow(Car, "read", to="user", when=everyone)

    @allow(Car, "create", "update", to="user")
    def licensed(car: type[Car], me: Me) -> Rule:
        return exists().where(Licence.number == car.number)

    backend = serve()
    backend.sql(f"INSERT INTO {table} VALUES (1, 5); INSERT INTO cars VALUES (1, 5)")
    ask = {
        "insert": "mutation { insertCar(object: {id: 2, number: 6}) { id } }",
        "update": "mutation { updateCar(pkColumns: {id: 1}, _set: {number: 6}) { id } }",
    }[verb]

    assert backend.error(ask, role="user")["message"] == REFUSED


@pytest.mark.parametrize(
    "column", ["place", "found", "order_1", "one", "value", "items", "row", "k0", "passes", "answer"]
)
def test_a_column_may_be_called_like_a_part_of_a_statement(column: str, serve: Callable[..., Backend]) -> None:

    class Thing(Model):
        id: Mapped[IntId]
        named: Mapped[int] = mapped_column(column)
        other: Mapped[int]

    allow(Thing, "all", when=everyone)
    backend = serve()
    field = "order1" if column == "order_1" else column
    backend.data(
        f"mutation {{ insertThings(objects: [{{id: 1, {field}: 2, other: 1}}, {{id: 2, {field}: 1, other: 2}}]) {{ affectedRows }} }}"
    )
    listed = f"{{ things(orderBy: {{other: DESC}}) {{ {field} }} }}"
    paged = f"{{ thingsConnection(first: 1, orderBy: {{{field}: DESC}}) {{ nodes {{ {field} }} pageInfo {{ hasNextPage }} }} }}"

    assert backend.data(listed) == {"things": [{field: 1}, {field: 2}]}
    assert backend.data(paged) == {"thingsConnection": {"nodes": [{field: 2}], "pageInfo": {"hasNextPage": True}}}
    assert backend.data(f"mutation {{ updateThing(pkColumns: {{id: 1}}, _inc: {{{field}: 5}}) {{ {field} }} }}") == {
        "updateThing": {field: 7}
    }


@pytest.mark.parametrize("column", ["place", "Group", "select"])
def test_distinct_rows_of_any_column(column: str, serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]
        named: Mapped[int] = mapped_column(column)

    allow(Thing, "read", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO things VALUES (1, 1); INSERT INTO things VALUES (2, 1), (3, 2)")
    field = column.lower()

    assert backend.data(
        f"{{ things(distinctOn: [{field}], orderBy: [{{{field}: DESC}}, {{id: DESC}}]) {{ id {field} }} }}"
    ) == {"things": [{"id": 3, field: 2}, {"id": 2, field: 1}]}


@pytest.mark.parametrize(
    "name",
    [
        "select",
        "Order",
        "MixedCase",
        "user",
        "group by",
        "ünïcode",
        "with'quote",
        'double"quote',
        "percent%s",
        "a" * 60,
    ],
)
def test_a_table_may_have_any_name_that_sql_can_quote(name: str, serve: Callable[..., Backend]) -> None:
    class Parent(Model):
        __tablename__ = name
        id: Mapped[IntId]
        text: Mapped[str]
        kids: Mapped[list[Kid]] = relationship(back_populates="parent")

    class Kid(Model):
        id: Mapped[IntId]
        parent_id: Mapped[int] = mapped_column(ForeignKey(Parent.id))
        parent: Mapped[Parent] = relationship(back_populates="kids")

    allow(Parent, "all", when=everyone)
    allow(Kid, "all", when=everyone)
    backend = serve()
    roots = backend.catalog.tables["Parent"].roots
    insert, update, select = roots["insert_one"], roots["update"], roots["select"]

    assert backend.data(
        f'mutation {{ {insert}(object: {{id: 1, text: "a", kids: {{data: [{{}}]}}}}) {{ text kids {{ parent {{ text }} }} }} }}'
    ) == {insert: {"text": "a", "kids": [{"parent": {"text": "a"}}]}}
    assert backend.data(
        f'mutation {{ {update}(where: {{kids: {{}}}}, _set: {{text: "b"}}) {{ affectedRows returning {{ kids {{ id }} }} }} }}'
    ) == {update: {"affectedRows": 1, "returning": [{"kids": [{"id": 1}]}]}}
    assert backend.data(
        f"{{ {select}(orderBy: {{text: ASC}}) {{ text }} kids(orderBy: {{parent: {{text: ASC}}}}) {{ parent {{ id }} }} }}"
    ) == {
        select: [{"text": "b"}],
        "kids": [{"parent": {"id": 1}}],
    }


def test_aliases_may_be_longer_than_any_name_in_sql(serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Thing, "all", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO things VALUES (1, 'x')")
    long = "a" * 100

    assert backend.data(
        f"{{ {long}1: things {{ {long}1: id {long}2: text }} {long}2: things {{ {long}1: text }} }}"
    ) == {
        f"{long}1": [{f"{long}1": 1, f"{long}2": "x"}],
        f"{long}2": [{f"{long}1": "x"}],
    }
    assert backend.data(
        f'mutation {{ {long}1: updateThings(where: {{}}, _set: {{text: "y"}}) {{ {long}2: affectedRows {long}3: returning {{ {long}4: text }} }} }}'
    ) == {f"{long}1": {f"{long}2": 1, f"{long}3": [{f"{long}4": "y"}]}}


@pytest.mark.parametrize("alias", ["__proto__", "constructor", "data", "errors", "_", "_0", "null1", "true1"])
def test_any_alias_is_a_key_of_the_answer(alias: str, serve: Callable[..., Backend]) -> None:
    class Thing(Model):
        id: Mapped[IntId]

    allow(Thing, "read", when=everyone)
    backend = serve()
    backend.sql("INSERT INTO things VALUES (1)")

    assert backend.data(f"{{ {alias}: things {{ {alias}: id }} }}") == {alias: [{alias: 1}]}


def test_cells_of_columns_that_differ_in_case_alone_are_told_apart(serve: Callable[..., Backend], place: Place) -> None:
    if place.dialect == "sqlite":
        pytest.skip("SQLite takes names that differ in case for one")

    class Thing(Model):
        id: Mapped[IntId]
        lower: Mapped[str] = mapped_column("note")
        upper: Mapped[str] = mapped_column("Note")

    allow(Thing, "read", to="user", when=everyone, fields=["id"])
    allow(Thing, "read", to="user", when=lambda row, me: row.id == 1, fields=["note"])
    allow(Thing, "read", to="user", when=lambda row, me: row.id == 2, fields=["Note"])
    backend = serve(naming="hasura-default")
    backend.sql("INSERT INTO things VALUES (1, 'a', 'B'); INSERT INTO things VALUES (2, 'c', 'D')")

    assert backend.data("{ things(order_by: {id: asc}, limit: 5) { note Note } }", role="user") == {
        "things": [{"note": "a", "Note": None}, {"note": None, "Note": "D"}]
    }
