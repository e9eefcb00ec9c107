"""What does a JSON path lead to: `$.a.b[0]` read into its keys."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"""\.?([^.\[\]"']+)|\.?\[(\d{1,9})\]|\.?\[?["']([^"'\]]*)["']\]?""")
MAX_STEPS = 50


def path_keys(path: Any) -> list[str]:
    """
    The keys of a path, array positions as digits; `$` alone gives none.

    Raises:
        ValueError: it is no path.
    """
    text = path.strip()
    rest = text.removeprefix("$")
    keys: list[str] = []
    position = 0
    while position < len(rest):
        step = _STEP.match(rest, position)
        if step is None or step.end() == position or len(keys) >= MAX_STEPS:
            raise ValueError("expected a path such as $.address.lines[0]")
        keys.append(next(group for group in step.groups() if group is not None))
        position = step.end()
    return keys


def sqlite_path(path: Any) -> str:
    """The path as SQLite's JSON functions spell it."""
    return "$" + "".join(f"[{key}]" if key.isdecimal() else f'."{key}"' for key in path_keys(path))
