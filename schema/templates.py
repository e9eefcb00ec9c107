"""How are messages worded: functions that give a mail its subject and text, or a push its title and body, of some values."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from portico.schema.declarations import HookDeclaration, current
from portico.schema.hooks import NotAHook, source_of

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mail:
    """The words of a mail. text: paragraphs with empty lines between them. html: made of the text unless given."""

    subject: str
    text: str
    html: str | None = None


@dataclass(frozen=True)
class Push:
    """The words of a push. data: for the app, sent as texts."""

    title: str
    body: str = ""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


def template(function: Function) -> Function:
    """
    Lets a function word messages: `@template` over `def shipped(order: UUID, name: str) -> Mail`.

    `Messages` sends it by the function with values for its parameters; `Data` and others are handed by type. It is called when the
    message leaves, and again where that failed: what was mended by then is sent as it is now.

    Raises:
        NotAHook: it gives neither `Mail` nor `Push`, or another has its name.
    """
    kind = typing.get_type_hints(inspect.unwrap(function)).get("return")
    source, name = source_of(function), template_name(function)
    if kind not in (Mail, Push):
        raise NotAHook(
            f"{name} words messages, and does not say which.",
            hint="Annotate what it gives: -> Mail, or -> Push.",
            source=source,
        )
    if any(each.kind == "template" and template_name(each.function) == name for each in current().hooks):
        raise NotAHook(
            f"Two templates are called {name}.",
            hint="Messages find them by their names: rename one.",
            source=source,
        )
    current().hooks.append(HookDeclaration("template", kind, function, source))
    return function


def template_name(function: Callable[..., Any]) -> str:
    """The name by which messages that wait find a template."""
    return inspect.unwrap(function).__name__
