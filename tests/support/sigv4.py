"""Is a request signed as AWS demands: an independent reading of Signature Version 4, for headers, addresses and forms."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

_CREDENTIAL = re.compile(r"([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9]+)/aws4_request")
_HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=(\S+?),\s*SignedHeaders=(\S+?),\s*Signature=([0-9a-f]{64})")
_SKEW = timedelta(minutes=15)


class Refused(Exception):
    """The request is not signed as it must be; the code is that of S3."""


@dataclass(frozen=True)
class Signed:
    """A request as it came. path: encoded, as on the line; headers: names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Verifier:
    """Source: "Signature Calculations for the Authorization Header", "… Using Query Parameters", "… Browser-Based Uploads"."""

    access_key: str
    secret_key: str
    service: str = "s3"

    def check(self, request: Signed, now: datetime | None = None) -> str:
        """
        How a request was signed: `header`, `query` or `form`.

        Raises:
            Refused
        """
        now = now or datetime.now(UTC)
        if "authorization" in request.headers:
            self._check_header(request, now)
            return "header"
        if "X-Amz-Signature=" in request.query:
            self._check_query(request, now)
            return "query"
        if request.method == "POST" and request.headers.get("content-type", "").startswith("multipart/form-data"):
            self._check_form(request, now)
            return "form"
        raise Refused("AccessDenied")

    def _check_header(self, request: Signed, now: datetime) -> None:
        found = _HEADER.fullmatch(request.headers["authorization"])
        if found is None:
            raise Refused("AuthorizationHeaderMalformed")
        credential, names, signature = found.groups()
        stamp = request.headers["x-amz-date"]
        if abs(_time(stamp) - now) > _SKEW:
            raise Refused("RequestTimeTooSkewed")
        digest = hashlib.sha256(request.body).hexdigest()
        content = request.headers["x-amz-content-sha256"] if self.service == "s3" else digest
        if content != "UNSIGNED-PAYLOAD" and content != digest:
            raise Refused("XAmzContentSHA256Mismatch")
        pairs = parse_qsl(request.query, keep_blank_values=True)
        self._compare(request, names.split(";"), pairs, content, credential, stamp, signature)

    def _check_query(self, request: Signed, now: datetime) -> None:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        given = dict(pairs)
        if len(given) != len(pairs) or given.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256":
            raise Refused("AuthorizationQueryParametersError")
        stamp, life = given["X-Amz-Date"], int(given["X-Amz-Expires"])
        if not 1 <= life <= 604_800:
            raise Refused("AuthorizationQueryParametersError")
        if now > _time(stamp) + timedelta(seconds=life):
            raise Refused("ExpiredToken")
        names = given["X-Amz-SignedHeaders"].split(";")
        unsigned = [(name, value) for name, value in pairs if name != "X-Amz-Signature"]
        self._compare(
            request, names, unsigned, "UNSIGNED-PAYLOAD", given["X-Amz-Credential"], stamp, given["X-Amz-Signature"]
        )

    def _check_form(self, request: Signed, now: datetime) -> None:
        fields, size = _form(request)
        policy = json.loads(b64decode(fields["policy"]))
        if now > datetime.fromisoformat(policy["expiration"].replace("Z", "+00:00")):
            raise Refused("AccessDenied")
        wanted = hmac.new(self._key(fields["x-amz-credential"]), fields["policy"].encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, fields["x-amz-signature"]):
            raise Refused("SignatureDoesNotMatch")
        given = {**fields, "bucket": request.path.strip("/").split("/")[0]}
        met: set[str] = {"policy", "x-amz-signature", "bucket"}
        for condition in policy["conditions"]:
            met.add(_met(condition, given, size))
        if set(given) - met:
            raise Refused("AccessDenied")  # a field that the policy does not name

    def _compare(
        self,
        request: Signed,
        names: list[str],
        pairs: list[tuple[str, str]],
        content: str,
        credential: str,
        stamp: str,
        signature: str,
    ) -> None:
        if "host" not in names or any(name.startswith("x-amz-") and name not in names for name in request.headers):
            raise Refused("AccessDenied")
        headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
        query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(pairs))
        path = quote(unquote(request.path), safe="/-_.~")
        if self.service != "s3":
            path = quote(path, safe="/-_.~")  # of every other service, encoded twice
        canonical = "\n".join((request.method, path, query, headers, ";".join(names), content))
        scope = credential.split("/", 1)[1]
        text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        wanted = hmac.new(self._key(credential), text.encode(), hashlib.sha256).hexdigest()
        if not stamp.startswith(credential.split("/")[1]) or not hmac.compare_digest(wanted, signature):
            raise Refused("SignatureDoesNotMatch")

    def _key(self, credential: str) -> bytes:
        found = _CREDENTIAL.fullmatch(credential)
        if found is None or (found[1], found[4]) != (self.access_key, self.service):
            raise Refused("InvalidAccessKeyId")
        key = ("AWS4" + self.secret_key).encode()
        for part in (found[2], found[3], found[4], "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _form(request: Signed) -> tuple[dict[str, str], int]:
    """The fields of a form but its file, whose size comes beside."""
    boundary = request.headers["content-type"].split("boundary=")[1].strip('"').encode()
    fields: dict[str, str] = {}
    size = 0
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = re.search(rb'name="([^"]*)"', head)
        assert named is not None
        if named[1] == b"file":
            size = len(value) - 2
        else:
            fields[named[1].decode().lower()] = value[:-2].decode()
    return fields, size


def _met(condition: Any, given: Mapping[str, str], size: int) -> str:
    """The field that a condition of a policy is about, which is met."""
    if isinstance(condition, dict):
        [(name, wanted)] = condition.items()
        operator = "eq"
    elif condition[0] == "content-length-range":
        if not condition[1] <= size <= condition[2]:
            raise Refused("EntityTooLarge")
        return ""
    else:
        operator, name, wanted = condition[0], condition[1].removeprefix("$"), condition[2]
    value = given.get(name.lower(), "")
    if not (value == wanted if operator == "eq" else value.startswith(wanted)):
        raise Refused("AccessDenied")
    return name.lower()
