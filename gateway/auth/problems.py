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


class RedirectRefused(Problem):
    """A link would lead to an address that is neither of this server nor one of `redirect_urls`."""

    code, status, error_code = "PT340", 400, "validation-failed"


class CaptchaFailed(Problem):
    """The captcha was not solved, was solved before, or cannot be verified now."""

    code, status, error_code = "PT341", 400, "access-denied"


class AccountInUse(Problem):
    """An account cannot be deleted, for rows that are to stay refer to it."""

    code, status, error_code = "PT342", 409, "conflict"
