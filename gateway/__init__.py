"""Everything with a socket, a file or a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portico.gateway.app import Gateway
    from portico.gateway.reflection import reflect
    from portico.gateway.settings import Settings

__all__ = ["Gateway", "Settings", "reflect"]

_WHERE = {
    "Gateway": "portico.gateway.app",
    "Settings": "portico.gateway.settings",
    "reflect": "portico.gateway.reflection",
}


def __getattr__(name: str) -> Any:
    # Found when first asked for: a model file imports `portico.gateway.auth`, which must not load the server.
    if name not in _WHERE:
        raise AttributeError(name)
    import importlib

    return getattr(importlib.import_module(_WHERE[name]), name)
