"""How does Portico do with a group of cases: its project imported, served, and asked by HTTP in process, or over websockets."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from portico.gateway.app import Gateway
from portico.gateway.importing.database import read_database
from portico.gateway.importing.enum_rows import read_enum_values
from portico.gateway.importing.hasura import Imported, import_hasura
from portico.gateway.importing.hasura_metadata import name_of, read_project
from portico.gateway.loading import load_models
from portico.gateway.migrating import migrate
from portico.gateway.settings import Settings
from portico.schema.declarations import Declarations
from tests.conformance.hasura_cases import Case, Group, difference, same_error, steps_of
from tests.conformance.hasura_sockets import SUBPROTOCOLS, ask_by_socket, ask_subscriptions, served
from tests.support.postgres import fresh_database

SECRET = "the-admin-secret-of-the-cases"


@dataclass(frozen=True)
class Outcome:
    """How a case went: why it failed, if it did, and whether errors were equal to the letter."""

    case: Case
    failure: str | None
    strict: bool = True


def run_group(group: Group, server: str, template: str, folder: Path, transport: str = "http") -> Iterator[Outcome]:
    """
    Imports the group's project over a database of its own and asks its cases.

    Args:
        transport: how, README of the cases, "Transports"; by http all of them are asked, those of kind `subscription` over
            websockets of both protocols, otherwise those that have the transport.
        template: a database with the extensions, for those 13 of 105 groups that require one: it takes five times as
            long to copy as an empty one.
    """
    cases = [case for case in group.cases if transport == "http" or transport in case.document["transports"]]
    if not cases:
        return
    with fresh_database(server, template if group.requires else "template0") as url:
        asyncio.run(_execute(url, (group.folder / "setup.sql").read_text()))
        try:
            imported = import_group(group, url)
            declarations = _load(imported, folder / group.name)
        except Exception as error:
            yield from (Outcome(case, f"import: {type(error).__name__}: {error}", False) for case in cases)
            return
        settings = _settings(group, imported)
        name = url.partition("/portico_test")[2].partition("?")[0]
        for case in cases:
            if case.writes:
                with fresh_database(server, f"portico_test{name}") as copy:
                    yield run_case(case, declarations, settings, copy, transport)
            else:
                yield run_case(case, declarations, settings, url, transport)


def import_group(group: Group, url: str) -> Imported:
    """The group's project over a database."""
    project = read_project(group.folder / "metadata.json")
    database = read_database(url)
    enums = [name_of(table["table"]) for table in project.tables if table.get("is_enum")]
    features = group.settings.get("HASURA_GRAPHQL_EXPERIMENTAL_FEATURES", "")
    naming = None
    if "naming_convention" not in features:
        naming = "hasura-default"
    elif "naming_convention" not in project.customization:
        naming = group.settings.get("HASURA_GRAPHQL_DEFAULT_NAMING_CONVENTION")
    return import_hasura(
        project,
        database,
        read_enum_values(url, database, enums),
        naming=naming,  # pyright: ignore[reportArgumentType]
        infer_function_permissions=group.settings.get("HASURA_GRAPHQL_INFER_FUNCTION_PERMISSIONS") != "false",
        stringify_numbers=group.settings.get("HASURA_GRAPHQL_STRINGIFY_NUMERIC_TYPES") == "true",
    )


def _load(imported: Imported, folder: Path) -> Declarations:
    package = folder / "models"
    for path, text in imported.package.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(text)
    return load_models(package)


def _settings(group: Group, imported: Imported) -> Settings:
    known = {name: value for name, value in imported.settings.items() if hasattr(Settings, name)}
    role = group.settings.get("HASURA_GRAPHQL_UNAUTHORIZED_ROLE", "")
    return replace(
        Settings(),
        **known,
        admin_keys=(SECRET,),
        unauthorized_role=role,
        max_batch=20,
        introspection=None,
        graphiql=False,
        pool_size=2,
    )


