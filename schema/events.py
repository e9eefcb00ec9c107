"""What runs in the background: after a row was written (`on`, `webhook`), later (`job`), and at certain times (`cron`)."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar, cast, overload

from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect as sql_inspect
from sqlalchemy.exc import NoInspectionAvailable

from portico.schema.caller import Caller
from portico.schema.declarations import (
    Declarations,
    InsideDeclaration,
    JobDeclaration,
    RunOptions,
    ScheduleDeclaration,
    TriggerDeclaration,
    Verb,
    WebhookDeclaration,
    current,
)
from portico.schema.hooks import source_of
from portico.schema.infos import OWN_PREFIX, view_verbs_in
from portico.schema.problems import ModelProblem, Problem, Source
from portico.schema.provided import Event, is_handed, is_provided
from portico.schema.rules import author_source

Function = TypeVar("Function", bound=Callable[..., Any])
WrittenVerb = Literal["create", "update", "delete"]
_VERBS = ("create", "update", "delete")
_MOST_NAME = 150


class NotInTheBackground(ModelProblem):
    """What is to run in the background cannot: it has the name of another, is about no table, or takes what nobody hands it."""

    code = "PT228"


def on(
    subject: Any,
    *verbs: WrittenVerb,
    columns: Iterable[Any] | None = None,
    queue: str = "default",
    tries: int | None = None,
    timeout_s: float | None = None,
    priority: int = 0,
    inside: bool = False,
) -> Callable[[Function], Function]:
    """
    Calls a function after rows were written and committed, whoever wrote them: `@on(Message, "create")` over `async def notify(message: Message)`.

    It is called at least once for each row: again where it raises, or where its process ends before it does. A parameter annotated with
    the model is the row (of a delete, as it was), one called `old` the row before; `Event`, `Data` and `Jobs` are handed by type. Calls
    about one row come one after another, in the order in which it was written.

    Args:
        verbs: when; all three where none is given.
        columns: of updates only those that change one of these: `columns=[Message.body]`.
        queue, tries, timeout_s, priority: see `job`.
        inside: calls it in the transaction instead, before it is committed, where rows were written through GraphQL: what it raises is
            what the client is told, and nothing was written. What it does with `Data` and `Jobs` is part of the transaction. It may take
            `Caller`, and lists, `list[Message]` and `old: list[Message | None]`, for one call with all rows of a field.
            timeout_s: `events.inside_timeout_s` unless given.
    """

    def declare(function: Function) -> Function:
        source = source_of(function)
        chosen = _verbs(subject, verbs, source)
        if inside:
            if (queue, tries, priority) != ("default", None, 0):
                raise NotInTheBackground(
                    f"{function.__name__} runs inside, where there are no queues, tries or priorities.", source=source
                )
            takes_lists = _takes_lists(function, subject, source)
            current().inside.append(
                InsideDeclaration(
                    subject, chosen, _columns(subject, columns, source), function, timeout_s, takes_lists, source
                )
            )
            return function
        _check_parameters(function, source, ("old",), lambda hint: _is_row(hint, subject))
        options = RunOptions(queue, tries, timeout_s, priority)
        declared = TriggerDeclaration(
            _name(function), subject, chosen, _columns(subject, columns, source), function, options, source
        )
        current().triggers.append(declared)
        return function

    return declare


@overload
def job(function: Function) -> Function: ...
@overload
def job(
    *, queue: str = "default", tries: int | None = None, timeout_s: float | None = None, priority: int = 0
) -> Callable[[Function], Function]: ...
def job(
    function: Any = None,
    *,
    queue: str = "default",
    tries: int | None = None,
    timeout_s: float | None = None,
    priority: int = 0,
) -> Any:
    """
    Lets a function be run later, by `Jobs.later`: at least once, by whichever process is free.

    Args:
        queue: jobs of one queue share limits, which the settings say (`[events.queues.reports]`).
        tries: how often, before it is a dead letter; `events.tries` unless given.
        timeout_s: how long one try may take; `events.timeout_s` unless given.
        priority: from -1,000 to 1,000; higher ones of a queue come first.
    """

    def declare(each: Callable[..., Any]) -> Any:
        options = RunOptions(queue, tries, timeout_s, priority)
        current().jobs.append(JobDeclaration(_name(each), each, options, source_of(each)))
        return each

    return declare if function is None else declare(function)


def cron(
    expression: str,
    *,
    zone: str = "UTC",
    queue: str = "default",
    tries: int | None = None,
    timeout_s: float | None = None,
) -> Callable[[Function], Function]:
    """
    Calls a function at certain times, once each, however many processes there are: `@cron("*/5 * * * *")`.

    A parameter called `due` is the time that was meant. A time that was missed, for nothing ran, is seen to as soon as something does,
    the latest one alone, where that is no more than `events.late_s` ago.

    Args:
        expression: minute, hour, day of the month, month and day of the week, as cron(5) has them.
        zone: whose clock it is, as "Europe/Berlin"; hours that summer time leaves out or repeats are seen to once.
        queue, tries, timeout_s: see `job`.
    """

    def declare(function: Function) -> Function:
        source = source_of(function)
        _check_parameters(function, source, ("due",), lambda hint: False)
        options = RunOptions(queue, tries, timeout_s)
        current().schedules.append(
            ScheduleDeclaration(_name(function), expression, zone, function, options, source_of(function))
        )
        return function

    return declare


def webhook(
    subject: Any,
    *verbs: WrittenVerb,
    url: str | Callable[[], str],
    secrets: str | Iterable[str] | Callable[[], Iterable[str]] = (),
    columns: Iterable[Any] | None = None,
    payload: Callable[..., Any] | None = None,
    form: Literal["standard", "hasura"] = "standard",
    headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
    concurrency: int = 5,
    per_s: float | None = None,
    tries: int | None = None,
    timeout_s: float | None = None,
    name: str | None = None,
) -> None:
    """
    Tells an endpoint of rows that were written, by POST, signed as Standard Webhooks 1.0.0 says, at least once and in the order of each row.

        webhook(Order, "create", url="https://example.com/hook", secrets=lambda: [os.environ["ORDERS_SECRET"]])

    Args:
        verbs, columns: as for `on`.
        url: where; a function is asked at each delivery.
        secrets: `whsec_…` keys; each of them signs, so that receivers can change from one to the next. Without any nothing is signed.
        payload: a function of the event (`Event`) that gives the body's `data`; the row as it is now and was, unless given.
        form: `hasura` sends what Hasura's event triggers send.
        headers: to send besides, on every request; a function is asked at each.
        concurrency: requests at a time, of all processes together. per_s: requests a second.
        tries, timeout_s: of the settings (`events.webhook_tries`) unless given.
        name: by which it is listed; made of the model and the verbs unless given.
    """
    source = author_source()
    chosen = _verbs(subject, verbs, source)
    called = name or f"{getattr(subject, '__name__', getattr(subject, 'name', 'table'))}.{'+'.join(chosen)}"
    current().webhooks.append(
        WebhookDeclaration(
            called[:_MOST_NAME],
            subject,
            chosen,
            _columns(subject, columns, source),
            url,
            secrets,
            payload,
            form,
            headers or {},
            concurrency,
            per_s,
            tries,
            timeout_s,
            source,
        )
    )


def table_of(subject: Any) -> SqlTable | None:
    """The table of a model or a bare table; None of anything else."""
    if isinstance(subject, SqlTable):
        return subject
    try:
        mapper: Any = sql_inspect(subject)
        table = mapper.local_table
    except (NoInspectionAvailable, AttributeError):
        return None
    return table if isinstance(table, SqlTable) else None


def watched_tables(declarations: Declarations) -> frozenset[SqlTable]:
    """The tables whose changes have to be logged for what is declared."""
    subjects = (each.subject for each in (*declarations.triggers, *declarations.inside, *declarations.webhooks))
    return frozenset(table for subject in subjects if (table := table_of(subject)) is not None)


def check_events(declarations: Declarations) -> list[Problem]:
    """What is wrong with what runs in the background, as a whole: names that two have."""
    problems: list[Problem] = []
    seen: set[str] = set()
    every = (*declarations.triggers, *declarations.jobs, *declarations.schedules, *declarations.webhooks)
    for each in every:
        if each.name in seen:
            problems.append(
                NotInTheBackground(
                    f"Two things that run in the background are called {each.name}.",
                    hint="Jobs are found by these names: rename a function, or give a webhook name=.",
                    source=each.source,
                )
            )
        seen.add(each.name)
    return problems


def _name(function: Callable[..., Any]) -> str:
    return inspect.unwrap(function).__name__[:_MOST_NAME]


def _verbs(subject: Any, verbs: Iterable[str], source: Source) -> tuple[Verb, ...]:
    table = table_of(subject)
    if table is None or view_verbs_in(table.info) is not None or table.name.startswith(OWN_PREFIX):
        raise NotInTheBackground(
            f"{getattr(subject, '__name__', subject)!s} is no table whose changes are logged.",
            hint="Name a model with a table of its own.",
            source=source,
        )
    if not table.primary_key.columns:
        raise NotInTheBackground(f"{table.name} has no primary key.", source=source)
    unknown = [each for each in verbs if each not in _VERBS]
    if unknown:
        raise NotInTheBackground(
            f"Nothing is called {unknown[0]!r} that happens to rows.", hint="create, update, delete", source=source
        )
    return cast("tuple[Verb, ...]", tuple(dict.fromkeys(verbs)) or _VERBS)


def _columns(subject: Any, columns: Iterable[Any] | None, source: Source) -> tuple[str, ...] | None:
    if columns is None:
        return None
    table = table_of(subject)
    assert table is not None
    names: list[str] = []
    for each in columns:
        column = str(each if isinstance(each, str) else getattr(getattr(each, "expression", each), "name", each))
        if column not in table.columns:
            raise NotInTheBackground(f"{table.name} has no column {column}.", source=source)
        names.append(column)
    return tuple(names)


def _is_row(hint: Any, subject: Any) -> bool:
    return hint is subject or (typing.get_origin(hint) is not list and subject in typing.get_args(hint))


def _takes_lists(function: Callable[..., Any], subject: Any, source: Source) -> bool:
    """Whether a function that looks into writes is called once for all rows of a field: it takes them as lists."""

    def takes(hint: Any) -> bool:
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is list else hint
        return hint is Caller or inner is Event or _is_row(inner, subject)

    _check_parameters(function, source, ("old",), takes)
    hints = typing.get_type_hints(inspect.unwrap(function))
    told = [
        hints[name] for name in inspect.signature(function).parameters if name == "old" or not is_handed(hints[name])
    ]
    are_lists = {typing.get_origin(hint) is list for hint in told}
    if len(are_lists) > 1:
        raise NotInTheBackground(
            f"{function.__name__} takes some of what was written as lists, and some not.",
            hint="messages: list[Message], old: list[Message | None], events: list[Event]",
            source=source,
        )
    return True in are_lists


def _check_parameters(
    function: Callable[..., Any], source: Source, names: tuple[str, ...], takes: Callable[[Any], bool]
) -> None:
    try:
        hints = typing.get_type_hints(inspect.unwrap(function))
    except NameError as error:
        raise NotInTheBackground(f"{function.__name__}: {error}.", source=source) from error
    for name in inspect.signature(function).parameters:
        hint = hints.get(name)
        if name not in names and not is_provided(hint) and not takes(hint):
            raise NotInTheBackground(
                f"{function.__name__} takes {name}, which nobody hands it.",
                hint="It may take the row, annotated with the model, and Event, Data, Jobs.",
                source=source,
            )
