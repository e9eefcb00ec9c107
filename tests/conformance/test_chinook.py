"""The main job on real input: somebody else's database, mixed-case names and all, reflected and guarded in ten lines."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Generator
from pathlib import Path

import asyncpg
import pytest

from portico.gateway.loading import load_models
from tests.support.backend import Backend, Place
from tests.support.postgres import fresh_database

DUMP = Path(
    os.environ.get("PORTICO_TEST_CHINOOK")
    or Path(__file__).resolve().parents[3] / "shared" / "conformance" / "projects" / "chinook" / "dump.sql.gz"
)

MODELS = '''"""Chinook as it is: the catalogue for everyone, invoices for their own customer."""
from portico.gateway import reflect
from portico.schema import Me, Rule, allow, everyone
shop = reflect()
for model in (shop.Artist, shop.Album, shop.Track, shop.Genre, shop.MediaType):
    allow(model, "read", when=everyone)
@allow(shop.Invoice, "read")
def my_invoices(invoice, me: Me) -> Rule: return invoice.CustomerId == me.claim("customer_id", int)
@allow(shop.InvoiceLine, "read")
def lines_of_my_invoices(line, me: Me) -> Rule: return line.invoice.has(my_invoices(shop.Invoice, me))
'''

FOUR_LEVELS = """
{
  invoice(orderBy: { invoiceDate: DESC }) {
    invoiceId
    customerId
    total
    invoiceLines(orderBy: { track: { album: { artist: { name: ASC } } } }) {
      unitPrice
      track { name album { title artist { name } } }
    }
  }
}
"""


@pytest.fixture
def chinook(postgres: str, tmp_path: Path) -> Generator[Backend]:
    if not DUMP.exists():
        pytest.skip("the Chinook dump is not here; PORTICO_TEST_CHINOOK names it")
    with fresh_database(postgres) as url:
        asyncio.run(_load(url))
        file = tmp_path / "chinook_models.py"
        file.write_text(MODELS)
        backend = Backend(load_models(file, url), Place("postgres", url), create=False)
        yield backend
        backend.close()


async def _load(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(gzip.decompress(DUMP.read_bytes()).decode("latin-1"))
    await connection.close()


def test_two_customers_each_see_only_their_own(chinook: Backend) -> None:
    seen: dict[int, set[int]] = {}
    for customer in (2, 58):
        chinook.engine.statements.clear()
        invoices = chinook.data(FOUR_LEVELS, role="user", claims={"customer_id": customer})["invoice"]
        assert len(chinook.engine.statements) == 1
        assert len(invoices) == 7
        assert {invoice["customerId"] for invoice in invoices} == {customer}
        for invoice in invoices:
            artists = [line["track"]["album"]["artist"]["name"] for line in invoice["invoiceLines"]]
            assert artists
            assert artists == sorted(artists)
        seen[customer] = {invoice["invoiceId"] for invoice in invoices}
    assert not seen[2] & seen[58]


def test_nobody_sees_invoices_without_a_claim(chinook: Backend) -> None:
    assert chinook.data(FOUR_LEVELS, role="anonymous") == {"invoice": []}
    assert chinook.data("{ invoiceLineAggregate { aggregate { count } } }", role="user") == {
        "invoiceLineAggregate": {"aggregate": {"count": 0}}
    }


def test_what_no_rule_names_does_not_exist(chinook: Backend) -> None:
    error = chinook.error("{ customer { email } }", role="user", claims={"customer_id": 2})
    assert error["extensions"]["code"] == "validation-failed"
    assert len(MODELS.splitlines()) == 10
