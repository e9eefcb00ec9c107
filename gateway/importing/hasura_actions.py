"""How do actions become functions that live elsewhere: `remote` over typed stubs, for the roles that had them."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from portico.gateway.importing.hasura_action_rows import ActionRows
from portico.gateway.importing.hasura_action_types import ActionTypes, UnknownType, docstring
from portico.gateway.importing.hasura_environment import Untold, headers, late, note_private, template
from portico.gateway.importing.hasura_metadata import HasuraProject
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Bracketed, Expression, call, in_tuple, laid_out, listed, quoted
from portico.gateway.importing.rule_expressions import ModelNames
from portico.schema.names import Convention

Document = Mapping[str, Any]
TRANSFORMS = ("request_transform", "response_transform")
_LONGEST_S, _DEFAULT_S = 15, 30  # of `remote`; of Hasura
_FORWARDED = ("authorization", "cookie")
_HEAD = '"""Actions: functions that other services answer."""'
_REMOTE = "portico.gateway.functions"


def actions_text(project: HasuraProject, names: ModelNames, convention: Convention, report: Report) -> str:
    """The module of actions; an empty text where there are none."""
    taken = frozenset(each["name"] for each in project.actions)
    types_taken = {each["name"] for kind in project.custom_types.values() for each in kind or ()}
    imports = Imports(taken.union(types_taken))
    types = ActionTypes(project.custom_types, ActionRows(names, imports), imports, convention, taken)
    functions = [text for each in project.actions if (text := _Action(each, types, imports, report).text())]
    for each in types.unused():
        report.left_out(f"type {each} of actions", "nothing that is carried over takes or gives it")
    for relationship, type_, why in types.unrelated:
        report.left_out(f"relationship {relationship} of {type_}", why)
    if not functions:
        return ""
    body = "\n\n\n".join([*types.texts(), *functions])
    return f"{_HEAD}\n\nfrom __future__ import annotations\n\n{imports.text_for(body)}\n\n\n{body}\n"


class _Action:
    """One action."""

    def __init__(self, said: Document, types: ActionTypes, imports: Imports, report: Report) -> None:
        self._said = said
        self._definition: Document = said["definition"]
        self._types = types
        self._imports = imports
        self._report = report
        self._what = f"action {said['name']}"

    def text(self) -> str:
        """The function; an empty text where it cannot be carried over."""
        transforms = [each for each in TRANSFORMS if self._definition.get(each)]
        name = self._said["name"]
        if transforms:
            self._report.left_out(
                self._what, f"it has a {transforms[0]}: have the service take what Hasura sends, or a function ask it"
            )
            return ""
        if keyword.iskeyword(name):
            self._report.left_out(self._what, "no function of Python can be called so")
            return ""
        try:
            lines = [self._declared(), laid_out("@", self._remote())]
            lines.append(self._signature())
        except (Untold, UnknownType) as error:
            self._report.left_out(self._what, str(error))
            return ""
        note_private(self._definition["handler"], self._what, self._report)
        if self._types.named(name)[1]:
            self._report.left_out(f"the name of {self._what}", f"its field is called as the naming has it, not {name}")
        return "\n".join(lines)

    def _declared(self) -> str:
        operation = self._definition.get("type") or "mutation"
        roles = [each["role"] for each in self._said.get("permissions") or ()]
        to: Expression = quoted(roles[0]) if len(roles) == 1 else in_tuple(map(quoted, roles))
        if not roles:
            to = quoted("admin")
        return laid_out("@", call(self._imports.name("portico.schema", operation), to=to))

    def _remote(self) -> Bracketed:
        url, is_read = template(self._definition["handler"], self._imports)
        sent, are_read = headers(self._definition.get("headers"), self._imports)
        options: dict[str, Expression] = {}
        if sent is not None:
            options["headers"] = late(sent, is_read=are_read)
        if forwarded := self._forwarded():
            options["forward"] = listed(map(quoted, forwarded))
        options["timeout_s"] = str(self._timeout_s())
        if self._is_asynchronous:
            options["asynchronous"] = "True"
        return call(self._imports.name(_REMOTE, "remote"), late(url, is_read=is_read), **options)

    @property
    def _is_asynchronous(self) -> bool:
        return self._definition.get("kind") == "asynchronous" and self._definition.get("type") != "query"

    def _forwarded(self) -> list[str]:
        if not self._definition.get("forward_client_headers"):
            return []
        what = f"forward_client_headers of {self._what}"
        if self._is_asynchronous:
            self._report.left_out(what, "it is asynchronous, and credentials of clients would be kept")
            return []
        own = {str(each["name"]).lower() for each in self._definition.get("headers") or ()}
        own |= {str(each).lower() for each in self._definition.get("ignored_client_headers") or ()}
        found = [each for each in _FORWARDED if each not in own]
        self._report.left_out(what, f"of these only {' and '.join(found) or 'none'}; name others in forward=")
        return found

    def _timeout_s(self) -> int:
        wanted = int(self._definition.get("timeout") or _DEFAULT_S)
        if self._is_asynchronous or wanted <= _LONGEST_S:
            return wanted
        if self._definition.get("timeout"):
            self._report.left_out(
                f"timeout of {self._what}", f"{wanted} s are more than the {_LONGEST_S} that requests wait"
            )
        return _LONGEST_S

    def _signature(self) -> str:
        required: list[tuple[str, Expression]] = []
        optional: list[tuple[str, Expression]] = []
        members: set[str] = set()
        for each in self._definition.get("arguments") or ():
            name, says = self._types.named(each["name"], frozenset(members))
            members.add(name)
            annotation = self._annotated(each, says=says)
            may_lack = self._types.annotation(each["type"]).endswith(" | None")
            (optional if may_lack else required).append(
                (f"{name}: ", f"{annotation} = None" if may_lack else annotation)
            )
        result = self._types.annotation(self._definition["output_type"])
        stub = Bracketed(f"async def {self._said['name']}", "()", (*required, *optional))
        if comment := self._said.get("comment"):
            return f"{laid_out('', stub, after=f' -> {result}:')}\n    {docstring(comment)}"
        return laid_out("", stub, after=f" -> {result}: ...")

    def _annotated(self, argument: Document, *, says: bool) -> str:
        annotation = self._types.annotation(argument["type"])
        options: dict[str, Expression] = {"name": quoted(argument["name"])} if says else {}
        if argument.get("description"):
            options["description"] = quoted(argument["description"])
        if not options:
            return annotation
        strawberry = self._imports.module("strawberry")
        annotated = self._imports.name("typing", "Annotated")
        return f"{annotated}[{annotation}, {call(f'{strawberry}.argument', **options)}]"
