"""Who were the users elsewhere: what exports of Supabase, Firebase, Auth0 and Nhost say of people, in one form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from portico.gateway.importing.password_texts import FirebaseHashes, stored_form
from portico.schema.caller import ADMIN
from portico.schema.problems import Problem

Row = Mapping[str, Any]

_PROVIDERS = {
    "google.com": "google", "google-oauth2": "google", "github.com": "github", "apple.com": "apple",
    "microsoft.com": "microsoft", "azure": "microsoft", "azuread": "microsoft", "windowslive": "microsoft",
}  # fmt: skip
_OWN = ("email", "password", "auth0", "phone", "anonymous")  # ways of signing in that are no providers


class UnreadableExport(Problem):
    """A file of users is not what was exported, or lacks what their passwords are verified by."""

    code = "PT366"


@dataclass(frozen=True)
class Person:
    """
    Somebody as an export has them.

    id: the same where it was a UUID, else one that is always made of it. password: as `gateway/auth/passwords.py` reads it.
    identities: provider and who they are there.
    """

    id: UUID
    email: str | None
    is_verified: bool = False
    name: str | None = None
    password: str | None = None
    identities: Sequence[tuple[str, str]] = ()
    is_disabled: bool = False
    is_anonymous: bool = False
    role: str | None = None
    roles: Sequence[str] = ()
    claims: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created_at: datetime | None = None


def read_people(text: str, system: str, hashes: FirebaseHashes | None = None) -> Iterator[Person]:
    """
    The people of an export: JSON, one JSON object a line, or CSV with a header.

    Raises:
        UnreadableExport
    """
    read: Callable[[Row], Person | None] = {
        "supabase": _supabase,
        "firebase": lambda row: _firebase(row, hashes),
        "auth0": _auth0,
        "nhost": _nhost,
    }[system]
    for number, row in enumerate(_rows(text), 1):
        try:
            found = read(row)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise UnreadableExport(
                f"User {number} of the file cannot be read as one of {system}'s: {error}",
                hint="Give the file as it was exported.",
            ) from error
        if found is not None:
            yield found


def _rows(text: str) -> Sequence[Row]:
    start = text.lstrip("\ufeff \t\r\n")
    try:
        if start.startswith("["):
            return json.loads(start)
        if start.startswith("{"):
            try:
                found = json.loads(start)
                return found.get("users", [found])
            except json.JSONDecodeError:
                return [json.loads(line) for line in start.splitlines() if line.strip()]
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(io.StringIO(start))]
    except ValueError as error:
        raise UnreadableExport(f"The file is neither JSON nor CSV: {error}") from error


def _supabase(row: Row) -> Person | None:
    if row.get("deleted_at"):
        return None
    said, app = _object(row, "raw_user_meta_data", "user_metadata"), _object(row, "raw_app_meta_data", "app_metadata")
    banned = _moment(row.get("banned_until"))
    return Person(
        id=_id("supabase", row["id"]),
        email=row.get("email") or None,
        is_verified=bool(row.get("email_confirmed_at")),
        name=_text(said.get("full_name") or said.get("name")),
        password=stored_form(row.get("encrypted_password")),
        identities=_identities((each["provider"], each.get("provider_id") or _object(each, "identity_data").get("sub"))
                               for each in row.get("identities") or ()),
        is_disabled=banned is not None and banned > datetime.now(UTC),
        is_anonymous=_flag(row.get("is_anonymous")),
        claims={name: value for name, value in app.items() if name not in ("provider", "providers")},
        created_at=_moment(row.get("created_at")),
    )  # fmt: skip


def _firebase(row: Row, hashes: FirebaseHashes | None) -> Person:
    password = None
    if row.get("passwordHash"):
        if hashes is None:
            raise UnreadableExport(
                "The passwords of Firebase are verified by the parameters of its project.",
                hint="Save them (Authentication, Users, Password hash parameters), and give --hash-config FILE.",
            )
        password = hashes.stored(row.get("salt") or "", row["passwordHash"])
    created = row.get("createdAt")
    return Person(
        id=_id("firebase", row["localId"]),
        email=row.get("email") or None,
        is_verified=_flag(row.get("emailVerified")),
        name=_text(row.get("displayName")),
        password=password,
        identities=_identities((each["providerId"], each.get("rawId")) for each in row.get("providerUserInfo") or ()),
        is_disabled=_flag(row.get("disabled")),
        is_anonymous=not row.get("email") and not row.get("providerUserInfo") and not row.get("phoneNumber"),
        claims=_object(row, "customAttributes"),
        created_at=datetime.fromtimestamp(int(created) / 1000, UTC) if created else None,
    )


def _auth0(row: Row) -> Person:
    custom = _object(row, "custom_password_hash")
    given = row.get("passwordHash") or row.get("password_hash") or _object(custom, "hash").get("value")
    return Person(
        id=_id("auth0", row.get("user_id") or _object(row, "_id")["$oid"]),
        email=row.get("email") or None,
        is_verified=_flag(row.get("email_verified")),
        name=_text(row.get("name")),
        password=stored_form(given),
        identities=_identities((each["provider"], each.get("user_id")) for each in row.get("identities") or ()),
        is_disabled=_flag(row.get("blocked")),
        claims=_object(row, "app_metadata"),
        created_at=_moment(row.get("created_at")),
    )


def _nhost(row: Row) -> Person:
    def of(snake: str, camel: str) -> Any:
        return row.get(snake, row.get(camel))

    roles = [each["role"] if isinstance(each, dict) else str(each) for each in of("roles", "userRoles") or ()]
    role = of("default_role", "defaultRole")
    providers = of("user_providers", "userProviders") or ()
    return Person(
        id=_id("nhost", row["id"]),
        email=row.get("email") or None,
        is_verified=_flag(of("email_verified", "emailVerified")),
        name=_text(of("display_name", "displayName")),
        password=stored_form(of("password_hash", "passwordHash")),
        identities=_identities(
            (each.get("provider_id", each.get("providerId")), each.get("provider_user_id", each.get("providerUserId")))
            for each in providers
        ),
        is_disabled=_flag(row.get("disabled")),
        is_anonymous=_flag(of("is_anonymous", "isAnonymous")),
        role=role if role not in (None, ADMIN, "anonymous") else None,
        roles=[each for each in roles if each not in (ADMIN, role)],
        claims=_object(row, "metadata"),
        created_at=_moment(of("created_at", "createdAt")),
    )


def _id(system: str, text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{system}:{text}")


def _identities(found: Iterator[tuple[Any, Any]]) -> list[tuple[str, str]]:
    named = [(_PROVIDERS.get(str(provider), str(provider)), str(subject)) for provider, subject in found if subject]
    return [each for each in dict.fromkeys(named) if each[0] not in _OWN]


def _object(row: Row, *names: str) -> dict[str, Any]:
    """A member that is an object, or the text of one, as CSV and Firebase have them."""
    given = next((row[name] for name in names if row.get(name)), None)
    found = json.loads(given) if isinstance(given, str) else given
    return dict(found) if isinstance(found, Mapping) else {}


def _flag(value: object) -> bool:
    return value is True or str(value).lower() in ("true", "t", "1")


def _text(value: object) -> str | None:
    return str(value) if value else None


def _moment(value: Any) -> datetime | None:
    if not value:
        return None
    found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
