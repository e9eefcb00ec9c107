"""Which relations do tables have: those that foreign keys give, or those decided; named, and paired with their other sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from portico.gateway.importing.database import DatabaseForeignKey, DatabaseTable, Name
from portico.gateway.importing.decisions import Decisions, Relation
from portico.gateway.importing.identifiers import identifier
from portico.schema.words import made_plural, singular, snake

# Columns that say nothing of what their row is to the other.
_NO_ROLES = frozenset({"id", "uuid", "guid", "key", "code", "pk", "fk", "no", "ref"})
_ENDINGS = ("_id", "_uuid", "_guid", "_key", "_code", "_pk", "_fk", "_no", "_ref")


@dataclass(frozen=True)
class Link:
    """
    A relation as it is written.

    key: the foreign key that it goes along, and `owns_key` whether that is its own table's; None for pairs that are
    no foreign key. other: the relation that leads back, by its place in the target's list.
    ambiguous: more than one foreign key lies between the two tables. shared: its key's columns are in other keys, too.
    """

    relation: Relation
    source: Name
    key: DatabaseForeignKey | None = None
    owns_key: bool = False
    other: int | None = None
    ambiguous: bool = False
    shared: bool = False

    @property
    def target(self) -> Name:
        """The table that it leads to."""
        return self.relation.target

    @property
    def is_self(self) -> bool:
        """Whether it leads back to its own table."""
        return self.source == self.target


IsFree = Callable[[Name, str, Iterable[str]], bool]
"""Whether a relation of a table may have a name, beside those that others of its relations have."""


def read_links(
    tables: Mapping[Name, DatabaseTable], classes: Mapping[Name, str], decisions: Decisions, is_free: IsFree
) -> Mapping[Name, tuple[Link, ...]]:
    """The relations of every table: to-one ones first, each group in the order of its foreign keys' names."""
    keys = [(table, key) for table in tables.values() for key in table.foreign_keys if key.target in tables]
    namer = _Namer(tables, classes, keys, is_free)
    found: defaultdict[Name, list[Link]] = defaultdict(list)
    for owns_key in (True, False):
        for table, key in keys:
            source = table.full_name if owns_key else key.target
            if decisions.of(source).relations is None:
                found[source].append(namer.link(table, key, owns_key=owns_key, others=found[source]))
    for name in tables:
        for relation in decisions.of(name).relations or ():
            if relation.target in tables:
                found[name].append(_decided(name, relation, tables))
    _pair(found)
    crowded = _Crowding(keys)
    return {name: tuple(crowded.marked(link, tables) for link in links) for name, links in found.items()}


def _decided(source: Name, relation: Relation, tables: Mapping[Name, DatabaseTable]) -> Link:
    """A relation that was decided, along the foreign key that has its pairs, if one has."""
    wanted = set(relation.pairs)
    if not relation.to_many:
        for key in tables[source].foreign_keys:
            if key.target == relation.target and set(key.pairs) == wanted:
                return Link(relation, source, key, owns_key=True)
    turned = {(theirs, mine) for mine, theirs in relation.pairs}
    for key in tables[relation.target].foreign_keys:
        if key.target == source and set(key.pairs) == turned:
            return Link(relation, source, key)
    return Link(relation, source)


