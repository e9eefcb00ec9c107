"""What is asked of WebAuthn's library: options for browsers, and whether their answers are genuine; it is an extra."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from portico.gateway.auth.problems import PasskeysMissing

_MOST = 16_384  # characters of an answer
_ROUNDS = 60_000  # ms that a browser waits for a finger


@dataclass(frozen=True)
class Created:
    """A passkey that was made: its name at the authenticator, its public key (COSE), and how often it has signed."""

    handle: str
    public_key: bytes
    count: int


def creation(public_url: str, user: bytes, name: str, known: Sequence[str | None]) -> tuple[str, str]:
    """The challenge, and the options for a browser, to make a passkey that is none of those known."""
    library, structs, helpers = _library()
    options = library.generate_registration_options(
        rp_id=_host(public_url),
        rp_name=_host(public_url),
        user_id=user,
        user_name=name,
        timeout=_ROUNDS,
        exclude_credentials=_described(structs, helpers, known),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return helpers.bytes_to_base64url(options.challenge), library.options_to_json(options)


def created(public_url: str, challenge: str, credential: str) -> Created | None:
    """The passkey of an answer that is genuine."""
    library, _, helpers = _library()
    answer = _read(credential)
    if answer is None:
        return None
    try:
        found = library.verify_registration_response(
            credential=answer,
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=_host(public_url),
            expected_origin=_origin(public_url),
        )
    except Exception:  # whatever a stranger's bytes make of a library
        return None
    return Created(helpers.bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def request(public_url: str, known: Sequence[str | None], *, is_alone: bool) -> tuple[str, str]:
    """
    The challenge, and the options for a browser, to show a passkey.

    Args:
        known: of which one is to be shown; any where it is empty.
        is_alone: whether there is no other factor, so that the authenticator has to know its user.
    """
    library, structs, helpers = _library()
    verification = structs.UserVerificationRequirement
    options = library.generate_authentication_options(
        rp_id=_host(public_url),
        timeout=_ROUNDS,
        allow_credentials=_described(structs, helpers, known),
        user_verification=verification.REQUIRED if is_alone else verification.PREFERRED,
    )
    return helpers.bytes_to_base64url(options.challenge), library.options_to_json(options)


def shown(
    public_url: str, challenge: str, credential: str, public_key: bytes, count: int, *, is_alone: bool
) -> int | None:
    """How often a passkey has signed, whose answer is genuine; a number that was there before is of a copy."""
    library, _, helpers = _library()
    answer = _read(credential)
    if answer is None:
        return None
    try:
        found = library.verify_authentication_response(
            credential=answer,
            expected_challenge=helpers.base64url_to_bytes(challenge),
            expected_rp_id=_host(public_url),
            expected_origin=_origin(public_url),
            credential_public_key=public_key,
            credential_current_sign_count=count,
            require_user_verification=is_alone,
        )
    except Exception:  # whatever a stranger's bytes make of a library
        return None
    return found.new_sign_count


def handle_of(credential: str) -> str | None:
    """The name of the passkey that an answer says it is of."""
    answer = _read(credential)
    raw = answer.get("rawId") if answer is not None else None
    if not isinstance(raw, str) or not 1 <= len(raw) <= 1_024:
        return None
    try:
        urlsafe_b64decode(raw + "==")
    except ValueError:
        return None
    return raw.rstrip("=")


def _read(credential: str) -> dict[str, Any] | None:
    if len(credential) > _MOST:
        return None
    try:
        found = json.loads(credential)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _described(structs: Any, helpers: Any, handles: Sequence[str | None]) -> list[Any]:
    return [
        structs.PublicKeyCredentialDescriptor(id=helpers.base64url_to_bytes(each))
        for each in handles
        if each is not None
    ]


def _host(public_url: str) -> str:
    return urlsplit(public_url).hostname or ""


def _origin(public_url: str) -> str:
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _library() -> tuple[Any, Any, Any]:
    """Its three modules, which are loaded where somebody uses passkeys."""
    try:
        return import_module("webauthn"), import_module("webauthn.helpers.structs"), import_module("webauthn.helpers")
    except ImportError:
        raise PasskeysMissing(
            "This server has no passkeys.", hint="Whoever runs it can add them: pip install portico[passkeys]"
        ) from None
