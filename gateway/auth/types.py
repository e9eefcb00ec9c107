"""What do the functions of accounts answer: their types in GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

if TYPE_CHECKING:
    pass


@strawberry.type(description="What a client keeps to be somebody.")
class Tokens:
    """See the description."""

    access_token: str = strawberry.field(description="For the header Authorization: Bearer …")
    expires_in: int = strawberry.field(description="Seconds for which the access token is taken.")
    refresh_token: str = strawberry.field(description="Exchanged for the next tokens by `refresh`; each is used once.")


@strawberry.type(description="How signing in, or up, has come out.")
class SignIn:
    """See the description."""

    tokens: Tokens | None = strawberry.field(default=None, description="Null where something is still asked for.")
    challenge: str | None = strawberry.field(
        default=None, description="Where a second factor is asked for: what to send with it."
    )
    is_code_sent: bool = strawberry.field(
        default=False, description="Whether the next step is in a mail, if there is an account that it can be sent to."
    )


@strawberry.type(description="The caller's account, as it is now.")
class Account:
    """See the description."""

    id: strawberry.ID
    email: str | None
    is_email_verified: bool
    name: str | None
    role: str
    roles: list[str]
    is_anonymous: bool
    assurance: int = strawberry.field(description="1 after one factor, 2 after two.")
    is_elevated: bool = strawberry.field(description="Whether a factor was shown again for this access token.")
    session_id: strawberry.ID | None
