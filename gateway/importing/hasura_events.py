"""How do event triggers become webhooks, and cron triggers functions that run at certain times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cronsim import CronSim, CronSimError

from portico.gateway.importing.database import Database, Name
from portico.gateway.importing.hasura_action_types import docstring
from portico.gateway.importing.hasura_actions import TRANSFORMS
from portico.gateway.importing.hasura_environment import Untold, headers, late, note_private, template, variable
from portico.gateway.importing.hasura_metadata import HasuraProject, name_of
from portico.gateway.importing.hasura_report import Report
from portico.gateway.importing.identifiers import attribute_name, free
from portico.gateway.importing.imports import Imports
from portico.gateway.importing.layout import Bracketed, Expression, call, laid_out, listed, mapping, quoted
from portico.gateway.importing.rule_expressions import ModelNames

Document = Mapping[str, Any]
_HEAD = '"""What happens after rows were written, and at certain times: other services are told."""'
_VERBS = {"insert": "create", "update": "update", "delete": "delete"}
_LATE_S = 21_600  # of both, unless told otherwise
_MARGIN_S = 5  # of a function beyond its request
_EVENT_INTERVAL_S, _CRON_INTERVAL_S, _TIMEOUT_S = 10, 10, 60  # Hasura's own


def events_text(project: HasuraProject, database: Database, names: ModelNames, report: Report) -> str:
    """The module of event triggers and cron triggers; an empty text where there are none."""
    imports = Imports()
    keyed = {table.full_name for table in database.tables if table.key is not None and not table.is_view}
    webhooks = [*_webhooks(project, keyed, names, imports, report)]
    schedules = [*_schedules(project, imports, report)]
    if not webhooks and not schedules:
        return ""
    body = "\n\n\n".join([*(["\n".join(webhooks)] if webhooks else []), *schedules])
    gap = "\n\n" if webhooks else "\n\n\n"
    return f"{_HEAD}\n\n{imports.text_for(body)}{gap}{body}\n"


# ---- event triggers ----------------------------------------------------------------------------------


def _webhooks(
    project: HasuraProject, keyed: set[Name], names: ModelNames, imports: Imports, report: Report
) -> Iterator[str]:
    for table in project.tables:
        name = name_of(table["table"])
        for each in table.get("event_triggers") or ():
            what = f"event trigger {each['name']} of {'.'.join(name)}"
            if (why := _hindrance(each)) is not None:
                report.left_out(what, why)
            elif name not in names.classes or name not in keyed:
                report.left_out(what, "its table has no primary key, or is not there")
            elif (gone := _gone(each, names.attributes[name])) is not None:
                report.left_out(what, f"its table has no column {gone}")
            elif not any((each.get("definition") or {}).get(verb) for verb in _VERBS):
                report.left_out(what, "no operation of its table fires it; manual ones are not there")
            else:
                try:
                    yield _webhook(each, name, what, names, imports, report)
                except Untold as error:
                    report.left_out(what, str(error))


def _gone(said: Document, attributes: Mapping[str, str]) -> str | None:
    """A column that a trigger names and the table does not have."""
    columns = ((said.get("definition") or {}).get("update") or {}).get("columns", "*")
    return None if columns == "*" else next((each for each in columns if each not in attributes), None)


def _webhook(said: Document, table: Name, what: str, names: ModelNames, imports: Imports, report: Report) -> str:
    definition: Document = said["definition"]
    verbs = [verb for verb in _VERBS if definition.get(verb)]
    url, is_read = _address(said, imports)
    module, class_ = names.classes[table]
    subject = imports.name(f".{module}", class_)
    options: dict[str, Expression] = {"name": quoted(said["name"]), "url": late(url, is_read=is_read)}
    columns = (definition.get("update") or {}).get("columns", "*")
    if columns != "*":
        options["columns"] = listed(f"{subject}.{names.attributes[table][each]}" for each in columns)
    options["form"] = quoted("hasura")
    sent, are_read = headers(said.get("headers"), imports)
    if sent is not None:
        options["headers"] = late(sent, is_read=are_read)
    conf: Document = said.get("retry_conf") or {}
    options["tries"] = str(int(conf.get("num_retries") or 0) + 1)
    options["timeout_s"] = str(conf.get("timeout_sec") or _TIMEOUT_S)
    _note_webhook(definition, conf, what, report)
    note_private(said.get("webhook"), what, report)
    arguments = [quoted(_VERBS[verb]) for verb in verbs]
    return laid_out("", call(imports.name("portico.schema", "webhook"), subject, *arguments, **options))


def _note_webhook(definition: Document, conf: Document, what: str, report: Report) -> None:
    for verb in _VERBS:
        spec: Document = definition.get(verb) or {}
        payload = spec.get("payload") or (spec.get("columns") if verb != "update" else None) or "*"
        if payload != "*":
            report.left_out(f"payload of {verb} of {what}", "rows are sent as a whole")
    if definition.get("enable_manual"):
        report.left_out(f"enable_manual of {what}", "it is not fired by hand")
    interval = conf.get("interval_sec")
    if interval is not None and int(interval) != _EVENT_INTERVAL_S and int(conf.get("num_retries") or 0) > 0:
        report.left_out(f"interval_sec of {what}", "pauses grow from 5 seconds on")


def _hindrance(said: Document) -> str | None:
    """Why a trigger cannot be carried over."""
    transform = next((each for each in TRANSFORMS if said.get(each)), None)
    if transform is not None:
        return f"it has a {transform}: have the service take what Hasura sends, or a function ask it"
    return None


def _address(said: Document, imports: Imports) -> tuple[Expression, bool]:
    """
    Where a trigger leads.

    Raises:
        Untold
    """
    if said.get("webhook_from_env"):
        return variable(said["webhook_from_env"], imports), True
    webhook: Any = said.get("webhook")
    if isinstance(webhook, dict) and webhook.get("from_env"):
        return variable(webhook["from_env"], imports), True  # pyright: ignore[reportUnknownArgumentType]
    if not isinstance(webhook, str):
        raise Untold("it does not say where it leads")
    return template(webhook, imports)


# ---- cron triggers -----------------------------------------------------------------------------------


def _schedules(project: HasuraProject, imports: Imports, report: Report) -> Iterator[str]:
    # What runs in the background is found by its name.
    triggers = {each["name"] for table in project.tables for each in table.get("event_triggers") or ()}
    taken: set[str] = {*triggers, "os", "datetime", "cron", "webhook", "uuid5", "Http", "NAMESPACE_URL"}
    for each in project.cron_triggers:
        what = f"cron trigger {each['name']}"
        why = _hindrance(each) or _wrong_time(str(each.get("schedule", "")))
        if why is not None:
            report.left_out(what, why)
            continue
        function = free(attribute_name(each["name"]), taken)
        taken.add(function)
        try:
            yield _schedule(each, function, imports)
        except Untold as error:
            report.left_out(what, str(error))
            continue
        note_private(each["webhook"], what, report)
        conf: Document = each.get("retry_conf") or {}
        if int(conf.get("tolerance_seconds", _LATE_S)) != _LATE_S:
            report.left_out(f"tolerance_seconds of {what}", "the setting events.late_s holds for all: 21600 unless set")
        interval = int(conf.get("retry_interval_seconds", _CRON_INTERVAL_S))
        if interval != _CRON_INTERVAL_S and int(conf.get("num_retries") or 0) > 0:
            report.left_out(f"retry_interval_seconds of {what}", "pauses grow from 5 seconds on")


def _wrong_time(expression: str) -> str | None:
    try:
        next(CronSim(expression, datetime.now(UTC)))
    except (CronSimError, StopIteration):
        return f"{expression!r} is no time that cron knows, or never comes"
    return None


def _schedule(said: Document, function: str, imports: Imports) -> str:
    """A function that sends what Hasura sends to cron triggers ("ScheduledEventWebhookPayload")."""
    url, _ = _address(said, imports)
    sent, _ = headers(said.get("headers"), imports)
    conf: Document = said.get("retry_conf") or {}
    tries = int(conf.get("num_retries") or 0) + 1
    timeout_s = int(conf.get("timeout_seconds") or _TIMEOUT_S)
    cron = call(
        imports.name("portico.schema", "cron"),
        quoted(said["schedule"]),
        tries=str(tries),
        timeout_s=str(timeout_s + _MARGIN_S),
    )
    due, http = imports.name("datetime", "datetime"), imports.name("portico.gateway.functions", "Http")
    made, space = imports.name("uuid", "uuid5"), imports.name("uuid", "NAMESPACE_URL")
    body: dict[str, Expression] = {
        "id": call("str", call(made, space, f'f"{function} {{due.isoformat()}}"')),
        "name": quoted(said["name"]),
        "scheduled_time": 'f"{due:%Y-%m-%dT%H:%M:%SZ}"',
        "payload": literal(said.get("payload")),
    }
    if said.get("comment"):
        body["comment"] = quoted(said["comment"])
    options: dict[str, Expression] = {} if sent is None else {"headers": sent}
    options["timeout_s"] = str(timeout_s)
    lines = [laid_out("@", cron)]
    lines.append(
        laid_out("", Bracketed(f"async def {function}", "()", (("due: ", due), ("http: ", http))), after=" -> None:")
    )
    lines.append(f"    {docstring(said.get('comment') or said['name'])}")
    lines.append(laid_out("answer = await ", call("http.post", url, mapping(body), **options), 4))
    lines.append("    answer.raise_for_status()")
    return "\n".join(lines)


def literal(value: Any) -> Expression:
    """JSON as Python."""
    if isinstance(value, dict):
        return mapping({str(key): literal(each) for key, each in value.items()})  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return listed(literal(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    return quoted(value) if isinstance(value, str) else repr(value)
