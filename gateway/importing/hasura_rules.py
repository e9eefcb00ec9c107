"""How do Hasura's permissions become rules: named functions, one for each condition on a table, with what each role may do by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portico.gateway.importing.database import Name
from portico.gateway.importing.hasura_metadata import HasuraProject
from portico.gateway.importing.hasura_permissions import Held, Operation, held_permissions
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.identifiers import free, identifier
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Expression, call, in_tuple, laid_out, listed, mapping, quoted
from portico.gateway.importing.rule_expressions import ModelNames, RuleExpressions, Untranslatable, is_session, session
from portico.schema.words import plural, singular, snake

_VERBS: Mapping[Operation, str] = {"select": "read", "insert": "create", "update": "update", "delete": "delete"}
_QUERIES = ("select", "select_by_pk", "select_aggregate")
_ROOTS = {"select": "list", "select_by_pk": "by_key", "select_aggregate": "aggregate", "select_stream": "stream"}


def rules_text(project: HasuraProject, names: ModelNames, report: Report) -> str:
    """The module of rules and inherited roles, empty without any; what cannot be carried over is reported."""
    imports = Imports()
    writer = _Rules(names, imports, report)
    blocks: list[str] = list(_roles(project, imports))
    by_table: dict[Name, list[Held]] = {}
    for held in held_permissions(project):
        by_table.setdefault(held.table, []).append(held)
    for table, permissions in by_table.items():
        if table in names.classes:
            blocks += writer.table(table, permissions)
    body = "\n\n\n".join(blocks)
    head = '"""Who may see and change what, as the permissions of Hasura\'s metadata say it."""'
    # As formatters have it: two empty lines before what is no statement.
    gap = "\n\n\n" if body.startswith("@") else "\n\n"
    return f"{head}\n\n{imports.text()}{gap}{body}\n" if blocks else ""


def _roles(project: HasuraProject, imports: Imports) -> Iterator[str]:
    lines = [
        laid_out("", call(imports.name("portico.schema", "role"), quoted(role), inherits=listed(map(quoted, parents))))
        for role, parents in project.inherited_roles.items()
    ]
    if lines:
        yield "\n".join(lines)


@dataclass(frozen=True)
class _Rule:
    """A condition that permissions share, and the text that it comes to; None for one that every row meets."""

    text: Expression | None
    held: list[tuple[Held, Mapping[str, Expression]]]
    shown: str


