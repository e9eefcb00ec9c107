"""Who has which permission: those of Hasura's roles, with what inherited roles take over from the roles that they unite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portico.gateway.importing.database import Name
from portico.gateway.importing.hasura_metadata import HasuraProject, name_of

Operation = Literal["select", "insert", "update", "delete"]
OPERATIONS: tuple[Operation, ...] = ("select", "insert", "update", "delete")


@dataclass(frozen=True)
class Held:
    """
    One permission and who holds it.

    roles: by name, in the order of the metadata. heirs: whether that roles which inherit from these hold it too is
    just what Portico makes of it; otherwise `roles` has all holders.
    """

    table: Name
    operation: Operation
    permission: Mapping[str, Any]
    roles: tuple[str, ...]
    heirs: bool
    comment: str | None = None


def held_permissions(project: HasuraProject) -> Iterator[Held]:
    """Every permission of the project; those that say the same about a table are one."""
    for table in project.tables:
        for operation in OPERATIONS:
            entries = {
                each["role"]: (each["permission"], each.get("comment"))
                for each in table.get(f"{operation}_permissions") or ()
            }
            yield from _of_table(project, name_of(table["table"]), operation, entries)


def _of_table(
    project: HasuraProject,
    table: Name,
    operation: Operation,
    entries: Mapping[str, tuple[Mapping[str, Any], str | None]],
) -> Iterator[Held]:
    holders = {role: _holders(project, role, operation, entries) for role in entries}
    alike: dict[str, list[str]] = {}
    for role, (permission, _) in entries.items():
        natural = {role, *_heirs(project, role)} == holders[role]
        key = json.dumps([permission, natural], sort_keys=True)
        alike.setdefault(key, []).append(role)
    for roles in alike.values():
        permission, comment = entries[roles[0]]
        natural = {roles[0], *_heirs(project, roles[0])} == holders[roles[0]]
        if natural:
            yield Held(table, operation, permission, tuple(roles), True, comment)
        else:
            every = dict.fromkeys(holder for role in roles for holder in _in_order(role, holders[role], project))
            yield Held(table, operation, permission, tuple(every), False, comment)


def _in_order(role: str, holders: set[str], project: HasuraProject) -> list[str]:
    return [role, *(each for each in project.inherited_roles if each in holders and each != role)]


def _holders(
    project: HasuraProject,
    role: str,
    operation: Operation,
    entries: Mapping[str, tuple[Mapping[str, Any], str | None]],
) -> set[str]:
    """The role, and the roles that hold its permission by inheritance."""
    return {role} | {heir for heir in project.inherited_roles if role in _sources(project, heir, operation, entries)}


def _sources(
    project: HasuraProject,
    role: str,
    operation: Operation,
    entries: Mapping[str, tuple[Mapping[str, Any], str | None]],
) -> set[str]:
    """
    The roles whose own permission a role holds.

    A role's own comes before what it inherits. Rows that may be read are united; a permission to write is
    inherited only where all the parents that have one agree.
    Source: Hasura v2, "Inherited roles" (docs/docs/auth/authorization/inherited-roles.mdx).
    """
    if role in entries:
        return {role}
    found: set[str] = set()
    inherited: list[set[str]] = []
    for parent in project.inherited_roles.get(role, ()):
        if sources := _sources(project, parent, operation, entries):
            inherited.append(sources)
            found |= sources
    if operation != "select":
        said = {json.dumps(entries[each][0], sort_keys=True) for each in found}
        if len(said) > 1:
            return set()
    return found


def _heirs(project: HasuraProject, role: str) -> set[str]:
    """The roles that inherit from a role, however far."""
    found: set[str] = set()
    waiting = [role]
    while waiting:
        parent = waiting.pop()
        for heir, parents in project.inherited_roles.items():
            if parent in parents and heir not in found:
                found.add(heir)
                waiting.append(heir)
    return found
