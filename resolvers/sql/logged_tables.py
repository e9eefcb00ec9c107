"""Whose changes are logged: the tables that answers to subscribers may depend on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Table as SqlTable

from portico.resolvers.sql.own_tables import OWN_PREFIX
from portico.resolvers.sql.touched import tables_of
from portico.schema.catalog import Catalog, RuleRef, Table
from portico.schema.infos import is_quiet, view_verbs_in
from portico.schema.rule_check import condition_of, row_of
from portico.schema.rules import Me


def logged_tables(catalog: Catalog, names: Collection[str] | None = None) -> tuple[SqlTable, ...]:
    """
    The tables to log, in order of their names.

    Without names: those that a rule lets some role read, those between the two sides of their relations, and those that
    the rules look into, those of channels among them. Views are not logged, nor what is `quiet()`, nor Portico's own.

    Args:
        names: the `fullname` of each instead; those that no model has are passed over.
    """
    found = set(_subjects(catalog) if names is None else _named(catalog, names))
    return tuple(sorted((table for table in found if _can_be(table, names)), key=lambda table: table.fullname))


def changing(logged: Collection[SqlTable]) -> frozenset[SqlTable]:
    """The tables whose writes change logged ones: themselves, and those that they refer to, whose deletes they follow."""
    found = set(logged)
    waiting = list(logged)
    while waiting:
        for constraint in waiting.pop().foreign_key_constraints:
            if (referred := constraint.referred_table) not in found:
                found.add(referred)
                waiting.append(referred)
    return frozenset(found)


def _can_be(table: SqlTable, names: Collection[str] | None) -> bool:
    is_stored = view_verbs_in(table.info) is None and not table.name.startswith(OWN_PREFIX)
    return is_stored and (names is not None or not is_quiet(table.info))


def _named(catalog: Catalog, names: Collection[str]) -> Iterator[SqlTable]:
    metadatas = {id(table.sql.metadata): table.sql.metadata for table in catalog.tables.values()}
    for metadata in metadatas.values():
        yield from (table for table in metadata.tables.values() if table.fullname in names)


def _subjects(catalog: Catalog) -> Iterator[SqlTable]:
    for table in catalog.tables.values():
        rules = [rule for rule in catalog.rules.get(table, ()) if "read" in rule.declaration.verbs]
        if not any(rule.declaration.kind == "allow" for rule in rules):
            continue
        yield table.sql
        for link in table.links.values():
            if link.through is not None and isinstance(link.through.sql, SqlTable):
                yield link.through.sql
        yield from _looked_into(rules, table)
    for channel in catalog.channels:
        # Whoever is in a channel holds a live query over these.
        yield from _looked_into(channel.rules, channel.table)


def _looked_into(rules: Iterable[RuleRef], table: Table) -> Iterator[SqlTable]:
    # One row for all rules that ask anything: one for each of 714 was a tenth of a start (benchmarks/large_start).
    asking = [rule for rule in rules if not rule.always]
    if not asking:
        return
    row, me = row_of(table, table.sql.alias("row")), Me()
    for rule in asking:
        yield from tables_of(condition_of(rule.function, row, me))
