"""How is a finding told: models, rules and rows in the fewest words that let a person see it again."""

from __future__ import annotations

from collections.abc import Iterable

from tests.properties.description import (
    AllOf,
    Always,
    AnyOf,
    BesideColumn,
    CallerId,
    Claim,
    Column,
    Compare,
    Condition,
    Constant,
    Exists,
    ExistsIn,
    InClaim,
    IsNull,
    Negated,
    Operand,
    OwnColumn,
    RoleIs,
    Rule,
    State,
    Table,
    World,
)
from tests.properties.session import Found

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">"}


def described(found: Found) -> str:
    """The finding: who asked what, under which rules, over which rows."""
    case = found.case
    lines = [
        f"{found.finding.detector} (PORTICO_TEST_SEED={found.seed} PORTICO_TEST_OPERATIONS={found.operation + 1})",
        f"as {case.principal}",
        *(f"role {name} inherits {', '.join(parents)}" for name, parents in case.world.roles if parents),
        *(f"rule {_rule(rule)}" for rule in case.world.rules),
        *_models(case.world),
        *_rows(case.state),
        *(["or with these rows:", *_rows(case.twin)] if case.twin is not None else []),
    ]
    return "\n".join([*lines, found.finding.text])


def _models(world: World) -> Iterable[str]:
    for table in world.tables:
        yield f"table {table.name}: {_columns(table)}"
        links = [f"{link.name} → {link.target} ({link.shape})" for link in world.links_of(table.name)]
        yield f"  {', '.join(links)}"


def _columns(table: Table) -> str:
    words = [
        f"{column.name} {column.refers or column.kind}{'' if column.nullable else ' not null'}{_set(column)}"
        for column in table.columns
    ]
    return ", ".join([*words, *(f"unique ({', '.join(unique)})" for unique in table.uniques)])


def _set(column: Column) -> str:
    return f" = {_operand(column.preset)} on {'/'.join(column.set_on)}" if column.preset is not None else ""


def _rows(state: State) -> Iterable[str]:
    for table, rows in state.rows.items():
        yield from (f"{table} {dict(row)}" for row in rows.values())
    yield from (f"{name} {sorted(pairs)}" for name, pairs in state.pairs.items() if pairs)


def _rule(rule: Rule) -> str:
    words = [f"{rule.kind}({rule.table}, {', '.join(rule.verbs)}"]
    words += [f"to={', '.join(rule.roles)}"] if rule.roles else []
    words += [f"fields={', '.join(rule.fields)}"] if rule.fields else []
    words += [f"limit={rule.limit}"] if rule.limit else []
    words += [] if rule.aggregates else ["aggregates=False"]
    words += [f"set {name}={_operand(value)}" for name, value in rule.presets]
    words += [f"hide={', '.join(rule.hide)}"] if rule.hide else []
    words += ["backend_only"] if rule.backend_only else []
    return f"{rule.name}: {'; '.join(words)}) when {condition_words(rule.condition)}"


def condition_words(condition: Condition) -> str:
    """A condition in words."""
    match condition:
        case Always(value=value):
            return "everyone" if value else "no one"
        case Compare(column=column, operator=operator, operand=operand):
            return f"{column} {_SIGNS[operator]} {_operand(operand)}"
        case InClaim(column=column, claim=claim):
            return f"{column} in claims({claim})"
        case IsNull(column=column, negated=negated):
            return f"{column} is {'not ' if negated else ''}null"
        case RoleIs(role=role):
            return f"role == {role}"
        case AllOf(parts=parts):
            return "(" + " and ".join(condition_words(part) for part in parts) + ")"
        case AnyOf(parts=parts):
            return "(" + " or ".join(condition_words(part) for part in parts) + ")"
        case Negated(part=part):
            return f"not {condition_words(part)}"
        case Exists(link=link, inner=inner, style=style):
            return f"{link.name}[{style}]({condition_words(inner)})"
        case ExistsIn(table=table, inner=inner, style=style):
            return f"exists {table}[{style}]({condition_words(inner)})"


def _operand(operand: Operand) -> str:
    match operand:
        case Constant(value=value):
            return repr(value)
        case Claim(name=name, typed=typed):
            return f"claim({name}{', typed' if typed else ''})"
        case CallerId():
            return "me.id"
        case OwnColumn(column=column):
            return f"row.{column}"
        case BesideColumn(column=column):
            return f"its {column}"
