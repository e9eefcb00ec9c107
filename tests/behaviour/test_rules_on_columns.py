"""Which columns does a caller see: fields of rules, cells that only some rules show, and what naming a hidden one does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.resolvers.documents import Document
from portico.resolvers.limits import Limits
from portico.resolvers.plan.build import build_plan
from portico.resolvers.plan.guard import guard
from portico.resolvers.problems import HiddenColumn
from portico.schema import IntId, Me, Model, Rule, allow, everyone, role
from portico.schema.access import RoleAccess
from portico.schema.caller import Caller
from tests.support.backend import Backend

CANARY = "canary-7f3a"


@pytest.fixture
def staff(serve: Callable[..., Backend]) -> Backend:
    """`salary` is for nobody who is called user; `note` only where the person is oneself."""

    class Person(Model):
        id: Mapped[IntId]
        name: Mapped[str]
        salary: Mapped[str | None]
        note: Mapped[str | None]
        tasks: Mapped[list[Task]] = relationship(back_populates="person")

    class Task(Model):
        id: Mapped[IntId]
        title: Mapped[str]
        person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
        person: Mapped[Person] = relationship(back_populates="tasks")

    allow(Person, "read", to="user", when=everyone, fields=[Person.id, Person.name])

    @allow(Person, "read", to="user", fields=["note"])
    def myself(person: type[Person], me: Me) -> Rule:
        return person.id == me.id

    allow(Person, "create", to="user", when=everyone, fields=["id", "name"])
    allow(Person, "update", to="user", when=everyone, fields=["name"])
    allow(Task, "all", to="user", when=everyone)
    backend = serve()
    backend.sql(
        f"INSERT INTO people VALUES (1, 'Ann', '{CANARY}', 'of Ann'); INSERT INTO people VALUES (2, 'Bob', '{CANARY}', 'of Bob');"
        "INSERT INTO tasks VALUES (1, 'one', 1); INSERT INTO tasks VALUES (2, 'two', 2)"
    )
    return backend


@pytest.mark.parametrize(
    "document",
    [
        "{ people { salary } }",
        "{ people { x: salary } }",
        "{ person(id: 1) { ...F } } fragment F on Person { salary }",
        '{ people(where: {salary: {_like: "c%"}}) { id } }',
        "{ people(where: {_not: {_or: [{salary: {_isNull: true}}]}}) { id } }",
        "{ people(where: {salary: {}}) { id } }",
        "{ people(orderBy: {salary: ASC}) { id } }",
        "{ people(distinctOn: [salary]) { id } }",
        "{ peopleAggregate { aggregate { max { salary } } } }",
        "{ peopleAggregate { aggregate { count(columns: [salary]) } } }",
        "{ peopleAggregate { groups(by: salary) { aggregate { count } } } }",
        "{ peopleAggregate { groups(by: id) { keys { salary } } } }",
        "{ peopleConnection(orderBy: {salary: ASC}) { nodes { id } } }",
        '{ tasks(where: {person: {salary: {_eq: "x"}}}) { id } }',
        "{ tasks(orderBy: {person: {salary: ASC}}) { id } }",
        "{ tasks { person { salary } } }",
        '{ people(where: {tasksAggregate: {count: {filter: {person: {salary: {_eq: "x"}}}, predicate: {_gt: 0}}}}) { id } }',
        'mutation { insertPerson(object: {name: "x", salary: "1"}) { id } }',
        'mutation { insertPerson(object: {name: "x"}) { salary } }',
        'mutation { updatePeople(where: {salary: {_eq: "x"}}, _set: {name: "x"}) { affectedRows } }',
        'mutation { updatePerson(pkColumns: {id: 1}, _set: {salary: "1"}) { id } }',
        'mutation { updatePeople(where: {}, _set: {name: "x"}) { returning { salary } } }',
        'mutation { deleteTasks(where: {person: {salary: {_eq: "x"}}}) { affectedRows } }',
        'mutation { insertTask(object: {title: "t", person: {data: {name: "x", salary: "1"}}}) { id } }',
        'mutation { insertPerson(object: {name: "x"}, onConflict: {constraint: pk_people, updateColumns: [salary]}) { id } }',
    ],
)
def test_naming_a_hidden_column_anywhere_is_an_error_and_never_a_null(document: str, staff: Backend) -> None:
    staff.engine.statements.clear()

    answer = staff.ask(document, role="user", id=1)

    assert answer["errors"][0]["extensions"]["code"] == "validation-failed"
    assert CANARY not in json.dumps(answer)
    assert staff.engine.statements == []


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("PersonBoolExp", {"salary": {"_isNull": False}}),
        ("[PersonOrderBy!]", [{"salary": "ASC"}]),
        ("[PersonSelectColumn!]", ["salary"]),
    ],
)
def test_naming_a_hidden_column_in_a_variable_is_an_error_too(type_: str, value: Any, staff: Backend) -> None:
    argument = {"PersonBoolExp": "where", "[PersonOrderBy!]": "orderBy", "[PersonSelectColumn!]": "distinctOn"}[type_]

    error = staff.error(f"query ($v: {type_}) {{ people({argument}: $v) {{ id }} }}", role="user", v=value)

    assert error["extensions"]["code"] == "validation-failed"


def test_a_misspelling_is_not_corrected_to_a_hidden_name(staff: Backend) -> None:
    assert "salary" not in staff.error("{ people { salari } }", role="user")["message"]
    assert "salary" not in json.dumps(staff.ask("{ people(where: {salari: {_eq: 1}}) { id } }", role="user"))


def test_a_hidden_column_is_not_in_introspection(staff: Backend) -> None:
    types = staff.data(
        "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } }", role="user"
    )

    assert "salary" not in json.dumps(types)


@pytest.mark.parametrize(
    "text",
    [
        "{ people { salary } }",
        "{ peopleAggregate { groups(by: salary) { aggregate { count } } } }",
        "{ peopleAggregate { groups(by: id) { aggregate { max { salary } } } } }",
        "{ peopleAggregate { groups(by: id, orderBy: {aggregate: {max: {salary: ASC}}}) { keys { id } } } }",
        "{ peopleAggregate { groups(by: id, having: {count: {arguments: salary, predicate: {}}}) { keys { id } } } }",
        "{ peopleAggregate { groups(by: id, having: {count: {filter: {salary: {_isNull: true}}, predicate: {}}}) { keys { id } } } }",
    ],
)
def test_a_plan_that_names_a_hidden_column_past_validation_is_refused(text: str, staff: Backend) -> None:
    # The second lock: a plan made with admin's types is put under a user's rules.
    admin = staff.executor.role(Caller(role="admin"))
    operation, literals = staff.executor.documents.find(text, None, admin)
    document = Document(text, (), Limits())
    key, _ = operation.read({}, literals)
    plan = build_plan(operation.node, document.fragments, admin.types, operation.inputs, key, Limits())

    with pytest.raises(HiddenColumn):
        guard(plan, RoleAccess(staff.catalog, "user"))


def test_a_cell_that_no_rule_shows_is_null(staff: Backend) -> None:
    assert staff.data("{ people(orderBy: {id: ASC}) { id note } }", role="user", id=1) == {
        "people": [{"id": 1, "note": "of Ann"}, {"id": 2, "note": None}]
    }


def test_a_cell_that_no_rule_shows_is_null_in_a_filter(staff: Backend) -> None:
    ask = "{ people(where: {note: {%s}}, orderBy: {id: ASC}) { id } }"

    assert staff.data(ask % '_eq: "of Bob"', role="user", id=1) == {"people": []}
    assert staff.data(ask % '_like: "of%"', role="user", id=1) == {"people": [{"id": 1}]}
    assert staff.data(ask % "_isNull: true", role="user", id=1) == {"people": [{"id": 2}]}
    assert staff.data('{ tasks(where: {person: {note: {_eq: "of Bob"}}}) { id } }', role="user", id=1) == {"tasks": []}


def test_a_cell_that_no_rule_shows_is_null_in_an_order_and_in_cursors(staff: Backend) -> None:
    page = staff.data(
        "{ peopleConnection(first: 2, orderBy: {note: DESC}) { edges { cursor node { id } } } }", role="user", id=1
    )
    edges = page["peopleConnection"]["edges"]

    assert [edge["node"]["id"] for edge in edges] == [2, 1]
    assert json.loads(bytes.fromhex(edges[0]["cursor"]))[1:] == [None, 2]
    assert staff.data("{ tasks(orderBy: {person: {note: ASC}}) { id } }", role="user", id=2) == {
        "tasks": [{"id": 2}, {"id": 1}]
    }


def test_a_cell_that_no_rule_shows_is_null_in_aggregates(staff: Backend) -> None:
    ask = "{ peopleAggregate { aggregate { count(columns: [note]) max { note } } } }"

    assert staff.data(ask, role="user", id=1) == {
        "peopleAggregate": {"aggregate": {"count": 1, "max": {"note": "of Ann"}}}
    }


def test_distinct_takes_a_cell_that_no_rule_shows_for_null(staff: Backend) -> None:

    assert staff.data("{ people(distinctOn: [note], orderBy: {note: ASC}) { note } }", role="user", id=1) == {
        "people": [{"note": "of Ann"}, {"note": None}]
    }


def test_a_column_that_may_be_hidden_in_a_row_is_nullable(serve: Callable[..., Backend]) -> None:
    backend = _half_hidden_keys(serve)
    fields = backend.data('{ __type(name: "Paper") { fields { name type { kind } } } }', role="user")["__type"][
        "fields"
    ]

    assert {field["name"]: field["type"]["kind"] for field in fields} == {"id": "SCALAR", "text": "NON_NULL"}


def test_a_key_that_is_hidden_in_a_row_does_not_find_it(serve: Callable[..., Backend]) -> None:
    backend = _half_hidden_keys(serve)

    assert backend.data("{ papers(where: {id: {_eq: 2}}) { text } }", role="user") == {"papers": []}
    assert backend.data("{ paper(id: 2) { text } }", role="user") == {"paper": None}


def test_rows_whose_keys_may_be_hidden_have_no_pages(serve: Callable[..., Backend]) -> None:
    # A cursor holds the key.
    backend = _half_hidden_keys(serve)
    error = backend.error("{ papersConnection(first: 1) { nodes { text } } }", role="user")

    assert "papersConnection" in error["message"]
    assert len(backend.data("{ papers { text } }", role="user")["papers"]) == 4


def _half_hidden_keys(serve: Callable[..., Backend]) -> Backend:
    """Every text is shown, but the keys of odd papers only."""

    class Paper(Model):
        id: Mapped[IntId]
        text: Mapped[str]

    allow(Paper, "read", to="user", when=everyone, fields=["text"])

    @allow(Paper, "read", to="user", fields=["id", "text"])
    def odd_papers(paper: type[Paper], me: Me) -> Rule:
        return paper.id.in_([1, 3])

    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1, 'a'); INSERT INTO papers VALUES (2, 'b'), (3, 'c'), (4, 'd')")
    return backend


def test_a_column_named_by_a_rule_is_reached_only_through_rules_that_name_it(serve: Callable[..., Backend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        draft: Mapped[str | None]

    # The first rule names no fields: it grants every column but those that another rule of the role names.
    allow(Paper, "read", to=["user", "editor"], when=everyone)

    @allow(Paper, "read", to="editor", fields=["draft"])
    def first_paper(paper: type[Paper], me: Me) -> Rule:
        return paper.id == 1

    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1, 'a', 'x'); INSERT INTO papers VALUES (2, 'b', 'y')")

    assert backend.data("{ papers(orderBy: {id: ASC}) { text draft } }", role="editor") == {
        "papers": [{"text": "a", "draft": "x"}, {"text": "b", "draft": None}]
    }


def test_fields_that_only_one_parent_grants_are_null_in_rows_that_the_other_shows(
    serve: Callable[..., Backend],
) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        price: Mapped[int]

    @allow(Paper, "read", to="reader", fields=["id", "text"])
    def early(paper: type[Paper], me: Me) -> Rule:
        return paper.id <= 2

    @allow(Paper, "read", to="seller", fields=["id", "price"])
    def late(paper: type[Paper], me: Me) -> Rule:
        return paper.id >= 2

    role("both", inherits=["reader", "seller"])
    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1, 'a', 10); INSERT INTO papers VALUES (2, 'b', 20), (3, 'c', 30)")

    assert backend.data("{ papers(orderBy: {id: ASC}) { id text price } }", role="both") == {
        "papers": [
            {"id": 1, "text": "a", "price": None},
            {"id": 2, "text": "b", "price": 20},
            {"id": 3, "text": None, "price": 30},
        ]
    }


def test_only_rules_that_name_a_column_let_it_be_changed(serve: Callable[..., Backend]) -> None:
    class Paper(Model):
        id: Mapped[IntId]
        text: Mapped[str]
        price: Mapped[int]

    allow(Paper, "read", to="user", when=everyone)
    allow(Paper, "update", to="user", when=everyone, fields=["text"])

    @allow(Paper, "update", to="user", fields=["text", "price"])
    def first_paper(paper: type[Paper], me: Me) -> Rule:
        return paper.id == 1

    backend = serve()
    backend.sql("INSERT INTO papers VALUES (1, 'a', 10); INSERT INTO papers VALUES (2, 'b', 20)")
    change = "mutation { updatePapers(where: {}, %s) { affectedRows } }"

    assert backend.data(change % '_set: {text: "z"}', role="user") == {"updatePapers": {"affectedRows": 2}}
    assert backend.data(change % "_inc: {price: 1}", role="user") == {"updatePapers": {"affectedRows": 1}}
    assert backend.data("{ papers(orderBy: {id: ASC}) { price } }") == {"papers": [{"price": 11}, {"price": 20}]}
