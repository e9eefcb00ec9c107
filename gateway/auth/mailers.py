"""Who sends the mails: in development nobody, else the server that the settings name."""

from __future__ import annotations

from portico.gateway.auth.mail import Mailer, NoMailer, SmtpMailer
from portico.gateway.auth.mailbox import Mailbox
from portico.gateway.auth.smtp_address import checked_sender, smtp_address
from portico.gateway.auth_settings import AuthSettings


def mailer_of(settings: AuthSettings, *, catches_mail: bool) -> Mailer:
    """
    What takes mails.

    Raises:
        InvalidSettings: `smtp_url` or `mail_from` is none.
    """
    sender = (
        SmtpMailer(smtp_address(settings.smtp_url), checked_sender(settings.mail_from)) if settings.smtp_url else None
    )
    return Mailbox() if catches_mail else sender or NoMailer()
