"""Frames of RFC 6455: what a client may send, in whatever pieces it comes, and what ends the connection."""

from __future__ import annotations

import struct
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from portico.gateway.websocket_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Violation,
    close_code,
    close_frame,
    control,
    text_head,
)

MAX = 1000


def frame(opcode: int, payload: bytes = b"", *, is_last: bool = True) -> bytes:
    """As a client sends it, by another implementation."""
    return Frame(Opcode(opcode), payload, fin=is_last).serialize(mask=True)


def read(*data: bytes, max_bytes: int = MAX) -> list[tuple[int, bytes]]:
    reader = FrameReader()
    return [found for part in data for found in reader.feed(part, max_bytes)]


def violation(*data: bytes, max_bytes: int = MAX) -> int:
    with pytest.raises(Violation) as caught:
        read(*data, max_bytes=max_bytes)
    return caught.value.code


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 125, 126, 127, 999, 65_535, 65_536, 70_000])
def test_frames_of_every_length(size: int) -> None:
    payload = bytes(each % 128 for each in range(size))
    assert read(frame(TEXT, payload), max_bytes=100_000) == [(TEXT, payload)]
    parsed = text_head(size) + payload
    assert parsed == Frame(Opcode.TEXT, payload).serialize(mask=False)


messages = st.lists(
    st.one_of(
        st.tuples(st.just(TEXT), st.lists(st.text(max_size=200), min_size=1, max_size=4)),
        st.tuples(st.sampled_from([PING, PONG]), st.just([""])),
    ),
    max_size=6,
)


@given(messages, st.integers(1, 40), st.data())
def test_messages_come_out_whole_however_they_are_cut(
    sent: list[tuple[int, list[str]]], piece: int, data: st.DataObject
) -> None:
    wire, wanted = b"", list[tuple[int, bytes]]()
    for opcode, parts in sent:
        if opcode != TEXT:
            wire += frame(opcode, b"x")
            wanted.append((opcode, b"x"))
            continue
        for number, part in enumerate(parts):
            kind = TEXT if number == 0 else CONTINUATION
            wire += frame(kind, part.encode(), is_last=number == len(parts) - 1)
            if number < len(parts) - 1 and data.draw(st.booleans()):
                wire += frame(PING, b"between")
                wanted.append((PING, b"between"))
        wanted.append((TEXT, "".join(parts).encode()))
    pieces = [wire[start : start + piece] for start in range(0, len(wire), piece)]
    assert read(*pieces, max_bytes=10_000) == wanted


def test_a_character_may_be_cut_by_fragments() -> None:
    text = "é".encode()
    assert read(frame(TEXT, text[:1], is_last=False), frame(CONTINUATION, text[1:])) == [(TEXT, text)]


@pytest.mark.parametrize(
    "data",
    [
        b"\xc1\x80\0\0\0\0",  # a reserved bit
        b"\x83\x80\0\0\0\0",  # opcodes that do not exist
        b"\x8b\x80\0\0\0\0",
        b"\x81\x00",  # not masked
        b"\x09\x80\0\0\0\0",  # a ping in fragments
        b"\x89\xfe\x00\x7e" + bytes(130),  # a ping that is too long
        b"\x81\xfe\x00\x7d" + bytes(129),  # lengths in more bytes than they need
        b"\x81\xff" + struct.pack("!Q", 65_535) + bytes(4),
        b"\x81\xff" + struct.pack("!Q", 1 << 63) + bytes(4),
        frame(CONTINUATION, b"of nothing"),
        frame(TEXT, b"one", is_last=False) + frame(TEXT, b"another"),
        frame(TEXT, b"one", is_last=False) + frame(BINARY, b"another"),
    ],
    ids=count(),  # masks differ from process to process, and names must not
)
def test_what_breaks_the_protocol(data: bytes) -> None:
    assert violation(data, max_bytes=1 << 62) == 1002


@pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"])
def test_text_is_utf_8(text: bytes) -> None:
    assert violation(frame(TEXT, text)) == 1007
    assert violation(frame(TEXT, text[:1], is_last=False), frame(CONTINUATION, text[1:])) == 1007
    assert read(frame(BINARY, text)) == [(BINARY, text)]


def test_messages_are_as_long_as_allowed_and_no_longer() -> None:
    assert read(frame(TEXT, b"x" * MAX)) == [(TEXT, b"x" * MAX)]
    assert violation(frame(TEXT, b"x" * (MAX + 1))) == 1009
    assert violation(frame(TEXT, b"x" * (MAX + 1))[:8]) == 1009  # before it is there
    assert violation(frame(TEXT, b"x" * MAX, is_last=False) + frame(CONTINUATION, b"x")) == 1009


def test_nothing_is_kept_of_fragments_without_content() -> None:
    reader = FrameReader()
    list(reader.feed(frame(TEXT, b"", is_last=False), MAX))
    for _ in range(1000):
        assert not list(reader.feed(frame(CONTINUATION, b"", is_last=False), MAX))
    assert list(reader.feed(frame(CONTINUATION, b"end"), MAX)) == [(TEXT, b"end")]


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4400, 4999])
def test_codes_of_closes(code: int) -> None:
    assert close_code(struct.pack("!H", code) + "schön".encode()) == code


def test_a_close_without_a_code() -> None:
    assert close_code(b"") == 1005
    assert close_frame(1005) == control(CLOSE)


@pytest.mark.parametrize(("payload", "code"), [(b"\x03", 1002), (b"\x03\xe8\xff", 1007)])
def test_closes_that_cannot_be_read(payload: bytes, code: int) -> None:
    with pytest.raises(Violation) as caught:
        close_code(payload)
    assert caught.value.code == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
def test_codes_that_may_not_be_sent(code: int) -> None:
    with pytest.raises(Violation):
        close_code(struct.pack("!H", code))


def test_a_reason_is_cut_between_characters() -> None:
    sent = close_frame(4409, "é" * 100)
    assert sent[1] == 124
    assert sent[4:].decode() == "é" * 61
