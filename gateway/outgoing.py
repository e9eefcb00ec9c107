"""How does Portico call others: one client that only reaches public addresses unless told otherwise."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import orjson

from portico.schema.problems import Problem

MAX_ANSWER_BYTES = 1_000_000
TIMEOUT_S = 5.0


class Unreachable(Problem):
    """An outgoing request was refused, failed, or answered with what cannot be used."""

    code, status, error_code = "PT510", 502, "unexpected"


def is_public(address: str) -> bool:
    """
    Whether an address is one of the internet.

    IPv4 addresses written as IPv6 are judged as what they are (CVE-2026-35409).
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


async def fetch_json(url: str, *, allow_private: bool) -> Any:
    """
    The JSON that a URL answers to GET.

    The name is resolved once and the connection made to that address, so that a second answer of the name
    server changes nothing; redirects are not followed, and no proxy of the environment is used.

    Raises:
        Unreachable: not http(s), a private address, an answer over 1 MB or after 5 s, or no JSON.
    """
    import aiohttp

    if urlsplit(url).scheme not in ("http", "https"):
        raise Unreachable("Only http and https addresses are called.")
    resolver: Any = _Resolver(allow_private=allow_private)
    connector = aiohttp.TCPConnector(resolver=resolver, ttl_dns_cache=0)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        _check_literal(url, allow_private=allow_private)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise Unreachable(f"The address answered with status {response.status}.")
            body = await response.content.read(MAX_ANSWER_BYTES + 1)
            while len(body) <= MAX_ANSWER_BYTES and not response.content.at_eof():
                body += await response.content.read(MAX_ANSWER_BYTES + 1)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable("The address cannot be reached.") from error
    if len(body) > MAX_ANSWER_BYTES:
        raise Unreachable("The answer is too long.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreachable("The answer is no JSON.") from error


def _check_literal(url: str, *, allow_private: bool) -> None:
    """A host that is an address is never resolved, so it is judged here."""
    host = urlsplit(url).hostname or ""
    try:
        public = is_public(host)
    except ValueError:
        # `0x7f.1` and `2130706433` are addresses to a resolver, though not to ipaddress.
        if host.replace(".", "").replace("x", "").isalnum() and host[:1].isdigit() and not allow_private:
            raise Unreachable("The address is written in an unusual way.") from None
        return
    if not public and not allow_private:
        raise Unreachable("The address is not a public one.")


class _Resolver:
    """Resolves names and keeps only public addresses."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [(info[0], info[4][0]) for info in found]
        if not self._allow_private and not all(is_public(str(address)) for _, address in addresses):
            raise OSError("not a public address")
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": each,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for each, address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""
