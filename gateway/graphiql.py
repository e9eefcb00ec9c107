"""Where is GraphiQL: its page and the assets that are built from npm, or how to get them."""

from __future__ import annotations

import html
from collections.abc import Callable
from importlib import resources
from typing import Any

from portico.gateway.http import Receive, Scope, Send, respond

_TYPES = {
    "js": b"text/javascript; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "ttf": b"font/ttf",
    "woff2": b"font/woff2",
    "svg": b"image/svg+xml",
    "map": b"application/json",
}
_HTML = b"text/html; charset=utf-8"
_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'",
)


class GraphiqlPage:
    """
    Serves the page.

    Args:
        trouble: what is wrong with the author's last save, or None; shown above the editor.
    """

    prefix = "/portico/graphiql/"

    def __init__(self, trouble: Callable[[], str | None]) -> None:
        self._trouble = trouble
        self._assets: Any = resources.files("portico.gateway").joinpath("static", "graphiql")

    @property
    def is_built(self) -> bool:
        """Whether the assets are there."""
        return self._assets.joinpath("graphiql.js").is_file()

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page itself."""
        text = _page(self._trouble()) if self.is_built else _missing(self._trouble())
        await respond(send, 200, text.encode(), _HTML, (_POLICY, (b"x-content-type-options", b"nosniff")))

    async def asset(self, path: str, send: Send) -> None:
        """One built file; names come from the folder's own listing, never from the path."""
        wanted = path.removeprefix(self.prefix)
        names = {each.name for each in self._assets.iterdir()} if self._assets.is_dir() else set[str]()
        if wanted not in names:
            await respond(send, 404, b"not found", b"text/plain")
            return
        kind = _TYPES.get(wanted.rpartition(".")[2], b"application/octet-stream")
        caching = (b"cache-control", b"no-cache" if wanted.startswith("graphiql.") else b"public, max-age=31536000")
        await respond(send, 200, self._assets.joinpath(wanted).read_bytes(), kind, (caching,))


def _trouble_box(trouble: str | None) -> str:
    if trouble is None:
        return ""
    return f'<pre class="trouble" role="alert">{html.escape(trouble)}</pre>'


def _page(trouble: str | None) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portico</title>
<link rel="stylesheet" href="{GraphiqlPage.prefix}graphiql.css">
</head>
<body>
{_trouble_box(trouble)}
<div id="graphiql">Loading…</div>
<script type="module" src="{GraphiqlPage.prefix}graphiql.js"></script>
</body>
</html>
"""


def _missing(trouble: str | None) -> str:
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Portico</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 4rem auto; padding: 0 1rem }}
pre {{ background: #f3f3f3; padding: 1rem; overflow: auto }} .trouble {{ background: #fde8e8 }}</style></head>
<body>
<h1>Portico is running</h1>
{_trouble_box(trouble)}
<p>GraphQL is at <code>/graphql</code>. GraphiQL's files are not built yet; in the checkout, run</p>
<pre>make install</pre>
<p>and load this page again. Everything else works without them:</p>
<pre>curl -H 'Content-Type: application/json' \\
     -d '{{"query": "{{ __typename }}"}}' http://localhost:8000/graphql</pre>
</body>
</html>
"""
