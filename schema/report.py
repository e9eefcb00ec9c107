"""What is exposed to whom: the start-up table of models, verbs and roles with the names of the rules."""

from __future__ import annotations

from collections.abc import Sequence

from portico.schema.access import RoleAccess, known_roles
from portico.schema.caller import ADMIN, ANONYMOUS, USER
from portico.schema.catalog import Catalog, Table
from portico.schema.channel_access import channel_access
from portico.schema.declarations import CHANNEL_VERBS, VERBS
from portico.schema.presets import RuleSet

_FIRST = (ANONYMOUS, USER)


def roles_in_order(catalog: Catalog) -> list[str]:
    """The roles but for admin, the built-in ones first."""
    others = sorted(known_roles(catalog) - {ADMIN, *_FIRST})
    return [*_FIRST, *others]


def access_table(catalog: Catalog) -> str:
    """
    One line for each model and role that has any of it: what the rules are called, by verb.

    A model that nobody may touch has a line too, because "nothing" is what an author most often forgets.
    """
    rows: list[tuple[str, ...]] = [("model", "role", *VERBS)]
    for table in catalog.tables.values():
        lines = _lines(catalog, table)
        rows += lines or [(table.type_name, "nobody", "-", "-", "-", "-")]
    return _aligned(rows) + _channels(catalog)


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _channels(catalog: Catalog) -> str:
    """The same of channels."""
    rows: list[tuple[str, ...]] = [("channel", "role", *CHANNEL_VERBS)]
    for channel in catalog.channels:
        by_rules: dict[tuple[str, ...], list[str]] = {}
        for role in roles_in_order(catalog):
            access = channel_access(RoleAccess(catalog, role), channel)
            rules = tuple(_named(grant.named, grant.all_of) if grant else "-" for grant in (access.join, access.send))
            by_rules.setdefault(rules, []).append(role)
        lines = [(channel.name, ", ".join(roles), *rules) for rules, roles in by_rules.items() if set(rules) != {"-"}]
        rows += lines or [(channel.name, "nobody", "-", "-")]
    return "\n\n" + _aligned(rows) if catalog.channels else ""


def _named(any_of: RuleSet, all_of: RuleSet) -> str:
    names = " or ".join(dict.fromkeys(rule.name for rule in any_of))
    return " and ".join([names, *(rule.name for rule in all_of)])


def _lines(catalog: Catalog, table: Table) -> list[tuple[str, ...]]:
    """A line for each role, roles that have the same rules sharing one."""
    by_rules: dict[tuple[str, ...], list[str]] = {}
    for role in roles_in_order(catalog):
        rules = tuple(_rules(RoleAccess(catalog, role), table, verb) for verb in VERBS)
        if any(each != "-" for each in rules):
            by_rules.setdefault(rules, []).append(role)
    return [(table.type_name, ", ".join(roles), *rules) for rules, roles in by_rules.items()]


def _rules(access: RoleAccess, table: Table, verb: str) -> str:
    grant = getattr(access.table(table), verb)
    if grant is None:
        return "-"
    return _named(grant.named, grant.all_of)
