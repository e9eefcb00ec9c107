"""When is garbage not looked for: while everything that is made is there to stay."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None]:
    """
    Collects no garbage meanwhile.

    Models and what is made of them stay; looking through them again and again for what might not takes a third of
    the time that hundreds of tables need.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
