"""What runs: a statement's text and the binder that turns a request's values and caller into driver parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.engine.interfaces import Dialect

from portico.resolvers.plan.values import Bind, Gathered, Known, Position, Size, Tree
from portico.resolvers.sql.binding import Convert, constant, json_text, stored
from portico.resolvers.sql.elements import CallerValue, InputBind
from portico.schema.caller import Caller

Binder = Callable[[Sequence[Any], Caller], Sequence[Any]]
_Parameter = Callable[[Sequence[Any], Caller], Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text in the driver's own parameter style, and its binder."""

    sql: str
    bind: Binder


def compile_statement(element: ClauseElement, engine: Dialect) -> Statement:
    """Compiles a SQLAlchemy element, once for all requests that share its plan."""
    compiled: Any = element.compile(dialect=engine)
    names: Sequence[str] = compiled.positiontup or ()
    return Statement(str(compiled), _binder([compiled.binds[name] for name in names], engine))


def _binder(binds: Sequence[Any], engine: Dialect) -> Binder:
    if not binds:
        return lambda values, caller: ()
    slots = [_plain_slot(bind) for bind in binds]
    if len(slots) == 1 and slots[0] is not None:
        slot = slots[0]
        return lambda values, caller: (values[slot],)
    if all(slot is not None for slot in slots):
        get: Any = itemgetter(*slots)
        return lambda values, caller: get(values)
    parameters = [_parameter(bind, engine) for bind in binds]
    return lambda values, caller: [parameter(values, caller) for parameter in parameters]


def _plain_slot(bind: Any) -> int | None:
    if isinstance(bind, InputBind) and bind.convert is None and bind.item is None:
        if isinstance(bind.tree, Bind | Size):
            return bind.tree.slot
    return None


def _parameter(bind: Any, engine: Dialect) -> _Parameter:
    if isinstance(bind, CallerValue):
        return _caller_parameter(bind, engine)
    if isinstance(bind, InputBind):
        return _input_parameter(bind)
    # A constant that a rule's author wrote into an expression.
    value = _converted(constant(bind.type, engine), bind.effective_value)
    return lambda values, caller: value


def _input_parameter(bind: InputBind) -> _Parameter:
    convert, item = bind.convert, bind.item
    read = tree_reader(bind.tree)
    if item is not None:
        return lambda values, caller: _converted(convert, read(values)[item])
    if convert is None:
        return lambda values, caller: read(values)
    return lambda values, caller: _converted(convert, read(values))


def _converted(convert: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if value is None or convert is None else convert(value)


def tree_reader(tree: Tree) -> Callable[[Sequence[Any]], Any]:
    """How a tree's value is found among the values of a request."""
    match tree:
        case Bind(slot=slot) | Size(slot=slot):
            return lambda values: values[slot]
        case Position(slot=slot, mark=mark):
            return lambda values: _marked(values[slot], mark)
        case Known(value=value):
            return lambda values: value
        case Gathered(items=items, keys=keys):
            readers = [tree_reader(item) for item in items]
            if keys is None:
                return lambda values: [read(values) for read in readers]
            return lambda values: {key: read(values) for key, read in zip(keys, readers, strict=True)}
        case _:
            raise AssertionError(tree)


def _marked(items: Any, mark: str) -> Any:
    if items[0] != mark:
        raise ValueError("the cursor belongs to another list or another order")
    return items


def _caller_parameter(bind: CallerValue, engine: Dialect) -> _Parameter:
    match bind.about:
        case "id":
            convert = stored(bind.type, engine)
            return lambda values, caller: _lenient(convert, caller.id)
        case "role":
            return lambda values, caller: caller.role
        case "claim":
            name = bind.name
            if bind.items is not None:
                item = stored(bind.items, engine)
                return lambda values, caller: _claim_list(item, caller.claims.get(name))
            convert = stored(bind.type, engine)
            return lambda values, caller: _lenient(convert, caller.claims.get(name))


def _lenient(convert: Convert | None, value: Any) -> Any:
    """A claim that is not of the type a rule wants matches nothing; it is no reason to fail."""
    try:
        return _converted(convert, value)
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        return None


def _claim_list(convert: Convert | None, value: Any) -> str:
    """A claim that is a list, as JSON text of the items that fit; Postgres' `{a,b}` is read too."""
    if isinstance(value, str):
        text = value.strip()
        value = [part.strip().strip('"') for part in text[1:-1].split(",") if part] if text[:1] == "{" else [text]
    items = [_lenient(convert, item) for item in value] if isinstance(value, list) else []
    return json_text([item for item in items if item is not None])
