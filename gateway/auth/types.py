"""What do the functions of accounts answer: their types in GraphQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry


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


@strawberry.type(description="A second factor that is to be confirmed.")
class Enrolled:
    """See the description."""

    id: strawberry.ID
    secret: str = strawberry.field(description="What an authenticator app is given, for those who type it.")
    uri: str = strawberry.field(description="The same as otpauth://…")
    qr: str = strawberry.field(description="The same as a picture to photograph: SVG.")

    @classmethod
    def of(cls, id: UUID, secret: str, uri: str, qr: str) -> Enrolled:
        """From values of ours."""
        return cls(id=strawberry.ID(str(id)), secret=secret, uri=uri, qr=qr)


@strawberry.type(description="A token that says that its user was just there; it holds until the next refresh.")
class ElevatedToken:
    """See the description."""

    access_token: str
    expires_in: int = strawberry.field(description="Seconds for which it is taken.")


@strawberry.type(description="A key for programs, as it is told once.")
class NewApiKey:
    """See the description."""

    id: strawberry.ID
    key: str = strawberry.field(description="For the header Authorization: Bearer …; nobody can look it up again.")
    prefix: str = strawberry.field(description="Its beginning, to know it by.")
    role: str
    expires_at: datetime | None


@strawberry.type(description="What a browser is asked about passkeys.")
class PasskeyRequest:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Sent with the answer.")
    options: str = strawberry.field(
        description="JSON for PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON."
    )

    @classmethod
    def of(cls, id: str, options: str) -> PasskeyRequest:
        """From values of ours."""
        return cls(id=strawberry.ID(id), options=options)


@strawberry.type(description="A team that was made.")
class TeamMade:
    """See the description."""

    id: strawberry.ID
    name: str


@strawberry.type(description="An invitation to a team.")
class Invitation:
    """See the description."""

    token: str = strawberry.field(description="For acceptInvitation, by whoever has the address.")
    email: str
    expires_at: datetime
