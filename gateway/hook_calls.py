"""How is an author's hook called: with the values that it names, and by type with what functions are handed."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any


async def call_hook(function: Callable[..., Any], named: Mapping[str, Any], handed: Callable[[Any], Any]) -> Any:
    """
    What a hook gives.

    Args:
        handed: a class that derives from `Provided` → the object.
    """
    hints = typing.get_type_hints(function)
    arguments = {
        name: named[name] if name in named else handed(hints[name]) for name in inspect.signature(function).parameters
    }
    found = function(**arguments)
    return await found if inspect.isawaitable(found) else found
