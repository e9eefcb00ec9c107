"""What can be set about accounts: one frozen record, the table `[auth]` of portico.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ProviderSettings:
    """One provider that people sign in by: OAuth 2 or OpenID Connect."""

    client_id: str
    client_secret: str = ""
    issuer: str = ""  # of OpenID Connect, whose endpoints are discovered; known providers have theirs
    scopes: tuple[str, ...] = ()  # besides those that the provider needs
    team_id: str = ""  # Apple's, whose clients sign their secret themselves
    key_id: str = ""
    private_key: str = ""  # PEM


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """Accounts, as `[auth]` says."""

    sign_up: bool = True  # whether people make accounts of their own
    anonymous: bool = False  # whether accounts without a name are made, which can be upgraded
    verify_email: bool = True  # whether signing in with a password needs an address that was verified
    default_role: str = "user"  # of new accounts

    access_token_s: int = 900
    refresh_grace_s: int = 10  # in which a client that did not keep its last refresh token is given it again
    session_hours: float = 720.0  # a session ends after so long, however it is used; 0 never
    session_idle_hours: float = 168.0  # or when it was not refreshed for so long; 0 never
    single_session: bool = False  # whether signing in ends the other sessions
    issuer: str = ""  # `iss` of tokens; public_url unless given

    min_password_length: int = 8
    breach_check: bool = False  # whether new passwords are looked for among those of known breaches (HIBP, by range)
    hash_threads: int = (
        1  # passwords hashed at once, each of which takes 7 MiB and 13 ms of a core; leave one to queries
    )

    code_minutes: int = 10  # one-time codes and links hold so long
    code_tries: int = 5  # wrong ones, after which a code is void
    attempts: int = 10  # of an account or an address in five minutes, before it has to wait
    attempts_of_address: int = 100
    mails_per_hour: int = 10  # to one address

    redirect_urls: tuple[str, ...] = ()  # where links and providers may lead back to, besides public_url
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict[str, ProviderSettings])

    smtp_url: str = ""  # smtp://user:password@host:587, smtps://…; in dev everything goes to /portico/mailbox
    mail_from: str = ""  # "Name <address>"
    captcha: str = ""  # hcaptcha or turnstile
    captcha_secret: str = ""
