"""How do mails of functions leave: by the server that accounts use, and in development into the same box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson

from portico.gateway.auth_settings import AuthSettings
from portico.gateway.events.jobs import Job
from portico.gateway.events.worker import Done, Failed

if TYPE_CHECKING:
    from portico.gateway.auth.accounts import Accounts
    from portico.gateway.auth.mailbox import Mailbox

Run = Callable[[Job], Awaitable[Done]]
ACCOUNT_MAIL = "portico.account_mail"
_TIMEOUT_S = 20.0


def mail_run(settings: AuthSettings, mailbox: Callable[[], Mailbox | None], *, catches_mail: bool) -> Run:
    """
    Sends the mails of `Messages`.

    Args:
        mailbox: where they go in development, where there are accounts.
    """

    async def run(job: Job) -> Done:
        # Here: neither the library nor accounts are loaded by projects that send no mail.
        from portico.gateway.auth.mail import Mail, message_of
        from portico.gateway.auth.mail_texts import Text
        from portico.gateway.auth.records import now
        from portico.gateway.auth.smtp_address import checked_sender, smtp_address

        said = orjson.loads(job.payload)
        text = Text(said["subject"], tuple(said["text"].split("\n\n")), html=said["html"])
        if catches_mail:
            found = mailbox()
            if found is not None:
                found.send(said["to"], text)
            return Done("caught" if found is not None else "nobody sends mails in development", is_kept=True)
        if not settings.smtp_url:
            raise Failed("auth.smtp_url is not set.")
        message = message_of(Mail(said["to"], text, now()), checked_sender(settings.mail_from))
        message.replace_header("Message-ID", f"<{job.id}@{message['Message-ID'].rpartition('@')[2]}")
        await _sent(smtp_address(settings.smtp_url).send(message, _TIMEOUT_S))
        return Done("sent", is_kept=True)

    return run


def account_mail_run(settings: AuthSettings, accounts: Callable[[], Accounts | None]) -> Run:
    """Sends the mails of accounts, which are sealed."""

    async def run(job: Job) -> Done:
        from portico.gateway.auth.kept_mail import send_sealed
        from portico.gateway.auth.smtp_address import checked_sender, smtp_address

        found = accounts()
        if found is None:
            raise Failed("There are no accounts.", is_final=True)
        address, sender = smtp_address(settings.smtp_url), checked_sender(settings.mail_from)
        try:
            await _sent(send_sealed(found.secrets, job.payload, address, sender, job.id, _TIMEOUT_S))
        except ValueError as error:
            raise Failed("It was sealed by another secret.", is_final=True) from error
        return Done("sent", is_kept=True)

    return run


async def _sent(sending: Awaitable[None]) -> None:
    """Awaits a mail's sending; what the server says is told in words of jobs."""
    import aiosmtplib

    try:
        await sending
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _refused(error.recipients[0].code) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code) from error
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise Failed(type(error).__name__) from error


def _refused(code: int) -> Failed:
    return Failed(f"refused with {code}", status=code, is_final=code >= 500)
