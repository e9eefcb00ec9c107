"""Which changed rows can change an answer: equalities of conditions, joins, sub-selects and rules, and what no row tells."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Enum,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    Uuid,
    and_,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import CITEXT

from portico.gateway.app import make_dialect
from portico.gateway.loading import load_models
from portico.resolvers.plan.values import Bind
from portico.resolvers.run.execute import Executor
from portico.resolvers.sql.dependencies import (
    Dependencies,
    Dependency,
    compile_dependencies,
    dependencies_of,
    value_of_parameter,
    value_of_row,
)
from portico.resolvers.sql.elements import InputBind, Opaque
from portico.resolvers.sql.program import together
from portico.schema.caller import Caller
from portico.schema.infos import view
from portico.schema.names import Names
from portico.schema.reading import read_catalog
from portico.schema.rules import Me
from portico.schema.scalars import DialectName

CHAT = Path(__file__).resolve().parents[2] / "examples" / "chat" / "models.py"
Found = set[tuple[str, frozenset[tuple[str, int]]]]

_METADATA = MetaData()
ROOMS = Table(
    "rooms",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("owner", Uuid),
    Column("open", Boolean),
    Column("name", String),
)
NOTES = Table(
    "notes",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("room_id", ForeignKey(ROOMS.c.id)),
    Column("author", String),
    Column("parent_id", Integer),
    schema="office",
)
TAGS = Table("tags", _METADATA, Column("note_id", Integer), Column("word", String))
A, B, C = (lambda: _bind(0)), (lambda: _bind(1)), (lambda: _bind(2))


def _bind(slot: int, type_: Any = Integer) -> Any:
    return InputBind.make(Bind(slot), type_())


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> DialectName:
    return request.param


def _of(query: Select[Any], engine: DialectName) -> Dependencies:
    return dependencies_of([query], make_dialect(engine))


def _found(dependencies: Dependencies) -> Found:
    return {(each.table, frozenset(each.equal)) for each in dependencies.on}


def _text(*columns: Any) -> Select[Any]:
    return select(*(columns or (literal_column("'x'"),)))


def _on(table: str, **equal: int) -> tuple[str, frozenset[tuple[str, int]]]:
    return table, frozenset(equal.items())


# ---- the rules of the chat ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chat() -> Generator[Mapping[str, Executor]]:
    declarations = load_models(CHAT)
    executors: dict[str, Executor] = {}
    for name in ("sqlite", "postgres"):
        catalog = read_catalog(declarations, dialect=name, names=Names("plain"))
        executors[name] = Executor(catalog, None, make_dialect(name))  # pyright: ignore[reportArgumentType]
    yield executors
    declarations.registry.dispose()


def _chat(executor: Executor, document: str, **variables: Any) -> tuple[Dependencies, dict[int, str]]:
    """The dependencies, and what the parameters of a member are called: `me` and the variables."""
    me = UUID(int=9)
    operation, literals = executor.documents.find(document, None, executor.role(Caller(role="user")))
    key, values = operation.read({name: str(value) for name, value in variables.items()}, literals)
    statement = operation.program(key).statement
    assert statement is not None
    parameters = statement.bind(values, Caller(id=str(me), role="user"))
    names = {value.hex: name for name, value in {"me": me, **variables}.items()}
    called = {place: names.get(str(value_of_parameter(value)), "") for place, value in enumerate(parameters)}
    return compile_dependencies(operation.guarded(key), executor.documents.dialect), called


def _named(dependencies: Dependencies, called: Mapping[int, str]) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {
        (each.table, frozenset((column, called[place]) for column, place in each.equal)) for each in dependencies.on
    }


def test_messages_of_a_room_under_the_rules_of_the_chat(chat: Mapping[str, Executor], engine: DialectName) -> None:
    document = (
        "query($room: UUID!) { messages(where: {roomId: {_eq: $room}}, orderBy: {sentAt: DESC}, limit: 20) { body } }"
    )

    dependencies, called = _chat(chat[engine], document, room=UUID(int=1))

    assert dependencies.is_complete
    assert _named(dependencies, called) == {
        ("messages", frozenset({("room_id", "room")})),
        ("rooms", frozenset({("id", "room")})),
        ("members", frozenset({("room_id", "room"), ("user_id", "me")})),
    }
    assert {each.table: each.columns for each in dependencies.on} == {
        "messages": {"body", "room_id", "sent_at"},
        "rooms": {"id"},
        "members": {"room_id", "user_id"},
    }


def test_links_are_followed_out_of_picked_rows(chat: Mapping[str, Executor], engine: DialectName) -> None:
    document = """query($room: UUID!) { messages(where: {roomId: {_eq: $room}}, orderBy: {sentAt: DESC}, limit: 20) {
        author { name } room { title members { since } } } }"""

    dependencies, called = _chat(chat[engine], document, room=UUID(int=1))

    assert ("rooms", frozenset({("id", "room")})) in _named(dependencies, called)
    assert ("members", frozenset({("room_id", "room")})) in _named(dependencies, called)
    assert ("users", frozenset[tuple[str, str]]()) in _named(dependencies, called)
    assert not any(table in ("rooms", "members") and not equal for table, equal in _named(dependencies, called))


def test_several_rules_of_which_any_may_hold(chat: Mapping[str, Executor], engine: DialectName) -> None:
    dependencies, called = _chat(chat[engine], "query($room: UUID!) { room(id: $room) { title } }", room=UUID(int=1))

    assert _named(dependencies, called) == {
        ("rooms", frozenset({("id", "room")})),
        ("members", frozenset({("room_id", "room"), ("user_id", "me")})),
    }


def test_a_row_of_the_log_is_found_by_what_a_member_has(chat: Mapping[str, Executor], engine: DialectName) -> None:
    document = "query($room: UUID!) { messages(where: {roomId: {_eq: $room}}) { body } }"
    executor, room = chat[engine], UUID("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")
    operation, literals = executor.documents.find(document, None, executor.role(Caller(role="user")))
    key, values = operation.read({"room": str(room).upper()}, literals)
    statement = operation.program(key).statement
    assert statement is not None
    parameters = statement.bind(values, Caller(id=str(UUID(int=9)), role="user"))
    messages = next(
        each
        for each in compile_dependencies(operation.guarded(key), executor.documents.dialect).on
        if each.table == "messages"
    )
    row = {"room_id": room.hex if engine == "sqlite" else str(room)}

    assert messages.of_row(row) == messages.of_member(parameters) is not None
    assert messages.of_row({"room_id": UUID(int=3).hex}) != messages.of_member(parameters)
    assert messages.of_row({"room_id": None}) is None


# ---- conditions --------------------------------------------------------------------------------------


def test_only_what_must_hold_together_counts(engine: DialectName) -> None:
    query = _text().where(
        NOTES.c.room_id == A(),
        or_(NOTES.c.author == _bind(1, String), NOTES.c.id == C()),
        not_(and_(NOTES.c.parent_id == C(), NOTES.c.id == C())),
        and_(NOTES.c.parent_id > C(), NOTES.c.id.is_not(None), true()),
    )

    assert _found(_of(query, engine)) == {_on("office.notes", room_id=0)}


def test_equalities_are_followed_from_column_to_column(engine: DialectName) -> None:
    inner = exists().where(ROOMS.c.id == NOTES.c.room_id, ROOMS.c.owner == Me().id)
    query = _text().where(NOTES.c.room_id == A(), NOTES.c.parent_id == NOTES.c.room_id, inner)

    found = _found(_of(query, engine))

    assert _on("office.notes", room_id=0, parent_id=0) in found or _on("office.notes", room_id=1, parent_id=1) in found
    assert len(next(equal for table, equal in found if table == "rooms")) == 2


@pytest.mark.parametrize("around", [lambda each: or_(each, NOTES.c.id == C()), not_, lambda each: each])
def test_a_sub_select_has_equalities_of_its_own_wherever_it_stands(engine: DialectName, around: Any) -> None:
    inner = exists().where(ROOMS.c.id == NOTES.c.room_id)
    query = _text().where(NOTES.c.room_id == A(), around(inner))

    assert _on("rooms", id=0) in _found(_of(query, engine))


def test_a_condition_beside_the_sub_select_that_may_fail_does_not_count(engine: DialectName) -> None:
    inner = exists().where(ROOMS.c.id == NOTES.c.room_id)
    query = _text().where(or_(and_(NOTES.c.room_id == A(), inner), NOTES.c.id == B()))

    assert _found(_of(query, engine)) == {_on("office.notes"), _on("rooms")}


def test_an_outer_join_restricts_only_the_side_that_may_be_missing(engine: DialectName) -> None:
    joined = NOTES.outerjoin(
        ROOMS,
        and_(ROOMS.c.id == NOTES.c.room_id, NOTES.c.author == _bind(0, String), ROOMS.c.open == _bind(1, Boolean)),
    )
    query = _text(ROOMS.c.name).select_from(joined).where(NOTES.c.room_id == C())

    assert _found(_of(query, engine)) == {_on("office.notes", room_id=2), _on("rooms", id=2, open=1)}


def test_an_inner_join_restricts_both(engine: DialectName) -> None:
    joined = NOTES.join(ROOMS, and_(ROOMS.c.id == NOTES.c.room_id, NOTES.c.parent_id == A()))

    assert _found(_of(_text(ROOMS.c.name).select_from(joined).where(ROOMS.c.id == B()), engine)) == {
        _on("office.notes", parent_id=0, room_id=1),
        _on("rooms", id=1),
    }


def test_a_full_join_restricts_nothing(engine: DialectName) -> None:
    joined = NOTES.join(ROOMS, and_(ROOMS.c.id == NOTES.c.room_id, NOTES.c.parent_id == A()), full=True)

    assert _found(_of(_text(ROOMS.c.name).select_from(joined), engine)) == {_on("office.notes"), _on("rooms")}


def test_what_is_joined_to_a_missing_row_is_restricted_only_through_it(engine: DialectName) -> None:
    first = NOTES.outerjoin(ROOMS, and_(ROOMS.c.id == NOTES.c.room_id, NOTES.c.parent_id == A()))
    through = first.outerjoin(TAGS, and_(TAGS.c.note_id == ROOMS.c.id, NOTES.c.parent_id == TAGS.c.note_id))
    beside = first.outerjoin(TAGS, TAGS.c.note_id == NOTES.c.parent_id)

    assert _on("tags", note_id=0) in _found(_of(_text(TAGS.c.word).select_from(through), engine))
    assert _on("tags") in _found(_of(_text(TAGS.c.word).select_from(beside), engine))


def test_two_references_to_one_cte_are_two_rows(engine: DialectName) -> None:
    picked = select(NOTES.c.id, NOTES.c.room_id, NOTES.c.parent_id).where(NOTES.c.room_id == A()).cte("picked")
    other = picked.alias("other")
    query = (
        _text()
        .select_from(picked.join(other, other.c.parent_id == B()))
        .where(exists().where(TAGS.c.note_id == picked.c.parent_id), exists().where(ROOMS.c.id == other.c.room_id))
    )

    assert _found(_of(query, engine)) == {_on("office.notes", room_id=0), _on("tags"), _on("rooms", id=0)}


def test_rows_that_a_limit_lets_in_are_not_restricted_from_outside(engine: DialectName) -> None:
    first = select(NOTES.c.id, NOTES.c.room_id).order_by(NOTES.c.id).limit(3).subquery("first")
    query = _text().select_from(first).where(first.c.room_id == A())

    assert _found(_of(query, engine)) == {_on("office.notes")}


def test_membership_in_a_sub_select(engine: DialectName) -> None:
    rooms = select(ROOMS.c.id).where(ROOMS.c.open == _bind(1, Boolean))
    query = _text().where(NOTES.c.room_id == A())

    assert _on("rooms", id=0, open=1) in _found(_of(query.where(NOTES.c.room_id.in_(rooms)), engine))
    assert _on("rooms", open=1) in _found(_of(query.where(NOTES.c.room_id.not_in(rooms)), engine))
    assert _on("rooms", open=1) in _found(_of(query.where(not_(NOTES.c.room_id.in_(rooms))), engine))
    assert _on("rooms", open=1) in _found(_of(query.where(NOTES.c.room_id.in_(rooms.limit(1))), engine))


def test_values_that_json_does_not_compare_as_the_database_does(engine: DialectName) -> None:
    table = Table(
        f"kinds_{engine}",
        MetaData(),
        *(
            Column(name, type_)
            for name, type_ in {
                "text": String(),
                "fixed": String(3),
                "mood": Enum("a", "b", native_enum=False),
                "nocase": String(collation="NOCASE"),
                "caseless": CITEXT().with_variant(String(collation="NOCASE"), "sqlite"),
                "amount": Numeric(10, 2),
                "real": Float(),
            }.items()
        ),
    )
    query = _text().where(*(column == InputBind.make(Bind(n), column.type) for n, column in enumerate(table.c)))

    assert _found(_of(query, engine)) == {_on(table.name, text=0, fixed=1, mood=2)}


def test_a_bind_of_another_kind_says_nothing(engine: DialectName) -> None:
    query = _text().where(
        ROOMS.c.id == _bind(0, Float), ROOMS.c.name == ROOMS.c.id, ROOMS.c.open == Opaque.of(_bind(1, Boolean))
    )

    assert _found(_of(query, engine)) == {_on("rooms")}


def test_a_narrow_place_is_left_out_beside_a_wide_one(engine: DialectName) -> None:
    one, other = NOTES.alias(), NOTES.alias()
    query = _text(one.c.author).where(
        one.c.room_id == A(), exists().where(other.c.id == one.c.id, other.c.author == _bind(1, String))
    )
    wide = _text(one.c.author).where(exists().where(other.c.author == one.c.author, other.c.room_id == A()))

    assert len(_of(query, engine).on) == 2
    assert _found(_of(wide, engine)) == {_on("office.notes"), _on("office.notes", room_id=0)}
    assert _found(_of(wide.where(one.c.room_id.is_not(None)), engine)) == {_on("office.notes")}


def test_columns_are_those_that_are_read(engine: DialectName) -> None:
    counted = _of(_text(func.count()).select_from(ROOMS).where(ROOMS.c.open), engine).on[0]
    whole = _of(select(literal_column("*")).select_from(ROOMS), engine).on[0]
    old: dict[str, Any] = {"open": True, "name": "a"}

    assert counted.columns == {"open"}
    assert not counted.reads(old, {**old, "name": "b"})
    assert counted.reads(old, {**old, "open": False})
    assert counted.reads(None, old)
    assert counted.reads(old, None)
    assert whole.columns is None
    assert whole.reads(old, old)


# ---- what no row tells -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        ROOMS.c.name < func.now(),
        ROOMS.c.name < func.current_timestamp(),
        ROOMS.c.id > func.random(),
        ROOMS.c.name == func.strftime("%s", "now"),
        ROOMS.c.name == func.my_own(ROOMS.c.id),
        text("rooms.id > 3"),
        exists(select(text("1")).select_from(text("elsewhere"))),
        ROOMS.c.name == literal_column("current_user"),
    ],
)
def test_the_clock_chance_and_foreign_text_are_not_in_the_log(engine: DialectName, condition: Any) -> None:
    assert not _of(_text().where(condition, ROOMS.c.id == A()), engine).is_complete


def test_views_are_not_in_the_log(engine: DialectName) -> None:
    seen = Table("seen", MetaData(), Column("id", Integer), info=view())

    assert not _of(_text().where(seen.c.id == A()), engine).is_complete


def test_functions_of_values_are_lasting(engine: DialectName) -> None:
    query = _text().where(
        func.lower(ROOMS.c.name) == func.coalesce(_bind(0, String), "x"), ROOMS.c.id.in_(Me().claims("rooms", int))
    )

    assert _of(query, engine).is_complete


def test_nothing_depends_on_nothing() -> None:
    assert dependencies_of([], make_dialect("sqlite")) == Dependencies((), is_complete=True)


# ---- values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "row"),
    [
        (5, 5),
        (True, 1),
        (True, True),
        (0, False),
        (5.0, 5),
        ("a", "a"),
        (b"a", "a"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("00000000000000000000000000000007", "00000000000000000000000000000007"),
        ("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("x" * 32, "x" * 32),
    ],
)
def test_values_that_the_database_finds_equal_are_equal(parameter: Any, row: Any) -> None:
    assert value_of_parameter(parameter) == value_of_row(row)


@pytest.mark.parametrize(
    ("parameter", "row"), [(5, 6), (5, "5"), ("a", "A"), ("", None), (UUID(int=7), "7"), (2**53, 2**53 + 1)]
)
def test_others_are_not(parameter: Any, row: Any) -> None:
    assert value_of_parameter(parameter) != value_of_row(row)


def test_null_agrees_with_nothing() -> None:
    dependency = Dependency("t", None, (("a", 0), ("b", 1)))

    assert dependency.of_member((None, 1)) is None
    assert dependency.of_row({"a": 1, "b": None}) is None
    assert dependency.of_member((1, 2)) == dependency.of_row({"a": 1, "b": 2})


def test_roots_have_their_parameters_in_one_statement(engine: DialectName) -> None:
    one, other = _text().where(ROOMS.c.id == A()), _text().where(NOTES.c.id == B())
    dialect = make_dialect(engine)

    found = _found(dependencies_of([one, other], dialect))

    assert len(together([one, other]).selected_columns) == 2
    assert found == {_on("rooms", id=0), _on("office.notes", id=1)}
