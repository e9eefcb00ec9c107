"""Why does a document answer what it does: `portico explain`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from portico.gateway.cli.project import database_of, fail, open_settings
from portico.schema.problems import Problem, Problems


@click.command("explain", short_help="Plan, rules, SQL, the database's plan.")
@click.argument("document")
@click.option("--as", "caller_id", help="The caller's user id.")
@click.option("--role", default="admin", show_default=True, help="The role to act under.")
@click.option("--claims", default="{}", help="The caller's claims, a JSON object.")
@click.option("--variables", default="{}", help="A JSON object.")
@click.option("--operation", help="Which operation, where there are several.")
@click.option("--models", help="The model file.")
@click.option("--database-url", help="Overrides the setting.")
def command(document: str, database_url: str | None, models: str | None, **given: Any) -> None:
    """
    Print the plan of DOCUMENT (text, or a file) with its rules by name, its SQL, and what the database makes of it.

    Nothing is written: a mutation's statements are shown, not run.
    """
    settings, folder = open_settings(models, database_url=database_url)
    from portico.gateway.app import Gateway
    from portico.gateway.loading import load_models
    from portico.resolvers.documents import DocumentInvalid

    text = (
        Path(document).read_text() if document.endswith((".graphql", ".gql")) and Path(document).exists() else document
    )
    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        gateway = Gateway(declarations, settings, folder)
        asyncio.run(_explain(gateway, text, given))
    except DocumentInvalid as error:
        fail(Problems(error.problems))
    except (Problem, Problems) as error:
        fail(error)
    except json.JSONDecodeError as error:
        raise click.ClickException(f"--variables and --claims are JSON objects: {error}") from error


async def _explain(gateway: Any, text: str, given: dict[str, Any]) -> None:
    from portico.resolvers.plan.describe import describe
    from portico.resolvers.sql.pretty import pretty
    from portico.schema.caller import Caller

    caller = Caller(
        id=given["caller_id"], role=given["role"], roles=frozenset({given["role"]}), claims=json.loads(given["claims"])
    )
    executor = gateway.executor
    operation, literals = executor.documents.find(text, given["operation"], executor.role(caller))
    key, values = operation.read(json.loads(given["variables"]), literals)
    click.echo("Plan\n")
    click.echo(_indented(describe(operation.guarded(key))))
    program = operation.program(key)
    for title, statement in _statements(program):
        click.echo(f"\n{title}\n")
        click.echo(_indented(pretty(statement.sql).replace("\x1e", "␞")))
    if program.statement is not None:
        values = _with_image(program, values)
        await _explain_statement(gateway, program.statement, values, caller)


def _with_image(program: Any, values: Any) -> Any:
    """The values that a statement of changes is asked with: of a row that has nothing."""
    from portico.resolvers.sql.program import ChangesSlot

    for slot in program.leaves:
        if isinstance(slot, ChangesSlot):
            return slot.with_image(values, "{}")
    return values


def _statements(program: Any) -> Iterator[tuple[str, Any]]:
    from portico.resolvers.sql.program import WriteSlot

    if program.statement is not None:
        yield "SQL", program.statement
    for slot in program.slots:
        for step in slot.steps if isinstance(slot, WriteSlot) else ():
            for what, statement in _of_step(step):
                if statement is not None:
                    yield f"SQL of {slot.key}: {what}", statement


def _of_step(step: Any) -> Iterator[tuple[str, Any]]:
    from portico.resolvers.sql.steps import InsertStep

    if not isinstance(step, InsertStep):
        yield "all in one", step.single
        yield "a row that does not meet _if", step.unmet
        yield "a row that the rules would refuse", step.refusal
        yield "the write", step.apply
        return
    for row in step.variants:
        for nested in row.parents:
            yield from _of_step(nested.insert)
        if row.single is not None:
            yield "all in one", row.single
        else:
            yield "the check", row.check
            yield "the write", row.insert
        for nested in row.children:
            yield from _of_step(nested.insert)


async def _explain_statement(gateway: Any, statement: Any, values: Any, caller: Any) -> None:
    from portico.gateway.engines import dialect_of

    sqlite = dialect_of(gateway.settings.database_url) == "sqlite"
    prefix = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    await gateway.engine.start()
    try:
        rows = await gateway.engine.read_all(prefix + statement.sql, statement.bind(values, caller))
    finally:
        await gateway.engine.close()
    click.echo("\nThe database's plan\n")
    click.echo(_indented("\n".join(_text(row[3] if sqlite else row[0]) for row in rows)))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
