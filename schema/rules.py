"""Who may touch which rows: `allow` and `require` over named functions of (row, me), and the roles they name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, overload
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, SQLColumnExpression, select, true
from sqlalchemy.sql import operators
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import BigInteger, Boolean, Double, Integer, NullType, String, TypeEngine, Uuid, to_instance

from portico.schema.declarations import RoleDeclaration, RuleDeclaration, current
from portico.schema.files import column_of_relation
from portico.schema.problems import ModelProblem, Source
from portico.schema.verbs import VerbWord, is_channel, verbs_of

Rule: TypeAlias = SQLColumnExpression[bool]
"""A condition on a row, as SQL."""

RuleFunction = TypeVar("RuleFunction", bound=Callable[..., Any])
_BESIDE_NULL = frozenset({operators.eq, operators.ne, operators.is_, operators.is_not})
_ROOTS = frozenset({"list", "by_key", "aggregate", "connection", "stream", "changes"})


class NotARule(ModelProblem):
    """A rule's subject, fields or limits do not make sense."""

    code = "PT202"


class CallerValue(BindParameter[Any]):
    """
    A bind that is filled from the caller when a statement runs.

    about: `id`, `role`, `claim`, or `session`, which is all of them as JSON under Hasura's names; name: the claim's name in lower snake_case. items: of a claim that is a
    list, sent as one JSON text, the type of its items. Without a type of its own the bind takes the type
    of what it is compared with; beside NULL there is none, and the bind is true where it is `given` at all.
    """

    inherit_cache = True
    about: Literal["id", "role", "claim", "session"]
    name: str
    items: TypeEngine[Any] | None
    given: bool = False

    @classmethod
    def make(
        cls, about: Literal["id", "role", "claim", "session"], name: str = "", type_: Any = None, *, many: bool = False
    ) -> CallerValue:
        """One bind; every occurrence is a parameter of its own, so that each keeps its own type."""
        value = cls(about, None, unique=True, type_=String() if many else type_)
        value.about, value.name, value.items = about, name, type_ if many else None
        return value

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """SQLAlchemy's hook for every operator."""
        if op in _BESIDE_NULL and other[0] is None and isinstance(self.type, NullType):
            given = self.make(self.about, self.name, Boolean())
            given.given = True
            return given.operate(op, *other, **kwargs)
        return super().operate(op, *other, **kwargs)


class JsonItems(FunctionElement[Any]):
    """The items of a JSON array as a table with one column `value`, as each engine spells it."""

    inherit_cache = True
    name = "json_items"


class JsonItem(FunctionElement[Any]):
    """The text of one such item, read as a type."""

    inherit_cache = True
    name = "json_item"

    @classmethod
    def of(cls, text: ColumnElement[Any], type_: TypeEngine[Any]) -> JsonItem:
        """The item as this type."""
        made = cls(text)
        made.type = type_
        return made


class Me:
    """
    The caller as SQL, for rules: each attribute is an expression, never a Python value.

    A claim or an id that is absent is NULL, and NULL matches nothing; `Caller` is the same caller as values.

    Args:
        value: gives the expression for an attribute. The default makes binds that are filled per request;
            one statement for many callers passes columns of a relation of callers instead.
    """

    def __init__(self, value: Callable[..., ColumnElement[Any]] = CallerValue.make) -> None:
        self._value = value

    def __clause_element__(self) -> Any:
        # SQLAlchemy asks for it when `me` itself is compared, and would else bind the object as a value.
        raise TypeError("me is the caller and no value; compare with me.id, me.role or me.claim(…)")

    @property
    def id(self) -> ColumnElement[Any]:
        """The signed-in user's key."""
        return self._value("id")

    @property
    def role(self) -> ColumnElement[Any]:
        """The role this request acts under."""
        return self._value("role", "", String())

    @property
    def assurance(self) -> ColumnElement[Any]:
        """How surely the caller is who they say: 1 after one factor, 2 after two; NULL without an account's token."""
        return self._value("claim", "assurance", Integer())

    @property
    def is_elevated(self) -> ColumnElement[Any]:
        """Whether the caller has shown a factor again just now, which holds until their next access token."""
        return self._value("claim", "elevated", Boolean())

    @property
    def session(self) -> ColumnElement[Any]:
        """The caller's id, role and claims under Hasura's names, as the text of a JSON object."""
        return self._value("session")

    def claim(self, name: str, type_: Any = None) -> ColumnElement[Any]:
        """
        One claim of the caller's token: `document.org_id == me.claim("org_id")`.

        Args:
            name: the claim, in any case; `org_id` also reads the header `X-Hasura-Org-Id`.
            type_: `str`, `int`, `float`, `bool`, `UUID` or a SQLAlchemy type; that of the other side of the
                comparison unless given.
        """
        return self._value("claim", claim_key(name), _claim_type(type_))

    def claims(self, name: str, type_: Any = str) -> Select[Any]:
        """The items of a claim that is a list, for `in_`: `document.team_id.in_(me.claims("teams", UUID))`."""
        item_type = _claim_type(type_)
        items = JsonItems(self._value("claim", claim_key(name), item_type, many=True)).table_valued("value")
        return select(items.c.value if item_type is None else JsonItem.of(items.c.value, item_type))


