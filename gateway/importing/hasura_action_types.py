"""How do the types of Hasura's actions become Python: classes of Strawberry, enums, and scalars that only JSON knows."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLError, ListTypeNode, NonNullTypeNode, TypeNode, parse_type
from strawberry.utils.str_converters import to_camel_case

from portico.gateway.importing.hasura_action_rows import ActionRows, NotOneRow
from portico.gateway.importing.identifiers import free
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, laid_out, quoted
from portico.schema.names import Convention

Document = Mapping[str, Any]
# Scalars of GraphQL and of Postgres that Python has a type for.
_PYTHON: Mapping[str, tuple[str | None, str]] = {
    "String": (None, "str"), "Int": (None, "int"), "Float": (None, "float"), "Boolean": (None, "bool"),
    "uuid": ("uuid", "UUID"), "timestamptz": ("datetime", "datetime"), "date": ("datetime", "date"),
    "time": ("datetime", "time"), "numeric": ("decimal", "Decimal"), "bytea": (None, "bytes"), "jsonb": ("typing", "Any"),
}  # fmt: skip
# Those that are passed on as JSON has them: Hasura lets actions use any scalar of the database.
_OF_POSTGRES = frozenset(
    {"bigint", "smallint", "float8", "json", "timestamp", "timetz", "interval", "citext", "bpchar", "money", "inet", "cidr",
     "macaddr", "geometry", "geography", "ltree", "hstore", "xml", "tsvector", "point", "name", "oid", "bit"}
)  # fmt: skip


class UnknownType(Exception):
    """A type that is no type of actions, or cannot be written."""


class ActionTypes:
    """
    The types that actions take and give.

    Args:
        types: `custom_types` of the metadata. rows: writes what of them are rows. taken: what else the module has.

    Attributes:
        unrelated: relationships that are not carried over, as (relationship, type, why).
    """

    def __init__(
        self, types: Document, rows: ActionRows, imports: Imports, convention: Convention, taken: frozenset[str]
    ) -> None:
        self._imports = imports
        self._rows = rows
        self.unrelated: list[tuple[str, str, str]] = []
        self._convention = convention
        self._kinds = {
            kind: {each["name"]: each for each in types.get(kind) or ()}
            for kind in ("objects", "input_objects", "enums", "scalars")
        }
        self._classes: dict[str, str] = {}
        for each in (name for kind in self._kinds.values() for name in kind):
            self._class(each, taken)
        self._taken = taken
        self._texts: dict[str, str] = {}

    def annotation(self, text: str) -> str:
        """
        The annotation of a type as GraphQL writes it.

        Raises:
            UnknownType
        """
        before = dict(self._texts)
        try:
            return self._annotation(parse_type(text))
        except GraphQLError as error:
            raise UnknownType(f"{text} is no type") from error
        except UnknownType:
            self._texts = before  # nor are those written that it is made of
            raise

    def texts(self) -> Iterator[str]:
        """The classes that annotations have named, and those in them, in the order of the metadata."""
        for kind in ("scalars", "enums", "input_objects", "objects"):
            yield from (self._texts[name] for name in self._kinds[kind] if name in self._texts)

    def unused(self) -> Iterator[str]:
        """Types that no annotation has named, once all are written."""
        yield from (name for kind in self._kinds.values() for name in kind if name not in self._texts)

    def named(self, name: str, taken: Mapping[str, Any] | frozenset[str] = frozenset()) -> tuple[str, bool]:
        """What something of the schema is called in Python, and whether it has to say its name."""
        found = free(f"{name}_" if keyword.iskeyword(name) else name, taken)
        field = found if self._convention == "hasura-default" else to_camel_case(found)
        return found, field != name

    # ---- annotations ---------------------------------------------------------------------------------

    def _annotation(self, node: TypeNode) -> str:
        if isinstance(node, NonNullTypeNode):
            return self._plain(node.type)
        return f"{self._plain(node)} | None"

    def _plain(self, node: TypeNode) -> str:
        if isinstance(node, ListTypeNode):
            return f"list[{self._annotation(node.type)}]"
        name: str = node.name.value  # pyright: ignore[reportAttributeAccessIssue]
        if name in self._classes:
            return self._written(name)
        if name == "ID":
            return f"{self._imports.module('strawberry')}.ID"
        if name in _PYTHON:
            module, python = _PYTHON[name]
            return python if module is None else self._imports.name(module, python)
        if name in _OF_POSTGRES:
            self._kinds["scalars"][name] = {"name": name}
            self._class(name, self._taken)
            return self._written(name)
        raise UnknownType(f"{name} is no type of actions")

    def _written(self, name: str) -> str:
        """The class of a type, written with the first that names it."""
        if name not in self._texts:
            self._texts[name] = ""  # types may be made of themselves
            self._texts[name] = self._text(name)
        return self._classes[name]

    # ---- classes -------------------------------------------------------------------------------------

    def _class(self, name: str, taken: frozenset[str]) -> None:
        wanted = f"{name}_" if keyword.iskeyword(name) else name
        self._classes[name] = free(wanted, taken.union(self._classes.values()))

    def _text(self, name: str) -> str:
        for kind, known in self._kinds.items():
            if name in known:
                write = {"scalars": self._scalar, "enums": self._enum}.get(kind)
                if write is not None:
                    return write(known[name])
                return self._object(known[name], is_input=kind == "input_objects")
        raise AssertionError(name)

    def _scalar(self, said: Document) -> str:
        if self._classes[said["name"]] != said["name"]:
            raise UnknownType(f"the scalar {said['name']} has a name that no class can have here")
        base = self._imports.name("portico.schema.json_scalars", "JsonScalar")
        text = said.get("description") or "As JSON has it."
        return f"class {said['name']}({base}):\n    {docstring(text)}"

    def _enum(self, said: Document) -> str:
        base = self._imports.name("enum", "Enum")
        strawberry = self._imports.module("strawberry")
        options = {key: quoted(value) for key, value in self._said(said).items()}
        lines = [f"@{call(f'{strawberry}.enum', **options)}" if options else f"@{strawberry}.enum"]
        lines.append(f"class {self._classes[said['name']]}({base}):")
        for each in said.get("values") or ():
            value = str(each["value"])
            if keyword.iskeyword(value) or value.startswith("_"):
                raise UnknownType(f"the enum {said['name']} has the value {value}, which Python cannot have")
            written: Expression = quoted(value)
            if each.get("description"):
                written = call(f"{strawberry}.enum_value", quoted(value), description=quoted(each["description"]))
            lines.append(laid_out(f"{value} = ", written, 4))
        return "\n".join(lines)

    def _object(self, said: Document, *, is_input: bool) -> str:
        strawberry = self._imports.module("strawberry")
        decorator = f"{strawberry}.{'input' if is_input else 'type'}"
        options = {key: quoted(value) for key, value in self._said(said).items()}
        lines = [laid_out("@", call(decorator, **options)) if options else f"@{decorator}"]
        lines.append(f"class {self._classes[said['name']]}:")
        members: dict[str, tuple[str, bool]] = {}
        for each in said.get("fields") or ():
            lines.append(self._field(each, members, strawberry, is_input=is_input))
        for each in said.get("relationships") or ():
            name, says = self.named(each["name"], frozenset(python for python, _ in members.values()))
            try:
                lines += ["", self._rows.text(each, name, says=says, members=members)]
            except NotOneRow as error:
                self.unrelated.append((each["name"], said["name"], str(error)))
        return "\n".join(lines)

    def _field(self, said: Document, members: dict[str, tuple[str, bool]], strawberry: str, *, is_input: bool) -> str:
        name, says = self.named(said["name"], frozenset(python for python, _ in members.values()))
        annotation = self.annotation(said["type"])
        members[said["name"]] = (name, annotation.endswith(" | None"))
        options: dict[str, Expression] = {}
        if says:
            options["name"] = quoted(said["name"])
        if said.get("description"):
            options["description"] = quoted(said["description"])
        may_lack = is_input and annotation.endswith(" | None")
        if not options:
            return f"    {name}: {annotation}{' = None' if may_lack else ''}"
        if may_lack:
            options["default"] = "None"
        return laid_out(f"{name}: {annotation} = ", call(f"{strawberry}.field", **options), 4)

    def _said(self, said: Document) -> dict[str, str]:
        """What a class says of itself: its name where Strawberry would find another, and its description."""
        name = said["name"]
        found = {"name": name} if self._classes[name] != name or "_" in name else {}
        return {**found, "description": said["description"]} if said.get("description") else found


def docstring(text: str) -> str:
    """A docstring of text from elsewhere."""
    body = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{body}{" " if body.endswith(chr(34)) else ""}"""'
