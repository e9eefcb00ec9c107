"""How does an author say that another GraphQL service is served, to whom, and which rows are joined to it: `remote_schema`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portico.schema.declarations import current
from portico.schema.problems import Source
from portico.schema.services import HttpService, JoinDeclaration, RemoteSchemaDeclaration

Given = Iterable[str] | Mapping[str, Mapping[str, Any]] | Path
"""What a role has: patterns of fields, patterns with the arguments that are set, or the file of a schema."""


@dataclass(frozen=True, slots=True)
class RemoteSchema:
    """Another GraphQL service, to which rows can be joined."""

    name: str

    def join(
        self, subject: Any, asks: str, arguments: Mapping[str, Any] | None = None, *, name: str | None = None
    ) -> None:
        """
        Makes a field of a model's rows that the service answers: `weather.join(Trip, "forecast", {"city": Trip.city})`.

        All rows of an answer are asked for at once. A role has the field that may read the columns and ask the service's field.

        Args:
            subject: the model.
            asks: a field of the service's query root.
            arguments: name → column of the model, or a constant; the others are the client's.
            name: of the field; that of the service's unless given.
        """
        given = dict(arguments or {})
        columns: dict[str, str] = {key: value.key for key, value in given.items() if hasattr(value, "key")}
        constants = {key: value for key, value in given.items() if key not in columns}
        current().joins.append(JoinDeclaration(self.name, subject, asks, columns, constants, name, _caller()))


def remote_schema(
    url: str | Callable[[], str],
    *,
    name: str,
    schema: Path | None = None,
    to: Mapping[str, Given],
    prefix: str | None = None,
    secret: str | Iterable[str] | Callable[[], Iterable[str]] = (),
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
    forward: Iterable[str] = (),
    timeout_s: float = 10.0,
) -> RemoteSchema:
    """
    Serves another GraphQL service as the field `name` of queries and mutations:

        weather = remote_schema(
            "https://weather.example.com/graphql",
            name="weather",
            schema=Path("weather.graphql"),
            to={"user": ["Query.forecast", "Forecast.*"]},
        )

    Args:
        url: of the internet; of this machine and private networks in development alone. A function is asked at each request.
        schema: the file of its schema as SDL, beside the file that says this; asked for at each start unless given.
        to: role → the fields that it has, `Type.field` or `Type.*`, also with arguments that are set (`{"Query.orders": {"customer": lambda caller:
            caller.id}}`), or the file of the part of the schema that it has. Other roles have nothing; admin has all.
        prefix: of the names of its types; the name with a capital unless given.
        secret: as for `remote`; then requests say who calls.
        headers, forward: as for `remote`.
        timeout_s: of one request; at most 30.
    """
    source = _caller()
    secrets: Any = (secret,) if isinstance(secret, str) else secret
    service = HttpService(url, secrets, headers or {}, tuple(each.lower() for each in forward))
    file = None if schema is None else Path(source.path).parent / schema
    sdl = file.read_text() if file is not None and file.exists() else None
    given = {role: _given(each, source) for role, each in to.items()}
    current().remote_schemas.append(
        RemoteSchemaDeclaration(
            name=name,
            prefix=name[:1].upper() + name[1:] if prefix is None else prefix,
            service=service,
            timeout_s=min(timeout_s, 30.0),
            sdl=sdl,
            file=None if file is None else str(file),
            to=given,
            source=source,
        )
    )
    return RemoteSchema(name)


def _given(given: Given, source: Source) -> Mapping[str, Mapping[str, Any]] | str:
    if isinstance(given, Path):
        return (Path(source.path).parent / given).read_text()
    if isinstance(given, Mapping):
        return {pattern: dict(arguments) for pattern, arguments in given.items()}
    return {pattern: {} for pattern in given}


def _caller() -> Source:
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return Source(frame.f_code.co_filename, frame.f_lineno)
