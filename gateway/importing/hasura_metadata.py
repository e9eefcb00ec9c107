"""What does a Hasura project say: its metadata, of version 2 or 3, as a directory or one document, in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portico.gateway.importing.database import Name
from portico.gateway.importing.hasura_sdl import with_sdl
from portico.gateway.problems import CannotReadMetadata

Document = Mapping[str, Any]

_ACTIONS_SDL = "actions.graphql"
# Top-level parts of a metadata document that become part of the models or settings.
_CARRIED = frozenset(
    {"version", "sources", "tables", "functions", "inherited_roles", "configuration", "resource_version", "actions",
     "custom_types", "cron_triggers", "rest_endpoints", "query_collections", _ACTIONS_SDL}
)  # fmt: skip


@dataclass(frozen=True)
class HasuraProject:
    """
    The metadata of one Postgres source.

    tables, functions: as Hasura writes them, with references made whole. customization: of the source's names.
    inherited_roles: role → the roles it unites. others: parts of the document about other things, by key. actions, custom_types: as
    documents have them, also where they came as SDL.
    """

    tables: tuple[Document, ...]
    functions: tuple[Document, ...]
    customization: Document
    inherited_roles: Mapping[str, tuple[str, ...]]
    others: Mapping[str, Any]
    actions: tuple[Document, ...] = ()
    custom_types: Document = field(default_factory=dict[str, Any])
    cron_triggers: tuple[Document, ...] = ()
    rest_endpoints: tuple[Document, ...] = ()
    query_collections: tuple[Document, ...] = ()

    def table_named(self, name: Name) -> Document | None:
        """The entry of a table."""
        return next((table for table in self.tables if name_of(table["table"]) == name), None)


def name_of(reference: Any) -> Name:
    """`{"schema", "name"}`, or a name in the schema public."""
    if isinstance(reference, str):
        return ("public", reference)
    return (reference.get("schema", "public"), reference["name"])


def read_project(path: Path, source: str | None = None) -> HasuraProject:
    """
    The project at a path.

    Args:
        path: a metadata directory as Hasura's CLI writes it, or a document in JSON or YAML.
        source: which source, where there are several Postgres ones; the first unless given.

    Raises:
        CannotReadMetadata: there is no metadata, or of a version that is not known.
    """
    document = _read_directory(path) if path.is_dir() else _read_document(path)
    document = document.get("metadata", document)
    version = document.get("version")
    if version not in (2, 3):
        raise CannotReadMetadata(
            f"{path} is no metadata of version 2 or 3.",
            hint="Give the metadata directory of a Hasura CLI project, or what `hasura metadata export -o json` prints.",
        )
    chosen = _source(document, source) if version == 3 else document
    actions, custom_types = _actions(document, path)
    return HasuraProject(
        tables=tuple(chosen.get("tables") or ()),
        functions=tuple(chosen.get("functions") or ()),
        customization=chosen.get("customization") or {},
        inherited_roles={each["role_name"]: tuple(each["role_set"]) for each in document.get("inherited_roles") or ()},
        others={key: value for key, value in _others(document, chosen) if value},
        actions=tuple(actions),
        custom_types=custom_types,
        cron_triggers=tuple(document.get("cron_triggers") or ()),
        rest_endpoints=tuple(document.get("rest_endpoints") or ()),
        query_collections=tuple(document.get("query_collections") or ()),
    )


def _actions(document: Document, path: Path) -> tuple[Sequence[Document], Document]:
    """Actions and their types; directories have both in one file, and what has a type of GraphQL in another."""
    said: Any = document.get("actions") or ()
    types: Document = document.get("custom_types") or {}
    if isinstance(said, dict):
        said, types = said.get("actions") or (), said.get("custom_types") or {}
    text = document.get(_ACTIONS_SDL)
    if not text:
        return said, types
    try:
        return with_sdl(said, types, text)
    except ValueError as error:
        raise CannotReadMetadata(f"{path / _ACTIONS_SDL} cannot be read: {error}") from error


def _source(document: Document, wanted: str | None) -> Document:
    sources: Sequence[Document] = document.get("sources") or ()
    postgres = [each for each in sources if each.get("kind", "postgres") in ("postgres", "pg", "citus", "cockroach")]
    for each in postgres:
        if wanted is None or each["name"] == wanted:
            return each
    raise CannotReadMetadata(
        f"The metadata has no Postgres source{f' called {wanted}' if wanted else ''}.",
        hint=f"Its sources are {', '.join(str(each.get('name')) for each in sources) or 'none'}.",
    )


def _others(document: Document, chosen: Document) -> Iterator[tuple[str, Any]]:
    yield from ((key, value) for key, value in document.items() if key not in _CARRIED)
    for each in document.get("sources") or ():
        if each is not chosen:
            yield f"source {each['name']}", each
    known = {"name", "kind", "tables", "functions", "configuration", "customization"}
    if "sources" in document:
        yield from ((key, value) for key, value in chosen.items() if key not in known)


# ---- files -------------------------------------------------------------------------------------------


def _read_document(path: Path) -> Document:
    if not path.exists():
        raise CannotReadMetadata(f"There is no {path}.", hint="Give a metadata directory, or one document.")
    text = path.read_text()
    try:
        found = json.loads(text) if path.suffix == ".json" else _yaml(text, path.parent)
    except ValueError as error:
        raise CannotReadMetadata(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise CannotReadMetadata(f"{path} is no metadata document.")
    return found  # pyright: ignore[reportUnknownVariableType]


def _read_directory(path: Path) -> Document:
    """The files of a directory put together as one document."""
    metadata = path / "metadata" if (path / "metadata" / "version.yaml").exists() else path
    if not (metadata / "version.yaml").exists():
        raise CannotReadMetadata(f"{path} has no version.yaml.", hint="Give the folder `metadata` of the project.")
    document: dict[str, Any] = dict(_load(metadata / "version.yaml"))
    if (metadata / "databases" / "databases.yaml").exists():
        document["sources"] = _load(metadata / "databases" / "databases.yaml")
    for file in sorted(metadata.glob("*.yaml")):
        if file.name != "version.yaml":
            document[file.stem] = _load(file)
    if (metadata / _ACTIONS_SDL).exists():
        document[_ACTIONS_SDL] = (metadata / _ACTIONS_SDL).read_text()
    return document


def _load(file: Path) -> Any:
    try:
        return _yaml(file.read_text(), file.parent)
    except ValueError as error:
        raise CannotReadMetadata(f"{file} cannot be read: {error}") from error


def _yaml(text: str, folder: Path) -> Any:
    """YAML with Hasura's `!include file`, relative to the file that has it."""
    # Imported here: only an import of metadata needs it.
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def include(loader: Any, node: Any) -> Any:
        file = (folder / str(loader.construct_scalar(node))).resolve()
        return _yaml(file.read_text(), file.parent)

    # Version 2's export quotes what it includes: "!include public_author.yaml".
    def text_or_include(loader: Any, node: Any) -> Any:
        value = str(loader.construct_scalar(node))
        return include_text(value) if value.startswith("!include ") else value

    def include_text(value: str) -> Any:
        file = (folder / value.removeprefix("!include ").strip()).resolve()
        return _yaml(file.read_text(), file.parent)

    Loader.add_constructor("!include", include)
    Loader.add_constructor("tag:yaml.org,2002:str", text_or_include)
    try:
        return yaml.load(text, Loader)  # noqa: S506 — a SafeLoader with one more tag
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
