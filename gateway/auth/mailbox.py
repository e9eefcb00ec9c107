"""Where do mails go while one develops: into this box, which a page shows."""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Sequence

from portico.gateway.auth.mail import Mail, plain
from portico.gateway.auth.mail_texts import Text
from portico.gateway.auth.page_headers import page_headers
from portico.gateway.auth.records import now
from portico.gateway.http import Scope, Send, respond

PATH = "/portico/mailbox"
_MOST = 200
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "article{border-top:1px solid #ccc;padding:1rem 0}h2{font-size:1rem;margin:0}small{color:#666}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}code{font-size:1.5rem}"
)
_HEADERS = page_headers(_STYLE, "'none'")


class Mailbox:
    """Keeps the last 200 mails, and sends none."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=_MOST)

    @property
    def mails(self) -> Sequence[Mail]:
        """The newest last."""
        return list(self._mails)

    def empty(self) -> None:
        """Forgets them."""
        self._mails.clear()

    async def start(self) -> None:
        """See `Mailer`."""

    async def close(self) -> None:
        """See `Mailer`."""

    def send(self, to: str, text: Text) -> None:
        """See `Mailer`."""
        self._mails.append(Mail(to, text, now()))

    async def page(self, scope: Scope, send: Send) -> None:
        """Answers with the page."""
        is_read = scope["method"] in ("GET", "HEAD")
        body = self._page().encode() if scope["method"] == "GET" else b""
        extra = _HEADERS if is_read else (*_HEADERS, (b"allow", b"GET, HEAD"))
        await respond(send, 200 if is_read else 405, body, b"text/html; charset=utf-8", extra)

    def _page(self) -> str:
        shown = "".join(_shown(each) for each in reversed(self._mails)) or "<p>No mail was sent yet.</p>"
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mailbox</title><style>{_STYLE}</style>'
            f"</head><body><h1>Mailbox</h1><p>In development all mails come here, whomever they are to.</p>{shown}</body></html>"
        )


def _shown(mail: Mail) -> str:
    text = html.escape(plain(mail.text))
    if mail.text.link is not None:
        link = html.escape(mail.text.link[0])
        text = text.replace(link, f'<a href="{link}">{link}</a>')
    if mail.text.code is not None:
        code = html.escape(mail.text.code)
        text = text.replace(f"\n{code}\n", f"\n<code>{code}</code>\n")
    return (
        f"<article><h2>{html.escape(mail.text.subject)}</h2><small>to {html.escape(mail.to)}, "
        f"{mail.at:%H:%M:%S} UTC</small><pre>{text}</pre></article>"
    )
