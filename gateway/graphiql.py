"""Where is GraphiQL: its page and the files that are built from npm, or how to get them."""

from __future__ import annotations

import html
from collections.abc import Callable
from importlib import resources
from typing import Any

import orjson

from portico.gateway.http import Receive, Scope, Send, respond

_TYPES = {
    "js": b"text/javascript; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "ttf": b"font/ttf",
    "txt": b"text/plain; charset=utf-8",
}
_HTML = b"text/html; charset=utf-8"
_JSON = b"application/json; charset=utf-8"
_TEXT = b"text/plain; charset=utf-8"
# Monaco writes style elements of its own, so styles must be allowed inline; scripts never are. It is sent with the
# files too, because a worker obeys the policy that its own file came with.
_SAFE = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        b"form-action 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_NEVER_KEPT = (b"cache-control", b"no-store")
_KEPT_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_STILL_SERVED = "The version before this save is still being served."
# In the page, as the browser would otherwise ask for /favicon.ico.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23c0392b' "
    "d='M8 1 1 5v1h14V5zM2 7v6h2V7zm5 0v6h2V7zm5 0v6h2V7zM1 14v1h14v-1z'/%3E%3C/svg%3E"
)


class GraphiqlPage:
    """
    Serves the page.

    Args:
        trouble: what is wrong with the author's last save, or None; shown above the editor.
        revision: another number after each reload of the models; the page then reads the schema again.
        folder: where the built files are, if not in this package.
    """

    prefix = "/portico/graphiql/"

    def __init__(
        self,
        trouble: Callable[[], str | None],
        revision: Callable[[], int] = lambda: 0,
        *,
        folder: Any = None,
    ) -> None:
        self._trouble_of_last_save = trouble
        self._revision = revision
        self._folder: Any = folder or resources.files("portico.gateway").joinpath("static", "graphiql")

    @property
    def is_built(self) -> bool:
        """Whether the files are there."""
        return self._version() is not None

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page itself."""
        version = self._version()
        text = _missing(self._trouble(), _host(scope)) if version is None else _page(self._trouble(), version)
        await respond(send, 200, text.encode(), _HTML, (*_SAFE, _NEVER_KEPT))

    async def asset(self, path: str, send: Send) -> None:
        """
        What the page asks for: `state`, or `VERSION/NAME` of a built file.

        Names come from the folder's own listing, never from the path. As the version is part of the address,
        a file never changes under it.
        """
        wanted = path.removeprefix(self.prefix)
        version, _, name = wanted.partition("/")
        if wanted == "state":
            state = orjson.dumps({"trouble": self._trouble(), "revision": self._revision()})
            await respond(send, 200, state, _JSON, (*_SAFE, _NEVER_KEPT))
        elif version == self._version() and name in self._names():
            kind = _TYPES.get(name.rpartition(".")[2], b"application/octet-stream")
            await respond(send, 200, self._folder.joinpath(name).read_bytes(), kind, (*_SAFE, _KEPT_FOR_EVER))
        else:
            await respond(send, 404, b"not found", _TEXT, (*_SAFE, _NEVER_KEPT))

    def _trouble(self) -> str | None:
        trouble = self._trouble_of_last_save()
        return None if trouble is None else f"{trouble}\n\n{_STILL_SERVED}"

    def _version(self) -> str | None:
        file = self._folder.joinpath("version.txt")
        return file.read_text() if file.is_file() else None

    def _names(self) -> set[str]:
        return {each.name for each in self._folder.iterdir() if each.is_file()}


def _host(scope: Scope) -> str:
    return dict(scope["headers"]).get(b"host", b"localhost:8000").decode("latin-1")


def _trouble_box(trouble: str | None) -> str:
    hidden = " hidden" if trouble is None else ""
    return f'<pre id="trouble" class="trouble" role="alert"{hidden}>{html.escape(trouble or "")}</pre>'


def _page(trouble: str | None, version: str) -> str:
    files = f"{GraphiqlPage.prefix}{version}/"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portico · GraphiQL</title>
<link rel="icon" href="{_ICON}">
<link rel="stylesheet" href="{files}graphiql.css">
<script type="module" src="{files}graphiql.js"></script>
</head>
<body>
{_trouble_box(trouble)}
<div id="graphiql"><p class="loading">Loading GraphiQL …</p></div>
</body>
</html>
"""


def _missing(trouble: str | None, host: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portico</title>
<link rel="icon" href="{_ICON}">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 4rem auto; padding: 0 1rem }}
pre {{ background: light-dark(#f3f3f3, #333); padding: 1rem; overflow: auto }}
.trouble {{ background: light-dark(#fdeaea, #471d1d) }}
</style>
</head>
<body>
<h1>Portico is running</h1>
{_trouble_box(trouble)}
<p>GraphQL is at <code>/graphql</code>. GraphiQL's files are not built yet. In the checkout, with a network, run</p>
<pre>make assets</pre>
<p>and load this page again. Everything else works without them:</p>
<pre>curl -H 'Content-Type: application/json' \\
     -d '{{"query": "{{ __typename }}"}}' http://{html.escape(host)}/graphql</pre>
<p>To ask as somebody, make a token with <code>portico token alice --create</code> and add
<code>-H 'Authorization: Bearer TOKEN'</code>.</p>
</body>
</html>
"""
