"""What does somebody see who follows a link of a mail: a page with one button, for who only looks at links must not use them up."""

from __future__ import annotations

import html

from portico.gateway.auth.page_headers import page_headers

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color:#222}"
    "input,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.5rem 0}"
    "button{background:#1f4fd8;color:#fff;border:0;border-radius:.3rem}.problem{color:#a00}"
)
HEADERS = page_headers(_STYLE, "'self'")
# Purpose of a link → what the page says, and what its button does.
_WORDS = {
    "sign_up": ("Confirm your address", "Confirm and sign in"),
    "verify_email": ("Confirm your address", "Confirm and sign in"),
    "sign_in_link": ("Sign in", "Sign in"),
    "reset_password": ("Set another password", "Set the password"),
    "change_email": ("Confirm your new address", "Confirm"),
}


def asking_page(host: str, purpose: str, token: str, problem: str | None = None) -> bytes:
    """
    The page before the link is used.

    Args:
        problem: why it was not used the last time.
    """
    title, button = _WORDS[purpose]
    password = (
        '<input type="password" name="password" autocomplete="new-password" aria-label="New password" required autofocus>'
        if purpose == "reset_password"
        else ""
    )
    told = f'<p class="problem">{html.escape(problem)}</p>' if problem else ""
    form = (
        f'<form method="post" action="/auth/link"><input type="hidden" name="token" value="{html.escape(token)}">'
        f"{password}<button>{button}</button></form>"
    )
    return _page(host, title, told + form)


def told_page(host: str, title: str, text: str) -> bytes:
    """A page that only says something."""
    return _page(host, title, f"<p>{html.escape(text)}</p>")


def _page(host: str, title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(host)}</p>{body}</body></html>"
    ).encode()
