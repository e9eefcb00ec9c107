"""Which columns do items read of their row: what a sub-select of picked rows must hand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portico.resolvers.plan.nodes import (
    AggregateComparison,
    AggregateItem,
    And,
    ColumnItem,
    Comparison,
    FieldsItem,
    FunctionCall,
    GroupsItem,
    IdentityItem,
    Item,
    LinkItem,
    ListItem,
    Not,
    Or,
    Predicate,
    Related,
    Rows,
)
from portico.schema.catalog import Column, Link


def columns_of(items: Iterable[Item]) -> Iterator[tuple[Column, bool]]:
    """(column, whether as the caller may see it) of everything that items read of their row."""
    for item in items:
        match item:
            case ColumnItem(call=FunctionCall(function=function)) if function.arguments:
                pass  # asked of the row as a whole
            case ColumnItem(column=column):
                yield column, True
            case AggregateItem(columns=columns) | IdentityItem(columns=columns):
                yield from _shown(columns)
            case FieldsItem(items=inner) | ListItem(items=inner):
                yield from columns_of(inner)
            case GroupsItem(by=by, items=inner, having=having, order=order):
                yield from _shown(key.column for key in by)
                yield from columns_of(inner)
                yield from _columns_of_condition(having)
                yield from _shown(term.column for term in order if term.column is not None)
            case LinkItem(rows=rows) if rows.link is not None:
                yield from _tying(rows.link)
            case _:
                pass


def asks_of_row(items: Iterable[Item]) -> bool:
    """Whether a function of the database is asked of the row as a whole, with what the client gives, or for rows."""
    for item in items:
        match item:
            case ColumnItem(call=FunctionCall(function=function)) if function.arguments:
                return True
            case LinkItem(rows=Rows(call=FunctionCall())):
                return True
            case FieldsItem(items=inner) | ListItem(items=inner) if asks_of_row(inner):
                return True
            case _:
                pass
    return False


def _columns_of_condition(predicate: Predicate) -> Iterator[tuple[Column, bool]]:
    match predicate:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _columns_of_condition(part)
        case Not(part=part):
            yield from _columns_of_condition(part)
        case Comparison(column=column):
            yield column, True
        case AggregateComparison(link=None, columns=columns, filter=inner):
            yield from _shown(columns)
            yield from _columns_of_condition(inner)
        case AggregateComparison(link=link) | Related(link=link):
            assert link is not None
            yield from _tying(link)


def _shown(columns: Iterable[Column]) -> Iterator[tuple[Column, bool]]:
    return ((column, True) for column in columns)


def _tying(link: Link) -> Iterator[tuple[Column, bool]]:
    """The columns by which related rows hang on the row, whether the caller sees them or not."""
    pairs = link.through.source_pairs if link.through is not None else link.pairs
    return ((column, False) for column, _ in pairs)
