"""What can go wrong with accounts: each problem by its permanent code."""

from __future__ import annotations

from portico.schema.problems import Problem


class SignInFailed(Problem):
    """The name or the secret is wrong, or the account may not sign in; it is not said which."""

    code, status, error_code = "PT330", 401, "access-denied"


class InvalidRefreshToken(Problem):
    """The refresh token is none, was used before, or its session has ended; it is not said which."""

    code, status, error_code = "PT331", 401, "invalid-jwt"


class SignUpRefused(Problem):
    """An account cannot be made."""

    code, status, error_code = "PT332", 403, "access-denied"


class WeakPassword(Problem):
    """The password is too short, too long, too common, or known from a breach."""

    code, status, error_code = "PT333", 400, "validation-failed"


class InvalidEmail(Problem):
    """The text is no address of e-mail."""

    code, status, error_code = "PT334", 400, "validation-failed"


class InvalidCode(Problem):
    """The code or link is wrong, too old, or was used before; it is not said which."""

    code, status, error_code = "PT335", 401, "access-denied"


class TooManyAttempts(Problem):
    """The account or the address has to wait before it tries again."""

    code, status, error_code = "PT336", 429, "limit-exceeded"


class NeedsSignIn(Problem):
    """The field is for those who are signed in."""

    code, status, error_code = "PT337", 401, "access-denied"


class NeedsAssurance(Problem):
    """The field is for those who have shown a second factor, or have shown who they are just now."""

    code, status, error_code = "PT338", 403, "access-denied"


class AccountsBusy(Problem):
    """Too many passwords wait to be looked at."""

    code, status, error_code = "PT339", 503, "unexpected"


class NotPossible(Problem):
    """What a function of accounts was given is out of range, or makes no sense as things are."""

    code, status, error_code = "PT362", 400, "validation-failed"


class PasskeysMissing(Problem):
    """Passkeys need a package that is not installed."""

    code, status, error_code = "PT363", 501, "unexpected"


class NotInTeam(Problem):
    """The team is none of the caller's, or they may not do this in it."""

    code, status, error_code = "PT364", 403, "access-denied"


class UnknownProvider(Problem):
    """There is no provider of this name."""

    code, status, error_code = "PT350", 404, "not-found"


class ProviderRefused(Problem):
    """The provider has not said who it is, or not in a way that is believed; it is not said which."""

    code, status, error_code = "PT351", 401, "access-denied"


class NotBegunHere(Problem):
    """Signing in by a provider was not begun in this browser, was begun too long ago, or has ended before."""

    code, status, error_code = "PT352", 400, "access-denied"


class ProviderUnavailable(Problem):
    """The provider cannot be reached, or does not describe itself as the settings say."""

    code, status, error_code = "PT353", 502, "unexpected"


class CannotLink(Problem):
    """The identity is somebody else's, or its address is that of an account that has not verified it."""

    code, status, error_code = "PT354", 409, "access-denied"


class LastWayIn(Problem):
    """The identity is the only one by which its user can sign in."""

    code, status, error_code = "PT355", 409, "constraint-violation"


class RedirectNotAllowed(Problem):
    """The address to come back to is neither under `public_url` nor one of `redirect_urls`."""

    code, status, error_code = "PT356", 400, "validation-failed"


class NeedsChallenge(Problem):
    """Whoever takes the tokens elsewhere than in a cookie sends a `code_challenge`, made by S256."""

    code, status, error_code = "PT357", 400, "validation-failed"


class CaptchaFailed(Problem):
    """The captcha was not solved, was solved before, or cannot be verified now."""

    code, status, error_code = "PT341", 400, "access-denied"


class AccountInUse(Problem):
    """An account cannot be deleted, for rows that are to stay refer to it."""

    code, status, error_code = "PT342", 409, "conflict"
