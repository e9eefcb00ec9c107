"""What do passwords cost in tests: hashes of the same kind as people get, for a hundredth; two thousand of them were a minute."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from portico.gateway.auth.argon2_hashes import Argon2


@contextmanager
def cheap_argon2() -> Generator[None]:
    """Inside, argon2id has one pass over 64 KiB."""
    with pytest.MonkeyPatch.context() as patch:
        # By the module: a reload of models makes the package anew, and without what was imported into it before.
        passwords = importlib.import_module("portico.gateway.auth.passwords")
        patch.setattr(passwords, "_ARGON2", Argon2(passes=1, memory_kib=64))
        yield
