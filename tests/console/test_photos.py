"""The page of examples/photos in a browser: an album that others see when it is shared, pictures that are sent and shown, and their end."""

from __future__ import annotations

import io
import shutil
from base64 import b64encode
from collections.abc import Generator
from pathlib import Path

import pytest
from PIL import Image

from tests.console.chromium import Chromium
from tests.support.server import Server, eventually, served

PHOTOS = Path(__file__).resolve().parents[2] / "examples" / "photos"
PASSWORD = "correct horse battery"
CAPTIONS = "[...document.querySelectorAll('.photos img')].map(each => each.alt).join('|')"
LOADED = "[...document.querySelectorAll('.photos img')].map(each => each.complete ? each.naturalWidth : -1).join('|')"
ME = "document.getElementById('me')?.textContent"
PROBLEM = "document.getElementById('problem')?.textContent"
TITLES = "[...document.querySelectorAll('#albums h2')].map(each => each.textContent).join('|')"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """The example, with nobody in it."""
    folder = tmp_path_factory.mktemp("photos")
    shutil.copytree(PHOTOS / "public", folder / "public")
    toml = (PHOTOS / "portico.toml").read_text().replace("[storage]", "[storage]\nsweep_s = 1.0")
    settings = {"token_secret": "of no consequence, but long enough"}
    with served(
        folder, PHOTOS / "models.py", f"sqlite:///{folder / 'photos.db'}", settings=settings, toml=toml
    ) as server:
        server.folder = folder
        yield server


def origin(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def sign_up(page: Chromium, server: Server, name: str) -> None:
    page.open(origin(server))
    page.wait_for("document.getElementById('sign-in')?.hidden === false")
    for field, value in (("name", name), ("email", f"{name.lower()}@example.com"), ("password", PASSWORD)):
        page.run(f"document.getElementById('{field}').value = {value!r}")
    page.run("document.getElementById('join').click()")
    page.wait_for(f"{ME} === {name!r}")


def picture(colour: str, size: int = 800) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(into, "PNG")
    return into.getvalue()


def pick(page: Chromium, name: str, content: bytes, type_: str = "image/png") -> None:
    """Has somebody choose a file for the first album."""
    page.run(
        f"""(() => {{
          const bytes = Uint8Array.from(atob({b64encode(content).decode()!r}), each => each.charCodeAt(0));
          const chosen = new DataTransfer();
          chosen.items.add(new File([bytes], {name!r}, {{ type: {type_!r} }}));
          const input = document.querySelector('#albums input[type=file]');
          input.files = chosen.files;
          input.dispatchEvent(new Event('change'));
        }})()"""
    )


def stored(server: Server) -> list[Path]:
    """The files that were sent, without what was made of them."""
    found = (server.folder / "files" / "photos.picture").rglob("*")
    return [each for each in found if each.is_file() and "." not in each.name]


def test_an_album_of_photos(server: Server, chromium: Chromium) -> None:
    with chromium.beside() as bob:
        sign_up(chromium, server, "Alice")
        sign_up(bob, server, "Bob")
        chromium.run("document.getElementById('title').value = 'Summer'")
        chromium.run("document.querySelector('#open button').click()")
        chromium.wait_for(f"{TITLES} === 'Summer'")
        chromium.run(
            "new MutationObserver(() => (window.wentOn = window.wentOn || document.querySelector('progress')?.value > 0))"
            ".observe(document.body, { attributes: true, subtree: true })"
        )
        pick(chromium, "sea.png", picture("navy"))
        chromium.wait_for(f"{CAPTIONS} === 'sea.png' && {LOADED} === '320'")
        assert chromium.run("window.wentOn === true"), "nothing was shown of how far the upload was"
        assert len(stored(server)) == 1

        pick(chromium, "page.png", b"<!DOCTYPE html><script>alert(1)</script>")
        chromium.wait_for(f"{PROBLEM}.includes('not image/png')")

        bob.run("location.reload()")
        bob.wait_for(f"{ME} === 'Bob'")
        assert bob.run(TITLES) == ""
        chromium.run("document.querySelector('.shared').click()")
        chromium.wait_for("document.querySelector('.shared').checked && document.body.dataset.shown > 3")
        bob.run("location.reload()")
        bob.wait_for(f"{TITLES} === 'Summer' && {LOADED} === '320'")
        assert bob.run("document.querySelector('.own').hidden")

        address = bob.run("document.querySelector('.photos a').href")
        path = address.removeprefix(origin(server))
        assert server.status_of(path) == 200
        shown = chromium.run("Number(document.body.dataset.shown)")
        chromium.run("document.querySelector('.shared').click()")
        chromium.wait_for(f"document.body.dataset.shown > {shown}")
        assert server.status_of(path) == 404, "an address outlives the right that it was made for"

        chromium.run("document.querySelector('.photos button').click()")
        chromium.wait_for(f"{CAPTIONS} === ''")
        eventually(lambda: not stored(server))
