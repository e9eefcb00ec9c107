"""The page of examples/blog in a browser: signing up and in, a second factor, recovery codes, and signing out."""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyotp.totp import TOTP

from tests.console.chromium import Chromium
from tests.support.server import Server, served

BLOG = Path(__file__).resolve().parents[2] / "examples" / "blog"
PASSWORD = "correct horse battery"
ME = "document.getElementById('me')?.textContent"
PROBLEM = "document.getElementById('problem').textContent"
TITLES = "[...document.querySelectorAll('#list h3')].map(each => each.textContent).join('|')"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """The example, with nobody in it."""
    folder = tmp_path_factory.mktemp("blog")
    shutil.copytree(BLOG / "public", folder / "public")
    toml = (BLOG / "portico.toml").read_text()
    settings = {"token_secret": "of no consequence, but long enough"}
    with served(folder, BLOG / "models.py", f"sqlite:///{folder / 'blog.db'}", settings=settings, toml=toml) as server:
        yield server


@pytest.fixture
def page(server: Server, chromium: Chromium) -> Chromium:
    """The page, at which nobody is signed in."""
    chromium.open(f"http://127.0.0.1:{server.port}/")
    chromium.wait_for("document.getElementById('sign-in')?.hidden === false")
    return chromium


def fill(page: Chromium, **values: str) -> None:
    for name, value in values.items():
        page.run(f"document.getElementById('{name.replace('_', '-')}').value = {value!r}")


def click(page: Chromium, selector: str) -> None:
    page.run(f"document.querySelector('{selector}').click()")


def sign_up(page: Chromium, name: str) -> None:
    click(page, "#other-way")
    page.wait_for("!document.getElementById('name-field').hidden && !document.getElementById('other-way').disabled")
    fill(page, name=name, email=f"{name.lower()}@example.com", password=PASSWORD)
    click(page, "#sign-in-button")
    page.wait_for(f"{ME} === '{name}' && !document.getElementById('account').hidden")
    ready(page)


def sign_in(page: Chromium, name: str, password: str = PASSWORD) -> None:
    fill(page, email=f"{name.lower()}@example.com", password=password)
    click(page, "#sign-in-button")


def ready(page: Chromium) -> None:
    page.wait_for("!document.querySelector('button:disabled')")


def sign_out(page: Chromium) -> None:
    ready(page)
    click(page, "#sign-out")
    page.wait_for("!document.getElementById('sign-in').hidden && !sessionStorage.length")
    ready(page)


def test_somebody_signs_up_writes_signs_out_and_in(page: Chromium, server: Server) -> None:
    sign_up(page, "Alice")
    fill(page, title="Roses <b>", body="Prune them in spring.")
    click(page, "#write button")
    page.wait_for(f"{TITLES} === 'Roses <b>'")
    sign_out(page)
    assert page.run(TITLES) == "Roses <b>"  # published posts are for everyone

    sign_in(page, "Alice", "wrong horse battery")
    page.wait_for(f"{PROBLEM} === 'The address or the password is wrong.'")
    ready(page)
    sign_in(page, "Alice")
    page.wait_for(f"{ME} === 'Alice'")
    ready(page)

    page.run("location.reload(), window.isOld = true")
    page.wait_for(f"!window.isOld && {ME} === 'Alice'")  # the tab stays signed in
    sign_out(page)
    assert {urlsplit(url).netloc for url in page.requests} == {f"127.0.0.1:{server.port}"}
    assert all("status of 401" in each for each in page.complaints)  # what was refused, and nothing else


def test_a_second_factor_is_added_and_asked_for(page: Chromium) -> None:
    sign_up(page, "Bob")
    click(page, "#add-factor")
    page.wait_for("!document.getElementById('confirm').hidden && document.querySelector('#qr svg path') !== null")
    ready(page)
    app = TOTP(page.run("document.getElementById('secret').textContent"))
    fill(page, confirm_code=app.at(int(time.time()) - 30))
    click(page, "#confirm button")
    page.wait_for("document.getElementById('assurance').textContent.includes('two factors')")
    codes = page.run("[...document.querySelectorAll('#recovery-codes li')].map(each => each.textContent)")
    assert len(codes) == 10
    sign_out(page)

    sign_in(page, "Bob")
    page.wait_for("!document.getElementById('second').hidden")
    ready(page)
    fill(page, code="aaaa-bbbb-cccc")
    click(page, "#second button")
    page.wait_for(f"{PROBLEM}.startsWith('The code is wrong')")
    ready(page)
    fill(page, code=app.now())
    click(page, "#second button")
    page.wait_for(f"{ME} === 'Bob' && document.getElementById('assurance').textContent.includes('two factors')")
    sign_out(page)

    sign_in(page, "Bob")
    page.wait_for("!document.getElementById('second').hidden")
    ready(page)
    fill(page, code=codes[0])
    click(page, "#second button")
    page.wait_for(f"{ME} === 'Bob'")
    sign_out(page)
    assert all("status of 401" in each for each in page.complaints)  # what was refused, and nothing else


def test_a_session_that_was_ended_leads_back_to_the_beginning(page: Chromium, server: Server) -> None:
    sign_up(page, "Carol")
    server.as_admin('mutation { updateUsers(where: {name: {_eq: "Carol"}}, _set: {disabledAt: "2024-01-01T00:00:00Z"}) { affectedRows } }')  # fmt: skip
    fill(page, title="Late", body="Too late.")
    page.wait_for("(document.querySelector('#write button').click(), !document.getElementById('sign-in').hidden)")
    assert page.run("sessionStorage.length") == 0
