"""How does a world become a model file: classes and rule functions declared as an author would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from portico.schema import IntId, Model, allow, computed, preset, require, role
from portico.schema.declarations import Declarations, declaring
from tests.properties.description import (
    MIXIN,
    MIXIN_COLUMN,
    AllOf,
    Always,
    AnyOf,
    BesideColumn,
    CallerId,
    Claim,
    Compare,
    Condition,
    Constant,
    Exists,
    ExistsIn,
    InClaim,
    IsNull,
    Kind,
    Link,
    Negated,
    Operand,
    OwnColumn,
    Preset,
    RoleIs,
    Rule,
    Table,
    World,
)

Classes = Mapping[str, Any]
_TYPES: Mapping[Kind, Any] = {"int": Integer, "text": String, "bool": Boolean}
_PYTHON: Mapping[Kind, type] = {"int": int, "text": str, "bool": bool}


def declare(world: World, *, computes: bool = False) -> Declarations:
    """
    The world as Portico reads it.

    Args:
        computes: rows have `idInPython` besides, which is their id, worked out by a function.
    """
    with declaring() as declarations:
        metadata = declarations.registry.metadata
        for link in world.pairs:
            _pair_table(metadata, link, world)
        mixin: Any = type(MIXIN, (), {"__annotations__": {MIXIN_COLUMN: Mapped[int | None]}})
        classes: dict[str, Any] = {MIXIN: mixin}
        for table in world.tables:
            classes[table.name] = _class(table, world, classes, metadata)
            if computes:
                _declare_computed(classes[table.name])
        for name, inherits in world.roles:
            role(name, inherits=inherits)
        for rule in world.rules:
            _declare_rule(rule, world, classes)
    return declarations


def _declare_computed(class_: Any) -> None:
    async def id_in_python(rows: Any) -> Any:
        return [row.id for row in rows]

    id_in_python.__annotations__ = {"rows": list[class_], "return": list[int | None]}
    computed(class_, reads=[class_.id])(id_in_python)


def _pair_table(metadata: Any, link: Link, world: World) -> None:
    left, right = world.table(link.source).plural, world.table(link.target).plural
    SqlTable(
        link.pair,
        metadata,
        Column("left", ForeignKey(f"{left}.id"), primary_key=True),
        Column("right", ForeignKey(f"{right}.id"), primary_key=True),
    )


def _class(table: Table, world: World, classes: Classes, metadata: Any) -> Any:
    body: dict[str, Any] = {"__annotations__": {"id": Mapped[IntId]}, "__module__": __name__}
    tenanted = False
    for column in table.columns[1:]:
        if column.name == MIXIN_COLUMN:
            tenanted = True
            continue
        key = [ForeignKey(f"{world.table(column.refers).plural}.id")] if column.refers else []
        if column.preset is None:
            body[column.name] = mapped_column(_TYPES[column.kind], *key, nullable=column.nullable)
        else:
            value, verbs = _preset(column.preset, column.kind), column.set_on
            body[column.name] = preset(value, _TYPES[column.kind], *key, on=verbs, nullable=column.nullable)
    for link in world.links_of(table.name):
        body[link.name] = _relationship(link, classes, metadata)
    if table.uniques:
        body["__table_args__"] = tuple(UniqueConstraint(*each) for each in table.uniques)
    return type(table.name, (classes[MIXIN], Model) if tenanted else (Model,), body)


def _relationship(link: Link, classes: Classes, metadata: Any) -> Any:
    def source() -> Any:
        return classes[link.source]

    def target() -> Any:
        return classes[link.target]

    if link.shape == "many":
        mine, theirs = ("left", "right") if link.forward else ("right", "left")
        secondary = metadata.tables[link.pair]
        return relationship(
            link.target,
            secondary=secondary,
            primaryjoin=lambda: source().id == secondary.c[mine],
            secondaryjoin=lambda: target().id == secondary.c[theirs],
            back_populates=link.back,
        )
    holder = source if link.shape == "parent" else target
    return relationship(
        link.target,
        foreign_keys=lambda: [getattr(holder(), link.column)],
        remote_side=(lambda: [target().id]) if link.shape == "parent" else (lambda: [getattr(target(), link.column)]),
        uselist=link.shape == "children",
        back_populates=link.back,
    )


# ---- rules -----------------------------------------------------------------------------------------


def _declare_rule(rule: Rule, world: World, classes: Classes) -> None:
    function = rule_function(rule, classes)
    subject = classes[rule.table]
    if rule.kind == "require":
        require(subject, *rule.verbs, to=rule.roles, when=function)
        return
    allow(
        subject,
        *rule.verbs,
        to=rule.roles,
        when=function,
        fields=rule.fields,
        limit=rule.limit,
        aggregates=rule.aggregates,
        set={name: _preset(value, world.table(rule.table).column(name).kind) for name, value in rule.presets},
        hide=rule.hide,
        backend_only=rule.backend_only,
    )


def _preset(value: Preset, kind: Kind) -> Any:
    return value.value if isinstance(value, Constant) else lambda me: _operand(value, kind, None, None, me)


def rule_function(rule: Rule, classes: Classes) -> Callable[[Any, Any], Any]:
    """The rule as an author's function of (row, me)."""

    def function(row: Any, me: Any) -> Any:
        return _sql(rule.condition, row, row, me, classes)

    function.__name__ = rule.name
    return function


