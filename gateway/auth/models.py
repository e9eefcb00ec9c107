"""Who are the users, and what do they sign in by: accounts as ordinary models with ordinary rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portico.schema import Id, Me, Model, Now, Rule, allow, named
from portico.schema.infos import Info


def _called(type_name: str, one: str, many: str) -> Info:
    """Names without the prefix that keeps our tables apart from the author's."""
    roots = {"select": many, "select_by_pk": one, "select_aggregate": f"{many}Aggregate"}
    return named(type_name, roots={**roots, "select_stream": f"{many}Stream", "changes": f"{many}Changes"})


class User(Model):
    """
    A person or service that signs in.

    email: in lower case. role: what requests act under unless they name another of allowed_roles. claims: go into tokens, where
    rules find them as `me.claim(…)`.
    """

    id: Mapped[Id]
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(64), default="user", server_default="user")
    allowed_roles: Mapped[list[str] | None]
    claims: Mapped[dict[str, Any] | None]
    is_anonymous: Mapped[bool] = mapped_column(default=False, server_default="0")
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[Now]


class Identity(Model):
    """
    One way in which a user signs in.

    provider: `password`, or the name of a provider. subject: who the user is there; of passwords it is the user's id. secret: of
    passwords the hash.
    """

    __tablename__ = "auth_identities"
    __table_args__ = (UniqueConstraint("provider", "subject"), {"info": _called("Identity", "identity", "identities")})

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(320))
    secret: Mapped[str | None]
    created_at: Mapped[Now]
    last_used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Session(Model):
    """
    A device that is signed in.

    counter: how often its refresh token was changed. assurance: 1 where one factor was shown, 2 where two were. methods: how
    (`pwd`, `otp`, `mfa`, …; RFC 8176). ends_at: when it ends, however it is used.
    """

    __tablename__ = "auth_sessions"
    __table_args__ = {"info": _called("Session", "session", "sessions")}  # noqa: RUF012

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    counter: Mapped[int] = mapped_column(default=0, server_default="0")
    assurance: Mapped[int] = mapped_column(default=1, server_default="1")
    methods: Mapped[list[str]]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(256))
    created_at: Mapped[Now]
    refreshed_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Factor(Model):
    """
    A second factor of a user: an authenticator app (`totp`), a passkey (`passkey`), or a code to recover by (`recovery`).

    secret: encrypted, or of recovery codes a hash. last_step: of an app, the last step of time whose code was taken; of a passkey
    how often it has signed. tries: wrong codes in a row, of which the last was at tried_at. confirmed_at: when it was shown to
    work; used_at: of recovery codes, when.
    """

    __tablename__ = "auth_factors"
    __table_args__ = {"info": _called("Factor", "factor", "factors")}  # noqa: RUF012

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(64))
    handle: Mapped[str | None] = mapped_column(String(1024), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[datetime | None]
    created_at: Mapped[Now]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Code(Model):
    """
    A code or link that was sent, or waits to be exchanged.

    purpose: what it is good for, and nothing else. digest: of the secret. details: what was asked for when it was made.
    tries: wrong ones.
    """

    __tablename__ = "auth_codes"

    id: Mapped[Id]
    purpose: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None] = mapped_column(String(320), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    details: Mapped[dict[str, Any] | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[Now]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ApiKey(Model):
    """
    A key that programs sign in by, as its user.

    prefix: its first characters, to know it by. digest: of the whole. role: that it acts under, one of its user's. is_read_only:
    whether it changes nothing.
    """

    __tablename__ = "api_keys"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    role: Mapped[str] = mapped_column(String(64))
    is_read_only: Mapped[bool] = mapped_column(default=False, server_default="0")
    created_at: Mapped[Now]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class SigningKey(Model):
    """
    A key that tokens are signed by.

    private: encrypted. public: as a JSON Web Key. retired_at: from when on its tokens are refused.
    """

    __tablename__ = "auth_keys"

    id: Mapped[Id]
    private: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[dict[str, Any]]
    created_at: Mapped[Now]
    retired_at: Mapped[datetime | None]


@allow(User, "read", to="user")
def myself(user: type[User], me: Me) -> Rule:
    """Users see themselves."""
    return user.id == me.id


@allow(
    Identity,
    "read",
    to="user",
    fields=[
        Identity.id,
        Identity.user_id,
        Identity.provider,
        Identity.email,
        Identity.created_at,
        Identity.last_used_at,
    ],
)
def my_identities(identity: type[Identity], me: Me) -> Rule:
    """Users see the ways in which they sign in."""
    return identity.user_id == me.id


@allow(
    Session,
    "read",
    to="user",
    fields=[
        Session.id,
        Session.user_id,
        Session.assurance,
        Session.methods,
        Session.address,
        Session.user_agent,
        Session.created_at,
        Session.refreshed_at,
        Session.ends_at,
        Session.revoked_at,
    ],
)
def my_sessions(session: type[Session], me: Me) -> Rule:
    """Users see where they are signed in."""
    return session.user_id == me.id


@allow(
    Factor,
    "read",
    to="user",
    fields=[
        Factor.id,
        Factor.user_id,
        Factor.kind,
        Factor.name,
        Factor.created_at,
        Factor.confirmed_at,
        Factor.used_at,
    ],
)
def my_factors(factor: type[Factor], me: Me) -> Rule:
    """Users see their second factors, and nothing of what is secret in them."""
    return factor.user_id == me.id


@allow(
    ApiKey,
    "read",
    to="user",
    fields=[
        ApiKey.id,
        ApiKey.user_id,
        ApiKey.name,
        ApiKey.prefix,
        ApiKey.role,
        ApiKey.is_read_only,
        ApiKey.created_at,
        ApiKey.expires_at,
        ApiKey.revoked_at,
    ],
)
def my_api_keys(key: type[ApiKey], me: Me) -> Rule:
    """Users see the keys that act for them."""
    return key.user_id == me.id
