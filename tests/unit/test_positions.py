"""Positions as tokens: they come back as they were, only to the log that made them, and nothing else is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.resolvers.live.positions import Positions
from portico.resolvers.problems import InvalidPosition
from portico.resolvers.run.changes import LogIdentity, Position

POSITIONS = Positions(LogIdentity("one", b"k" * 32))
SEQUENCES = st.integers(0, 2**63 - 1)


@given(SEQUENCES)
def test_a_token_is_short_and_gives_its_position_back(sequence: int) -> None:
    token = POSITIONS.token(Position(sequence))
    assert len(token) <= 64
    assert token.replace("-", "").replace("_", "").isalnum()
    assert POSITIONS.read(token) == Position(sequence)


@given(SEQUENCES, st.data())
def test_a_token_with_another_character_is_refused_or_of_another_log(sequence: int, data: st.DataObject) -> None:
    token = POSITIONS.token(Position(sequence))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != token[place]))
    try:
        found = POSITIONS.read(token[:place] + other + token[place + 1 :])
    except InvalidPosition:
        return
    assert found is None


@given(st.text())
def test_junk_is_refused(text: str) -> None:
    with pytest.raises(InvalidPosition):
        POSITIONS.read(text)


@given(SEQUENCES)
def test_the_token_of_another_log_begins_anew(sequence: int) -> None:
    other = Positions(LogIdentity("two", b"other" * 8))
    assert POSITIONS.read(other.token(Position(sequence))) is None


@given(SEQUENCES)
def test_a_token_signed_by_another_key_is_refused(sequence: int) -> None:
    forged = Positions(LogIdentity("one", b"guess" * 8)).token(Position(sequence))
    with pytest.raises(InvalidPosition):
        POSITIONS.read(forged)
