"""What a rule's author may have written in Python's words, which SQL never hears of, is refused at start-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from portico.schema import IntId, Model, allow
from portico.schema.problems import Problems
from tests.support.backend import Backend


@pytest.mark.parametrize(
    "rule",
    [
        lambda note, me: note.text != "x" and note.author_id == me.id,
        lambda note, me: note.author_id == me.id or note.text != "x",
        lambda note, me: not (note.author_id == me.id),  # noqa: SIM201
        lambda note, me: note.author_id is not None,
        lambda note, me: note.author_id in [me.id],
        lambda note, me: True,
        lambda note, me: note.author_id == me,
    ],
    ids=["and", "or", "not", "is not", "in", "True", "me"],
)
def test_logic_that_python_works_out_is_refused(rule: Callable[..., Any], serve: Callable[..., Backend]) -> None:
    class Note(Model):
        id: Mapped[IntId]
        author_id: Mapped[int]
        text: Mapped[str]

    allow(Note, "read", to="user", when=rule)
    with pytest.raises(Problems) as caught:
        serve()

    assert [problem.code for problem in caught.value.problems] == ["PT207"]
