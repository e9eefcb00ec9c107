"""What does a written module import: names in use, under another name where a column of the module has theirs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from portico.gateway.importing.layout import WIDTH


class Imports:
    """
    The imports of one module.

    Args:
        taken: names that classes of the module give to their members, which would hide an import of theirs inside
            the class.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = frozenset(taken)
        self._names: dict[str, set[str]] = {}
        self._modules: set[str] = set()
        self._for_checkers: dict[str, set[str]] = {}

    def name(self, module: str, name: str) -> str:
        """Has the module import a name; answers what it is called there."""
        self._names.setdefault(module, set()).add(name)
        return self._local(name)

    def module(self, name: str) -> str:
        """Has the module import another by its name."""
        self._modules.add(name)
        return name

    def for_checkers(self, module: str, name: str) -> None:
        """Has type checkers, and nobody else, import a name."""
        self._for_checkers.setdefault(module, set()).add(name)

    def text_for(self, body: str) -> str:
        """The import statements of what a module's body mentions, where not all that was asked for is in it."""
        self._modules = {each for each in self._modules if _mentions(body, each)}
        mentioned = {
            module: {name for name in names if _mentions(body, self._local(name))}
            for module, names in self._names.items()
        }
        self._names = {module: names for module, names in mentioned.items() if names}
        return self.text()

    def text(self) -> str:
        """The import statements as a formatter sorts them."""
        if self._for_checkers:
            self.name("typing", "TYPE_CHECKING")
        groups: dict[int, list[str]] = {}
        for module in sorted(self._modules):
            groups.setdefault(_group(module), []).append(f"import {module}")
        for module in sorted(self._names, key=_module_order):
            groups.setdefault(_group(module), []).extend(self._statements(module, self._names[module]))
        parts = ["\n".join(groups[group]) for group in sorted(groups)]
        if self._for_checkers:
            lines = [
                line
                for module in sorted(self._for_checkers, key=_module_order)
                for line in _statement(module, self._for_checkers[module], "    ").splitlines()
            ]
            parts.append("\n".join(["if TYPE_CHECKING:", *lines]))
        return "\n\n".join(parts)

    def _local(self, name: str) -> str:
        return f"{name}_" if name in self._taken else name

    def _statements(self, module: str, names: set[str]) -> list[str]:
        plain = {name for name in names if name not in self._taken}
        found = {name: f"from {module} import {name} as {self._local(name)}" for name in names - plain}
        if plain:
            found[min(plain, key=_member_order)] = _statement(module, plain)
        return [found[name] for name in sorted(found, key=_member_order)]


def _statement(module: str, names: set[str], indent: str = "") -> str:
    members = sorted(names, key=_member_order)
    line = f"{indent}from {module} import {', '.join(members)}"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"{indent}    {name},\n" for name in members)
    return f"{indent}from {module} import (\n{inner}{indent})"


def _mentions(body: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", body) is not None


def _group(module: str) -> int:
    """Standard library, packages, own package."""
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _module_order(module: str) -> tuple[int, str]:
    return (_group(module), module)


def _member_order(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Constants, classes, variables; each sorted as people sort numbers in names."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name.lower()) if part
    ]
