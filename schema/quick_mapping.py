"""How are hundreds of models mapped sooner: two questions that SQLAlchemy asks of each column have short answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import UnionType
from typing import Any

import sqlalchemy.orm.attributes as attributes
import sqlalchemy.orm.properties as properties


@contextmanager
def mapped_quickly() -> Generator[None]:
    """
    Maps and configures classes inside sooner: 250 with 9,277 columns and 878 relations start in 1.96 instead of 2.29 s of CPU.

    Both answers are SQLAlchemy's own, and where it no longer asks, nothing changes. Rejected: to map a class when a
    role first needs it, for relations lead from nearly every class to every other, and the first request would wait for all of it.
    (benchmarks/large_start prints the times with and without.)
    """
    with _annotations_remembered("includes_none"), _annotations_remembered("de_optionalize_union_types"), _no_slots():
        yield


@contextmanager
def _annotations_remembered(name: str) -> Generator[None]:
    """
    What `str | None` says of a column is worked out once, and not for each of thousands.

    Only of classes and their unions, which compare as what they are; metadata of `Annotated` is equal to what it likes.
    """
    asked: Callable[[Any], Any] | None = getattr(properties, name, None)
    if asked is None:
        yield
        return
    known: dict[Any, Any] = {}

    def answer(annotation: Any) -> Any:
        if annotation.__class__ is not UnionType and annotation.__class__ is not type:
            return asked(annotation)
        if annotation not in known:
            known[annotation] = asked(annotation)
        return known[annotation]

    setattr(properties, name, answer)
    try:
        yield
    finally:
        setattr(properties, name, asked)


@contextmanager
def _no_slots() -> Generator[None]:
    """
    That an attribute has no listeners of its own yet is said at once.

    SQLAlchemy asks for it by `hasattr`, and an attribute that lacks something asks its comparator, which makes the
    column's expression to ask that, and words an error that nobody reads.
    """
    cls: Any = attributes.QueryableAttribute
    answer = cls.__getattr__

    def answer_shortly(self: Any, key: str) -> Any:
        if key == "_slots_dispatch":
            raise AttributeError(key)
        return answer(self, key)

    cls.__getattr__ = answer_shortly
    try:
        yield
    finally:
        cls.__getattr__ = answer
