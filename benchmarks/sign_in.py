"""
How many sign in at once, and who waits for them: passwords verified beside queries by key.

    python -m benchmarks.sign_in [--engine postgres] [--seconds 10]

A server as `portico serve` runs it, 50 clients that sign in one after another, and one that reads a row by its key 100 times a
second, alone and beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvloop

from benchmarks.accounts import ENGINES, blog
from benchmarks.processes import cpu_s
from benchmarks.report import markdown

_CLIENTS = 50
_READS_A_SECOND = 100
_PASSWORD = "a long password of a benchmark"


def main() -> None:
    """Measures, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with blog(options.engine, "verify_email = false") as (port, pid, *_):
        rows = uvloop.run(_run(port, pid, options.seconds))
    print(markdown(["what", options.engine, "bar"], rows))


class _Asking:
    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._url = f"http://127.0.0.1:{port}/graphql"

    async def __call__(self, document: str, token: str | None = None, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": document, "variables": variables}
        async with self._session.post(self._url, json=body, headers=headers) as response:
            answer = await response.json()
        assert "errors" not in answer, answer
        return answer["data"]


@asynccontextmanager
async def _asking(port: int) -> AsyncGenerator[_Asking]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield _Asking(session, port)


async def _run(port: int, pid: int, seconds: float) -> list[list[str]]:
    async with _asking(port) as ask:
        tokens = [await _signed_up(ask, number) for number in range(_CLIENTS)]
        post = await ask(
            'mutation { insertPost(object: {title: "First", slug: "first", body: "text"}) { id } }', tokens[0]
        )
        key = post["insertPost"]["id"]
        alone = await _reads(ask, tokens[0], key, time.monotonic() + seconds)
        before, began = cpu_s(pid), time.monotonic()
        ends = began + seconds
        reading = asyncio.create_task(_reads(ask, tokens[0], key, ends))
        counts = await asyncio.gather(*(_sign_ins(ask, number, ends) for number in range(_CLIENTS)))
        beside = await reading
        took, used = time.monotonic() - began, cpu_s(pid) - before
    return [
        ["sign-ins a second", f"{sum(counts) / took:.0f}", "≥ 60"],
        ["CPU of the server for each", f"{used / sum(counts) * 1e3:.1f} ms", ""],
        ["by key alone: p50, p99", _percentiles(alone), ""],
        ["by key beside 50 who sign in: p50, p99", _percentiles(beside), "p99 ≤ 100 ms"],
    ]


async def _signed_up(ask: _Asking, number: int) -> str:
    found = await ask(
        "mutation ($email: String!, $password: String!) { signUp(email: $email, password: $password) { tokens { accessToken } } }",
        email=f"somebody{number}@example.com",
        password=_PASSWORD,
    )
    return found["signUp"]["tokens"]["accessToken"]


async def _sign_ins(ask: _Asking, number: int, until: float) -> int:
    count = 0
    while time.monotonic() < until:
        await ask(
            "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { tokens { accessToken } } }",
            email=f"somebody{number}@example.com",
            password=_PASSWORD,
        )
        count += 1
    return count


async def _reads(ask: _Asking, token: str, key: str, until: float) -> list[float]:
    """Seconds that reads took which begin at an even rate, however long others take."""
    times: list[float] = []

    async def one() -> None:
        began = time.monotonic()
        await ask("query ($id: UUID!) { post(id: $id) { title } }", token, id=key)
        times.append(time.monotonic() - began)

    running: set[asyncio.Task[None]] = set()
    due = time.monotonic()
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(one())
        running.add(task)
        task.add_done_callback(running.discard)
        due += 1 / _READS_A_SECOND
    await asyncio.gather(*running)
    return sorted(times)


def _percentiles(times: list[float]) -> str:
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    return f"{p50 * 1e3:.1f}, {p99 * 1e3:.1f} ms"


if __name__ == "__main__":
    main()
