"""Who may read and attach a file: rules that follow from those of the row that holds it, as any other rules of a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy import inspect as sql_inspect

from portico.schema.catalog import Catalog, Column, RuleRef, Table
from portico.schema.declarations import RuleDeclaration, Verb
from portico.schema.files import attachable_in, bucket_of
from portico.schema.infos import OWN_PREFIX
from portico.schema.presets import RuleSet
from portico.schema.problems import Source
from portico.schema.rule_check import condition_of, row_of

if TYPE_CHECKING:
    from portico.schema.access import Grant

# No table of an author's is called so, and an alias like one would stand for it inside of a rule.
_HOLDER, _FILE, _BEFORE = f"{OWN_PREFIX}holder", f"{OWN_PREFIX}file", f"{OWN_PREFIX}before"


def holders(catalog: Catalog, table: Table) -> Iterator[tuple[Table, Column]]:
    """The columns that hold rows of a table of files."""
    if attachable_in(table.sql.info) is None:
        return
    for holder in catalog.tables.values():
        yield from ((holder, column) for column in holder.columns.values() if column.file is not None)


def read_through(catalog: Catalog, table: Table, read: Callable[[Table], Any]) -> RuleSet:
    """
    The rules by which a role reads files: one for each column that holds some and that the role may read.

    Such a rule asks the holding row what its own rules ask of it, those of the column included, for the same caller.

    Args:
        read: table → the grant of the role's to read it.
    """
    found: list[RuleRef] = []
    for holder, column in holders(catalog, table):
        grant: Grant | None = read(holder)
        if grant is not None and grant.columns.get(column.field) is column:
            found.append(_rule(table, "read", f"{holder.type_name}.{column.field}", _reading(holder, column, grant)))
    return tuple(found)


def attached(catalog: Catalog, table: Table, verb: Verb, cells: Mapping[Column, RuleSet]) -> dict[Column, RuleSet]:
    """
    What is asked of each file column that is written, besides what is asked of it anyway: cells of the check of a write.

    Without it whoever guesses or is told the key of somebody's file would read it by putting it into a row of their own.
    """
    if verb not in ("create", "update"):
        return {}
    return {
        column: (_rule(table, verb, f"own upload in {column.field}", _attaching(catalog, table, column, own)),)
        for column in table.columns.values()
        if column.file is not None
        for own in (cells.get(column),)
    }


def _rule(table: Table, verb: Verb, name: str, function: Callable[[Any, Any], Any]) -> RuleRef:
    declaration = RuleDeclaration(
        kind="allow",
        subject=table.entity or table.sql,
        verbs=(verb,),
        function=function,
        name=name,
        description="Follows from file(…).",
        source=Source("<file>", 0),
    )
    return RuleRef(name, declaration.description, function, always=False, declaration=declaration)


def _reading(holder: Table, column: Column, grant: Grant) -> Callable[[Any, Any], Any]:
    def held_by_a_readable_row(file: Any, me: Any) -> ColumnElement[bool]:
        alias = holder.sql.alias(_HOLDER)
        row = row_of(holder, alias)
        conditions = [alias.c[column.name] == cell(file, _key(column))]
        conditions += [condition_of(rule.function, row, me) for rule in grant.all_of]
        for rules in (grant.any_of, grant.cells.get(column, ())):
            if rules:
                conditions.append(or_(*(condition_of(rule.function, row, me) for rule in rules)))
        return select(1).select_from(alias).where(*conditions).correlate_except(alias).exists()

    return held_by_a_readable_row


def _attaching(catalog: Catalog, table: Table, column: Column, own: RuleSet | None) -> Callable[[Any, Any], Any]:
    mark = column.file
    files = next(each for each in catalog.tables.values() if attachable_in(each.sql.info) is not None)
    attachable = attachable_in(files.sql.info)
    assert mark is not None
    assert attachable is not None

    def nothing_or_an_upload_of_the_caller(row: Any, me: Any) -> ColumnElement[bool]:
        value = cell(row, column.name)
        file = files.sql.alias(_FILE)
        fits = attachable(row_of(files, file), me, bucket_of(column.sql), mark)
        its_own = select(1).select_from(file).where(file.c[_key(column)] == value, fits).correlate_except(file).exists()
        condition = or_(value.is_(None), its_own, _unchanged(table, column, row))
        return condition if own is None else and_(condition, or_(*(condition_of(r.function, row, me) for r in own)))

    return nothing_or_an_upload_of_the_caller


def _unchanged(table: Table, column: Column, row: Any) -> ColumnElement[bool]:
    """What the row holds already it may go on holding: a form sends back what it has not changed."""
    before = table.sql.alias(_BEFORE)
    same = [before.c[each.name] == cell(row, each.name) for each in (*table.identity, column)]
    return select(1).select_from(before).where(*same).correlate_except(before).exists()


def _key(column: Column) -> str:
    return next(iter(column.sql.foreign_keys)).column.name


def cell(row: Any, name: str) -> ColumnElement[Any]:
    """A column, by its name in SQL, of the row that a rule is given."""
    inspected = sql_inspect(row, raiseerr=False)
    selectable = getattr(inspected, "selectable", row)
    return selectable.c[name]
