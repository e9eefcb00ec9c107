"""What SQL says that SQLAlchemy does not: text joined from parts, binds that know their slot, a failing check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Enum, String, Text

from portico.resolvers.plan.values import Tree
from portico.schema.rules import CallerValue, JsonItem, JsonItems

Convert = Callable[[Any], Any]

MARK = "\x01"
"""
Around what a signed address is to be made of, in an answer. Whatever writes JSON escapes it, so no value has it: a client that
stores such a text makes no address of it.
"""


class InputBind(BindParameter[Any]):
    """A bind that is filled from the request's values; `convert` makes the driver's value of the client's."""

    inherit_cache = True
    tree: Tree
    convert: Convert | None
    item: int | None

    @classmethod
    def make(cls, tree: Tree, type_: Any, convert: Convert | None = None, item: int | None = None) -> InputBind:
        """One parameter; `item` picks one of the values that a cursor holds."""
        bind = cls("v", None, unique=True, type_=type_)
        bind.tree, bind.convert, bind.item = tree, convert, item
        return bind


def quoted(text: str) -> ColumnElement[str]:
    """A constant text inside a statement. Only names of the schema come here, never a client's value."""
    return literal_column("'" + text.replace("'", "''") + "'", String())


class Joined(FunctionElement[str]):
    """
    Text parts joined by `||`, as a balanced tree.

    Concatenation is the fastest way to JSON on Postgres, 15 to 35 % below row_to_json and 2 to 3 times
    below jsonb (benchmarks/json_forms). Balanced, because SQLite refuses expressions over 1,000 deep.
    """

    type = Text()
    inherit_cache = True
    name = "joined"
    parts: Sequence[str | ColumnElement[Any]]

    @classmethod
    def of(cls, parts: Sequence[str | ColumnElement[Any]]) -> Joined:
        """The parts as they are, constants still as Python text so that they can be joined further."""
        made = cls(*[quoted(part) if isinstance(part, str) else part for part in parts])
        made.parts = parts
        return made


def joined(parts: Sequence[str | ColumnElement[Any]]) -> ColumnElement[str]:
    """Parts in order; nested parts are flattened and neighbouring constants become one."""
    merged: list[str | ColumnElement[Any]] = []
    for part in _flat(parts):
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if len(merged) == 1:
        return quoted(merged[0]) if isinstance(merged[0], str) else merged[0]
    return Joined.of(merged)


def json_object(members: Iterable[tuple[str, str | ColumnElement[Any]]]) -> ColumnElement[str]:
    """Keys, which are GraphQL names, with texts that are JSON already, as one object."""
    parts: list[str | ColumnElement[Any]] = []
    for key, value in members:
        parts += [("," if parts else "{") + f'"{key}":', value]
    return joined([*(parts or ["{"]), "}"])


def _flat(parts: Sequence[str | ColumnElement[Any]]) -> Iterator[str | ColumnElement[Any]]:
    for part in parts:
        if isinstance(part, Joined):
            yield from part.parts
        elif not isinstance(part, str) or part:
            yield part


@compiles(Joined)
def _compile_joined(element: Joined, compiler: Any, **keywords: Any) -> str:
    keywords.pop("within_columns_clause", None)
    parts = [compiler.process(clause, within_columns_clause=False, **keywords) for clause in element.clauses]
    # Without parentheses: nothing here binds closer than `||`, and SQLite's parser has room for 100 levels.
    return _balanced(parts)


def _balanced(parts: list[str]) -> str:
    if len(parts) <= 40:
        return " || ".join(parts)
    half = len(parts) // 2
    return f"({_balanced(parts[:half])}) || ({_balanced(parts[half:])})"


class Opaque(FunctionElement[Any]):
    """
    A value that Postgres is not to look at when it plans.

    It prices a custom plan, made for the values of one execution, against a generic one. For a position in an
    order they come to the same plan, but a few units cheaper at times, and then it plans every execution anew:
    220 instead of 136 µs for a page by cursor (benchmarks/plan_modes). Of a sub-select it knows nothing in
    either case, so the generic plan stays.
    """

    inherit_cache = True
    name = "opaque"

    @classmethod
    def of(cls, value: ColumnElement[Any]) -> Opaque:
        """The value, with its own type."""
        made = cls(value)
        made.type = value.type
        return made


@compiles(Opaque)
def _compile_opaque(element: Opaque, compiler: Any, **keywords: Any) -> str:
    return f"(SELECT {_only(element, compiler, **keywords)})"


