"""How does one statement answer many subscribers: their parameters as rows of a relation, and every bind a column of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Label, Select, UnaryExpression, literal_column, select
from sqlalchemy import types as sa

from portico.resolvers.plan.root_nodes import Guarded
from portico.resolvers.sql.compiled import constant_of, is_asked, places_of, text_and_binds
from portico.resolvers.sql.dialect import SqlDialect
from portico.resolvers.sql.elements import InputBind
from portico.resolvers.sql.member_values import array_text, frozen, is_exact_in_json, json_rows
from portico.resolvers.sql.roots import read_roots, together

Parameters: TypeAlias = Sequence[Any]
"""What `Statement.bind` gives for one member."""
_Sent: TypeAlias = tuple[int | None, Any]
"""A parameter beside the relation: where members have it, or what it is."""
_Encode: TypeAlias = Callable[[Sequence[Parameters]], Sequence[Any]]

_RELATION = "portico_members"
# Of these a list can be written as text that Postgres reads as the same list.
_ITEMS = (sa.String, sa.Integer, sa.Double, sa.Boolean, sa.Uuid)


@dataclass(frozen=True, slots=True)
class MembersStatement:
    """
    A statement for any number of members at once; it gives rows of (n, text of root field 1, …), in any order.

    n: the member's place in the sequence that `parameters` was given, from 0. A text is NULL where the ordinary
    statement gives no row or NULL.

    shared: places of parameters that must be equal among the members of one execution. own: places of those in
    which members may differ. Both count into the parameters of the ordinary `Statement`; those in neither are
    constants.
    """

    sql: str
    shared: tuple[int, ...]
    own: tuple[int, ...]
    _sent: tuple[_Sent, ...]
    _encode: _Encode
    _carries: Callable[[Any], bool] | None

    def parameters(self, members: Sequence[Parameters]) -> Sequence[Any]:
        """The driver's parameters for these members, of whom there is at least one, and who agree in what is `shared`."""
        first = members[0]
        sent = [value if place is None else first[place] for place, value in self._sent]
        return [*sent, *self._encode(members)]

    def carries(self, parameters: Parameters) -> bool:
        """Whether a member's values travel exactly; a member whose do not is asked for by the ordinary statement."""
        carries = self._carries
        return carries is None or all(carries(parameters[place]) for place in self.own)

    def group(self, parameters: Parameters) -> Hashable:
        """What the members of one execution have in common."""
        return frozen([parameters[place] for place in self.shared])


def compile_members(guarded: Guarded, dialect: SqlDialect) -> MembersStatement:
    """
    All root fields of a document that read, for many members. Only a plan that guard.py has seen is a `Guarded`.

    Raises:
        ValueError: nothing reads.
    """
    return members_of(read_roots(guarded, dialect), dialect)


def members_of(roots: Sequence[Select[Any]], dialect: SqlDialect) -> MembersStatement:
    """The same of SELECTs of one row with one text each, whose ordinary statement is that of `together(roots)`."""
    if not roots:
        raise ValueError("nothing reads")
    places = places_of(together(roots), dialect.engine)
    relation = (_JsonRelation if dialect.name == "sqlite" else _ArrayRelation)(dialect.free(_RELATION), places)
    columns: list[Any] = [root.scalar_subquery().label(f"f{index}") for index, root in enumerate(roots)]
    element: Any = select(literal_column(relation.number), *columns)
    base: Any = dialect.engine.statement_compiler
    compiler: Any = type("MembersCompiler", (_MembersCompiler, base), {"relation": relation})
    text, binds = text_and_binds(compiler(dialect.engine, element))
    sent: list[_Sent] = [
        (places[bind.key], None) if is_asked(bind) else (None, constant_of(bind, dialect.engine)) for bind in binds
    ]
    shared = frozenset(place for place, _ in sent if place is not None)
    return MembersStatement(
        sql=f"{text} \nFROM {relation.text(len(binds))}",
        shared=tuple(sorted(shared)),
        own=tuple(sorted(frozenset(relation.places) - shared)),
        _sent=tuple(sent),
        _encode=relation.encoder(),
        _carries=relation.carries,
    )


