"""Is it a person: the captcha of hCaptcha or Turnstile, which their server is asked about."""

from __future__ import annotations

from urllib.parse import urlencode

from portico.gateway.auth.attempts import Attempts
from portico.gateway.auth.problems import CaptchaFailed
from portico.gateway.connection import Connection
from portico.gateway.observe import logger
from portico.gateway.outgoing import Unreachable, post_form
from portico.gateway.problems import InvalidSettings

_URLS = {
    "hcaptcha": "https://api.hcaptcha.com/siteverify",
    "turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
}
_MOST = 4_096  # characters of an answer; Turnstile's are 2,048 at most


class Captcha:
    """
    Verifies what a page was given for a solved captcha.

    Where the provider cannot be reached nobody passes: else whoever keeps us from reaching it would.

    Args:
        kind: the setting `captcha`; empty asks for none.
        url: who is asked, if not the provider of that name.
        allow_private: see `outgoing`.

    Raises:
        InvalidSettings: another kind, or no secret.
    """

    def __init__(self, kind: str, secret: str, *, url: str = "", allow_private: bool = False) -> None:
        if kind and kind not in _URLS:
            raise InvalidSettings(f"auth.captcha = {kind!r}, but it is hcaptcha or turnstile.")
        if kind and not secret:
            raise InvalidSettings("auth.captcha_secret is not given.", hint="The provider's page of the site has it.")
        self._url = url or _URLS.get(kind, "")
        self._secret = secret
        self._allow_private = allow_private

    async def check(self, attempts: Attempts, connection: Connection, answer: str | None) -> None:
        """
        Lets pass who has solved it; who has not, that counts as an attempt.

        Raises:
            CaptchaFailed, TooManyAttempts
        """
        if not self._url:
            return
        attempt = attempts.begin(connection)
        if not answer or len(answer) > _MOST or not await self._is_right(connection, answer):
            raise CaptchaFailed("The captcha was not solved.", hint="Send what its widget answers as `captcha`.")
        attempt.succeeded()

    async def _is_right(self, connection: Connection, answer: str) -> bool:
        fields = {"secret": self._secret, "response": answer}
        if connection.address:
            fields["remoteip"] = connection.address
        try:
            found = await post_form(self._url, urlencode(fields), allow_private=self._allow_private)
        except Unreachable as error:
            logger().error("a captcha cannot be verified", reason=error.message)
            return False
        return isinstance(found, dict) and found.get("success") is True