class RowTexts(FunctionElement[str]):
    """The texts of all rows joined by commas, in the order of the rows; NULL for no rows."""

    type = Text()
    inherit_cache = True
    name = "row_texts"


@compiles(RowTexts)
def _compile_row_texts(element: RowTexts, compiler: Any, **keywords: Any) -> str:
    text, *order = element.clauses
    inner = compiler.process(text, **keywords)
    by = ", ".join(compiler.process(each, **keywords) for each in order)
    return f"string_agg({inner}, ','{' ORDER BY ' + by if by else ''})"


@compiles(RowTexts, "sqlite")
def _compile_row_texts_sqlite(element: RowTexts, compiler: Any, **keywords: Any) -> str:
    # ORDER BY inside an aggregate came with SQLite 3.44; the rows arrive in order there (dialect notes).
    return f"group_concat({compiler.process(next(iter(element.clauses)), **keywords)}, ',')"


class FirstRowTexts(FunctionElement[str]):
    """(size, text, order…): the texts of the first rows joined by commas, in the order of the rows. Postgres alone."""

    type = Text()
    inherit_cache = True
    name = "first_row_texts"


@compiles(FirstRowTexts)
def _compile_first_row_texts(element: FirstRowTexts, compiler: Any, **keywords: Any) -> str:
    size, *texts = (compiler.process(each, **keywords) for each in element.clauses)
    return f"array_to_string(({_row_array(texts)})[1:{size}], ',')"


class RowTextAt(FunctionElement[str]):
    """(place, text, order…): the text of one row, counted from 1; NULL where there is none. Postgres alone."""

    type = Text()
    inherit_cache = True
    name = "row_text_at"


@compiles(RowTextAt)
def _compile_row_text_at(element: RowTextAt, compiler: Any, **keywords: Any) -> str:
    place, *texts = (compiler.process(each, **keywords) for each in element.clauses)
    return f"({_row_array(texts)})[{place}]"


def _row_array(texts: Sequence[str]) -> str:
    text, *order = texts
    return f"array_agg({text}{' ORDER BY ' + ', '.join(order) if order else ''})"


@compiles(JsonItems)
def _compile_json_items(element: JsonItems, compiler: Any, **keywords: Any) -> str:
    return f"json_array_elements_text(CAST({_only(element, compiler, **keywords)} AS JSON))"


@compiles(JsonItems, "sqlite")
def _compile_json_items_sqlite(element: JsonItems, compiler: Any, **keywords: Any) -> str:
    return f"json_each({_only(element, compiler, **keywords)})"


@compiles(JsonItem)
def _compile_json_item(element: JsonItem, compiler: Any, **keywords: Any) -> str:
    text = _only(element, compiler, **keywords)
    if isinstance(element.type, String) and not isinstance(element.type, Enum):
        return text  # a cast to a length would cut
    return f"CAST({text} AS {compiler.dialect.type_compiler_instance.process(element.type)})"


@compiles(JsonItem, "sqlite")
def _compile_json_item_sqlite(element: JsonItem, compiler: Any, **keywords: Any) -> str:
    return _only(element, compiler, **keywords)


def _only(element: FunctionElement[Any], compiler: Any, **keywords: Any) -> str:
    return ", ".join(compiler.process(clause, **keywords) for clause in element.clauses)


CHECK_MARKER = "portico: refused by rule"
CONDITION_MARKER = "portico: condition not met"


class CheckFailure(FunctionElement[int]):
    """
    An expression that makes the statement fail, with a marker that the gateway knows again.

    It lets a rule refuse a row inside the one statement that writes it, so that a single write needs no
    BEGIN and COMMIT round trips. The argument must depend on rows: constants are folded when the
    statement is planned, and every write would fail.
    """

    inherit_cache = True
    name = "check_failure"
    marker = CHECK_MARKER


class ConditionFailure(CheckFailure):
    """The same for a row that does not meet the condition of the request."""

    inherit_cache = True
    name = "condition_failure"
    marker = CONDITION_MARKER


@compiles(CheckFailure)
def _compile_check_failure(element: CheckFailure, compiler: Any, **keywords: Any) -> str:
    return f"CAST('{element.marker} ' || CAST({_only(element, compiler, **keywords)} AS TEXT) AS INTEGER)"


__all__ = [
    "CHECK_MARKER",
    "CONDITION_MARKER",
    "CallerValue",
    "CheckFailure",
    "ConditionFailure",
    "Convert",
    "FirstRowTexts",
    "InputBind",
    "Joined",
    "Opaque",
    "RowTextAt",
    "RowTexts",
    "joined",
    "json_object",
    "quoted",
]
