from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from tfmigrate.workers.messages import BadMessage, Channel, TooLate


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    left, right = socket.socketpair()
    channels = Channel(left.detach()), Channel(right.detach())
    yield channels
    for channel in channels:
        channel.close()


def test_messages_arrive_one_by_one(pair: tuple[Channel, Channel]) -> None:
    for message in ({}, {"a": "ü\n"}, {"inf": float("inf")}):
        pair[0].send(message)
    received = [pair[1].receive() for _ in range(3)]
    assert received == [{}, {"a": "ü\n"}, {"inf": float("inf")}]


def test_over_two_pipes() -> None:
    (reader, writer), (reader2, writer2) = os.pipe(), os.pipe()
    left, right = Channel(reader, writer2), Channel(reader2, writer)
    left.send({"to": "right"})
    assert right.receive() == {"to": "right"}
    right.close()
    assert left.receive() is None
    left.close()
    left.close()


def test_none_when_the_other_side_is_gone(pair: tuple[Channel, Channel]) -> None:
    pair[0].send({"last": 1})
    pair[0].close()
    assert pair[1].receive() == {"last": 1}
    assert pair[1].receive() is None


def test_none_when_the_other_side_goes_in_the_middle(pair: tuple[Channel, Channel]) -> None:
    os.write(pair[0].fileno(), b"\0\0\0\x10{")
    pair[0].close()
    assert pair[1].receive() is None


def test_a_deadline(pair: tuple[Channel, Channel]) -> None:
    os.write(pair[0].fileno(), b"\0\0\0\x10{")
    before = time.monotonic()
    with pytest.raises(TooLate):
        pair[1].receive(before + 0.05)
    assert 0.04 < time.monotonic() - before < 1


def test_a_length_beyond_the_cap_is_not_waited_for(pair: tuple[Channel, Channel]) -> None:
    os.write(pair[0].fileno(), b"\xff\xff\xff\xff")
    with pytest.raises(BadMessage, match="4294967295 bytes"):
        pair[1].receive()