class _Rules:
    def __init__(self, names: ModelNames, imports: Imports, report: Report) -> None:
        self._names = names
        self._imports = imports
        self._report = report
        self._expressions = RuleExpressions(names, imports)
        self._taken: set[str] = set()

    def table(self, table: Name, permissions: Sequence[Held]) -> Iterator[str]:
        """The rules about one table."""
        checks: dict[str, str] = {}
        found: dict[str, _Rule] = {}
        for held in permissions:
            try:
                condition = held.permission.get("check" if held.operation == "insert" else "filter") or {}
                key = json.dumps(condition, sort_keys=True)
                text = self._expressions.condition(condition, table) if condition else None
                options = self._options(held, table)
                if held.operation == "update":
                    options |= yield from self._check(held, table, key, checks)
            except Untranslatable as reason:
                self._report.refused(
                    f"{held.operation} permission of {', '.join(held.roles)} on {'.'.join(table)}", str(reason)
                )
                continue
            found.setdefault(key, _Rule(text, [], key)).held.append((held, options))
        for rule in found.values():
            yield self._rule(table, rule)

    def _check(self, held: Held, table: Name, condition: str, checks: dict[str, str]) -> Iterator[str] | Any:
        """What a changed row must meet: nothing, unless the permission has a check of its own."""
        check = held.permission.get("check") or {}
        key = json.dumps(check, sort_keys=True)
        if key == condition:
            return {}
        if not check:
            return {"check": self._imports.name("portico.schema", "everyone")}
        if key not in checks:
            checks[key] = self._name(table, ("changed",))
            yield self._function(checks[key], table, self._expressions.condition(check, table), check, ())
        return {"check": checks[key]}

    def _rule(self, table: Name, rule: _Rule) -> str:
        entity = self._class(table)
        allow = self._imports.name("portico.schema", "allow")
        calls: list[str] = []
        for held, options in _alike(rule.held):
            verbs = [quoted(_VERBS[each.operation]) for each in held]
            if rule.text is None:
                options = {"when": self._imports.name("portico.schema", "everyone"), **options}
            calls.append(laid_out("" if rule.text is None else "@", call(allow, entity, *verbs, **options)))
        if rule.text is None:
            return "\n".join(calls)
        roles = tuple(dict.fromkeys(role for held, _ in rule.held for role in held.roles))
        return self._function(self._name(table, roles), table, rule.text, json.loads(rule.shown), calls)

    def _function(self, name: str, table: Name, text: Expression, condition: Any, decorators: Iterable[str]) -> str:
        rule, me = self._imports.name("portico.schema", "Rule"), self._imports.name("portico.schema", "Me")
        said = json.dumps(condition).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        document = (
            f'    """Hasura: {said}"""' if len(said) < 90 else f'    """\n    Hasura:\n    {_wrapped(said)}\n    """'
        )
        lines = [*decorators, f"def {name}(row: type[{self._class(table)}], me: {me}) -> {rule}:", document]
        return "\n".join([*lines, laid_out("return ", text, 4)])

    def _hidden(self, permission: Mapping[str, Any], held: Held, table: Name) -> list[str]:
        """The root fields that a role is not to have; whoever lists subscriptions has not listed changes."""
        queries, subscriptions = permission.get("query_root_fields"), permission.get("subscription_root_fields")
        hidden = [_ROOTS[each] for each in _QUERIES if queries is not None and each not in queries]
        if subscriptions is None:
            return hidden
        if any((queries is None or each in queries) is not (each in subscriptions) for each in _QUERIES):
            what = f"subscription_root_fields of {', '.join(held.roles)} on {'.'.join(table)}"
            self._report.left_out(what, "what a role can query it can subscribe to, and nothing else but streams")
        return [*hidden, *([] if "select_stream" in subscriptions else [_ROOTS["select_stream"]]), "changes"]

    def _options(self, held: Held, table: Name) -> dict[str, Expression]:
        """The keywords of `allow` besides the condition."""
        permission = held.permission
        options: dict[str, Expression] = {
            "to": quoted(held.roles[0]) if len(held.roles) == 1 else listed(map(quoted, held.roles))
        }
        fields = self._fields(held, table)
        if fields is not None:
            options["fields"] = listed(map(quoted, fields))
        if held.operation == "select":
            if permission.get("limit") is not None:
                options["limit"] = str(int(permission["limit"]))
            if not permission.get("allow_aggregations"):
                options["aggregates"] = "False"
            if hidden := self._hidden(permission, held, table):
                options["hide"] = listed(map(quoted, hidden))
        elif permission.get("backend_only"):
            options["backend_only"] = "True"
        if permission.get("validate_input"):
            raise Untranslatable("validate_input, a webhook that is asked about the input")
        if held.operation in ("insert", "update") and permission.get("set"):
            options["set"] = mapping(self._presets(permission["set"], table))
        if not held.heirs:
            options["heirs"] = "False"
        return options

    def _fields(self, held: Held, table: Name) -> list[str] | None:
        if held.operation == "delete":
            return None
        given = held.permission.get("columns", "*" if held.operation == "insert" else [])
        every = [column.name for column in self._names.tables[table].columns]
        computed = list(held.permission.get("computed_fields") or ()) if held.operation == "select" else []
        if given == "*":
            return [*every, *computed] if computed or not held.heirs or len(held.roles) > 1 else None
        missing = [each for each in given if each not in every]
        if missing:
            raise Untranslatable(f"the column {missing[0]}, which the table does not have")
        presets = held.permission.get("set") or {}
        return [*(each for each in given if each not in presets or held.operation == "select"), *computed]

    def _presets(self, presets: Mapping[str, Any], table: Name) -> dict[str, Expression]:
        found: dict[str, Expression] = {}
        for name, value in presets.items():
            column = self._names.column(table, name)
            if column is None:
                raise Untranslatable(f"the preset of {name}, which is no column")
            if is_session(value):
                found[name] = f"lambda me: {session(value)}"
            elif value is None or isinstance(value, bool | int | float):
                found[name] = repr(value)
            elif column.type.name in ("text", "varchar", "bpchar", "citext"):
                found[name] = quoted(str(value))
            elif str(value).lower() == "now()":
                found[name] = f"lambda me: {self._imports.name('sqlalchemy', 'func')}.now()"
            elif isinstance(value, str):
                left = f"{self._class(table)}.{self._names.attributes[table][name]}"
                found[name] = f"lambda me: {self._expressions.literal(value, column, left)}"
            else:
                raise Untranslatable(f"the preset {value!r} of {name}")
        return found

    def _class(self, table: Name) -> str:
        module, name = self._names.classes[table]
        return self._imports.name(f".{module}", name)

    def _name(self, table: Name, roles: Sequence[str]) -> str:
        """`articles_of_user`; a number behind it where that is taken."""
        noun = plural(singular(snake(identifier(table[1]))))
        if roles == ("changed",):
            name = f"changed_{noun}"
        else:
            name = f"{noun}_of_{identifier(roles[0]).lower()}" if len(roles) <= 3 else f"{noun}_of_some"
        name = free(name, self._taken)
        self._taken.add(name)
        return name


def _alike(
    held: Sequence[tuple[Held, Mapping[str, Expression]]],
) -> Iterator[tuple[list[Held], dict[str, Expression]]]:
    """Permissions that come to the same keywords, put together."""
    found: dict[str, tuple[list[Held], dict[str, Expression]]] = {}
    for each, options in held:
        key = str({name: str(value) for name, value in options.items()})
        found.setdefault(key, ([], dict(options)))[0].append(each)
    yield from found.values()


def _wrapped(text: str) -> str:
    import textwrap

    return "\n    ".join(textwrap.wrap(text, 84, break_long_words=False, break_on_hyphens=False))


__all__ = ["in_tuple", "rules_text"]
