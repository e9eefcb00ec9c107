"""How is a relation written: `relationship()` with no more than SQLAlchemy must be told."""

from __future__ import annotations

from collections.abc import Mapping

from portico.gateway.importing.database import DatabaseTable, Name
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, laid_out, mapping, quoted
from portico.gateway.importing.relations import Link
from portico.gateway.importing.table_text import TableNames

Written = tuple[str, str | None]
"""The attribute of a relation, and its exact GraphQL field where it has one."""


class RelationText:
    """Writes the relations of one module."""

    def __init__(
        self,
        tables: Mapping[Name, DatabaseTable],
        names: Mapping[Name, TableNames],
        links: Mapping[Name, tuple[Link, ...]],
        written: Mapping[Name, tuple[Written, ...]],
        imports: Imports,
    ) -> None:
        self._tables = tables
        self._names = names
        self._links = links
        self._written = written
        self._imports = imports

    def relations(self, name: Name) -> list[str]:
        """The relations of a table, a line each where they fit."""
        return [
            self._relation(link, *written)
            for link, written in zip(self._links.get(name, ()), self._written[name], strict=True)
        ]

    def _relation(self, link: Link, attribute: str, exact: str | None) -> str:
        target = self._names[link.target].class_name
        inner = f'list["{target}"]' if link.relation.to_many else f'"{target}{self._or_none(link)}"'
        options = self._joined(link) if link.key is not None else {}
        if link.other is not None:
            options["back_populates"] = quoted(self._written[link.target][link.other][0])
        if link.shared and link.key is not None:
            # Two relations that write the same column would be at odds.
            options["viewonly"] = "True"
        if link.relation.comment is not None:
            options["doc"] = quoted(link.relation.comment)
        if exact is not None:
            options["info"] = call(self._imports.name("portico.schema", "named"), quoted(exact))
        mapped = self._imports.name("sqlalchemy.orm", "Mapped")
        before = f"{attribute}: {mapped}[{inner}] = "
        if link.key is None:
            function = self._imports.name("portico.schema.matching", "matching")
            return laid_out(before, call(function, self._pairs(link), **options), 4)
        function = self._imports.name("sqlalchemy.orm", "relationship")
        return laid_out(before, call(function, **options), 4)

    def _or_none(self, link: Link) -> str:
        if not link.owns_key:
            return " | None"
        mine = {column for column, _ in link.relation.pairs}
        nullable = any(each.nullable for each in self._tables[link.source].columns if each.name in mine)
        return " | None" if nullable else ""

    def _joined(self, link: Link) -> dict[str, Expression]:
        """What SQLAlchemy must be told about the join."""
        assert link.key is not None
        options: dict[str, Expression] = {}
        owner = link.source if link.owns_key else link.target
        if link.ambiguous and self._has_smaller(link, owner):
            options["primaryjoin"] = quoted(self._condition(link))
        if link.ambiguous:
            options["foreign_keys"] = quoted(self._columns(owner, link.key.columns))
        if link.is_self and link.owns_key:
            options["remote_side"] = quoted(self._columns(link.target, link.key.target_columns))
        return options

    def _has_smaller(self, link: Link, owner: Name) -> bool:
        """Whether another foreign key to the same table has no column that this one has not."""
        assert link.key is not None
        others = [key for key in self._tables[owner].foreign_keys if key.target == link.key.target]
        mine = set(link.key.columns)
        return any(key is not link.key and set(key.columns) <= mine for key in others)

    def _pairs(self, link: Link) -> Expression:
        """The columns of equal values of a relation along no foreign key."""
        mine, theirs = self._names[link.source].attributes, self._names[link.target].attributes
        return mapping({mine[one]: quoted(theirs[other]) for one, other in link.relation.pairs})

    def _condition(self, link: Link) -> str:
        pairs = [
            f"{self._column(link.source, mine)} == {self._column(link.target, theirs)}"
            for mine, theirs in link.relation.pairs
        ]
        return pairs[0] if len(pairs) == 1 else f"and_({', '.join(pairs)})"

    def _columns(self, table: Name, columns: tuple[str, ...]) -> str:
        names = [self._column(table, column) for column in columns]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

    def _column(self, table: Name, column: str) -> str:
        names = self._names[table]
        return f"{names.class_name}.{names.attributes[column]}"
