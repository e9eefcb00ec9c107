"""How are other GraphQL services asked: one request for a root field, one for all rows that are joined, and errors beside the data."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from portico.resolvers.plan.remote_nodes import JoinedField, RemoteValue
from portico.resolvers.plan.result_writers import Box, NotFitting, Work, Write, leave_out
from portico.resolvers.problems import RemoteSchemaFailed, RemoteSchemaRefused, TooManyJoined
from portico.resolvers.request import Request
from portico.resolvers.run.functions import Functions, Provide, failed
from portico.resolvers.sql.program import JoinSlot, RemoteSlot, Values
from portico.schema.problems import Problem
from portico.schema.provided import Provided
from portico.schema.remotes import RemoteSchema

_MOST_ERRORS = 100  # of one answer; a service may say one for each of a thousand rows
_MOST_CHARACTERS = 500  # of what a service says
_MOST_CODE = 100

Path = tuple[str | int, ...]
Answer = TypeVar("Answer")


class RemoteSchemas(Provided, ABC):
    """Sends requests to other GraphQL services."""

    @abstractmethod
    async def ask(
        self, remote: RemoteSchema, document: str, variables: bytes, request: Request, *, most_bytes: int
    ) -> Mapping[str, Any]:
        """
        What a service answers: `data`, and `errors` where there are any.

        Args:
            variables: a JSON object. request: for whom.
            most_bytes: of the answer.

        Raises:
            RemoteSchemaFailed: it has not executed the document, or not in time.
        """


@dataclass(frozen=True, slots=True)
class Told:
    """An error beside the data of an answer; path: where in the answer."""

    problem: Problem
    path: Path

    def as_json(self) -> dict[str, Any]:
        """A GraphQL error. Source: GraphQL, "Errors"."""
        keys = [each for each in self.path if isinstance(each, str)]
        where = "".join(f".selectionSet.{each}" for each in keys)
        extensions: dict[str, Any] = {
            "code": self.problem.error_code, "path": f"${where}", "problem": self.problem.code
        }  # fmt: skip
        if self.problem.hint:
            extensions["hint"] = self.problem.hint
        return {"message": self.problem.message, "path": list(self.path), "extensions": extensions}


class Remotes:
    """
    Asks the services of one Catalog.

    Args:
        functions: looks at values that clients give, and knows the limits.
        provide: gives what sends requests.
    """

    def __init__(self, functions: Functions, provide: Provide) -> None:
        self._functions = functions
        self._provide = provide

    async def queries(
        self, slots: Sequence[RemoteSlot], values: Sequence[Any], request: Request, told: list[Told]
    ) -> Mapping[Any, bytes]:
        """The answers of root fields, which are asked for beside each other."""
        own: list[list[Told]] = [[] for _ in slots]
        work = (self.answer(slot, values, request, mine) for slot, mine in zip(slots, own, strict=True))
        answers = await _together(work)
        told += (each for mine in own for each in mine)
        return dict(zip(slots, answers, strict=True))

    async def answer(self, slot: RemoteSlot, values: Sequence[Any], request: Request, told: list[Told]) -> bytes:
        """The answer of one root field; null where there is none."""
        field = slot.field
        place = tuple(field.path.removeprefix("$.selectionSet.").split(".selectionSet."))
        box: list[Any] = [None]
        variables = self._variables(slot.values, values, request)
        try:
            data: Any = {}
            if field.selection.text:
                declared = _declared([(each.name, each.type) for each, _ in slot.values])
                document = f"{field.operation}{declared} {field.selection.text}"
                answer = await self._ask(field.remote, document, variables, request)
                data = answer.get("data")
                told += ((Told(problem, (*place, *path))) for problem, path in _errors(answer))
            self._write(slot.write, [(data, box, 0)])
        except RemoteSchemaFailed as problem:
            box[0] = None
            told.append(Told(problem, place))
        return orjson.dumps(box[0])

    async def join(
        self, slots: Sequence[JoinSlot], data: Any, values: Sequence[Any], request: Request, told: list[Told],
        default: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        """
        Puts into an answer what its rows are joined to.

        Args:
            default: how orjson writes values of the answer that it does not know.
        """
        own: list[list[Told]] = [[] for _ in slots]
        joins = zip(slots, own, strict=True)
        await _together(self._join(slot, data, values, request, mine, default) for slot, mine in joins)
        told += (each for mine in own for each in mine)

    async def _join(
        self, slot: JoinSlot, data: Any, values: Sequence[Any], request: Request, told: list[Told],
        default: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        field = slot.field
        places = list(_places(data, field.keys, ()))
        asked: dict[bytes, _Asked] = {}
        for path, box in places:
            row, box[field.keys[-1]] = box[field.keys[-1]], None
            given = {name: row[column.name] for name, (_, column) in field.columns.items()}
            if None not in given.values():
                text = orjson.dumps(given, default=default)
                asked.setdefault(text, _Asked(given, [])).rows.append((path, box))
        if not asked:
            return
        most = self._functions.limits.joined_rows
        if len(asked) > most:
            raise TooManyJoined(
                f"The rows ask {len(asked)} things of {field.remote.name}; {most} are allowed.",
                hint="Ask for fewer rows at once.",
                path=field.path,
            )
        every = list(asked.values())
        variables = self._variables(slot.values, values, request)
        for index, each in enumerate(every):
            variables |= {f"r{index}_{name}": value for name, value in each.given.items()}
        try:
            document = _document(field, [(each.name, each.type) for each, _ in slot.values], len(every))
            answer = await self._ask(field.remote, document, variables, request, default)
            found = answer.get("data")
            found = found if isinstance(found, dict) else {}
            self._write(
                slot.write,
                (
                    (found.get(f"f{index}"), box, field.keys[-1])
                    for index, each in enumerate(every)
                    for _, box in each.rows
                ),
            )
            told += _joined_errors(answer, every, field.keys[-1])
        except RemoteSchemaFailed as problem:
            for _, box in places:
                box[field.keys[-1]] = None
            told.append(Told(problem, (*every[0].rows[0][0], field.keys[-1])))

    def _variables(self, own: Values, values: Sequence[Any], request: Request) -> dict[str, Any]:
        return {value.name: self._value(value, read, values, request) for value, read in own}

    def _value(self, value: RemoteValue, read: Any, values: Sequence[Any], request: Request) -> Any:
        if value.given is not None:
            return self._functions.converted(value.given, read(values))
        if not callable(value.preset):
            return value.preset
        try:
            return value.preset(request.caller)
        except Problem:
            raise
        except Exception as error:
            raise failed(error, "$") from error

    async def _ask(
        self, remote: RemoteSchema, document: str, variables: Mapping[str, Any], request: Request,
        default: Callable[[Any], Any] = str,
    ) -> Mapping[str, Any]:  # fmt: skip
        services: RemoteSchemas = self._provide(RemoteSchemas, request)
        text = orjson.dumps(variables, default=default)
        return await services.ask(remote, document, text, request, most_bytes=self._functions.limits.answer_bytes)

    def _write(self, write: Write, places: Iterable[tuple[Any, Box, Any]]) -> None:
        work = Work(_nothing_to_resolve)
        try:
            for value, box, place in places:
                write(value, box, place, work)
        except NotFitting as error:
            raise RemoteSchemaFailed("The service has answered what its schema does not allow.") from error
        leave_out(work)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One set of arguments, and the rows (their path, the object) that have it."""

    given: Mapping[str, Any]
    rows: list[tuple[Path, dict[str, Any]]]


