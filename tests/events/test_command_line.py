"""`portico jobs` and `portico events`: what administrators do on the command line, beside a project."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from portico.gateway.cli.main import main
from portico.gateway.events.jobs import NewJob
from tests.support.events import EventServer

MODELS = """
from portico.schema import job

__all__ = []
seen = []


@job(tries=1)
async def fail() -> None:
    seen.append(1)
    raise ValueError("an answer")
"""


def test_jobs_are_listed_shown_replayed_paused_and_cancelled(
    open_server: Callable[..., EventServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = open_server(MODELS)
    (server.folder / "portico.toml").write_text(f'database_url = "{server.place.url}"\n')
    store = server.background.store

    monkeypatch.chdir(server.folder)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == code, done.output
        return done.output

    server.run(store.add([NewJob("job-1", "default", "fail", "{}")]))
    server.wait_for_states(dead=1)
    assert "job-1  dead" in run("events", "dead")
    shown = json.loads(run("jobs", "show", "job-1"))
    assert [(each["outcome"], each["answer"]) for each in shown["attempts"]] == [("failed", "ValueError: an answer")]
    assert "failed" in run("events", "tail", "--once")
    run("events", "pause", "default")
    assert "default  1 dead  paused" in run("events", "queues")
    assert run("events", "replay", "--all") == "1 run once more.\n"
    assert [json.loads(each)["state"] for each in run("jobs", "list", "--json").splitlines()] == ["waiting"]
    run("jobs", "cancel", "job-1")
    assert "PT576" in run("jobs", "cancel", "job-1", code=1)
    run("jobs", "run", "job-1")
    run("events", "resume", "default")
    server.wait_for_states(dead=1)
    assert len(json.loads(run("jobs", "show", "job-1"))["attempts"]) == 2
