"""How are addresses and headers written that Hasura takes out of the environment: as what reads it when they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Bracketed, Expression, mapping, quoted
from portico.gateway.outgoing import PUBLIC_PORTS, is_public

Document = Mapping[str, Any]
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class Untold(Exception):
    """A text cannot be written: it is a template of more than variables."""


def template(text: str, imports: Imports) -> tuple[Expression, bool]:
    """
    A text with `{{VARIABLES}}` in it, and whether it reads the environment.

    Raises:
        Untold
    """
    parts = _VARIABLE.split(text)
    literals, names = parts[::2], parts[1::2]
    if any("{{" in each or "}}" in each for each in literals):
        raise Untold(f"{text!r} is a template")
    if not names:
        return quoted(text), False
    if len(names) == 1 and not any(literals):
        return variable(names[0], imports), True
    os = imports.module("os")
    # In the quotes that need no escapes, as formatters have it; the others are for what stands inside of it.
    outer, inner = ("'", '"') if '"' in text and "'" not in text else ('"', "'")
    read = [f"{{{os}.environ[{inner}{name}{inner}]}}" for name in names]
    written = [_literal(each, outer) for each in literals]
    return f"f{outer}{written[0]}{''.join(map(''.join, zip(read, written[1:], strict=True)))}{outer}", True


def variable(name: str, imports: Imports) -> Expression:
    """What a variable of the environment says."""
    return f"{imports.module('os')}.environ[{quoted(name)}]"


def late(expression: Expression, *, is_read: bool) -> Expression:
    """What is to be worked out when it is needed, for it reads the environment, which commands that only look may not have."""
    if not is_read:
        return expression
    if isinstance(expression, str):
        return f"lambda: {expression}"
    return Bracketed(f"lambda: {expression.head}", expression.brackets, expression.items)


def headers(said: Iterable[Document] | None, imports: Imports) -> tuple[Expression | None, bool]:
    """
    Headers as a dictionary, and whether it reads the environment; None where there are none.

    Raises:
        Untold
    """
    items: dict[str, Expression] = {}
    reads: Sequence[bool] = []
    for each in said or ():
        if each.get("value_from_env"):
            value, is_read = variable(each["value_from_env"], imports), True
        else:
            value, is_read = template(str(each.get("value", "")), imports)
        items[each["name"]] = value
        reads = [*reads, is_read]
    return (mapping(items), any(reads)) if items else (None, False)


def note_private(address: Any, what: str, report: Report) -> None:
    """Tells of an address that is called in development alone, as far as it shows; what the environment names is not known here."""
    if not isinstance(address, str) or _VARIABLE.search(address):
        return
    try:
        found = urlsplit(address)
        port = found.port
    except ValueError:
        return
    host = found.hostname or ""
    try:
        is_private = not is_public(host)
    except ValueError:
        is_private = "." not in host or host.endswith((".local", ".internal"))
    named = f"{host}:{port}" if port else host
    if is_private or (port is not None and port not in PUBLIC_PORTS):
        ports = ", ".join(map(str, PUBLIC_PORTS))
        report.left_out(
            f"the address of {what}",
            f"{address} is called in development alone, for it is not public, or its port none of {ports};"
            f' private_hosts = ["{named}"] would allow it',
        )


def _literal(text: str, quote: str) -> str:
    """A part of an f-string."""
    escaped = "".join(each if each.isprintable() and each != "\\" else repr(each)[1:-1] for each in text)
    return escaped.replace(quote, f"\\{quote}").replace("{", "{{").replace("}", "}}")
