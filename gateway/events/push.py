"""How do pushes leave: to the endpoints of browsers, to Firebase Cloud Messaging and to Apple; devices that are gone are forgotten."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete

from portico.gateway.event_settings import EventSettings
from portico.gateway.events.apns import Apns
from portico.gateway.events.jobs import Job
from portico.gateway.events.messages import MessageModels
from portico.gateway.events.sent import GONE
from portico.gateway.events.web_push import encrypted, vapid
from portico.gateway.events.worker import Done, Failed
from portico.gateway.outgoing import Answer, Connections, Unreachable
from portico.schema.provided import Data

_LIFE_S = 86_400  # that a push waits for its device
_TIMEOUT_S = 15.0
_FCM = "https://fcm.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


class Pushes:
    """
    Sends pushes.

    Args:
        apns: sends those to Apple. models: those of now.
        fcm_url: of Firebase, or of what stands for it.
    """

    def __init__(
        self,
        settings: EventSettings,
        connections: Connections,
        apns: Apns,
        data: Data,
        models: Callable[[], MessageModels | None],
        fcm_url: str = _FCM,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._apns = apns
        self._data = data
        self._models = models
        self._fcm_url = fcm_url
        self._fcm_token, self._fcm_until = "", 0.0
        self._asking = asyncio.Lock()  # for a token, once for all who want one

    async def run(self, job: Job) -> Done:
        """Runs one job: a message to one device."""
        said = orjson.loads(job.payload)
        device = await self._device(said["device"])
        if device is None:
            return Done(GONE, is_kept=True)
        try:
            answer = await self._send(device, said["message"], job.id)
        except Unreachable as error:
            raise Failed(error.message) from error
        return await self._done(device, answer)

    async def _send(self, device: Any, message: Mapping[str, Any], id: str) -> Answer:
        if device.kind == "web":
            return await self._to_browser(device, message)
        if device.kind == "fcm":
            return await self._to_firebase(device, message)
        if device.kind == "apns":
            return await self._apns.send(device.address, message, id)
        raise Failed("The device is of no kind that takes pushes.", is_final=True)

    async def _device(self, id: str) -> Any:
        models = self._models()
        if models is None:
            return None
        async with self._data.read() as session:
            return await session.get(models.device, UUID(id))

    async def _done(self, device: Any, answer: Answer) -> Done:
        said = answer.body.decode("utf-8", "replace")
        if 200 <= answer.status < 300:
            return Done(said, answer.status, is_kept=True)
        gone = (410,) if device.kind == "apns" else (404, 410)  # to Apple 404 is a wrong path
        if answer.status in gone:  # RFC 8030, 7.3; of FCM "UNREGISTERED", of APNs "Unregistered"
            models = self._models()
            if models is not None:
                async with self._data.begin() as session:
                    await session.execute(delete(models.device).where(models.device.id == device.id))
            return Done(GONE, answer.status, is_kept=True)
        is_final = 400 <= answer.status < 500 and answer.status not in (401, 403, 429)
        raise Failed(said, status=answer.status, is_final=is_final)

    async def _to_browser(self, device: Any, message: Mapping[str, Any]) -> Answer:
        settings = self._settings
        if not settings.push_key or not settings.push_subject:
            raise Failed("events.push_key and events.push_subject are not set.")
        try:
            body = encrypted(orjson.dumps(message), device.keys["p256dh"], device.keys["auth"])
        except (KeyError, TypeError, ValueError) as error:
            raise Failed("The device's keys are none.", is_final=True) from error
        headers = {
            "authorization": vapid(device.address, settings.push_subject, settings.push_key),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(_LIFE_S),
        }
        return await self._connections.post(device.address, body, headers, timeout_s=_TIMEOUT_S)

    async def _to_firebase(self, device: Any, message: Mapping[str, Any]) -> Answer:
        """Source: Firebase Cloud Messaging, HTTP v1, `projects.messages.send`."""
        if not self._settings.fcm_credentials:
            raise Failed("events.fcm_credentials are not set.")
        account = orjson.loads(self._settings.fcm_credentials)
        notification = {"title": message["title"], "body": message["body"]}
        body = {"message": {"token": device.address, "notification": notification, "data": message["data"]}}
        headers = {"authorization": f"Bearer {await self._token(account)}", "content-type": "application/json"}
        url = f"{self._fcm_url}/v1/projects/{account['project_id']}/messages:send"
        return await self._connections.post(url, orjson.dumps(body), headers, timeout_s=_TIMEOUT_S)

    async def _token(self, account: Mapping[str, str]) -> str:
        """Source: RFC 7523, as Google's "OAuth 2.0 for server to server applications" has it."""
        async with self._asking:
            if time.time() >= self._fcm_until:
                await self._ask_for_token(account)
        return self._fcm_token

    async def _ask_for_token(self, account: Mapping[str, str]) -> None:
        from urllib.parse import urlencode

        from joserfc import jwt
        from joserfc.jwk import RSAKey

        now = int(time.time())
        claims = {
            "iss": account["client_email"],
            "scope": _SCOPE,
            "aud": account["token_uri"],
            "iat": now,
            "exp": now + 3600,
        }
        assertion = jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, RSAKey.import_key(account["private_key"]))
        form = urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._connections.post(account["token_uri"], form.encode(), headers, timeout_s=_TIMEOUT_S)
        if answer.status != 200:
            raise Failed("Firebase's credentials are refused.", status=answer.status)
        found = orjson.loads(answer.body)
        self._fcm_token, self._fcm_until = found["access_token"], now + int(found["expires_in"]) - 60
