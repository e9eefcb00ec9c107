"""What may a caller read: random queries and walks through pages."""

from __future__ import annotations

from tests.properties.description import Link, RootKind
from tests.properties.filters import Filters
from tests.properties.operations import (
    Arguments,
    ColumnItem,
    Form,
    Groups,
    IdentityItem,
    Item,
    Part,
    Query,
    Rows,
    Walk,
    Window,
)

_MOST_DEEP = 3
_FUNCTIONS = ("count", "count", "sum", "min", "max", "avg")

_SIZES = (None, 1, 2, 4, 0)


class Reads(Filters):
    """Draws what is read."""

    def query(self) -> Query | None:
        """One or two root fields; None where the role can read nothing."""
        roots = [root for _ in range(self.random.choice((1, 1, 1, 2))) if (root := self.root()) is not None]
        return Query(tuple(roots), variables=self.chance(0.3)) if roots else None

    def walk(self) -> Walk | None:
        """All pages of a connection."""
        tables = [name for name in self._tables() if self.access.is_total(name) and self._offers(name, "connection")]
        if not tables:
            return None
        table = self.random.choice(tables)
        rows = self.rows("page", table, None, 1)
        window = Window(self.random.randint(1, 3), self.chance(0.4), rows.window.total)
        return Walk(Rows("page", table, rows.items, arguments=rows.arguments, window=window))

    def root(self) -> Rows | None:
        if self.chance(0.06):
            return self._node()
        tables = self._tables()
        if not tables:
            return None
        table = self.random.choice(tables)
        forms: list[Form] = ["list", "list", "list"] if self._offers(table, "list") else []
        if self.access.names(table, "id", "read") and self._offers(table, "by_key"):
            forms.append("key")
        aggregates = self.access.aggregates(table) and self._offers(table, "aggregate")
        if aggregates or (self.naughty and self.chance(0.1)):
            forms.extend(("aggregate", "aggregate"))
        if self.access.is_total(table) and self._offers(table, "connection"):
            forms.append("page")
        return self.rows(self.random.choice(forms), table, None, 0) if forms else None

    def _offers(self, table: str, kind: RootKind) -> bool:
        return self.access.offers(table, kind) or (self.naughty and self.chance(0.2))

    def _node(self) -> Rows | None:
        """A row of any table by its identifier, also of tables that the role must not know."""
        tables = [each.name for each in self.world.tables if not self.access.is_unclear(each.name)]
        if not tables:
            return None
        table = self.random.choice(tables)
        fragment = self.access.identifies(table) or (self.naughty and self.chance(0.2))
        items = self.items(table, 1) if fragment and self.access.reads(table) else ()
        return Rows("node", table, items, id=self.random.choice([*self.state.rows[table], 99]))

    def _tables(self) -> list[str]:
        names = [table.name for table in self.world.tables]
        if self.naughty and self.chance(0.1):
            return names
        return [name for name in names if self.access.reads(name)]

    def rows(self, form: Form, table: str, link: Link | None, depth: int) -> Rows:
        """Rows in a form, with what is selected of them."""
        nodes = form != "aggregate" or self.chance(0.4)
        items = self.items(table, depth + 1) if nodes else ()
        if form == "aggregate":
            arguments = self.arguments(table)
            groups = self._groupings(table)
            parts = () if groups and self.chance(0.3) else self._parts(table)
            return Rows(form, table, items, link, arguments, parts=parts, nodes=nodes, groups=groups)
        if form == "key":
            ids = [*self.state.rows[table], 99]
            return Rows(form, table, items, link, id=self.random.choice(ids))
        if form == "page":
            window = Window(self.random.choice(_SIZES), total=self._may_total(table))
            order = self.order(table) if self.chance(0.6) else ()
            return Rows(form, table, items, link, Arguments(self.maybe_where(table, 0.5), order), window=window)
        return Rows(form, table, items, link, self.arguments(table) if form == "list" else Arguments())

    def _may_total(self, table: str) -> bool:
        return self.access.aggregates(table) and self.chance(0.6)

    def items(self, table: str, depth: int) -> tuple[Item, ...]:
        """What is selected of a row: some columns, and relations until it is deep enough."""
        found: list[Item] = []
        for _ in range(self.random.randint(1, 3)):
            column = self.column(table)
            if column is not None:
                found.append(ColumnItem(column.name))
        if self.access.identifies(table) and self.chance(0.1):
            found.append(IdentityItem(table))
        links = self.links(table) if depth < _MOST_DEEP else []
        for _ in range(self.random.choice((0, 1, 1)) if links else 0):
            link = self.random.choice(links)
            found.append(self.rows(self._form(link), link.target, link, depth))
        self.random.shuffle(found)
        return tuple(found)

    def _form(self, link: Link) -> Form:
        if not link.to_many:
            return "one"
        forms: list[Form] = ["list", "list"]
        if self.access.aggregates(link.target):
            forms.append("aggregate")
        if self.access.is_total(link.target):
            forms.append("page")
        return self.random.choice(forms)

    def _groupings(self, table: str) -> tuple[Groups, ...]:
        found = (self._groups(table) for _ in range(self.random.choice((0, 1, 1, 2))))
        return tuple(groups for groups in found if groups is not None)

    def _groups(self, table: str) -> Groups | None:
        names = [column.name for column in self.columns(table)]
        if not names:
            return None
        by = tuple(self.random.sample(names, min(len(names), self.random.choice((1, 1, 2)))))
        return Groups(
            by,
            self._parts(table),
            shown=self.chance(0.85),
            having=self.having(table, 2) if self.chance(0.35) else None,
            order=self.group_order(table, by) if self.chance(0.5) else (),
            limit=self.random.randint(0, 4) if self.chance(0.25) else None,
            offset=self.random.randint(0, 2) if self.chance(0.15) else None,
        )

    def _parts(self, table: str) -> tuple[Part, ...]:
        found: list[Part] = []
        for _ in range(self.random.randint(1, 3)):
            function = self.random.choice(_FUNCTIONS)
            kinds = ("int",) if function in ("sum", "avg") else ("int", "text")
            names = [column.name for column in self.columns(table) if column.kind in kinds]
            if function == "count" or not names:
                counted, distinct = self.counted(table)
                found.append(Part("count", counted, distinct))
            else:
                found.append(Part(function, tuple(self.random.sample(names, min(len(names), 2)))))
        return tuple(found)
