"""What do routes take and give: the request with its raw body and proofs of who sent it, and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from portico.gateway.functions.problems import WrongSignature
from portico.gateway.functions.signatures import is_signed_by_github, is_signed_by_stripe
from portico.gateway.problems import InvalidJson
from portico.gateway.signing import TOLERANCE_S, is_signed
from portico.schema.provided import Provided


@dataclass(frozen=True)
class Incoming(Provided):
    """
    A request to a route.

    path: the names in braces of its path. headers: by lower-case name. body: as it came, byte for byte. address: who has connected.
    """

    method: str
    url_path: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    address: str | None = None

    def json(self) -> Any:
        """
        The body as JSON.

        Raises:
            InvalidJson
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise InvalidJson("The body is no JSON.") from error

    def form(self) -> dict[str, str]:
        """The body as a form; of a name that comes several times, the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1_000))

    def verify_webhook(self, *secrets: str, tolerance_s: int = TOLERANCE_S) -> str:
        """
        The id of a webhook signed as Standard Webhooks 1.0.0 says; the same each time it is sent.

        Args:
            secrets: `whsec_…`; several while one is changed for another.

        Raises:
            WrongSignature: none of them has signed it, or too long ago.
        """
        _prove(is_signed(self.headers, self.body, _some(secrets), tolerance_s=tolerance_s))
        return self.headers["webhook-id"]

    def verify_stripe(self, *secrets: str, tolerance_s: int = TOLERANCE_S) -> None:
        """
        Refuses what Stripe has not signed (header `Stripe-Signature`, scheme `v1`), or too long ago.

        Raises:
            WrongSignature
        """
        _prove(is_signed_by_stripe(self.headers, self.body, _some(secrets), tolerance_s=tolerance_s))

    def verify_github(self, *secrets: str) -> None:
        """
        Refuses what GitHub has not signed (header `X-Hub-Signature-256`), which says nothing of when.

        Raises:
            WrongSignature
        """
        _prove(is_signed_by_github(self.headers, self.body, _some(secrets)))


@dataclass(frozen=True)
class Outgoing:
    """An answer of a route. body: bytes and text as they are, anything else as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def _some(secrets: Iterable[str]) -> list[str]:
    """Without a key nothing is proved: an empty environment variable must not open the door."""
    found = [each for each in secrets if each]
    if not found:
        raise WrongSignature("There is no key to know the sender by.")
    return found


def _prove(is_proved: bool) -> None:
    if not is_proved:
        raise WrongSignature("The request is not signed by its sender, or too old.")
