"""Where does a class or one of its attributes stand in the author's files; asked only when something is wrong with it."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from portico.schema.problems import Source


def class_source(entity: type[Any] | None, attribute: str = "") -> Source | None:
    """
    The place of a class, or of the line that gives it an attribute; None where it has no file.

    The file is read for it, which costs milliseconds: no class knows its line before Python 3.13.
    """
    if entity is None:
        return None
    module = inspect.getmodule(entity)
    path = getattr(module, "__file__", None)
    if not path:
        return None
    try:
        lines, first = inspect.getsourcelines(entity)
    except (OSError, TypeError):
        return Source(path, 0, f"class {entity.__name__}")
    if attribute and (offset := _offset_of(attribute, lines)) is not None:
        return Source(path, first + offset, lines[offset].strip())
    return Source(path, first, f"class {entity.__name__}")


def _offset_of(attribute: str, lines: list[str]) -> int | None:
    """How many lines below its class an attribute is assigned."""
    try:
        body = ast.parse(inspect.cleandoc("\n" + "".join(lines))).body[0]
    except SyntaxError:
        return None
    for statement in getattr(body, "body", ()):
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            return statement.lineno - 1
    return None
