"""What is an address of e-mail, and when are two the same."""

from __future__ import annotations

import re

from portico.gateway.auth.problems import InvalidEmail

_MOST = 320
# Source: HTML, "Valid e-mail address", which browsers hold input fields to; and a dot in the domain is not asked for.
_SHAPE = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


def email_of(text: str) -> str:
    """
    The address as it is stored: in lower case, for people write it in any.

    Raises:
        InvalidEmail: it is none.
    """
    found = text.strip().lower()
    if len(found) > _MOST or not _SHAPE.fullmatch(found):
        raise InvalidEmail("This is no address of e-mail.")
    return found


def mailbox_of(email: str) -> str:
    """What attempts are counted by: without what follows a +, and without dots where providers do not read them."""
    name, _, domain = email.rpartition("@")
    name = name.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}@{domain}"