class _Namer:
    """Names the relations that foreign keys give."""

    def __init__(
        self,
        tables: Mapping[Name, DatabaseTable],
        classes: Mapping[Name, str],
        keys: Iterable[tuple[DatabaseTable, DatabaseForeignKey]],
        is_free: IsFree,
    ) -> None:
        self._tables = tables
        self._classes = classes
        self._is_free = is_free
        self._siblings: defaultdict[tuple[Name, Name], list[DatabaseForeignKey]] = defaultdict(list)
        for table, key in keys:
            self._siblings[table.full_name, key.target].append(key)

    def link(self, table: DatabaseTable, key: DatabaseForeignKey, *, owns_key: bool, others: Iterable[Link]) -> Link:
        """One side of a foreign key."""
        taken = [other.relation.name for other in others]
        source, target = (table.full_name, key.target) if owns_key else (key.target, table.full_name)
        candidates = self._to_one(table, key) if owns_key else self._back(table, key)
        name = next((each for each in candidates if self._is_free(source, each, taken)), candidates[-1])
        number = 2
        while not self._is_free(source, name, taken):
            name, number = f"{candidates[-1]}_{number}", number + 1
        pairs = key.pairs if owns_key else tuple((theirs, mine) for mine, theirs in key.pairs)
        to_many = not owns_key and not _is_unique(table, key.columns)
        return Link(Relation(name, target, pairs, to_many), source, key, owns_key=owns_key)

    def _to_one(self, table: DatabaseTable, key: DatabaseForeignKey) -> list[str]:
        role, nouns = self._role(table, key), self._nouns(key.target)
        return [role, *(f"{role}_{noun}" for noun in nouns), *nouns, f"{nouns[-1]}_row"]

    def _role(self, table: DatabaseTable, key: DatabaseForeignKey) -> str:
        """`billing_address_id` → `billing_address`; of several columns, those that no other key to the table has."""
        target = self._nouns(key.target)[0]
        first, *more = key.columns
        if not more:
            return target if identifier(first) in _NO_ROLES else _without_ending(first)
        siblings = [each for each in self._siblings[table.full_name, key.target] if each is not key]
        if not siblings and key.target != table.full_name:
            return target
        own = [each for each in key.columns if not any(each in other.columns for other in siblings)]
        paired = [mine for mine, theirs in key.pairs if mine in own and mine != theirs]
        return "_".join(map(_without_ending, paired or own or key.columns))

    def _back(self, table: DatabaseTable, key: DatabaseForeignKey) -> list[str]:
        is_one, is_self = _is_unique(table, key.columns), key.target == table.full_name
        role, nouns = self._role(table, key), self._nouns(table.full_name)
        names = list(nouns) if is_one else [made_plural(noun) for noun in nouns]
        by_role = [f"{name}_by_{role}" for name in names]
        if is_self:
            return ["children", *by_role] if role == "parent" and not is_one else by_role
        return [*names, *by_role] if len(self._siblings[table.full_name, key.target]) == 1 else by_role

    def _nouns(self, name: Name) -> tuple[str, ...]:
        """What a row of a table is called: by the table's own name, and by that of its class, which no other table has."""
        own, of_class = singular(snake(identifier(self._tables[name].name))), snake(self._classes[name])
        return (own,) if own == of_class or not own else (own, of_class)


def _without_ending(column: str) -> str:
    found = identifier(column)
    return next((found.removesuffix(end) for end in _ENDINGS if found.endswith(end) and found != end), found)


def _is_unique(table: DatabaseTable, columns: Iterable[str]) -> bool:
    """Whether at most one row has the same values in these columns."""
    have = set(columns)
    keys = [each.columns for each in (table.key, *table.uniques) if each is not None]
    keys += [
        tuple(part.text for part in index.parts)
        for index in table.indexes
        if index.unique and index.where is None and all(part.is_column for part in index.parts)
    ]
    return any(set(each) <= have for each in keys)


def _pair(found: Mapping[Name, list[Link]]) -> None:
    """Ties the two sides of a foreign key together where there is one relation on each."""
    sides: defaultdict[tuple[int, bool], list[tuple[Name, int]]] = defaultdict(list)
    for name, links in found.items():
        for place, link in enumerate(links):
            if link.key is not None:
                sides[id(link.key), link.owns_key].append((name, place))
    for (key, owns_key), mine in sides.items():
        back = sides.get((key, not owns_key), [])
        # A second relation along one key would write what the first one writes.
        shared = len(mine) > 1 or len(back) > 1
        other = None if shared or not back else back[0][1]
        for name, place in mine:
            found[name][place] = replace(found[name][place], other=other, shared=shared)


class _Crowding:
    """Which foreign keys lie between the same two tables, or share columns."""

    def __init__(self, keys: Iterable[tuple[DatabaseTable, DatabaseForeignKey]]) -> None:
        self._between: defaultdict[frozenset[Name], int] = defaultdict(int)
        self._using: defaultdict[tuple[Name, str], int] = defaultdict(int)
        for table, key in keys:
            self._between[frozenset({table.full_name, key.target})] += 1
            for column in key.columns:
                self._using[table.full_name, column] += 1

    def marked(self, link: Link, tables: Mapping[Name, DatabaseTable]) -> Link:
        """The link with what its neighbours make of it."""
        if link.key is None:
            return link
        owner = link.source if link.owns_key else link.target
        ambiguous = self._between[frozenset({link.source, link.target})] > 1
        shared = link.shared or any(self._using[owner, column] > 1 for column in link.key.columns)
        return replace(link, ambiguous=ambiguous, shared=shared)
