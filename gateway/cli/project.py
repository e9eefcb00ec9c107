"""Which project is this: settings, model file and gateway, as every command opens them."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from portico.gateway.settings import Mode, Settings, read_settings
from portico.schema.files import holds_files
from portico.schema.problems import Problem, Problems, render

if TYPE_CHECKING:
    from portico.gateway.app import Gateway

Answer = TypeVar("Answer")
_SECRET_FILE = Path(".portico") / "token_secret"


def open_settings(models: str | None = None, *, mode: Mode = "dev", **given: Any) -> tuple[Settings, Path]:
    """The settings of the project in this folder, and the folder."""
    folder = Path.cwd()
    try:
        settings = read_settings(folder, mode=mode, models=models, **given)
    except Problem as problem:
        fail(problem)
    return with_dev_secret(settings, folder), folder


def with_dev_secret(settings: Settings, folder: Path) -> Settings:
    """In development a secret for tokens is made once and kept beside the project, readable by its owner only."""
    if settings.token_secret or not settings.is_dev:
        return settings
    file = folder / _SECRET_FILE
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return replace(settings, token_secret=file.read_text().strip())


def database_of(settings: Settings, folder: Path) -> str:
    """The database's URL with an absolute path, for `reflect()`."""
    from portico.gateway.engines import dialect_of, sqlite_path

    if dialect_of(settings.database_url) == "sqlite":
        return f"sqlite:///{sqlite_path(settings.database_url, folder)}"
    return settings.database_url


def fail_without_tables(declarations: Any, settings: Settings, folder: Path) -> None:
    """Ends the command where the database lacks tables or columns of the models."""
    from portico.gateway.problems import DatabaseDiffers
    from portico.gateway.tables_there import lacking

    absent = asyncio.run(lacking(declarations, settings, folder))
    if not absent and holds_files(declarations.registry.metadata.tables.values()):
        from portico.gateway.migrating import missing_for_files

        absent = asyncio.run(missing_for_files(declarations, settings, folder))
    if absent:
        raise DatabaseDiffers(
            f"The database lacks what the models need: {', '.join(absent[:5])}{' …' if len(absent) > 5 else ''}.",
            hint="Run portico migrate, or your own migrations.",
        )


def with_gateway(models: str | None, work: Callable[[Gateway], Awaitable[Answer]]) -> Answer:
    """What is done with the project in this folder as it would be served; ends the command where it cannot be."""
    settings, folder = open_settings(models)
    from portico.gateway.app import Gateway
    from portico.gateway.loading import load_models

    try:
        declarations = load_models(folder / Path(settings.models), database_of(settings, folder))
        fail_without_tables(declarations, settings, folder)
        return asyncio.run(_done(work, Gateway(declarations, settings, folder)))
    except (Problem, Problems) as error:
        fail(error)


async def _done(work: Callable[[Gateway], Awaitable[Answer]], gateway: Gateway) -> Answer:
    return await work(gateway)


def rendered(error: Problem | Problems) -> str:
    """Start-up problems with file, line, caret and cure."""
    problems = error.problems if isinstance(error, Problems) else (error,)
    return "\n\n".join(render(problem, _line(problem)) for problem in problems)


def fail(error: Problem | Problems) -> NoReturn:
    """Prints what is wrong and ends the command."""
    click.echo(rendered(error), err=True)
    sys.exit(1)


def _line(problem: Problem) -> str | None:
    if problem.source is None:
        return None
    try:
        lines = Path(problem.source.path).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    number = problem.source.line
    if number == 0 and problem.source.fragment:
        return next((line for line in lines if problem.source.fragment in line), None)
    return lines[number - 1] if 0 < number <= len(lines) else None
