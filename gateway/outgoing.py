"""How does Portico call others: one client that only reaches public addresses unless told otherwise."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from portico.schema.problems import Problem

MAX_ANSWER_BYTES = 1_000_000
TIMEOUT_S = 5.0
# An IPv4 address in its last 32 bits: RFC 4291 (deprecated, but some stacks still connect), RFC 6052.
_WITH_IPV4 = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))
_LOCAL_NAT = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
PUBLIC_PORTS = (80, 443, 8080, 8443)


class Unreachable(Problem):
    """An outgoing request was refused, failed, or answered with what cannot be used."""

    code, status, error_code = "PT510", 502, "unexpected"
    answered = 0  # with this status, where it was answered


def is_public(address: str) -> bool:
    """
    Whether an address is one of the internet.

    IPv4 addresses written as IPv6 are judged as what they are (CVE-2026-35409).
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and any(found in network for network in _WITH_IPV4):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local or found in _LOCAL_NAT:
            return False
    return found.is_global and not found.is_multicast


async def fetch_json(url: str, *, allow_private: bool, headers: Mapping[str, str] | None = None) -> Any:
    """
    The JSON that a URL answers to GET.

    Args:
        allow_private: addresses and ports that are not those of the internet may be called, too.
        headers: to send besides our own.

    Raises:
        Unreachable: not http(s), a private address, an answer over 1 MB or after 5 s, or no JSON.
    """
    return _json(await _call("GET", url, None, headers, allow_private=allow_private))


async def fetch_text(url: str, *, headers: Mapping[str, str], allow_private: bool) -> str:
    """
    The text that a URL answers to GET.

    Raises:
        Unreachable: as `fetch_json`.
    """
    return (await _call("GET", url, None, headers, allow_private=allow_private)).decode("utf-8", "replace")


async def post_form(url: str, form: str, *, allow_private: bool, headers: Mapping[str, str] | None = None) -> Any:
    """
    The JSON that a URL answers to a form.

    Args:
        form: as `application/x-www-form-urlencoded`.
        allow_private, headers: as for `fetch_json`.

    Raises:
        Unreachable: as `fetch_json`.
    """
    given = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return _json(await _call("POST", url, form.encode(), given, allow_private=allow_private))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. headers: by lower-case name. body: as much as was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """
    Where requests may go whose addresses an author has written, which are no client's.

    allow_private: addresses and ports that are not those of the internet, too. private_hosts: such hosts, as they stand in addresses,
    `backend:3000`; without a port those of `PUBLIC_PORTS`.
    """

    allow_private: bool
    private_hosts: frozenset[str] = frozenset()

    def includes(self, address: Any) -> bool:
        """Whether an address, as yarl has it, is called wherever its name leads."""
        host: str = (address.host or "").lower()
        named = f"{host}:{address.port}" in self.private_hosts
        return self.allow_private or named or (host in self.private_hosts and address.port in PUBLIC_PORTS)


class Connections:
    """
    Requests whose connections are kept for the next to the same address.

    Addresses are judged as in the functions above: where a socket is made, so that one that is kept goes where it went.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        # By whether private addresses are called: a socket of one kind is never taken for the other.
        self._sessions: dict[bool, Any] = {}

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float, most_bytes: int = 16_384
    ) -> Answer:
        """
        What a URL answers to POST, whatever its status.

        Args:
            most_bytes: of the answer; the rest of a longer one is not read.

        Raises:
            Unreachable: not http(s), a private address, no answer in time, or a header that cannot be sent.
        """
        import aiohttp

        address = checked_url(url, allow_private=True)
        allow_private = self._reach.includes(address)
        if not allow_private:
            check_port(address)
        check_headers(headers)
        session = self._sessions.get(allow_private)
        if session is None:
            session = self._sessions[allow_private] = aiohttp.ClientSession(
                connector=_connector(allow_private=allow_private), trust_env=False, auto_decompress=False
            )
        given = {"accept-encoding": "identity", **headers}
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        try:
            async with session.post(
                address, data=body, headers=given, allow_redirects=False, timeout=timeout
            ) as response:
                said = await _first(response.content, most_bytes)
                if not response.content.at_eof():
                    response.close()
                named = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, named, said)
        except TimeoutError as error:
            raise Unreachable("The address has not answered in time.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable("The address cannot be reached.") from error

    async def close(self) -> None:
        """Ends the connections."""
        while self._sessions:
            _, session = self._sessions.popitem()
            await session.close()


async def _call(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None, *, allow_private: bool
) -> bytes:
    """
    One request.

    Addresses are judged where sockets are made for them: whatever a host is written like and whatever its
    name resolves to a second time, no connection to a private one begins. Redirects are not followed, and
    no proxy of the environment is used.
    """
    import aiohttp

    address = checked_url(url, allow_private=allow_private)
    connector = _connector(allow_private=allow_private)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    # Nothing is decompressed: 1 MB may be the start of a gigabyte.
    given = {"accept": "application/json", "accept-encoding": "identity", **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector, timeout=timeout, headers=given, trust_env=False, auto_decompress=False
            ) as session,
            session.request(method, address, data=body, allow_redirects=False) as response,
        ):
            if response.status != 200:
                refusal = Unreachable(f"The address answered with status {response.status}.")
                refusal.answered = response.status
                raise refusal
            return await _read(response.content)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Unreachable("The address cannot be reached.") from error


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreachable("The answer is no JSON.") from error


async def _first(content: Any, most: int) -> bytes:
    body = b""
    while len(body) < most and (part := await content.read(most - len(body))):
        body += part
    return body


async def _read(content: Any) -> bytes:
    body = b""
    while part := await content.read(MAX_ANSWER_BYTES + 1 - len(body)):
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise Unreachable("The answer is too long.")
    return body


def check_headers(headers: Mapping[str, str]) -> None:
    """
    Whether headers can be sent.

    Raises:
        Unreachable
    """
    if any(not each.isprintable() for item in headers.items() for each in item):
        raise Unreachable("A header has characters that would begin another.")


def checked_url(url: str, *, allow_private: bool) -> Any:
    """
    An address of http or https, as yarl has it; where it leads is judged as it is connected to.

    Raises:
        Unreachable: it is none, or its port is not one of the internet's.
    """
    from yarl import URL

    try:
        address = URL(url)
    except ValueError as error:
        raise Unreachable("This is no address that can be called.") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise Unreachable("Only http and https addresses are called.")
    if not allow_private:
        check_port(address)
    return address


def check_port(address: Any) -> None:
    """
    Whether the port of an address is one of the internet's.

    Raises:
        Unreachable
    """
    if address.port not in PUBLIC_PORTS:
        raise Unreachable(f"Only the ports {', '.join(map(str, PUBLIC_PORTS))} are called.")


def _connector(*, allow_private: bool) -> Any:
    import aiohttp

    return aiohttp.TCPConnector(socket_factory=_socket if allow_private else _public_socket, ttl_dns_cache=0)


def _socket(info: Any) -> socket.socket:
    family, kind, protocol, _, _ = info
    return socket.socket(family, kind, protocol)


def _public_socket(info: Any) -> socket.socket:
    if not is_public(info[4][0]):
        raise OSError("not a public address")
    return _socket(info)
