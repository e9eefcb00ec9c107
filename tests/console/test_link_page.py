"""A link of a mail in a browser: the page's button uses it, and who presses it is signed in."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.console.chromium import Chromium
from tests.support.server import Server, served

BLOG = Path(__file__).resolve().parents[2] / "examples" / "blog"
EMAIL, PASSWORD = "ann@example.com", "another long one"
ME = "fetch('/graphql', {method: 'POST', headers: {'content-type': 'application/json'}, body: '{\"query\": \"{ me { email } }\"}'})"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    folder = tmp_path_factory.mktemp("links")
    settings = {"token_secret": "of no consequence, but long enough", "mode": "dev"}
    with served(folder, BLOG / "models.py", f"sqlite:///{folder / 'blog.db'}", settings=settings) as server:
        yield server


def asked(server: Server, document: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/graphql",
        json.dumps({"query": document}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def newest_link(server: Server) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/portico/mailbox") as answer:
        found = re.search(r"/auth/link\?token=[\w-]+", answer.read().decode())
    assert found is not None
    return f"http://127.0.0.1:{server.port}{found[0]}"


def press(page: Chromium, server: Server, link: str) -> None:
    page.open(link)
    page.wait_for("document.querySelector('button') !== null")
    page.run(
        "if (document.querySelector('[name=password]')) document.querySelector('[name=password]').value = '"
        + PASSWORD
        + "'"
    )
    page.run("document.querySelector('button').click()")
    page.wait_for("location.pathname === '/'")


def test_an_address_is_confirmed_and_a_password_set_by_the_button(server: Server, chromium: Chromium) -> None:
    asked(server, f'mutation {{ signUp(email: "{EMAIL}", password: "correct horse battery") {{ isCodeSent }} }}')

    press(chromium, server, newest_link(server))
    chromium.run(f"{ME}.then(each => each.text()).then(text => {{ window.me = text }})")
    chromium.wait_for(f"window.me?.includes('{EMAIL}')")

    asked(server, f'mutation {{ sendPasswordReset(email: "{EMAIL}") }}')
    press(chromium, server, newest_link(server))
    answer = asked(
        server, f'mutation {{ signIn(email: "{EMAIL}", password: "{PASSWORD}") {{ tokens {{ expiresIn }} }} }}'
    )
    assert answer["data"]["signIn"]["tokens"]["expiresIn"] == 900
