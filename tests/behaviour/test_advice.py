"""Advice on a model file: what nobody reaches, what everybody may write, and what has no index; not on Portico's own models."""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from portico.gateway.loading import load_models
from portico.schema.check import Advice, advice_on
from portico.schema.reading import read_catalog

MODELS = '''"""Posts of authors, and what their author has forgotten."""

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from portico.gateway.auth import User
from portico.schema import IntId, Me, Model, Rule, allow, everyone


class Post(Model):
    id: Mapped[IntId]
    room: Mapped[int]


class Member(Model):
    id: Mapped[IntId]
    room: Mapped[int]


class Forgotten(Model):
    id: Mapped[IntId]


allow(Member, "create", when=everyone)


@allow(Post, "read", to="user")
def of_my_rooms(post: type[Post], me: Me) -> Rule:
    return post.room.in_(select(Member.id).where(Member.room == post.room))
'''


@pytest.fixture
def advice(tmp_path: Path) -> Generator[list[Advice]]:
    """What is said of the models."""
    path = list(sys.path)
    file = tmp_path / "models.py"
    file.write_text(MODELS)
    yield advice_on(read_catalog(load_models(file), dialect="sqlite"))
    sys.path[:] = path
    sys.modules.pop("models", None)


def test_each_is_said_of_the_authors_models_alone(advice: list[Advice]) -> None:
    assert [(each.code, each.message) for each in advice] == [
        ("PT242", "of_my_rooms looks rows up by members.room, which has no index."),
        ("PT241", "everyone lets everyone, also without signing in, create Member."),
        ("PT240", "Nobody but admin reaches Forgotten: it has no rule."),
    ]
