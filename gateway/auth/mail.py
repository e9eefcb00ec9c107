"""How do mails leave: written by `email`, and sent one after the other by a queue that nobody waits for."""

from __future__ import annotations

import asyncio
import html
import random
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Protocol

import aiosmtplib

from portico.gateway.auth.mail_texts import Text
from portico.gateway.auth.records import now
from portico.gateway.auth.smtp_address import SmtpAddress
from portico.gateway.observe import logger

_MOST_WAITING = 1_000
_SENDERS = 2  # connections; one that hangs does not keep all others
_TIMEOUT_S = 20.0
_PAUSES_S = (2.0, 10.0, 60.0, 300.0)  # before each further try
_LAST_S = 5.0  # what waits at the end of the process has so long
# Mails leave up to so much later: sending one takes 2 ms of the process, which whoever asks next would feel (benchmarks/enumeration).
SPREAD_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Mail:
    """A mail to somebody. tries: how often it was tried to send it."""

    to: str
    text: Text
    at: datetime
    tries: int = 0


class Mailer(Protocol):
    """What sends mails, or keeps them."""

    def send(self, to: str, text: Text) -> None:
        """Takes a mail, without waiting for anything."""
        ...

    async def start(self) -> None:
        """Begins."""
        ...

    async def close(self) -> None:
        """Ends; what waits is sent if that is soon."""
        ...


class SmtpMailer:
    """
    Sends by SMTP, from tasks of its own: how long it takes tells nobody whether there was a mail.

    What fails for the moment is tried again; what the server refuses for good, and what waits beyond 1,000, is told in the log
    and forgotten.

    Args:
        pauses_s: before each further try.
        spread_s: mails wait for a part of it, by chance.
    """

    def __init__(
        self,
        address: SmtpAddress,
        sender: str,
        pauses_s: tuple[float, ...] = _PAUSES_S,
        spread_s: float = SPREAD_S,
    ) -> None:
        self._address = address
        self._sender = sender
        self._pauses_s = pauses_s
        self._spread_s = spread_s
        self._waiting: asyncio.Queue[Mail] = asyncio.Queue(_MOST_WAITING)
        self._later: dict[Mail, asyncio.TimerHandle] = {}
        self._senders: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting.qsize() + len(self._later)

    async def start(self) -> None:
        """See `Mailer`."""
        self._senders = [asyncio.create_task(self._send_all()) for _ in range(_SENDERS)]

    async def close(self) -> None:
        """See `Mailer`."""
        for mail, timer in [*self._later.items()]:
            timer.cancel()
            self._put(mail)
        if self._senders:
            try:
                async with asyncio.timeout(_LAST_S):
                    await self._waiting.join()
            except TimeoutError:
                logger().error("mails were not sent", waiting=self._waiting.qsize())
        for each in self._senders:
            each.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)

    def send(self, to: str, text: Text) -> None:
        """See `Mailer`."""
        self._put_later(Mail(to, text, now()), random.random() * self._spread_s)  # noqa: S311  # guessing it gains nothing

    def _put_later(self, mail: Mail, pause_s: float) -> None:
        if self.waiting >= _MOST_WAITING:
            logger().error("a mail was not sent", reason="too many wait")
            return
        self._later[mail] = asyncio.get_running_loop().call_later(pause_s, self._put, mail)

    def _put(self, mail: Mail) -> None:
        self._later.pop(mail, None)
        try:
            self._waiting.put_nowait(mail)
        except asyncio.QueueFull:
            logger().error("a mail was not sent", reason="too many wait")

    async def _send_all(self) -> None:
        while True:
            mail = await self._waiting.get()
            try:
                await self._address.send(message_of(mail, self._sender), _TIMEOUT_S)
            except aiosmtplib.SMTPRecipientsRefused as error:
                code = error.recipients[0].code
                self._failed(mail, f"recipient refused with {code}", is_final=code >= 500)
            except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
                self._failed(mail, f"refused with {error.code}", is_final=error.code >= 500)
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                self._failed(mail, type(error).__name__, is_final=False)
            except Exception as error:
                self._failed(mail, type(error).__name__, is_final=True)
            finally:
                self._waiting.task_done()

    def _failed(self, mail: Mail, reason: str, *, is_final: bool) -> None:
        """Neither the address nor the text is logged: what is in it lets people in."""
        if is_final or mail.tries >= len(self._pauses_s):
            logger().error("a mail was not sent", reason=reason, tries=mail.tries + 1)
            return
        logger().warning("a mail is sent again later", reason=reason, tries=mail.tries + 1)
        self._put_later(replace(mail, tries=mail.tries + 1), self._pauses_s[mail.tries])


class NoMailer:
    """Where no server is named: says so, in the log."""

    async def start(self) -> None:
        """See `Mailer`."""
        logger().warning("no mail is sent", hint="Set auth.smtp_url and auth.mail_from.")

    async def close(self) -> None:
        """See `Mailer`."""

    def send(self, to: str, text: Text) -> None:
        """See `Mailer`."""
        logger().error("a mail was not sent", reason="auth.smtp_url is not set")


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """A mail as it travels: plain text, and the same as simple HTML."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.text.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no notes of absence come back
    message.set_content(plain(mail.text))
    message.add_alternative(mail.text.html or _html(mail.text), subtype="html")
    return message


def plain(text: Text) -> str:
    """A text as people without HTML read it."""
    middle = [text.link[0]] if text.link else [text.code] if text.code else []
    return "\n\n".join((*text.above, *middle, *text.below)) + "\n"


def _html(text: Text) -> str:
    middle = ""
    if text.link is not None:
        middle = f'<p><a href="{html.escape(text.link[0])}">{html.escape(text.link[1])}</a></p>'
    elif text.code is not None:
        middle = f'<p style="font-size: 2em; letter-spacing: 0.2em"><b>{html.escape(text.code)}</b></p>'
    return f"<html><body>{_paragraphs(text.above)}{middle}{_paragraphs(text.below)}</body></html>"


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{html.escape(each)}</p>" for each in texts)
