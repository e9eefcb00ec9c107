"""Who are the users: the model that `owner()` points at."""

from __future__ import annotations

from sqlalchemy import JSON, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portico.schema import Id, Me, Model, Now, Rule, allow


class User(Model):
    """A person or service that signs in."""

    id: Mapped[Id]
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    name: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(64), default="user", server_default="user")
    allowed_roles: Mapped[list[str] | None] = mapped_column(JSON().with_variant(ARRAY(String()), "postgresql"))
    created_at: Mapped[Now]


@allow(User, "read", to="user")
def myself(user: type[User], me: Me) -> Rule:
    """Users see themselves."""
    return user.id == me.id
