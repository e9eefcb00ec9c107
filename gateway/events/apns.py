"""How does a push reach Apple's devices: by the HTTP API of APNs, with a token that says who sends."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from portico.gateway.event_settings import EventSettings
from portico.gateway.events.worker import Failed
from portico.gateway.outgoing import Answer

if TYPE_CHECKING:
    from portico.gateway.outgoing_http2 import Http2Connections

_LIFE_S = 86_400  # that a push waits for its device
_TIMEOUT_S = 15.0
# Apple refuses tokens that are older than an hour, and who makes them more often than every 20 minutes.
_TOKEN_S = 2_700.0
_DEVICE = re.compile(r"[0-9A-Fa-f]{8,400}")


class Apns:
    """
    Sends pushes to Apple.

    Source: Apple's "Sending notification requests to APNs" and "Establishing a token-based connection to APNs".
    """

    def __init__(self, settings: EventSettings, *, allow_private: bool) -> None:
        self._settings = settings
        self._allow_private = allow_private
        self._connections: Http2Connections | None = None
        self._token, self._token_at = "", 0.0

    async def send(self, device: str, message: Mapping[str, Any], id: str) -> Answer:
        """
        Sends a push.

        Args:
            device: its token. id: by which Apple tells of it, the same at each try.

        Raises:
            Failed: what is needed is not set or installed, or the token is none.
            Unreachable
        """
        settings = self._settings
        if not (settings.apns_key and settings.apns_key_id and settings.apns_team_id and settings.apns_topic):
            raise Failed("events.apns_key, apns_key_id, apns_team_id and apns_topic are not all set.")
        if not _DEVICE.fullmatch(device):  # it becomes a part of the path
            raise Failed("The device's token is none.", is_final=True)
        alert = {"title": message["title"], "body": message["body"]}
        body = orjson.dumps({**message["data"], "aps": {"alert": alert}})
        headers = {
            "authorization": f"bearer {self._bearer()}",
            "apns-topic": settings.apns_topic,
            "apns-push-type": "alert",
            "apns-id": id,
            "apns-priority": "10",
            "apns-expiration": str(int(time.time()) + _LIFE_S),
        }
        url = f"{settings.apns_url.rstrip('/')}/3/device/{device}"
        answer = await self._opened().post(url, body, headers, timeout_s=_TIMEOUT_S)
        if answer.status == 403:
            self._token_at = 0.0  # ExpiredProviderToken, where clocks differ
        return answer

    async def close(self) -> None:
        """Ends the connections."""
        if self._connections is not None:
            await self._connections.close()
            self._connections = None

    def _opened(self) -> Http2Connections:
        if self._connections is None:
            try:
                from portico.gateway.outgoing_http2 import Http2Connections
            except ImportError:
                raise Failed("Apple's devices need httpcore2: pip install portico[apns]") from None
            self._connections = Http2Connections(allow_private=self._allow_private)
        return self._connections

    def _bearer(self) -> str:
        now = time.time()
        if now - self._token_at >= _TOKEN_S:
            from joserfc import jwt
            from joserfc.jwk import ECKey

            settings = self._settings
            header = {"alg": "ES256", "kid": settings.apns_key_id}
            claims = {"iss": settings.apns_team_id, "iat": int(now)}
            self._token, self._token_at = jwt.encode(header, claims, ECKey.import_key(settings.apns_key)), now
        return self._token
