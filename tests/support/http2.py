"""A server that speaks HTTP/2 over TLS alone, as Apple's does: it remembers what came, and answers as the test says."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded


@dataclass
class Received2:
    """One request. headers: those that begin with a colon among them."""

    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Http2Server:
    """
    On a free port of this machine.

    answer: (request) → (status, body). certificate: PEM file of whom it is signed by, itself. connections: how many there were.
    """

    folder: Path
    answer: Callable[[Received2], tuple[int, bytes]]
    received: list[Received2] = field(default_factory=list[Received2])
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    async def start(self) -> None:
        key = _certified(self.folder, self.certificate)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, key)
        context.set_alpn_protocols(["h2"])
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Http2(self), "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"


class _Http2(asyncio.Protocol):
    def __init__(self, server: Http2Server) -> None:
        self._server = server
        self._http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._streams: dict[int, Received2] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections += 1
        self._http.initiate_connection()
        self._transport.write(self._http.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self._http.receive_data(data):
            if isinstance(event, RequestReceived):
                self._streams[event.stream_id] = Received2(dict(cast("Any", event.headers)))
            elif isinstance(event, DataReceived):
                self._streams[event.stream_id].body += event.data
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamEnded):
                self._respond(event.stream_id, self._streams.pop(event.stream_id))
        self._transport.write(self._http.data_to_send())

    def _respond(self, stream: int, request: Received2) -> None:
        self._server.received.append(request)
        status, body = self._server.answer(request)
        headers = [(":status", str(status)), ("apns-id", request.headers.get("apns-id", ""))]
        self._http.send_headers(stream, headers)
        self._http.send_data(stream, body, end_stream=True)


def _certified(folder: Path, certificate: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*pem))
    return private
