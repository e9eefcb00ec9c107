"""Which names does a document use, and may the caller use them: every mention is noted as it is spelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.properties.description import Column, Link, Table, Verb, World
from tests.properties.grants import Access

RootName = Literal[
    "list", "key", "aggregate", "page",
    "insert", "insert_one", "update", "update_key", "update_many", "delete", "delete_key",
    "stream", "changes",
]  # fmt: skip
_SPELLINGS: Mapping[RootName, str] = {
    "list": "{plural}",
    "key": "{singular}",
    "aggregate": "{plural}Aggregate",
    "page": "{plural}Connection",
    "insert": "insert{Plural}",
    "insert_one": "insert{Singular}",
    "update": "update{Plural}",
    "update_key": "update{Singular}",
    "update_many": "update{Plural}Many",
    "delete": "delete{Plural}",
    "delete_key": "delete{Singular}",
    "stream": "{plural}Stream",
    "changes": "{plural}Changes",
}


@dataclass(frozen=True)
class Mention:
    """
    One use of a name.

    what: a column for a verb; a link whose target is read or created; aggregates of a table; a root field by
    its kind; rows that are read in the answer or the filter of a write; rows that have identifiers, or a total order; a column of a row
    that is saved; what is written along a relation to the table.
    """

    what: Literal["column", "link", "aggregate", "root", "rows", "identity", "total", "saved", "along"]
    table: str
    name: str = ""
    verb: Verb = "read"


Fakes: TypeAlias = Mapping[Mention, str]


class Speller:
    """
    Spells names for documents.

    fakes: names that do not exist, to be written in the place of mentions that are hidden.
    """

    def __init__(self, world: World, fakes: Fakes | None = None) -> None:
        self.world = world
        self.fakes = fakes or {}
        self.mentions: list[Mention] = []

    def column(self, table: str, name: str, verb: Verb = "read") -> str:
        return self._noted(Mention("column", table, name, verb))

    def link(self, link: Link, verb: Verb = "read") -> str:
        return self._noted(Mention("link", link.target, link.name, verb))

    def _noted(self, mention: Mention) -> str:
        self.mentions.append(mention)
        return self.fakes.get(mention, mention.name)

    def identity(self, table: str) -> str:
        """The field that holds a row's identifier."""
        self.mentions.append(Mention("identity", table))
        return "nodeId"

    def node(self, table: str) -> str:
        """The type of rows that are found by their identifier."""
        self.mentions.append(Mention("identity", table))
        return table

    def paged(self, table: str) -> None:
        """Rows come in pages, which needs a total order."""
        self.mentions.append(Mention("total", table))

    def saved(self, table: str, name: str) -> str:
        self.mentions.append(Mention("saved", table, name))
        return name

    def along(self, table: str, part: str) -> str:
        self.mentions.append(Mention("along", table, part))
        return part

    def aggregate(self, table: str) -> None:
        self.mentions.append(Mention("aggregate", table))

    def rows(self, table: str) -> None:
        self.mentions.append(Mention("rows", table))

    def root(self, table: str, kind: RootName) -> str:
        mention = Mention("root", table, kind)
        self.mentions.append(mention)
        name = self.fakes.get(mention, table)
        fake = Table(name, ())
        return _SPELLINGS[kind].format(plural=fake.plural, singular=fake.singular, Plural=name + "s", Singular=name)

    def type(self, table: str, suffix: str) -> str:
        return table + suffix


def is_granted(access: Access, mention: Mention) -> bool:
    """Whether the role may use the name so."""
    table = mention.table
    match mention.what:
        case "column":
            return access.names(table, mention.name, mention.verb)
        case "link":
            return access.grant(table, mention.verb) is not None
        case "aggregate":
            return access.aggregates(table)
        case "rows":
            return access.reads(table)
        case "identity":
            return access.identifies(table)
        case "total":
            return access.is_total(table)
        case "root":
            return _has_root(access, table, mention.name)
        case "saved":
            verbs: tuple[Verb, ...] = ("create", "update")
            return mention.name == "id" or any(access.names(table, mention.name, verb) for verb in verbs)
        case "along":
            return _has_part(access, table, mention.name)


def _has_root(access: Access, table: str, kind: str) -> bool:
    by_key = access.names(table, "id", "read")
    match kind:
        case "list":
            return access.offers(table, "list")
        case "page":
            return access.offers(table, "connection") and access.is_total(table)
        case "changes":
            return by_key
        case "stream":
            return bool(streamed(access, table))
        case "key":
            return by_key and access.offers(table, "by_key")
        case "aggregate":
            return access.aggregates(table) and access.offers(table, "aggregate")
        case "insert":
            return access.grant(table, "create") is not None
        case "insert_one":
            return access.grant(table, "create") is not None and access.reads(table)
        case "update" | "update_many":
            return access.grant(table, "update") is not None and access.reads(table)
        case "update_key":
            return access.grant(table, "update") is not None and by_key
        case "delete":
            return access.grant(table, "delete") is not None and access.reads(table)
        case _:
            return access.grant(table, "delete") is not None and by_key


def streamed(access: Access, table: str) -> list[Column]:
    """The columns that a role's streams can go by."""
    columns = access.world.table(table).columns
    return [each for each in columns if each.kind != "bool" and access.names(table, each.name, "read")]


def _has_part(access: Access, table: str, part: str) -> bool:
    match part:
        case "insert":
            return access.grant(table, "create") is not None
        case "upsert":
            return access.grant(table, "create") is not None and access.names(table, "id", "read")
        case "delete" | "deleteMissing":
            return access.grant(table, "delete") is not None and access.reads(table)
        case _:
            return access.grant(table, "update") is not None and access.reads(table)


def fakes_for(hidden: list[Mention]) -> Fakes | None:
    """Names that do not exist for mentions that are hidden; None where a mention is more than a name."""
    fakes: dict[Mention, str] = {}
    for mention in hidden:
        match mention.what:
            case "column" | "link":
                fakes[mention] = fake_name(mention.name)
            case "root" if mention.name in ("list", "insert"):
                fakes[mention] = fake_name(mention.table)
            case _:
                return None
    return fakes


def fake_name(name: str) -> str:
    """A name as long as another, and like it, that no world has."""
    start = name.rstrip("0123456789")
    if start == name:
        return name[:1] + "q" * (len(name) - 1)
    return start + name[len(start) :].translate(_LETTERS)


_LETTERS = str.maketrans("0123456789", "bcdfghjkqz")


def hidden_names(access: Access) -> set[str]:
    """Every name of the world that the role has no use for: its answers and errors must not teach them."""
    world = access.world
    names = {column.name for table in world.tables for column in table.columns}
    names |= {link.name for link in world.links} | {table.name for table in world.tables}
    return names - set(_usable(access))


def _usable(access: Access) -> Iterator[str]:
    world = access.world
    verbs: tuple[Verb, ...] = ("read", "create", "update", "delete")
    for table in world.tables:
        grants = [grant for verb in verbs if (grant := access.grant(table.name, verb)) is not None]
        if grants:
            yield table.name
        for grant in grants:
            yield from grant.columns
    for link in world.links:
        if access.reads(link.target) or access.grant(link.target, "create") is not None:
            yield link.name
