"""Messages between parent and worker: length-prefixed JSON, never pickles.

Arrays do not travel here; they lie as ``.npz`` in a scratch folder that both sides know.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Mapping
from typing import Any

LARGEST = 256 * 1024 * 1024
OUT_OF_MEMORY = 71  # exit status of a worker that had no memory left for a message
_LENGTH = struct.Struct(">I")
_CHUNK = 1024 * 1024


class BadMessage(Exception):
    """The other side sent, or wants to send, something that is not a message."""


class TooLate(Exception):
    """The deadline passed before a whole message had arrived."""


class Channel:
    """Messages over two file descriptors, which it owns (one socket counts as both).

    Args:
        reader: Where messages come from.
        writer: Where they go; ``reader`` itself when it is a socket.
    """

    def __init__(self, reader: int, writer: int | None = None) -> None:
        self._reader = reader
        self._writer = reader if writer is None else writer
        self._open = True

    def fileno(self) -> int:
        """The descriptor that becomes readable when a message arrives."""
        return self._reader

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message.

        Raises:
            BadMessage: It is larger than :data:`LARGEST`.
            TypeError: It holds something that JSON has no word for.
            TooLate: The socket has a time limit, and it passed.
            OSError: The other side is gone.
        """
        body = json.dumps(message, separators=(",", ":")).encode()
        if len(body) > LARGEST:
            raise BadMessage(f"a message of {len(body)} bytes; the most is {LARGEST}")
        left = memoryview(_LENGTH.pack(len(body)) + body)
        try:
            while left:
                left = left[os.write(self._writer, left) :]
        except BlockingIOError as error:
            raise TooLate from error

    def receive(self, deadline: float | None = None) -> dict[str, Any] | None:
        """The next message, or None when the other side is gone.

        Args:
            deadline: The :func:`time.monotonic` at which to give up; None: never.

        Raises:
            BadMessage: What came is no message.
            TooLate: The deadline passed.
        """
        head = self._read(_LENGTH.size, deadline)
        if head is None:
            return None
        (size,) = _LENGTH.unpack(head)
        if size > LARGEST:
            raise BadMessage(f"a message of {size} bytes; the most is {LARGEST}")
        body = self._read(size, deadline)
        if body is None:
            return None
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadMessage(f"a message that is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise BadMessage(f"a message that is a {type(message).__name__}, not an object")
        return message

    def close(self) -> None:
        """Close both descriptors; more than once does no harm."""
        if self._open:
            self._open = False
            for fd in {self._reader, self._writer}:
                os.close(fd)

    def _read(self, size: int, deadline: float | None) -> bytearray | None:
        """Exactly ``size`` bytes, or None when the other side is gone before that."""
        read = bytearray()
        while len(read) < size:
            if deadline is not None:
                _wait(self._reader, deadline)
            try:
                chunk = os.read(self._reader, min(size - len(read), _CHUNK))
            except ConnectionResetError:  # it went without reading all that was sent to it
                return None
            if not chunk:
                return None
            read += chunk
        return read


def _wait(fd: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TooLate