class _MembersCompiler:
    """
    Stands before an engine's own compiler, and renders binds of the request and the caller as columns.

    The trees stay those of the ordinary statement, so nothing else can differ. Casts around binds are rendered as
    they are there, and decide what Postgres compares with what: it never infers a type from a column.
    """

    relation: _Relation

    def bindparam_string(
        self, name: str, post_compile: bool = False, bindparam_type: Any = None, **keywords: Any
    ) -> str:
        """SQLAlchemy's hook for the text of every bind."""
        this: Any = self
        bind: BindParameter[Any] = this.binds[name]
        if not post_compile and is_asked(bind) and not self.relation.is_apart:
            column = self.relation.column(bind, *self._cast(bindparam_type))
            if column is not None:
                # A bind without a place in the text has none among the parameters.
                this.bind_names.pop(bind, None)
                return column
        ordinary: Any = super()
        return ordinary.bindparam_string(name, post_compile=post_compile, bindparam_type=bindparam_type, **keywords)

    def _cast(self, type_: Any) -> tuple[Any, str]:
        """The engine's type of a bind, and the cast that the ordinary statement has around it, if any."""
        this: Any = self
        impl = type_._unwrapped_dialect_impl(this.dialect)  # noqa: SLF001
        if not (this.dialect._bind_typing_render_casts and impl.render_bind_cast):  # noqa: SLF001
            return impl, ""
        return impl, this.render_bind_cast(type_, impl, "")

    def limit_clause(self, select: Any, **keywords: Any) -> str:
        """SQLAlchemy's hook for LIMIT and OFFSET."""
        ordinary: Any = super()
        with self.relation.apart():
            return ordinary.limit_clause(select, **keywords)

    def group_by_clause(self, select: Any, **keywords: Any) -> str:
        """SQLAlchemy's hook for GROUP BY."""
        ordinary: Any = super()
        with self.relation.apart():
            return ordinary.group_by_clause(select, **keywords)

    def order_by_clause(self, select: Any, **keywords: Any) -> str:
        """SQLAlchemy's hook for ORDER BY."""
        ordinary: Any = super()
        with self.relation.apart() as is_apart:
            return ordinary.order_by_clause(_ordered_by_labels(select) if is_apart else select, **keywords)


def _ordered_by_labels(select: Any) -> Any:
    """The same with terms that are selected as well by their labels, so that their values are worked out outside of ORDER BY."""
    labels = {id(column.element): column for column in select._raw_columns if isinstance(column, Label)}  # noqa: SLF001
    made = copy(select)
    made._order_by_clauses = tuple(_by_label(clause, labels) for clause in select._order_by_clauses)  # noqa: SLF001
    return made


def _by_label(clause: Any, labels: Mapping[int, Label[Any]]) -> Any:
    if id(clause) in labels:
        return literal_column(f'"{labels[id(clause)].name}"')
    if isinstance(clause, UnaryExpression) and clause.modifier is not None:
        return UnaryExpression(_by_label(clause.element, labels), modifier=clause.modifier)
    return clause


