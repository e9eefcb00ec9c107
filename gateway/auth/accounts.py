"""What do accounts stand on: the parts that every way of signing in uses, put together once for a process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portico.gateway.auth.access import AccountVerifier, claims_of
from portico.gateway.auth.api_keys import ApiKeyVerifier
from portico.gateway.auth.attempts import Attempts
from portico.gateway.auth.captcha import Captcha
from portico.gateway.auth.codes import Codes
from portico.gateway.auth.finishing import finish_sign_in
from portico.gateway.auth.hooks import Hooks, WithinTransaction
from portico.gateway.auth.keys import SigningKeys
from portico.gateway.auth.links import Links
from portico.gateway.auth.mail_texts import Texts
from portico.gateway.auth.mailers import mailer_of
from portico.gateway.auth.password_rules import Breaches
from portico.gateway.auth.passwords import Passwords
from portico.gateway.auth.problems import NeedsSignIn
from portico.gateway.auth.provider_sign_in import ProviderSignIn
from portico.gateway.auth.records import Models
from portico.gateway.auth.secrets import Secrets
from portico.gateway.auth.sessions import Opened, read_teams
from portico.gateway.auth.types import SignIn, Tokens
from portico.gateway.auth.worded_mail import WordedMailer
from portico.gateway.auth_settings import AuthSettings
from portico.gateway.connection import Connection
from portico.schema.caller import Caller
from portico.schema.provided import Data, Provided

if TYPE_CHECKING:
    from portico.gateway.auth.models import Session, User


class Accounts(Provided):
    """
    What functions of accounts are handed.

    Args:
        secret: the setting `token_secret`.
        public_url: where clients reach the server; what links in mails begin with, whatever a request says of its host.
        catches_mail: whether mails are kept for developers to read instead of being sent.
        is_told: whether changes of users and sessions are heard of.
        outdate: has all credentials verified again.
        allow_private: whether providers may be at addresses that are not those of the internet.
    """

    def __init__(
        self,
        settings: AuthSettings,
        data: Data,
        models: Models,
        *,
        secret: str,
        public_url: str,
        catches_mail: bool,
        is_told: Callable[[], bool],
        outdate: Callable[[], None],
        allow_private: bool = False,
    ) -> None:
        self.settings = settings
        self.data = data
        self.models = models
        self.hooks = Hooks((), data)
        self.public_url = public_url
        self.issuer = settings.issuer or public_url
        self.secrets = Secrets(secret)
        self.passwords = Passwords(settings.hash_threads)
        self.breaches = Breaches(is_on=settings.breach_check)
        self.attempts = Attempts(settings)
        self.captcha = Captcha(settings.captcha, settings.captcha_secret)
        self.codes = Codes(settings, lambda: self.models, self.secrets)
        self.links = Links(public_url, settings)
        self.texts = Texts(urlsplit(public_url).netloc, settings.code_minutes)
        self.mailer = WordedMailer(mailer_of(settings, catches_mail=catches_mail), lambda: self.hooks)
        self.keys = SigningKeys(data, lambda: self.models, self.secrets, outdate)
        self.verifier = AccountVerifier(self.keys, data, lambda: self.models, self.issuer, is_told)
        self.key_verifier = ApiKeyVerifier(data, lambda: self.models, is_told)
        self.providers = ProviderSignIn(
            settings, data, lambda: self.models, self.secrets, public_url, allow_private=allow_private
        )

    async def start(self) -> None:
        """Reads or makes the keys that tokens are signed by."""
        await self.keys.start()
        await self.mailer.start()

    async def close(self) -> None:
        """Ends what runs by itself."""
        await self.keys.close()
        await self.mailer.close()
        self.passwords.close()

    async def finish_sign_in(
        self, session: AsyncSession, user: User, methods: Sequence[str], connection: Connection
    ) -> SignIn:
        """See `finishing`."""
        return await finish_sign_in(self, session, user, methods, connection)  # pyright: ignore[reportArgumentType]

    async def tokens(self, opened: Opened, session: AsyncSession | None = None) -> Tokens:
        """
        The tokens of a session as it is now.

        Args:
            session: the transaction that the caller is in; another connection beside it may be one too many.
        """
        return Tokens(
            access_token=await self.access_token(opened.user, opened.session, session),
            expires_in=self.settings.access_token_s,
            refresh_token=opened.refresh_token,
        )

    async def access_token(
        self, user: User, opened: Session, session: AsyncSession | None = None, *, is_elevated: bool = False
    ) -> str:
        """A token that speaks for a session."""
        data = self.data if session is None else WithinTransaction(session)
        custom = await self.hooks.claims(user, data)
        if (teams := await read_teams(data, self.models, user.id)) is not None:
            custom = {**custom, "teams": teams}
        life_s = self.settings.access_token_s
        return self.keys.sign(claims_of(user, opened, self.issuer, life_s, custom, is_elevated=is_elevated))


def session_of(caller: Caller) -> tuple[UUID, UUID]:
    """
    The caller's id, and that of the session which their token speaks for.

    Raises:
        NeedsSignIn: nobody who is signed in, or a program with a key.
    """
    user_id = user_id_of(caller)
    try:
        return user_id, UUID(str(caller.claims.get("sid")))
    except ValueError:
        raise NeedsSignIn("These credentials are of no session.", hint="Sign in.") from None


def user_id_of(caller: Caller) -> UUID:
    """
    The account that calls.

    Raises:
        NeedsSignIn: nobody who is signed in, or somebody of another issuer, whose ids are none of accounts.
    """
    if caller.id is None:
        raise NeedsSignIn("Nobody is signed in.", hint="Send Authorization: Bearer with an access token.")
    try:
        return UUID(str(caller.id))
    except ValueError:
        raise NeedsSignIn("These credentials are of no account.", hint="Sign in.") from None
