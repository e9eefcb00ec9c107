"""
How long do accounts take that are there, are not, or may not sign in: medians that must not tell them apart.

    python -m benchmarks.enumeration [--engine postgres] [--tries 500]

A server as `portico serve` runs it, which sends its mails to a server of mail beside it, and one client that asks about the three
by turns, in any order.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sqlite3
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import uvloop
from aiosmtpd.controller import Controller

from benchmarks.accounts import ENGINES, blog
from benchmarks.contestants import free_port
from benchmarks.report import markdown

_WHO = ("unknown", "known", "disabled")
_PASSWORD = "correct horse battery"
_SIGN_IN = "{ tokens { accessToken } isCodeSent }"
_WAYS = {
    "sign in": f'mutation ($email: String!) {{ signIn(email: $email, password: "wrong password") {_SIGN_IN} }}',
    "sign up": f'mutation ($email: String!) {{ signUp(email: $email, password: "another long one") {_SIGN_IN} }}',
    "reset": "mutation ($email: String!) { sendPasswordReset(email: $email) }",
    "code": "mutation ($email: String!) { sendCode(email: $email) }",
    "link": "mutation ($email: String!) { sendLink(email: $email) }",
}


def main() -> None:
    """Measures, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--tries", type=int, default=500)
    options = parser.parse_args()
    sink: Any = _Sink()
    mail = Controller(sink, hostname="127.0.0.1", port=free_port())
    mail.start()
    settings = (
        f'mails_per_hour = 1000000\nmail_from = "no-reply@example.com"\nsmtp_url = "smtp://127.0.0.1:{mail.port}"'
    )
    try:
        with blog(options.engine, settings) as (port, _, folder, url):
            rows = uvloop.run(_run(port, sink, folder, url, options.tries))
    finally:
        mail.stop()
    print(markdown(["medians", *_WHO, "differ by", "bar"], rows))


class _Sink:
    """Takes mails; keeps the last link."""

    def __init__(self) -> None:
        self.token = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        found = re.search(rb"token=(?:3D)?([\w-]+)", envelope.content.replace(b"=\r\n", b""))
        self.token = found[1].decode() if found is not None else self.token
        return "250 OK"


async def _run(port: int, sink: Any, folder: Path, url: str, tries: int) -> list[list[str]]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for who in ("known", "disabled"):
            await _join(session, sink, f"{who}@example.com")
        await _disable(folder, url)
        rows: list[list[str]] = []
        for name, document in _WAYS.items():
            times: Mapping[str, list[float]] = {who: [] for who in _WHO}
            for number in range(tries + 20):
                for who in random.sample(_WHO, len(_WHO)):
                    took = await _ask(session, document, email=f"{who}@example.com")
                    if number >= 20:  # what is done the first time, is done
                        times[who].append(took)
            rows.append(_row(name, [statistics.median(times[who]) for who in _WHO]))
    return rows


def _row(name: str, medians: Sequence[float]) -> list[str]:
    apart = max(medians) - min(medians)
    return [name, *(f"{each * 1e3:.2f} ms" for each in medians), f"{apart * 1e3:.2f} ms", "< 5 ms"]


async def _ask(session: aiohttp.ClientSession, document: str, **variables: str) -> float:
    """Seconds until it is answered, whatever that is."""
    began = time.perf_counter()
    async with session.post("/graphql", json={"query": document, "variables": variables}) as response:
        await response.read()
    return time.perf_counter() - began


async def _join(session: aiohttp.ClientSession, sink: Any, email: str) -> None:
    sink.token = ""
    document = (
        "mutation ($email: String!, $password: String!) { signUp(email: $email, password: $password) { isCodeSent } }"
    )
    await _ask(session, document, email=email, password=_PASSWORD)
    while not sink.token:
        await asyncio.sleep(0.01)
    await _ask(session, f"mutation ($token: String!) {{ verifyEmail(token: $token) {_SIGN_IN} }}", token=sink.token)


async def _disable(folder: Path, url: str) -> None:
    statement = "UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE email = 'disabled@example.com'"
    if url.startswith("sqlite"):
        with sqlite3.connect(folder / "accounts.db") as own:
            assert own.execute(statement).rowcount == 1
        return
    connection = await asyncpg.connect(url)
    assert await connection.execute(statement) == "UPDATE 1"
    await connection.close()


if __name__ == "__main__":
    main()
