"""Fixtures: servers with accounts and files, which tests have one after another; each finds it as if it were new."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Generator
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from argon2 import PasswordHasher

from portico.gateway.storage_settings import StorageSettings
from tests.accounts.conftest import Pool
from tests.storage.server import MODELS, FileServer
from tests.support.accounts import AccountServer


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Generator[None]:
    """Hashes of the same kind that cost a hundredth."""
    with pytest.MonkeyPatch.context() as patch:
        # By the module itself: tests of accounts may have loaded another `portico.gateway.auth` before these.
        passwords = import_module("portico.gateway.auth.passwords")
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def file_pool(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Generator[Pool]:
    made = Pool(lambda: tmp_path_factory.mktemp("files"), postgres)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def open_files(request: pytest.FixtureRequest, file_pool: Pool) -> Generator[Callable[..., FileServer]]:
    """Serves files over either engine: `server = open_files(storage={"url_s": 5})`."""
    opened: list[tuple[str, AccountServer]] = []
    path = list(sys.path)

    def open_one(**keywords: Any) -> FileServer:
        keywords.setdefault("models", MODELS)
        # A server that sweeps by itself would hold the database while a test has its loop stand still.
        keywords["storage"] = replace(StorageSettings(sweep_s=0.0), **keywords.pop("storage", {}))
        opened.append(file_pool.take(request.param, keywords))
        shutil.rmtree(opened[-1][1].folder / "files", ignore_errors=True)
        return FileServer(opened[-1][1])

    yield open_one
    for each in opened:
        file_pool.give_back(*each)
    sys.path[:] = path
    sys.modules.pop("models", None)


@pytest.fixture
def server(open_files: Callable[..., FileServer]) -> FileServer:
    """A server with albums and photos."""
    return open_files()
