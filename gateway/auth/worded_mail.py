"""How do an author's words get into mails: looked for once a mail is on its way, so that nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from portico.gateway.auth.hooks import Hooks
from portico.gateway.auth.mail import Mailer
from portico.gateway.auth.mail_texts import Text
from portico.gateway.observe import logger


class WordedMailer:
    """
    A mailer before another, which words mails as the model file says.

    A hook that fails is told in the log, and the mail has our own words.

    Args:
        mailer: who sends them.
        hooks: gives those of now, which a reload replaces.
    """

    def __init__(self, mailer: Mailer, hooks: Callable[[], Hooks]) -> None:
        self.mailer = mailer
        self._hooks = hooks
        self._underway: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """See `Mailer`."""
        await self.mailer.start()

    async def close(self) -> None:
        """See `Mailer`."""
        await asyncio.gather(*self._underway, return_exceptions=True)
        await self.mailer.close()

    def send(self, to: str, text: Text) -> None:
        """See `Mailer`."""
        if not self._hooks().words(text.kind):
            self.mailer.send(to, text)
            return
        task = asyncio.create_task(self._word(to, text))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    async def _word(self, to: str, text: Text) -> None:
        link = text.link[0] if text.link is not None else None
        try:
            mail = await self._hooks().mail(text.kind, email=to, link=link, code=text.code, details=text.subject)
            if mail is not None:
                text = replace(
                    text, subject=mail.subject, above=(mail.text,), link=None, code=None, below=(), html=mail.html
                )
        except Exception as error:
            logger().error("a mail has our own words", kind=text.kind, exc_info=error)
        self.mailer.send(to, text)
