"""What is exposed to whom: the start-up table of models, verbs and roles with the names of the rules."""

from __future__ import annotations

from portico.schema.access import RoleAccess, known_roles
from portico.schema.caller import ADMIN, ANONYMOUS, USER
from portico.schema.catalog import Catalog, Table
from portico.schema.declarations import VERBS

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
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


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
    names = " or ".join(dict.fromkeys(rule.name for rule in grant.named))
    return " and ".join([names, *(rule.name for rule in grant.all_of)])
