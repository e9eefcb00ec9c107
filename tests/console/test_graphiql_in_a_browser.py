"""GraphiQL as a reader sees it: it loads, asks, completes and reports, without a word to other hosts."""

from __future__ import annotations

import json
import time

import pytest

from portico.gateway.assets import OUTPUT
from portico.gateway.graphiql import GraphiqlPage
from portico.gateway.tokens import sign
from tests.console.chromium import Chromium
from tests.console.conftest import Served, write_sql
from tests.support.server import eventually

_RESULT = "document.querySelector('.result-window')?.innerText"
_QUERY = "document.querySelector('.graphiql-query-editor .view-lines')?.innerText ?? ''"
_MODEL = "__MONACO.editor.getModels().find(each => each.uri.path.endsWith('%s'))"
_IS_READY = (
    "!!document.querySelector('.graphiql-query-editor .view-line') && !document.querySelector('.graphiql-spinner')"
)


@pytest.fixture
def page(served: Served, chromium: Chromium) -> Chromium:
    if not (OUTPUT / "version.txt").is_file():
        pytest.skip("GraphiQL's files are not built: make assets.")
    served.gateway.trouble = None
    chromium.open(f"{served.origin}/")
    chromium.wait_for(_IS_READY)
    return chromium


def test_the_first_query_is_of_this_schema_and_answers(page: Chromium, served: Served) -> None:
    assert "notes" in page.wait_for(_QUERY)
    assert "pages" in page.run(_QUERY)
    page.run("document.querySelector('.graphiql-execute-button').click()")
    page.wait_for(f"({_RESULT} ?? '').replaceAll('\\u00a0', ' ').includes('A note to be found')")
    assert page.complaints == []
    others = [url for url in page.requests if not url.startswith((served.origin, "data:"))]
    assert (others, len(page.requests) > 10) == ([], True)
    assert page.run("document.cookie") == ""


def test_the_schema_is_described_and_names_are_completed(page: Chromium) -> None:
    page.run("document.querySelector('[aria-label=\"Show Documentation Explorer\"]').click()")
    page.wait_for("document.querySelector('.graphiql-doc-explorer')?.innerText.includes('query_root')")
    page.run("document.querySelector('.graphiql-query-editor textarea').focus()")
    page.press("{ notesA")
    completions = "[...document.querySelectorAll('.suggest-widget .monaco-list-row')].map(row => row.ariaLabel).join()"
    assert "notesAggregate" in page.wait_for(completions)
    assert page.complaints == []


def test_a_broken_save_shows_as_text_and_goes_away(page: Chromium, served: Served) -> None:
    assert page.run("document.getElementById('trouble').hidden")
    served.gateway.trouble = "PT210 models.py:3 <b>wrong</b>"
    page.wait_for("!document.getElementById('trouble').hidden")
    assert "<b>wrong</b>" in page.run("document.getElementById('trouble').innerText")
    served.gateway.trouble = None
    page.wait_for("document.getElementById('trouble').hidden")


def test_the_place_for_a_token_says_how_to_get_one(page: Chromium) -> None:
    shown = "[...document.querySelectorAll('.graphiql-editor-tool .view-lines')].map(each => each.innerText).join()"
    assert "portico token alice --create" in page.wait_for(f"({shown}).replaceAll('\\u00a0', ' ')")


def test_a_token_among_the_headers_brings_the_schema_of_its_role(page: Chromium, served: Served) -> None:
    roots = "document.querySelector('.graphiql-doc-explorer')?.innerText ?? ''"
    page.run("document.querySelector('[aria-label$=\"Documentation Explorer\"]:not(.active)')?.click()")
    assert "mutation_root" not in page.wait_for(roots)
    write_headers(page, served)
    page.wait_for(f"({roots}).includes('mutation_root')")
    assert page.complaints == []


def test_a_reload_of_the_models_brings_the_schema_anew(
    page: Chromium, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.wait_for("performance.getEntriesByType('resource').some(each => each.name.endsWith('/state'))")
    before = asked(page)
    monkeypatch.setattr(vars(served.gateway)["_pages"], "_graphiql", GraphiqlPage(lambda: None, lambda: 1))
    page.wait_for(f"performance.getEntriesByName('{served.origin}/graphql').length > {before}")


def test_a_subscription_is_answered_until_it_is_stopped(page: Chromium, served: Served) -> None:
    write_headers(page, served)
    page.run(f"{_MODEL % 'operation.graphql'}.setValue('subscription {{ secrets(orderBy: {{id: ASC}}) {{ text }} }}')")
    page.wait_for("__MONACO.editor.getModelMarkers({severity: 8}).length === 0")
    page.run("document.querySelector('.graphiql-execute-button').click()")
    page.wait_for(f"({_RESULT} ?? '').includes('secrets')")
    assert "it is" not in page.run(_RESULT).replace("\xa0", " ")
    write_sql(served.folder, "INSERT INTO secrets (id, text) VALUES (1, 'it is live')")
    page.wait_for(f"{_RESULT}.replaceAll('\\u00a0', ' ').includes('it is live')")
    streams = served.gateway.sockets
    assert len(streams) == 1
    page.run("document.querySelector('.graphiql-execute-button').click()")
    assert eventually(lambda: len(streams) == 0)
    assert page.complaints == []


def write_headers(page: Chromium, served: Served) -> None:
    """Writes a user's token into the editor of headers."""
    token = sign({"sub": "1", "role": "user", "exp": int(time.time()) + 60}, served.gateway.settings.token_secret)
    headers = json.dumps(json.dumps({"Authorization": f"Bearer {token}"}))
    page.run(f"{_MODEL % 'request-headers.json'}.setValue({headers})")


def asked(page: Chromium) -> int:
    """How many questions the page has had answered."""
    return page.run("performance.getEntriesByType('resource').filter(each => each.name.endsWith('/graphql')).length")
