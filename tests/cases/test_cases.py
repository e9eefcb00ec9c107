"""
Recorded cases: every document gives the recorded answer by the recorded statements, on both engines.

`make record` writes the recordings anew and shows what changed. See `case.py` for what a case may say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from portico.schema.scalars import DialectName
from tests.cases.case import ENGINES, FOLDER, Case, cases
from tests.cases.recordings import Recording
from tests.cases.worlds import Worlds, joined

ALL = list(cases())
RECORDING = Recording()


def _each() -> Iterator[object]:
    for case in ALL:
        for engine in case.engines:
            marks = [pytest.mark.xfail(strict=True, reason=case.broken[engine])] if engine in case.broken else []
            yield pytest.param(case, engine, id=f"{case.name}-{engine}", marks=marks)


@pytest.mark.parametrize(("case", "engine"), list(_each()))
def test_a_case_gives_its_recorded_answer_by_its_recorded_statements(
    case: Case, engine: DialectName, worlds: Worlds
) -> None:
    world = worlds.get(case.models, engine)
    bodies: dict[str, bytes] = {}
    statements: list[str] = []
    try:
        for operation in case.operations or [None]:
            body, ran = world.run(case.text, case.naming, case.caller, case.variables, operation)
            bodies[operation or ""] = body
            statements += ran
    finally:
        if case.writes:
            world.restore()
    body = joined(bodies) if len(bodies) > 1 else bodies.popitem()[1]
    recording = Recording({}) if engine in case.broken else RECORDING
    recording.check_json(case.json_path(engine), body, measure=engine in case.measures)
    recording.check_sql(case.sql_path(engine), statements)


def _some() -> Iterator[object]:
    """One in eight, the same at each run; `PORTICO_TEST_JOINED=all` takes all."""
    takes_all = os.environ.get("PORTICO_TEST_JOINED") == "all"
    for case in ALL:
        for engine in case.engines:
            name = f"{case.name}-{engine}"
            if engine not in case.broken and (takes_all or crc32(name.encode()) % 8 == 0):
                yield pytest.param(case, engine, id=name)


@pytest.mark.parametrize(("case", "engine"), list(_some()))
def test_a_case_gives_its_recorded_answer_in_a_transaction_of_a_session(
    case: Case, engine: DialectName, worlds: Worlds
) -> None:
    world = worlds.get(case.models, engine)
    try:
        operations = case.operations or [None]
        bodies = world.run_joined(case.text, case.naming, case.caller, case.variables, operations)
    finally:
        if case.writes:
            world.restore()
    body = joined(bodies) if len(bodies) > 1 else bodies.popitem()[1]
    Recording({}).check_json(case.json_path(engine), body)


def test_no_recording_is_left_without_its_case() -> None:
    expected = {path for case in ALL for engine in ENGINES for path in (case.json_path(engine), case.sql_path(engine))}
    found = {path for kind in ("json", "sql") for path in FOLDER.glob(f"*/*.{kind}")}

    assert found - expected == set()


def test_ci_refuses_to_record() -> None:
    with pytest.raises(ValueError, match="CI"):
        Recording({"PORTICO_TEST_RECORD": "all", "CI": "true"})


def test_numbers_are_compared_by_value_and_to_the_last_digit(tmp_path: Path) -> None:
    recording, path = Recording({}), tmp_path / "answer.json"
    path.write_text('{"n": 1.0, "big": 12345678901234567890.10}')

    recording.check_json(path, b'{"n": 1, "big": 12345678901234567890.1}')
    with pytest.raises(AssertionError):
        recording.check_json(path, b'{"n": 1, "big": 12345678901234567890.2}')