def _sql(condition: Condition, row: Any, own: Any, me: Any, classes: Classes) -> Any:
    match condition:
        case Always(value=value):
            return true() if value else false()
        case Compare(column=column, kind=kind, operator=operator, operand=operand):
            return _compare(getattr(row, column), operator, _operand(operand, kind, row, own, me))
        case InClaim(column=column, kind=kind, claim=claim):
            return getattr(row, column).in_(me.claims(claim, _PYTHON[kind]))
        case IsNull(column=column, negated=negated):
            return getattr(row, column).is_not(None) if negated else getattr(row, column).is_(None)
        case RoleIs(role=name):
            return me.role == name
        case AllOf(parts=parts):
            return and_(*(_sql(part, row, own, me, classes) for part in parts))
        case AnyOf(parts=parts):
            return or_(*(_sql(part, row, own, me, classes) for part in parts))
        case Negated(part=part):
            return not_(_sql(part, row, own, me, classes))
        case Exists():
            return _exists(condition, row, own, me, classes)
        case ExistsIn():
            return _exists_in(condition, own, me, classes)


def _compare(left: Any, operator: str, right: Any) -> Any:
    match operator:
        case "eq":
            return left == right
        case "ne":
            return left != right
        case "lt":
            return left < right
        case _:
            return left > right


def _operand(operand: Operand, kind: Kind, row: Any, own: Any, me: Any) -> Any:
    match operand:
        case Constant(value=value):
            return value
        case OwnColumn(column=column):
            return getattr(own, column)
        case BesideColumn(column=column):
            return getattr(row, column)
        case CallerId():
            return me.id
        case Claim(name=name, typed=typed):
            return me.claim(name, _PYTHON[kind]) if typed else me.claim(name)


def _exists(condition: Exists, row: Any, own: Any, me: Any, classes: Classes) -> Any:
    """One of the three ways in which authors ask for a related row."""
    link = condition.link
    relation = getattr(row, link.name)
    target = classes[link.target] if condition.style == "plain" else aliased(classes[link.target])
    inner = _sql(condition.inner, target, own, me, classes)
    if condition.style == "query" and link.shape != "many":
        if link.shape == "parent":
            joined = target.id == getattr(row, link.column)
        else:
            joined = getattr(target, link.column) == row.id
        return select(target.id).where(joined, inner).correlate_except(target).exists()
    if condition.style != "plain":
        relation = relation.of_type(target)
    return relation.any(inner) if link.to_many else relation.has(inner)


def _exists_in(condition: ExistsIn, own: Any, me: Any, classes: Classes) -> Any:
    """A row of a table that nothing relates to the rule's own."""
    if condition.style == "plain":
        target = classes[condition.table]
        return exists().where(target.id.is_not(None), _sql(condition.inner, target, own, me, classes))
    target = aliased(classes[condition.table])
    return select(target.id).where(_sql(condition.inner, target, own, me, classes)).exists()
