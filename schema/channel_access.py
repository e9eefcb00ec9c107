"""What may a role do with a channel: the rules over it, by verb."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_

from portico.schema.access import RoleAccess
from portico.schema.caller import ADMIN
from portico.schema.catalog import ChannelType
from portico.schema.declarations import ChannelVerb
from portico.schema.presets import RuleSet


@dataclass(frozen=True, eq=False)
class ChannelGrant:
    """What is asked besides that the row may be read: one of these (none means nothing), and all of those."""

    any_of: RuleSet
    all_of: RuleSet
    named: RuleSet = ()


@dataclass(frozen=True, eq=False)
class ChannelAccess:
    """
    A role's grants for one channel; a verb without one is denied.

    join: to receive, and to see who is there. send: to send, and to appear.
    """

    join: ChannelGrant | None = None
    send: ChannelGrant | None = None


def channel_access(access: RoleAccess, channel: ChannelType) -> ChannelAccess:
    """
    What the role may do. Of a channel over a row it may do nothing where it may not read rows of the table by key.

    Rules for the row itself are the table's read rules, which the guard adds.
    """
    if not channel.stands_alone and not _reads_by_key(access, channel):
        return ChannelAccess()
    return ChannelAccess(_grant(access, channel, "join"), _grant(access, channel, "send"))


def either(rules: RuleSet) -> RuleSet:
    """Rules of which one must hold as one rule, to be asked beside others that must hold as well."""
    if len(rules) < 2:
        return rules

    def any_of(row: Any, me: Any) -> Any:
        return or_(*(rule.function(row, me) for rule in rules))

    names = " or ".join(rule.name for rule in rules)
    return (replace(rules[0], name=names, function=any_of),)


def _reads_by_key(access: RoleAccess, channel: ChannelType) -> bool:
    read = access.table(channel.table).read
    # A key that a rule hides in some rows would be told by the channel.
    return read is not None and all(
        read.columns.get(column.field) is column and column not in read.cells for _, column in channel.parameters
    )


def _grant(access: RoleAccess, channel: ChannelType, verb: ChannelVerb) -> ChannelGrant | None:
    if access.role == ADMIN:
        return ChannelGrant((), ()) if any(rule.declaration.kind == "allow" for rule in channel.rules) else None
    rules = [rule for rule in channel.rules if verb in rule.declaration.verbs and access.holds(rule)]
    allows = tuple(rule for rule in rules if rule.declaration.kind == "allow")
    if not allows:
        return None
    requires = tuple(rule for rule in rules if rule.declaration.kind == "require" and not rule.always)
    return ChannelGrant(() if any(rule.always for rule in allows) else allows, requires, allows)