def claim_key(name: str) -> str:
    """The one spelling that claims are compared in: `X-Hasura-Org-Id`, `Org-Id` and `org_id` are `org_id`."""
    key = name.lower().replace("-", "_")
    return key.removeprefix("x_hasura_")


_CLAIM_TYPES: Mapping[Any, TypeEngine[Any]] = {
    str: String(),
    int: BigInteger(),
    float: Double(),
    bool: Boolean(),
    UUID: Uuid(),
}


def _claim_type(type_: Any) -> TypeEngine[Any] | None:
    if type_ is None:
        return None
    return _CLAIM_TYPES.get(type_) or to_instance(type_)


def everyone(row: Any, me: Me) -> Rule:
    """Every row, for whoever has the role."""
    return true()


@overload
def allow(
    subject: Any,
    *verbs: VerbWord,
    when: Callable[..., Any],
    to: str | Iterable[str] | None = None,
    fields: Iterable[Any] | None = None,
    limit: int | None = None,
    aggregates: bool = True,
    set: Mapping[Any, Any] | None = None,
    hide: Iterable[str] = (),
    backend_only: bool = False,
    check: Callable[..., Any] | None = None,
    heirs: bool = True,
) -> None: ...
@overload
def allow(
    subject: Any,
    *verbs: VerbWord,
    to: str | Iterable[str] | None = None,
    fields: Iterable[Any] | None = None,
    limit: int | None = None,
    aggregates: bool = True,
    set: Mapping[Any, Any] | None = None,
    hide: Iterable[str] = (),
    backend_only: bool = False,
    check: Callable[..., Any] | None = None,
    heirs: bool = True,
) -> Callable[[RuleFunction], RuleFunction]: ...
def allow(
    subject: Any,
    *verbs: VerbWord,
    when: Callable[..., Any] | None = None,
    to: str | Iterable[str] | None = None,
    fields: Iterable[Any] | None = None,
    limit: int | None = None,
    aggregates: bool = True,
    set: Mapping[Any, Any] | None = None,
    hide: Iterable[str] = (),
    backend_only: bool = False,
    check: Callable[..., Any] | None = None,
    heirs: bool = True,
) -> Any:
    """
    Lets callers see or change rows of `subject`.

    As a decorator over `def rule(row, me) -> Rule`, or as a statement with `when=`. Rows are visible when
    any `allow` of the verb holds and every `require` does. A verb without an `allow` is denied.

    Args:
        subject: a mapped class, a mixin (every model that has it), a bare `Table`, or a `Channel`.
        verbs: `read create update delete`, `write` for the last three, `all` for the four; of a channel `join`
            (receive, and see who is there) and `send` (send, and appear there).
        to: the roles it holds for; every role unless given.
        fields: the columns it covers. A column named by any rule of the verb is reached only through
            rules that name it.
        limit: rows per request at most; with several rules the largest counts.
        aggregates: whether aggregates may be asked.
        set: columns set to a constant or to `function(me)` on the verbs, which clients then cannot set; with
            several rules, only in rows that a rule lets be written with this value.
        hide: root fields not offered: `list by_key aggregate connection stream changes`.
        backend_only: holds only for requests of a trusted backend.
        check: what an updated row must meet afterwards, where that is not what it had to meet before.
        heirs: whether roles that inherit from those it holds for have it, too.
    """
    source = author_source()

    def declare(function: Callable[..., Any]) -> Any:
        at = _function_source(function) if when is None else source
        _enter(
            RuleDeclaration(
                kind="allow",
                subject=subject,
                verbs=verbs_of(subject, verbs, at),
                function=function,
                name=getattr(function, "__name__", type(function).__name__),
                description=_first_line(function),
                source=at,
                roles=_roles(to),
                fields=_field_names(fields, at),
                limit=_limit(limit, at),
                aggregates=aggregates,
                presets=_presets(set, at),
                hidden_roots=_hidden(hide, at),
                backend_only=backend_only,
                check=check,
                heirs=heirs,
            )
        )
        return function

    return declare if when is None else declare(when) and None


