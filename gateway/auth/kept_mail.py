"""How do mails of accounts outlive the process: sealed, for codes and links are in them, and kept among the jobs."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import orjson

from portico.gateway.auth.mail import SPREAD_S, Mail, message_of
from portico.gateway.auth.mail_texts import Text
from portico.gateway.auth.records import now
from portico.gateway.auth.secrets import Secrets
from portico.gateway.auth.smtp_address import SmtpAddress
from portico.gateway.observe import logger

_PURPOSE = "mail"


class KeptMailer:
    """
    A mailer that hands mails to whoever keeps them.

    Up to a second later, as the one that sends them itself does: a row that is written for some accounts and not for others would be
    felt by who asks next (benchmarks/enumeration).

    Args:
        put: keeps a text, which nobody else can read.
    """

    def __init__(self, put: Callable[[str], Awaitable[object]], secrets: Secrets, spread_s: float = SPREAD_S) -> None:
        self._put = put
        self._secrets = secrets
        self._spread_s = spread_s
        self._ending = asyncio.Event()
        self._underway: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """See `Mailer`."""

    async def close(self) -> None:
        """See `Mailer`; what waits is kept at once."""
        self._ending.set()
        await asyncio.gather(*self._underway, return_exceptions=True)

    def send(self, to: str, text: Text) -> None:
        """See `Mailer`."""
        task = asyncio.create_task(self._keep(sealed_mail(self._secrets, to, text)))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    async def _keep(self, sealed: str) -> None:
        try:
            async with asyncio.timeout(random.random() * self._spread_s):  # noqa: S311  # guessing it gains nothing
                await self._ending.wait()
        except TimeoutError:
            pass
        try:
            await self._put(sealed)
        except Exception as error:
            logger().error("a mail was not sent", reason=type(error).__name__)


def sealed_mail(secrets: Secrets, to: str, text: Text) -> str:
    """A mail as nobody else reads it."""
    said = orjson.dumps({"to": to, "text": asdict(text)})
    return base64.b64encode(secrets.seal(_PURPOSE, said)).decode()


async def send_sealed(
    secrets: Secrets, sealed: str, address: SmtpAddress, sender: str, id: str, timeout_s: float
) -> None:
    """
    Sends what `sealed_mail` has made.

    Args:
        id: of the mail, the same at each try.

    Raises:
        ValueError: it was sealed by another secret.
        aiosmtplib.SMTPException, OSError
    """
    said = orjson.loads(secrets.unseal(_PURPOSE, base64.b64decode(sealed)))
    text = said["text"]
    link = tuple(text.pop("link")) if text["link"] is not None else text.pop("link")
    above, below = tuple(text.pop("above")), tuple(text.pop("below"))
    message = message_of(Mail(said["to"], Text(above=above, below=below, link=link, **text), now()), sender)
    message.replace_header("Message-ID", f"<{id}@{message['Message-ID'].rpartition('@')[2]}")
    await address.send(message, timeout_s)
