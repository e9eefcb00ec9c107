"""Which server takes mails: `smtp_url` as it is written, and how a connection to it is kept from others."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from portico.gateway.auth.emails import email_of
from portico.gateway.auth.problems import InvalidEmail
from portico.gateway.problems import InvalidSettings

_PORTS = {"smtp": 587, "smtps": 465}
_HINT = "auth.smtp_url is smtp://user:password@host:587 or smtps://…"


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A server. is_tls: from the first byte; else with STARTTLS, without which no password is sent."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool

    async def send(self, message: EmailMessage, timeout_s: float) -> None:
        """
        Sends one message, over a connection of its own.

        Raises:
            aiosmtplib.SMTPException, OSError
        """
        await aiosmtplib.send(
            message,
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.is_tls,
            start_tls=None if self.is_tls or not self.user else True,
            timeout=timeout_s,
        )


def smtp_address(url: str) -> SmtpAddress:
    """
    The server that a URL names.

    Raises:
        InvalidSettings
    """
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise InvalidSettings("auth.smtp_url cannot be read.", hint=_HINT) from None
    if found.scheme not in _PORTS or not found.hostname:
        raise InvalidSettings("auth.smtp_url names no server.", hint=_HINT)
    return SmtpAddress(
        found.hostname,
        port or _PORTS[found.scheme],
        unquote(found.username or ""),
        unquote(found.password or ""),
        found.scheme == "smtps",
    )


def checked_sender(mail_from: str) -> str:
    """
    Whom mails are from.

    Raises:
        InvalidSettings: the setting names no address.
    """
    try:
        email_of(parseaddr(mail_from)[1])
    except InvalidEmail:
        raise InvalidSettings("auth.mail_from is no address.", hint='"Name <address>", or the address alone.') from None
    if not mail_from.isprintable():
        raise InvalidSettings("auth.mail_from has characters that no header has.")
    return mail_from