async def _together(work: Iterable[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """What is done beside each other; the first failure ends the others."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def with_errors(body: bytes, told: Sequence[Told], request: Request) -> bytes:
    """
    An answer with errors beside its data.

    Raises:
        Problem: the first of them, where the request wants its answer whole.
    """
    if request.whole:
        raise told[0].problem
    return body[:-1] + b',"errors":' + orjson.dumps([each.as_json() for each in told[:_MOST_ERRORS]]) + b"}"


def _document(field: JoinedField, shared: Sequence[tuple[str, str]], count: int) -> str:
    """All rows in one query: a field each, whose selections are one fragment."""
    own = [(f"r{index}_{name}", type_) for index in range(count) for name, (type_, _) in field.columns.items()]
    spread = " { ...Rows }" if field.type is not None else ""
    fields = [f"f{index}: {field.asks}{_arguments(field, index)}{spread}" for index in range(count)]
    fragment = f" fragment Rows on {field.type} {field.selection.text}" if field.type is not None else ""
    return f"query{_declared([*shared, *own])} {{ {' '.join(fields)} }}{fragment}"


def _arguments(field: JoinedField, index: int) -> str:
    given = [*field.arguments, *(f"{name}: $r{index}_{name}" for name in field.columns)]
    return f"({', '.join(given)})" if given else ""


def _declared(variables: Sequence[tuple[str, str]]) -> str:
    return f"({', '.join(f'${name}: {type_}' for name, type_ in variables)})" if variables else ""


def _places(value: Any, keys: Sequence[str], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The objects of an answer in which the last of the keys stands, with the way there."""
    if isinstance(value, list):
        for index, each in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            yield from _places(each, keys, (*path, index))
    elif isinstance(value, dict):
        if len(keys) == 1:
            yield path, value
        else:
            yield from _places(value.get(keys[0]), keys[1:], (*path, keys[0]))  # pyright: ignore[reportUnknownMemberType]


def _errors(answer: Mapping[str, Any]) -> Iterator[tuple[Problem, Path]]:
    """What a service says that went wrong, and where in its answer; of its extensions the code alone, for others may tell of its inside."""
    said = answer.get("errors")
    for each in said[:_MOST_ERRORS] if isinstance(said, list) else ():  # pyright: ignore[reportUnknownVariableType]
        error: Mapping[str, Any] = each if isinstance(each, dict) else {}
        message, extensions, path = error.get("message"), error.get("extensions"), error.get("path")
        code: Any = extensions.get("code") if isinstance(extensions, dict) else None  # pyright: ignore[reportUnknownMemberType]
        words = _words(message) if isinstance(message, str) else ""
        keys: list[Any] = path if isinstance(path, list) else []
        kept = tuple(key for key in keys if isinstance(key, str | int))
        yield (
            RemoteSchemaRefused(
                words or "The service has failed.", code[:_MOST_CODE] if isinstance(code, str) and code else None
            ),
            kept,
        )


def _words(message: str) -> str:
    """What may be told of a message: not what was perhaps meant, which the role may not have."""
    return message.partition("Did you mean")[0].strip()[:_MOST_CHARACTERS]


def _joined_errors(answer: Mapping[str, Any], every: Sequence[_Asked], key: str) -> Iterator[Told]:
    for problem, (first, *rest) in ((problem, path or ("",)) for problem, path in _errors(answer)):
        index = str(first).removeprefix("f")
        known = index.isdecimal() and int(index) < len(every)
        for path, _ in every[int(index)].rows if known else every[0].rows[:1]:
            yield Told(problem, (*path, key, *rest))


def _nothing_to_resolve(*_: Any) -> Any:
    raise AssertionError("JSON has no resolvers")
