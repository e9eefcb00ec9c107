"""What would access.py forget: grants worked out without one of the things that unite rules and roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from portico.schema import access
from portico.schema.access import Grant, RoleAccess
from tests.properties import operations
from tests.properties.mutants import asks
from tests.properties.session import Wanted


@dataclass(frozen=True)
class GrantMutant:
    """
    What stands in the place of a function or method, made of the real one, and the operations in which it may show.

    place: the module or class that holds it, and its name.
    """

    place: tuple[Any, str]
    change: Callable[[Any], Any]
    wanted: Wanted | None = None


Rules: TypeAlias = list[Any]


def _regranted(change: Callable[[Grant, list[Any]], Grant]) -> Callable[[Any], Any]:
    """Another grant in the place of each; `change` is handed it with the rules that it was made of."""

    def changed(real: Any) -> Any:
        def grant(self: Any, table: Any, verb: Any, rules: Rules) -> Grant | None:
            found = real(self, table, verb, rules)
            return None if found is None else change(found, list(found.named))

        return grant

    return changed


def _smallest_limit(grant: Grant, rules: list[Any]) -> Grant:
    return grant if grant.limit is None else replace(grant, limit=min(rule.declaration.limit for rule in rules))


def _some_limit(grant: Grant, rules: list[Any]) -> Grant:
    limits = [rule.declaration.limit for rule in rules if rule.declaration.limit is not None]
    return replace(grant, limit=max(limits, default=None))


def _aggregates_of_all(grant: Grant, rules: list[Any]) -> Grant:
    return replace(grant, aggregates=all(rule.declaration.aggregates for rule in rules))


def _hides_what_any_hides(grant: Grant, rules: list[Any]) -> Grant:
    return replace(grant, hidden_roots=frozenset[str]().union(*(rule.declaration.hidden_roots for rule in rules)))


def _without_last_parent(real: Any) -> Any:
    def lineage(catalog: Any, role: str) -> frozenset[str]:
        declaration = catalog.roles.get(role)
        parents = declaration.inherits[:-1] if declaration else ()
        return frozenset({role}).union(*(lineage(catalog, parent) for parent in parents))

    return lineage


def _parents_only(real: Any) -> Any:
    def lineage(catalog: Any, role: str) -> frozenset[str]:
        declaration = catalog.roles.get(role)
        return frozenset({role, *(declaration.inherits if declaration else ())})

    return lineage


def _together_only(real: Any) -> Any:
    return lambda table, verb, together: real(table, verb, together[:1])


def _granted_by_all(real: Any) -> Any:
    def granted(table: Any, verb: Any, together: Any) -> Any:
        return dict.fromkeys(real(table, verb, together), together[0])

    return granted


def _granted_without_names(real: Any) -> Any:
    def granting(column: Any, rules: Any) -> Any:
        return tuple(rule for rule in rules if column.name in (rule.declaration.fields or (column.name,)))

    return granting


def _not_at_update(real: Any) -> Any:
    return lambda table, verb, allows: {} if verb == "update" else real(table, verb, allows)


def _first_first(real: Any) -> Any:
    return lambda table, verb, allows: real(table, verb, allows[::-1])


def _behind_nothing(real: Any) -> Any:
    return lambda *arguments: {}


def _behind_every(real: Any) -> Any:
    def behind(table: Any, verb: Any, allows: Any, granted: Any, presets: Any) -> Any:
        return {
            column: tuple(rule for rule in allows if column.name in rule.declaration.presets or rule in rules)
            for column, rules in ((column, granted.get(column, ())) for column in presets)
        }

    return behind


def _for_everyone(real: Any) -> Any:
    return lambda self, rule: rule.declaration.roles is None or not self.lineage.isdisjoint(rule.declaration.roles)


def _requires_of_own(real: Any) -> Any:
    """Requirements of inherited roles are left out."""

    def grant(self: Any, table: Any, verb: Any, rules: Rules) -> Any:
        own = [
            rule
            for rule in rules
            if rule.declaration.kind == "allow" or self.role in (rule.declaration.roles or (self.role,))
        ]
        return real(self, table, verb, own)

    return grant


_READS, _WRITES = asks(operations.Query), asks(operations.Mutation)
_GRANT = (RoleAccess, "_grant")

GRANT_MUTANTS: Mapping[str, GrantMutant] = {
    "a role has no rules of the last that it inherits from": GrantMutant((access, "lineage"), _without_last_parent),
    "a role has the rules of its parents alone": GrantMutant((access, "lineage"), _parents_only),
    "a name in one role's rule hides the column of another's": GrantMutant((access, "_granted"), _together_only),
    "a column that some rules grant is had in every row": GrantMutant((access, "_granted"), _granted_by_all),
    "rules without fields grant columns that others name": GrantMutant((access, "_granting"), _granted_without_names),
    "inherited requirements are forgotten": GrantMutant(_GRANT, _requires_of_own),
    "the smallest limit counts": GrantMutant(_GRANT, _regranted(_smallest_limit), _READS),
    "a limit counts though another rule has none": GrantMutant(_GRANT, _regranted(_some_limit), _READS),
    "aggregates need every rule": GrantMutant(_GRANT, _regranted(_aggregates_of_all), _READS),
    "one rule hides a root field that others do not": GrantMutant(_GRANT, _regranted(_hides_what_any_hides), _READS),
    "no root field is hidden": GrantMutant(
        _GRANT, _regranted(lambda grant, rules: replace(grant, hidden_roots=frozenset())), _READS
    ),
    "what a backend may everyone may": GrantMutant((RoleAccess, "holds"), _for_everyone),
    "presets are for inserts alone": GrantMutant((access, "presets_of"), _not_at_update, _WRITES),
    "the first of two presets counts": GrantMutant((access, "presets_of"), _first_first, _WRITES),
    "a preset needs no rule behind it": GrantMutant((access, "rules_behind"), _behind_nothing, _WRITES),
    "a preset is written by a rule that sets another": GrantMutant((access, "rules_behind"), _behind_every, _WRITES),
}
"""What is forgotten → how."""