class _Relation:
    """The relation of members while a statement is compiled: a column for each bind, in the order in which they are met."""

    number: str
    is_everywhere: bool
    carries: Callable[[Any], bool] | None

    def __init__(self, name: str, places: Mapping[Any, int]) -> None:
        self.name = name
        self.is_apart = False
        self._places = places
        self._columns: dict[int, int] = {}

    @contextmanager
    def apart(self) -> Generator[bool]:
        """Where an engine may see nothing from outside: whether that is so, and then binds stay parameters."""
        outside = self.is_apart
        self.is_apart = not self.is_everywhere
        try:
            yield self.is_apart
        finally:
            self.is_apart = outside

    @property
    def places(self) -> tuple[int, ...]:
        """Of each column, where its parameter stands in the ordinary statement."""
        return tuple(self._columns)

    def _number(self, bind: BindParameter[Any]) -> int:
        return self._columns.setdefault(self._places[bind.key], len(self._columns))

    def column(self, bind: BindParameter[Any], type_: Any, cast: str) -> str | None:
        """How a bind of a type is written, with the cast that it is to have; None for one that stays a parameter."""
        raise NotImplementedError

    def text(self, count: int) -> str:
        """The relation as FROM has it, after so many other parameters."""
        raise NotImplementedError

    def encoder(self) -> _Encode:
        """Makes the relation's parameters of members."""
        raise NotImplementedError


class _ArrayRelation(_Relation):
    """Postgres: an array for each column, of the type that the bind is cast to."""

    is_everywhere = True
    carries = None

    def __init__(self, name: str, places: Mapping[Any, int]) -> None:
        super().__init__(name, places)
        self.number = f"{name}.n"
        self._types: dict[int, tuple[str, bool]] = {}

    def column(self, bind: BindParameter[Any], type_: Any, cast: str) -> str | None:
        is_array = isinstance(type_, sa.ARRAY)
        if is_array and not (isinstance(bind, InputBind) and isinstance(type_.item_type, _ITEMS)):
            return None
        name = _type_of_column(type_, cast)
        if name is None:
            return None
        number = self._number(bind)
        self._types[number] = (name, is_array)
        return f"{self.name}.p{number + 1}{cast}"

    def text(self, count: int) -> str:
        # In sub-selects, so that the planner learns no lengths: for a few members it else made a plan for each
        # execution, which took 0.5 instead of 0.2 ms for one (benchmarks/members).
        arrays = [f"(SELECT ${count + 1}::INTEGER[])"]
        arrays += [f"(SELECT ${count + 2 + number}::{self._types[number][0]}[])" for number in range(len(self._types))]
        columns = ", ".join(["n", *(f"p{number + 1}" for number in range(len(self._types)))])
        return f"unnest({', '.join(arrays)}) AS {self.name}({columns})"

    def encoder(self) -> _Encode:
        columns = [(place, self._types[number][1]) for number, place in enumerate(self.places)]

        def encode(members: Sequence[Parameters]) -> Sequence[Any]:
            found: list[Any] = [range(len(members))]
            for place, is_array in columns:
                values = [member[place] for member in members]
                found.append([array_text(value) for value in values] if is_array else values)
            return found

        return encode


def _type_of_column(type_: Any, cast: str) -> str | None:
    """The name of the type that a bind has in the ordinary statement; None where only Postgres knows what it infers."""
    if isinstance(type_, sa.ARRAY):
        return "TEXT"  # unnest() flattens arrays of arrays, so a list comes as the text of one
    if cast:
        return cast.removeprefix("::").partition(" COLLATE ")[0]
    # An enum that is stored as text: beside such a column, a bind without a type is text.
    return "TEXT" if isinstance(type_, sa.Enum) else None


class _JsonRelation(_Relation):
    """
    SQLite: one JSON text for all, an array for each member.

    An item is read by a function wherever it stands, for a function's value is like a parameter without affinity and collation,
    which a column of a sub-select is not. ORDER BY, GROUP BY and LIMIT see nothing of the statement around theirs.
    """

    is_everywhere = False

    def __init__(self, name: str, places: Mapping[Any, int]) -> None:
        super().__init__(name, places)
        self.number = f"{name}.key"
        self.carries = is_exact_in_json

    def column(self, bind: BindParameter[Any], type_: Any, cast: str) -> str | None:
        return f"json_extract({self.name}.value, '$[{self._number(bind)}]')"

    def text(self, count: int) -> str:
        return f"json_each(?) AS {self.name}"

    def encoder(self) -> _Encode:
        places = self.places
        return lambda members: (json_rows([[member[place] for place in places] for member in members]),)
