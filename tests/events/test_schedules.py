"""Schedules: once for each due time whoever is there, late where that makes sense, by the clock of their zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portico.gateway.events.schedules import Schedules, next_due
from portico.gateway.loading import load_models
from portico.gateway.settings import Settings
from portico.schema.problems import Problems
from tests.support.events import EventServer

MODELS = """
from datetime import datetime

from portico.schema import cron

seen = []
__all__ = []


@cron("*/5 * * * *", zone="Europe/Berlin")
async def report(due: datetime) -> None:
    seen.append(due)
"""
AT = datetime(2026, 3, 1, 12, 2, tzinfo=UTC).timestamp()


def schedules(server: EventServer, clock: list[float], late_s: float = 21_600.0) -> Schedules:
    made = Schedules(server.background.store, server.background.wake, late_s, lambda: clock[0])
    made.use(server.declarations.schedules)
    return made


def begin_anew(server: EventServer) -> None:
    background: Any = server.background
    server.run(background._schedules.close())
    server.run(server.background.store.rows("DELETE FROM portico_schedules"))


def minutes(server: EventServer) -> list[tuple[int, int]]:
    return sorted((each.hour, each.minute) for each in server.seen)


def test_a_due_time_is_seen_to_once_by_however_many(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    begin_anew(server)
    clock = [AT]
    many = [schedules(server, clock) for _ in range(3)]
    for each in many:
        assert server.run(each.see()) == 30.0  # it looks again, for clocks are set
    clock[0] = AT + 181
    for each in many:
        server.run(each.see())
    clock[0] = AT + 481
    for each in many:
        server.run(each.see())
    server.wait_for(lambda: len(server.seen) == 2)
    assert server.until_idle() == {"done": 2}
    assert minutes(server) == [(12, 5), (12, 10)]


def test_of_missed_times_the_latest_is_seen_to(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    begin_anew(server)
    clock = [AT]
    server.run(schedules(server, clock).see())
    clock[0] = AT + 3_600
    server.run(schedules(server, clock).see())
    server.wait_for(lambda: server.seen)
    assert minutes(server) == [(13, 0)]


def test_what_is_too_late_is_left(open_server: Callable[..., EventServer]) -> None:
    server = open_server(MODELS)
    begin_anew(server)
    clock = [AT]
    server.run(schedules(server, clock).see())
    clock[0] = AT + 3_600 + 30
    server.run(schedules(server, clock, late_s=15.0).see())
    assert server.states() == {}


def test_summer_time_repeats_and_leaves_out_no_due_time(tmp_path: Any) -> None:
    (tmp_path / "models.py").write_text(MODELS.replace("*/5 * * * *", "30 2 * * *"))
    (declared,) = load_models(tmp_path / "models.py").schedules
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC).timestamp()
    first = next_due(declared, before)
    second = next_due(declared, first)
    assert (
        datetime.fromtimestamp(first, UTC).date().isoformat() == "2026-03-29"
    )  # 02:30 is not there: 01:00 UTC is 03:00
    assert datetime.fromtimestamp(second, UTC).isoformat() == "2026-03-30T00:30:00+00:00"


@pytest.mark.parametrize(("old", "new"), [("*/5 * * * *", "61 * * * *"), ("Europe/Berlin", "Europe/Atlantis")])
def test_what_is_no_time_is_told_at_the_start(tmp_path: Any, old: str, new: str) -> None:
    from portico.gateway.app import Gateway

    (tmp_path / "models.py").write_text(MODELS.replace(old, new))
    with pytest.raises(Problems) as found:
        Gateway(load_models(tmp_path / "models.py"), Settings(database_url="sqlite:///:memory:"), tmp_path)
    assert [each.code for each in found.value.problems] == ["PT228"]
