"""What may a role do: the rules of a Catalog united per role into one grant for each table and verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portico.schema.caller import ADMIN, ANONYMOUS, USER
from portico.schema.catalog import Catalog, Column, DatabaseFunction, Link, RuleRef, Table
from portico.schema.declarations import VERBS, Verb, lineage_of
from portico.schema.held import attached, read_through
from portico.schema.presets import RuleSet, presets_of, rules_behind
from portico.schema.remotes import RemoteAccess, RemoteSchema


@dataclass(frozen=True, eq=False)
class Grant:
    """
    What a role may do with a table by one verb.

    any_of: a row passes when one of these holds; empty means every row (admin, or a rule for everyone).
    all_of: the `require` rules, all of which must hold besides.
    columns: the columns the role may name, by GraphQL field.
    cells: columns that only some of the rules grant → those rules; elsewhere the cell is null (read) or
        must not be written, be it by a preset.
    named: every rule that could allow it, for the message of a refusal. after: of an update, what asks rows as
        changed where that is not what asks them before.
    """

    any_of: RuleSet
    all_of: RuleSet
    columns: Mapping[str, Column]
    cells: Mapping[Column, RuleSet] = field(default_factory=dict[Column, RuleSet])
    named: RuleSet = ()
    after: Grant | None = None
    limit: int | None = None
    aggregates: bool = True
    presets: Mapping[Column, Any] = field(default_factory=dict[Column, Any])
    hidden_roots: frozenset[str] = frozenset()

    @property
    def conditional(self) -> bool:
        """Whether a rule may hide rows at all."""
        return bool(self.any_of or self.all_of)


@dataclass(frozen=True, eq=False)
class TableAccess:
    """A role's grants for one table; a verb without one is denied."""

    read: Grant | None = None
    create: Grant | None = None
    update: Grant | None = None
    delete: Grant | None = None

    @property
    def any(self) -> bool:
        """Whether the table exists for the role at all."""
        return not (self.read is self.create is self.update is self.delete is None)

    def grant(self, verb: Verb) -> Grant | None:
        """The grant of one verb."""
        return getattr(self, verb)


_NOTHING = TableAccess()


class RoleAccess:
    """The grants of one role, worked out table by table as they are asked for."""

    def __init__(self, catalog: Catalog, role: str, *, backend: bool = False) -> None:
        self.catalog = catalog
        self.role = role
        self.backend = backend
        self.lineage = lineage(catalog, role)
        # A role that nothing names has nothing, what everyone has included: its name may be a misspelt one.
        self._is_known = role in known_roles(catalog)
        self._ancestors = [(each, lineage(catalog, each)) for each in sorted(self.lineage - {role})]
        self._tables: dict[Table, TableAccess] = {}
        self._remotes: dict[RemoteSchema, RemoteAccess] = {}

    def table(self, table: Table) -> TableAccess:
        """What the role may do with a table."""
        access = self._tables.get(table)
        if access is None:
            access = self._tables[table] = self._work_out(table)
        return access

    def remote(self, remote: RemoteSchema) -> RemoteAccess:
        """What the role has of another GraphQL service."""
        found = self._remotes.get(remote)
        if found is None:
            known = self.lineage if self._is_known else ()
            grants = [grant for role, grant in remote.grants.items() if role in known]
            found = self._remotes[remote] = RemoteAccess(remote, None if self.role == ADMIN else grants)
        return found

    def may_read(self) -> bool:
        """Whether any rule lets the role read anything; cheaper than the grants of every table."""
        if self.role == ADMIN:
            return bool(self.catalog.tables)
        return any(
            rule.declaration.kind == "allow" and "read" in rule.declaration.verbs and self.holds(rule)
            for rules in self.catalog.rules.values()
            for rule in rules
        )

    def may_write(self) -> bool:
        """Whether any rule lets the role write anything; cheaper than the grants of every table."""
        if self.role == ADMIN:
            return any(table.writable for table in self.catalog.tables.values())
        return any(
            rule.declaration.kind == "allow" and set(rule.declaration.verbs) - {"read"} and self.holds(rule)
            for table, rules in self.catalog.rules.items()
            if table.writable
            for rule in rules
        )

    def link(self, link: Link) -> Grant | None:
        """The read grant of a link's target; None hides the link."""
        return self.table(link.target).read

    def masks(self, table: Table, column: Column) -> bool:
        """Whether the column is null in some of the rows that the role sees."""
        grant = self.table(table).read
        return grant is not None and column in grant.cells

    def link_may_be_null(self, link: Link) -> bool:
        """Whether a to-one link may be null: by its key, or because a rule hides the row it leads to."""
        grant = self.link(link)
        return link.nullable or grant is None or grant.conditional

    def _work_out(self, table: Table) -> TableAccess:
        if self.role == ADMIN:
            return _full(table)
        rules = [rule for rule in self.catalog.rules.get(table, ()) if self.holds(rule)]
        grants = {verb: self._grant(table, verb, rules) for verb in VERBS}
        return TableAccess(**grants) if any(grants.values()) else _NOTHING

    def holds(self, rule: RuleRef) -> bool:
        """Whether a rule is one of the role's, or of one that it inherits from."""
        if not self._is_known or (rule.declaration.backend_only and not self.backend):
            return False
        return _is_for(rule, self.role, self.lineage)

    def _grant(self, table: Table, verb: Verb, rules: list[RuleRef]) -> Grant | None:
        about = [rule for rule in rules if verb in rule.declaration.verbs]
        allows = tuple(rule for rule in about if rule.declaration.kind == "allow")
        if verb == "read":
            allows = (*allows, *read_through(self.catalog, table, lambda holder: self.table(holder).read))
        if not allows or (verb != "read" and verb not in table.writable):
            return None
        alone = [tuple(rule for rule in allows if _is_for(rule, *roles)) for roles in self._ancestors]
        granted = _granted(table, verb, [allows, *alone])
        presets = presets_of(table, verb, allows)
        columns = {column.field: column for column in granted if column not in presets}
        behind = {**granted, **rules_behind(table, verb, allows, granted, presets)}
        if not columns and (verb == "read" or (verb == "update" and not presets)):
            return None
        requires = tuple(rule for rule in about if rule.declaration.kind == "require" and not rule.always)
        limits = [rule.declaration.limit for rule in allows]
        cells = {column: rules for column, rules in behind.items() if _is_partial(rules, allows)}
        grant = Grant(any_of=_any_of(allows), all_of=requires, columns=columns, cells=cells)
        after = None
        attaching = attached(self.catalog, table, verb, cells if verb == "create" else _cells_after(cells))
        if verb == "update" and (attaching or any(rule.after is not None for rule in allows)):
            own = {**_cells_after(cells), **attaching}
            after = replace(grant, any_of=_after(allows), cells=own, presets=presets)
        return replace(
            grant,
            cells={**cells, **attaching} if verb == "create" else cells,
            after=after,
            named=allows,
            limit=None if None in limits else max(limit for limit in limits if limit is not None),
            aggregates=any(rule.declaration.aggregates for rule in allows),
            presets=presets,
            hidden_roots=frozenset.intersection(*(rule.declaration.hidden_roots for rule in allows)),
        )


