"""What runs: a statement's text and the binder that turns a request's values and caller into driver parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.engine.interfaces import Dialect

from portico.resolvers.plan.cursors import BadCursor
from portico.resolvers.plan.values import Bind, Gathered, Known, Part, Position, Size, Tree
from portico.resolvers.sql.binding import constant
from portico.resolvers.sql.claims import caller_parameter
from portico.resolvers.sql.elements import CallerValue, InputBind
from portico.resolvers.sql.writer import WriterBind, writer_parameter
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
    sql, binds = text_and_binds(element.compile(dialect=engine))
    return Statement(sql, _binder(binds, engine))


def text_and_binds(compiled: Any) -> tuple[str, list[Any]]:
    """The text that a compiled element is sent as, and what fills each of its parameters, for `is_asked` and `constant_of`."""
    if compiled.post_compile_params:
        # `row.kind.in_(["a", "b"])` in a rule: a parameter for each item, known now.
        state = compiled.construct_expanded_state()
        known = compiled.binds
        binds = [known[name] if name in known else _Constant.of(state, name) for name in state.positiontup]
        return state.statement, binds
    return str(compiled), [compiled.binds[name] for name in compiled.positiontup or ()]


def is_asked(bind: Any) -> bool:
    """Whether a bind is filled from the request or the caller; any other is a constant."""
    return isinstance(bind, InputBind | CallerValue)


def constant_of(bind: Any, engine: Dialect) -> Any:
    """What fills a bind that is the same for every request."""
    return _parameter(bind, engine)((), Caller())


def places_of(element: ClauseElement, engine: Dialect) -> Mapping[Any, int]:
    """
    `key` of each bind → the place of a parameter that always holds its value, among those of the element's `Statement`.

    Constants are among them, but for lists that are sent item by item.
    """
    _, binds = text_and_binds(element.compile(dialect=engine))
    found: dict[Any, int] = {}
    same: dict[Any, int] = {}
    for place, bind in enumerate(binds):
        if not isinstance(bind, _Constant):
            found.setdefault(bind.key, same.setdefault(_filled_from(bind), place))
    return found


def _filled_from(bind: Any) -> Any:
    """What decides about a bind's value; equal for binds that always hold the same."""
    if isinstance(bind, CallerValue) and bind.items is None:
        return bind.about, bind.name, bind.given, type(bind.type), repr(bind.type)
    if isinstance(bind, InputBind) and bind.convert is None and bind.item is None:
        return bind.tree, type(bind.type), repr(bind.type)
    return bind.key


@dataclass(frozen=True, slots=True)
class _Constant:
    """An item of a list that an author wrote into a rule, as the driver takes it."""

    value: Any

    @classmethod
    def of(cls, state: Any, name: str) -> _Constant:
        return cls(_converted(state.processors.get(name), state.parameters[name]))


def _binder(binds: Sequence[Any], engine: Dialect) -> Binder:
    if not binds:
        return lambda values, caller: ()
    slots = [_plain_slot(bind) for bind in binds]
    places = {place for place, _ in slots}
    if None not in places and len(places) == 1:
        return _picking(places.pop(), [slot for _, slot in slots])
    parameters = [_parameter(bind, engine) for bind in binds]
    return lambda values, caller: [parameter(values, caller) for parameter in parameters]


_REQUEST = 0  # no place of a Part, which are negative


def _plain_slot(bind: Any) -> tuple[int | None, int]:
    """(where the list is, place in it) of a value that is sent as it is; (None, 0) for any other."""
    if isinstance(bind, InputBind) and bind.convert is None and bind.item is None:
        match bind.tree:
            case Bind(slot=slot) | Size(slot=slot):
                return _REQUEST, slot
            case Part(place=place, tree=Bind(slot=slot)):
                return place, slot
            case _:
                pass
    return None, 0


def _picking(place: Any, slots: Sequence[int]) -> Binder:
    """Values are sent as they are: nothing is called for each."""
    if len(slots) == 1:
        slot = slots[0]
        if place == _REQUEST:
            return lambda values, caller: (values[slot],)
        return lambda values, caller: (values[place][slot],)
    get: Any = itemgetter(*slots)
    return (lambda values, caller: get(values)) if place == _REQUEST else (lambda values, caller: get(values[place]))


def _parameter(bind: Any, engine: Dialect) -> _Parameter:
    if isinstance(bind, CallerValue):
        return caller_parameter(bind, engine)
    if isinstance(bind, InputBind):
        return _input_parameter(bind)
    if isinstance(bind, WriterBind):
        return writer_parameter(bind)
    if isinstance(bind, _Constant):
        return lambda values, caller: bind.value
    # A constant that a rule's author wrote into an expression.
    value = _converted(constant(bind.type, engine), bind.effective_value)
    return lambda values, caller: value


def _input_parameter(bind: InputBind) -> _Parameter:
    convert, item = bind.convert, bind.item
    read = tree_reader(bind.tree)
    if item is not None:
        return lambda values, caller: _from_cursor(convert, read(values)[item])
    if convert is None:
        return lambda values, caller: read(values)
    return lambda values, caller: _converted(convert, read(values))


def _from_cursor(convert: Callable[[Any], Any] | None, value: Any) -> Any:
    try:
        return _converted(convert, value)
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        raise BadCursor("this is no cursor") from None


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
        case Part(place=place, tree=Bind(slot=slot)):
            return lambda values: values[place][slot]
        case Part(place=place, tree=inner):
            read = tree_reader(inner)
            return lambda values: read(values[place])
        case Gathered(items=items, keys=keys):
            readers = [tree_reader(item) for item in items]
            if keys is None:
                return lambda values: [read(values) for read in readers]
            return lambda values: {key: read(values) for key, read in zip(keys, readers, strict=True)}
        case _:
            raise AssertionError(tree)


def _marked(items: Any, mark: str) -> Any:
    if items[0] != mark:
        raise BadCursor("the cursor belongs to another list or another order")
    return items
