"""A bookshop being served, on either engine: the project that tests with a real server share."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres import fresh_database
from tests.support.server import Server, served

MODELS = Path(__file__).with_name("bookshop.py")
_SEED = """
mutation {
  insertAuthors(objects: [
    {name: "Ada", born: 1815, royaltyRate: 11, books: {data: [
      {title: "Notes", price: "12.50", weight: 0.4, binding: cloth, publishedAt: "2026-01-31T12:00:00Z",
       reviews: {data: [{text: "Short", stars: 4}, {text: "Clear", stars: 5}]}},
      {title: "Letters", price: "9", details: {pages: 120}}
    ]}},
    {name: "Bram", mentorId: 1, royaltyRate: 12, books: {data: [{title: "Nights", binding: paper}]}},
    {name: "Cleo", born: 1900, mentorId: 2, royaltyRate: 13}
  ]) { affectedRows }
  insertLedgers(objects: [{amountOwed: 4711}]) { affectedRows }
}
"""


@contextmanager
def bookshop(
    dialect: str,
    folder: Path,
    request: pytest.FixtureRequest,
    *,
    settings: Mapping[str, Any] | None = None,
    toml: str = "",
    command: Sequence[str] = ("serve",),
    environment: Mapping[str, str] | None = None,
) -> Generator[Server]:
    """A server with a few authors, books and reviews; the keywords are those of `served`."""
    with ExitStack() as stack:
        if dialect == "sqlite":
            url = f"sqlite:///{folder / 'bookshop.db'}"
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres")))
        chosen = {"mode": "prod", "introspection": ["anonymous", "user", "editor", "admin"], **(settings or {})}
        server = stack.enter_context(
            served(folder, MODELS, url, settings=chosen, toml=toml, command=command, environment=environment)
        )
        server.as_admin(_SEED)
        yield server
