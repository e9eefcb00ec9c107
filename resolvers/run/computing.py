"""How is what functions compute put into an answer: the columns that stand in its place are handed over, once for all rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from portico.resolvers.plan.result_writers import NotFitting
from portico.resolvers.plan.results import ComputedField
from portico.resolvers.request import Request
from portico.resolvers.run.functions import Functions
from portico.resolvers.sql.elements import MARK
from portico.resolvers.sql.program import CallSlot, Program
from portico.schema.catalog import Column
from portico.schema.scalars import NUMERIC
from portico.schema.types.function_scalars import READERS

_ADDRESS = re.compile(f'"{MARK}[^{MARK}]*{MARK}"'.encode())
_MOST_DIGITS = 18  # of a whole number that orjson writes as it was


class Row:
    """A row as functions are handed it: the columns that they read."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.__dict__.update(members)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name!r} is not read: name the column in reads=[…] of @computed")


async def compute(
    functions: Functions, program: Program, body: bytes, values: Sequence[Any], request: Request
) -> bytes:
    """The body of an answer with everything in it that is computed."""
    text = as_text(functions, await computed_answer(functions, program, body, values, request))
    functions.check_size(len(text) - len(body))
    return text


async def computed_answer(
    functions: Functions, program: Program, body: bytes, values: Sequence[Any], request: Request
) -> dict[str, Any]:
    """The answer in a body with everything in it that is computed, for `as_text`."""
    # Addresses that whoever sends the answer fills in are no JSON. Their place is held by what JSON has not either, and Python reads.
    addresses = iter(_ADDRESS.findall(body))
    body = _ADDRESS.sub(b"NaN", body)
    # Numbers keep their digits: a float would lose some of those that the database has written.
    answer = json.loads(
        body, parse_float=_Digits, parse_int=_whole, parse_constant=lambda _: _Digits(next(addresses).decode())
    )
    for slot in program.computed:
        await _fill(functions, slot, answer["data"], values, request)
    return answer


def as_text(functions: Functions, answer: Any) -> bytes:
    """What `computed_answer` gave, or a part of it, as JSON."""
    return orjson.dumps(answer, default=lambda value: _written(functions, value))


async def _fill(functions: Functions, slot: CallSlot, data: Any, values: Sequence[Any], request: Request) -> None:
    field = slot.field
    assert isinstance(field, ComputedField)
    boxes = list(_boxes(data, field.keys))
    if not boxes:
        return
    key = field.keys[-1]
    async with functions.within(slot):
        rows = [Row(_members(box[key], field.columns)) for box in boxes]
        async with functions.place(field.spec.declaration):
            found = await functions.call(slot, values, request, rows)
        if not isinstance(found, list) or len(found) != len(rows):  # pyright: ignore[reportUnknownArgumentType]
            raise NotFitting("not as many values as rows")
        work = functions.work(slot, values, request)
        for box, each in zip(boxes, found, strict=True):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            slot.write(each, box, key, work)
        await functions.finish(slot, work, values, request)


def _boxes(value: Any, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The objects of an answer in which the last of the keys stands."""
    if isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _boxes(each, keys)
    elif isinstance(value, dict):
        if len(keys) == 1:
            yield value
        else:
            yield from _boxes(value.get(keys[0]), keys[1:])  # pyright: ignore[reportUnknownMemberType]


def _members(given: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
    return {name: _value(given[column.name], column) for name, column in columns.items()}


def _value(value: Any, column: Column) -> Any:
    """JSON of a column as Python has it."""
    if isinstance(value, list):
        return [_value(each, column) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _value(each, column) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, _Digits):
        value = Decimal(value.text) if column.scalar is NUMERIC else value.number()
    read = READERS.get(column.scalar)
    return value if value is None or read is None else read(value)


class _Digits:
    """A number, or an address, as it was written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def number(self) -> Any:
        return float(self.text) if "." in self.text or "e" in self.text.lower() else int(self.text)


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) <= _MOST_DIGITS else _Digits(digits)


def _written(functions: Functions, value: Any) -> Any:
    return orjson.Fragment(value.text.encode()) if isinstance(value, _Digits) else functions.default(value)