@overload
def require(
    subject: Any, *verbs: VerbWord, when: Callable[..., Any], to: str | Iterable[str] | None = None
) -> None: ...
@overload
def require(
    subject: Any, *verbs: VerbWord, to: str | Iterable[str] | None = None
) -> Callable[[RuleFunction], RuleFunction]: ...
def require(
    subject: Any,
    *verbs: VerbWord,
    when: Callable[..., Any] | None = None,
    to: str | Iterable[str] | None = None,
) -> Any:
    """
    A condition that every row must meet besides being allowed: tenants, soft delete.

    On a mixin it guards every model that has the mixin. The arguments are those of `allow`.
    """
    source = author_source()

    def declare(function: Callable[..., Any]) -> Any:
        at = _function_source(function) if when is None else source
        _enter(
            RuleDeclaration(
                kind="require",
                subject=subject,
                verbs=verbs_of(subject, verbs, at),
                function=function,
                name=getattr(function, "__name__", type(function).__name__),
                description=_first_line(function),
                source=at,
                roles=_roles(to),
            )
        )
        return function

    return declare if when is None else declare(when) and None


def role(name: str, *, inherits: Sequence[str] = ()) -> str:
    """
    Declares a role and the roles whose rules it also has; returns the name, to be used in `to=`.

    Rows are united, and each cell that an inherited role has alone is had. A field that only some of the roles
    grant is null in rows that others show.
    """
    source = author_source()
    current().roles[name] = RoleDeclaration(name, tuple(inherits), source)
    return name


def _enter(rule: RuleDeclaration) -> None:
    if not is_channel(rule.subject):
        current().rules.append(rule)
        return
    options = (rule.fields, rule.limit, rule.check)
    if any(each is not None for each in options) or rule.presets or rule.hidden_roots or not rule.aggregates:
        raise NotARule("A channel has no columns and no rows.", hint="Leave to= and when= alone.", source=rule.source)
    current().channel_rules.append(rule)


def _roles(to: str | Iterable[str] | None) -> tuple[str, ...] | None:
    if to is None:
        return None
    return (to,) if isinstance(to, str) else tuple(to)


def _field_names(fields: Iterable[Any] | None, source: Source) -> tuple[str, ...] | None:
    if fields is None:
        return None
    return tuple(_field_name(field, source) for field in fields)


def _field_name(field: Any, source: Source) -> str:
    name = field if isinstance(field, str) else column_of_relation(field) or getattr(field, "key", None)
    if not isinstance(name, str):
        raise NotARule(
            f"{field!r} is not a column.", hint="Name columns of the model: fields=[Post.title].", source=source
        )
    return name


def _limit(limit: int | None, source: Source) -> int | None:
    if limit is not None and limit < 1:
        raise NotARule(f"limit={limit} lets nobody see a row.", hint="Leave the rule out to deny.", source=source)
    return limit


def _presets(presets: Mapping[Any, Any] | None, source: Source) -> Mapping[str, Any]:
    return {_field_name(field, source): value for field, value in (presets or {}).items()}


def _hidden(roots: Iterable[str], source: Source) -> frozenset[str]:
    hidden = frozenset(roots)
    if unknown := hidden - _ROOTS:
        raise NotARule(
            f"{sorted(unknown)[0]!r} is no kind of root field.",
            hint=f"Kinds are {', '.join(sorted(_ROOTS))}.",
            source=source,
        )
    return hidden


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _function_source(function: Callable[..., Any]) -> Source:
    code = getattr(inspect.unwrap(function), "__code__", None)
    # The first decorator's line: the arguments most problems are about stand there.
    return Source(code.co_filename, code.co_firstlineno) if code is not None else author_source()


def author_source() -> Source:
    """The first frame outside this package: the author's line."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("portico.schema."):
        frame = frame.f_back
    if frame is None:
        return Source("<unknown>", 0)
    return Source(frame.f_code.co_filename, frame.f_lineno)
