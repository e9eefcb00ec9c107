"""Which models are the present ones: a reload of the author's files declares those of accounts anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

from portico.schema.declarations import Declarations

if TYPE_CHECKING:
    from portico.gateway.auth.models import ApiKey, Code, Factor, Identity, Session, SigningKey, User
    from portico.gateway.auth.teams import Membership, Team

_MODULES = ("portico.gateway.auth.models", "portico.gateway.auth.teams")


@dataclass(frozen=True, slots=True)
class Models:
    """The classes of `models.py`, as the present declarations have them."""

    user: type[User]
    identity: type[Identity]
    session: type[Session]
    factor: type[Factor]
    code: type[Code]
    api_key: type[ApiKey]
    signing_key: type[SigningKey]
    team: type[Team] | None = None  # these two where the author's files import them
    membership: type[Membership] | None = None


def models_of(declarations: Declarations) -> Models:
    """Those of accounts, where the author's files import `User`."""
    found: dict[str, Any] = {each.__name__: each for each in declarations.models if each.__module__ in _MODULES}
    names = ("User", "Identity", "Session", "Factor", "Code", "ApiKey", "SigningKey")
    return Models(*(found[name] for name in names), team=found.get("Team"), membership=found.get("Membership"))


@overload
def utc(moment: datetime) -> datetime: ...
@overload
def utc(moment: None) -> None: ...
def utc(moment: datetime | None) -> datetime | None:
    """A moment of the database; SQLite gives it without its zone, which is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