def _any_of(allows: RuleSet) -> RuleSet:
    return () if any(rule.always for rule in allows) else allows


def _after(allows: RuleSet) -> RuleSet:
    return _any_of(tuple(rule.after or rule for rule in allows))


def _cells_after(cells: Mapping[Column, RuleSet]) -> dict[Column, RuleSet]:
    return {column: after for column, rules in cells.items() if (after := _after(rules))}


def may_call(access: RoleAccess, function: DatabaseFunction) -> bool:
    """Whether the role has the root field of a function of the database: it may read the rows, and is named if any is."""
    if function.returns is None or access.table(function.returns).read is None:
        return False
    return access.role == ADMIN or function.roles is None or not access.lineage.isdisjoint(function.roles)


def lineage(catalog: Catalog, role: str) -> frozenset[str]:
    """The role and every role it inherits from, however far."""
    return lineage_of(catalog.roles, role)


def known_roles(catalog: Catalog) -> frozenset[str]:
    """Every role that exists: the three that always do, the declared ones, and those that rules or functions name."""
    every = [*catalog.rules.values(), *(channel.rules for channel in catalog.channels)]
    named = {role for rules in every for rule in rules for role in rule.declaration.roles or ()}
    named |= {role for function in catalog.functions for role in function.roles or ()}
    named |= {role for remote in catalog.remotes for role in remote.grants}
    return frozenset({ANONYMOUS, USER, ADMIN, *catalog.roles, *named})


def _is_for(rule: RuleRef, role: str, lineage: frozenset[str]) -> bool:
    declaration = rule.declaration
    if declaration.roles is None:
        return True
    return role in declaration.roles or (declaration.heirs and not lineage.isdisjoint(declaration.roles))


def _granted(table: Table, verb: Verb, together: Sequence[RuleSet]) -> dict[Column, RuleSet]:
    """
    Column that a client may name → the rules that grant it.

    Args:
        together: the rules of the role, and those among them that each inherited role has alone: whatever one
            of these gives, the role has too, also where a rule of another names the column.
    """
    found: dict[Column, RuleSet] = {}
    for column in table.columns.values():
        granting = {rule for rules in together for rule in _granting(column, rules)}
        if granting and _is_for_clients(column, verb):
            found[column] = tuple(rule for rule in together[0] if rule in granting)
    return found


def _granting(column: Column, rules: RuleSet) -> RuleSet:
    """A column that some rule names is reached through the rules that name it alone."""
    naming = tuple(rule for rule in rules if column.name in (rule.declaration.fields or ()))
    return naming or tuple(rule for rule in rules if rule.declaration.fields is None)


def _is_for_clients(column: Column, verb: Verb) -> bool:
    if verb == "update" and column.mark is not None and column.mark.kind == "id":
        return False
    return column.writable or verb not in ("create", "update")


def _is_partial(granting: RuleSet, allows: RuleSet) -> bool:
    """Whether not every row that the rules let through is one that these let through."""
    return granting != allows and not any(rule.always for rule in granting)


def _full(table: Table) -> TableAccess:
    """Past all rules: every column that is not generated, marks included, may be written."""
    read = Grant((), (), table.columns)
    writable = {
        field: column
        for field, column in table.columns.items()
        if column.writable or (column.mark is not None and column.sql.computed is None)
    }
    write = Grant((), (), writable)
    return TableAccess(
        read=read,
        create=write if "create" in table.writable else None,
        update=write if writable and "update" in table.writable else None,
        delete=Grant((), (), {}) if "delete" in table.writable else None,
    )
