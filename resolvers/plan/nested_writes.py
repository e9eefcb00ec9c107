"""What does an update write along a relation: rows of it deleted, changed, saved and inserted, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from graphql import get_named_type

from portico.resolvers.plan.predicates import PredicateReader
from portico.resolvers.plan.values import NULL, ROW, Items, Known, Members, NewRows, Part, Tree
from portico.resolvers.plan.write_nodes import Along, Change, Delete, Insert, NewRow, Save, SavedRow, Update
from portico.resolvers.problems import InvalidArgument
from portico.schema.access import RoleAccess
from portico.schema.catalog import Column, Link, Table
from portico.schema.names import Names
from portico.schema.types.specs import ColumnSpec, Input

Body: TypeAlias = Callable[[Table, Sequence[tuple[Any, Tree]], str], tuple[tuple[Change, ...], tuple[Along, ...]]]
"""Plans what an update changes and writes along links: (table, (definition, tree) of its members, path)."""


class NestedPlanner:
    """Plans what stands below an update."""

    def __init__(
        self,
        predicates: PredicateReader,
        access: RoleAccess,
        names: Names,
        insert: Callable[[Table, Tree | None, Tree | None, Any, str, tuple[Column, ...]], Insert],
        body: Body,
    ) -> None:
        self._predicates = predicates
        self._access = access
        self._names = names
        self._insert = insert
        self._body = body

    def along(self, definition: Any, tree: Members, path: str) -> Along:
        """What a relation's member of an update says."""
        link: Link = definition.spec.link
        type_: Any = get_named_type(definition.type)
        parts: dict[str, tuple[Tree, Any, str]] = {}
        for name, part in tree.members.items():
            field = type_.fields[name]
            parts[field.spec.name] = (part, field, f"{path}.{name}")
        absent = (NULL, None, path)
        return Along(
            link,
            deletes=tuple(self._deletes(link, *parts.get("delete", absent))),
            updates=tuple(self._updates(link, *parts.get("update", absent))),
            save=self._save(link, *parts.get("upsert", absent)),
            insert=self._inserts(link, *parts.get("insert", absent)),
        )

    def _deletes(self, link: Link, tree: Tree, definition: Any, path: str) -> Iterator[Delete]:
        if isinstance(tree, Members):
            yield Delete(link.target, self._where(tree, definition, path), link=link)

    def _updates(self, link: Link, tree: Tree, definition: Any, path: str) -> Iterator[Update]:
        if isinstance(tree, Members):
            yield self._update(link, tree, definition, path)
        for index, each in enumerate(tree.items if isinstance(tree, Items) else ()):
            assert isinstance(each, Members)
            yield self._update(link, each, definition, f"{path}[{index}]")

    def _update(self, link: Link, tree: Members, definition: Any, path: str) -> Update:
        fields: Mapping[str, Input] = get_named_type(definition.type).fields
        members = [(fields[name], each) for name, each in tree.members.items()]
        changes, nested = self._body(link.target, members, path)
        return Update(link.target, changes, self._where(tree, definition, path), link=link, nested=nested)

    def _where(self, tree: Members, definition: Any, path: str) -> Any:
        field = get_named_type(definition.type).fields.get("where")
        return self._predicates.read_all_of(tree.get("where"), None if field is None else field.type, f"{path}.where")

    def _inserts(self, link: Link, tree: Tree, definition: Any, path: str) -> Insert | None:
        if not isinstance(tree, NewRows):
            return None
        return self._insert(link.target, tree, None, definition, path, tuple(theirs for _, theirs in link.pairs))

    # ---- rows to save --------------------------------------------------------------------------------

    def _save(self, link: Link, tree: Tree, definition: Any, path: str) -> Save | None:
        if not isinstance(tree, Members):
            return None
        rows = tree.get("data")
        assert isinstance(rows, NewRows)
        row_type: Any = get_named_type(get_named_type(definition.type).fields["data"].type)
        match = _match(link, tree.get("constraint"))
        return Save(
            link=link,
            match=match,
            rows=rows,
            variants=tuple(
                self._saved(link, match, row_type, each, rows, f"{path}.data[{index}]")
                for index, each in enumerate(rows.variants)
            ),
            missing=Delete(link.target, link=link, unlisted=True) if self._is_whole(tree) else None,
        )

    def _is_whole(self, tree: Members) -> bool:
        """Whether the rows are all that there are to be."""
        flag = tree.get(self._names.word("delete_missing"))
        return isinstance(flag, Known) and flag.value is True

    def _saved(
        self, link: Link, match: tuple[Column, ...], row_type: Any, members: Members, rows: NewRows, path: str
    ) -> SavedRow:
        table = link.target
        by_link = {theirs for _, theirs in link.pairs}
        given: dict[Column, Tree] = {}
        nested: list[Along] = []
        for name, tree in members.members.items():
            definition = row_type.fields[name]
            if not isinstance(definition.spec, ColumnSpec):
                if isinstance(tree, Members):
                    nested.append(self.along(definition, tree, f"{path}.{name}"))
            elif definition.spec.column in by_link:
                raise already_determined(table, definition.spec.column, path)
            elif tree != NULL or definition.spec.column not in table.key:
                # A key that is null is one that is not there: a form's new row has its members, too.
                given[definition.spec.column] = tree
        wanted = [column for column in match if column not in by_link]
        absent = [column for column in wanted if given.get(column, NULL) == NULL]
        insert = self._inserted(table, given, rows)
        if absent and insert is None:
            raise self._in_new_rows(table, given, absent, path)
        return SavedRow(
            match=None if absent else tuple((column, given[column]) for column in wanted),
            update=self._updated(link, {each: given[each] for each in given if each not in match}, nested),
            insert=insert,
            nested=tuple(nested),
        )

    def _inserted(self, table: Table, given: Mapping[Column, Tree], rows: NewRows) -> Insert | None:
        grant = self._access.table(table).create
        if grant is None or any(grant.columns.get(column.field) is not column for column in given):
            return None
        return Insert(table, rows, (NewRow(tuple(given.items())),), tuple(grant.presets.items()))

    def _updated(self, link: Link, given: Mapping[Column, Tree], nested: Sequence[Along]) -> Update | None:
        table = link.target
        grant = self._access.table(table).update
        if not given:
            return Update(table, (), link=link) if grant is not None or not nested else None
        if grant is None or any(grant.columns.get(column.field) is not column for column in given):
            return None
        changes = [Change(column, "_set", Part(ROW, tree)) for column, tree in given.items()]
        presets = dict(presets_on_update(table, grant.presets))
        more = [Change(column, "preset", value) for column, value in presets.items() if column not in given]
        return Update(table, (*changes, *more), link=link)

    def _in_new_rows(
        self, table: Table, given: Mapping[Column, Tree], absent: Sequence[Column], path: str
    ) -> InvalidArgument:
        grant = self._access.table(table).create
        columns = {} if grant is None else grant.columns
        names = ", ".join(column.field for column in given if columns.get(column.field) is not column)
        missing = ", ".join(column.field for column in absent)
        return InvalidArgument(
            f"A row without {missing} is a new one, and new rows cannot be given {names}.",
            hint=f"Give {missing} of the row that is meant, or leave {names} out.",
            path=path,
        )


def _match(link: Link, constraint: Tree | None) -> tuple[Column, ...]:
    """By which columns rows are found: those named, those that the link gives where there is one row, or the key."""
    if isinstance(constraint, Known):
        return constraint.value.columns
    given = {theirs for _, theirs in link.pairs}
    if not link.to_many and link.single and not set(link.target.key) <= given:
        return next(unique.columns for unique in link.target.uniques if set(unique.columns) <= given)
    return link.target.key


def presets_on_update(table: Table, presets: Mapping[Column, Any]) -> Iterator[tuple[Column, Any]]:
    """What every update of a table sets besides what the client says: the role's presets, and `onupdate`."""
    yield from presets.items()
    for column in table.columns.values():
        if column not in presets and (column.on_update is not None):
            yield column, column.on_update


def already_determined(table: Table, column: Column, path: str) -> InvalidArgument:
    """The client gives what the surrounding row gives."""
    return InvalidArgument(
        f'cannot insert "{column.field}" columns as their values are already being determined by parent insert',
        hint=f"Leave {column.field} out; the surrounding row gives it.",
        path=path,
    )
