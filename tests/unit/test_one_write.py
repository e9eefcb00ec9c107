"""Does every answer reach the socket whole, whatever the head and body are written in."""

from __future__ import annotations

from typing import Any

from portico.gateway.one_write import OneWrite

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class _Transport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    def get_extra_info(self, name: str) -> Any:
        return name


def test_a_head_waits_for_its_body() -> None:
    transport = _Transport()
    one = OneWrite(transport)
    one.write(HEAD)
    assert transport.written == []

    one.write(b"{}")
    one.write(b"more")

    assert transport.written == [HEAD + b"{}", b"more"]


def test_a_head_without_a_body_is_sent_when_the_response_is_complete() -> None:
    transport = _Transport()
    one = OneWrite(transport)
    one.write(HEAD)
    one.flush()
    one.flush()

    assert transport.written == [HEAD]


def test_an_invitation_to_go_on_is_sent_at_once() -> None:
    transport = _Transport()
    OneWrite(transport).write(b"HTTP/1.1 100 Continue\r\n\r\n")

    assert transport.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]


def test_what_is_kept_is_sent_before_the_end() -> None:
    transport = _Transport()
    one = OneWrite(transport)
    one.write(HEAD)
    one.close()

    assert transport.written == [HEAD]
    assert transport.is_closed
    assert one.get_extra_info("peername") == "peername"