def run_case(case: Case, declarations: Declarations, settings: Settings, url: str, transport: str = "http") -> Outcome:
    """Asks one case."""
    settings = replace(settings, database_url=url)
    if case.kind == "subscription":
        asked = _ask_subscriptions(case, declarations, settings)
    elif transport == "http":
        asked = _ask(case, declarations, settings)
    else:
        asked = _ask_by_socket(case, declarations, settings, subscribes=transport == "subscription")
    try:
        if case.document.get("values_setup_sql"):
            asyncio.run(_execute(url, case.document["values_setup_sql"]))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(asked)
    except Exception as error:
        asked.close()
        return Outcome(case, f"{type(error).__name__}: {error}", False)


async def _ask(case: Case, declarations: Declarations, settings: Settings) -> Outcome:
    gateway = Gateway(declarations, settings)
    strict = True
    await gateway.engine.start()
    try:
        for step in steps_of(case):
            expected = step["response"]
            status, answer = await post(gateway, step["request"], secret=case.document.get("admin_secret", True))
            if (failure := difference(step["request"], expected, status, answer)) is not None:
                return Outcome(case, failure, False)
            strict = strict and same_error(expected, answer)
        return Outcome(case, None, strict)
    finally:
        await gateway.engine.close()


async def _ask_subscriptions(case: Case, declarations: Declarations, settings: Settings) -> Outcome:
    settings = replace(settings, legacy_websocket=True)
    await migrate(declarations, settings, Path())
    strict = True
    async with served(Gateway(declarations, settings)) as port:
        for subprotocol in case.document["transports"]:
            failure, is_same = await ask_subscriptions(case, port, subprotocol, _credentials(case))
            if failure is not None:
                return Outcome(case, failure, False)
            strict = strict and is_same
    return Outcome(case, None, strict)


async def _ask_by_socket(case: Case, declarations: Declarations, settings: Settings, *, subscribes: bool) -> Outcome:
    strict = True
    async with served(Gateway(declarations, settings)) as port:
        for step in steps_of(case):
            request, credentials = step["request"], _credentials(case)
            answer = await ask_by_socket(port, request, SUBPROTOCOLS[0], credentials, subscribes=subscribes)
            expected = {name: value for name, value in step["response"].items() if name != "status"}
            if (failure := difference(request, expected, 0, answer)) is not None:
                return Outcome(case, failure, False)
            strict = strict and same_error(expected, answer)
    return Outcome(case, None, strict)


def _credentials(case: Case) -> Mapping[str, str]:
    return {"X-Hasura-Admin-Secret": SECRET} if case.document.get("admin_secret", True) else {}


async def post(gateway: Gateway, request: Mapping[str, Any], *, secret: bool) -> tuple[int, Any]:
    """Sends a request through the ASGI application; (status, body)."""
    headers = {"content-type": "application/json", **request.get("headers", {})}
    if secret:
        headers["X-Hasura-Admin-Secret"] = SECRET
    body = json.dumps(request["query"]).encode()
    sent: list[Any] = []
    waiting = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not waiting.is_set():
            waiting.set()
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": request["url"],
        "query_string": b"",
        "headers": [(name.lower().encode(), str(value).encode()) for name, value in headers.items()],
    }
    await gateway(scope, receive, send)
    status = next(each["status"] for each in sent if each["type"] == "http.response.start")
    text = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode()


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        # asyncpg trips over a script that ends without a statement.
        await connection.execute(f"{sql}\n;SELECT 1")
    finally:
        await connection.close()


def table(outcomes: Iterable[Outcome]) -> str:
    """Passes per kind, with how many errors were equal to the letter."""
    total: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    strict: Counter[str] = Counter()
    for outcome in outcomes:
        total[outcome.case.kind] += 1
        if outcome.failure is None:
            passed[outcome.case.kind] += 1
            strict[outcome.case.kind] += outcome.strict
    lines = [f"{'kind':14} passed       share  errors equal, too"]
    lines += [
        f"{kind:14} {passed[kind]:3} of {number:3}   {passed[kind] / number:5.0%}  {strict[kind]:3}"
        for kind, number in total.most_common()
    ]
    return "\n".join(lines)
