"""How does SQLAlchemy finish the models: mappers are configured, and what it cannot map becomes a problem with a place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Mapper, registry

from portico.schema.problems import ModelProblem, Problems
from portico.schema.quick_mapping import mapped_quickly
from portico.schema.relations import keep_relations
from portico.schema.sources import class_source


class MappingFailed(ModelProblem):
    """SQLAlchemy cannot make sense of the models."""

    code = "PT206"


def configure(registries: Iterable[registry]) -> None:
    """
    Configures the mappers of these registries, and no others.

    SQLAlchemy's own `configure_mappers` goes through every registry that lives, those of earlier saves too, and
    stops at the first that ever failed: a mistake would outlive its correction.

    Raises:
        Problems: a relationship that cannot be.
    """
    for each in registries:
        try:
            with mapped_quickly():
                each.configure(cascade=True)
        except Exception as error:
            raise Problems([_failure(each, error)]) from error
        keep_relations(each.mappers)


def _failure(failed: registry, error: Exception) -> MappingFailed:
    mapper = next((each for each in failed.mappers if getattr(each, "_configure_failed", False)), None)
    message = str(error).partition("(Background on this error")[0].strip()
    return MappingFailed(
        f"SQLAlchemy cannot map the models: {message}",
        hint='Give the column a foreign key: owner(), or mapped_column(ForeignKey("users.id")).'
        if "no foreign keys" in message
        else None,
        source=None if mapper is None else class_source(mapper.class_, _relation_in(message, mapper)),
    )


def _relation_in(message: str, mapper: Mapper[Any]) -> str:
    """The relation that a message of SQLAlchemy's is about, where it names one."""
    found = re.search(rf"\b{re.escape(mapper.class_.__name__)}\.(\w+)", message)
    return found.group(1) if found else ""
