"""The entropy-coded bits of a JPEG, and the order of its coefficients."""

from __future__ import annotations

import numpy as np


class Unreadable(ValueError):
    """An image of a kind that is not read here; the message says which."""


def _zigzag() -> list[int]:
    places = [(y, x) for y in range(8) for x in range(8)]
    return [
        8 * y + x for y, x in sorted(places, key=lambda p: (sum(p), p[0] if sum(p) % 2 else p[1]))
    ]


# Where each coefficient of the file stands in its block.
ZIGZAG = np.array(_zigzag())


class Bits:
    """Reads bits, the highest of a byte first; behind the end there are zeros.

    Args:
        data: The bytes between two markers; the zero behind each 0xFF is left out here.
    """

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data.replace(b"\xff\x00", b"\xff") + b"\0\0")
        self._held, self._left = 0, 0

    def take(self, count: int) -> int:
        """The next bits as a number.

        Raises:
            Unreadable: There are no more.
        """
        while self._left < count:
            byte = next(self._bytes, None)
            if byte is None:
                raise Unreadable("a JPEG that ends too early")
            self._held, self._left = self._held << 8 | byte, self._left + 8
        self._left -= count
        found = self._held >> self._left
        self._held &= (1 << self._left) - 1
        return found

    def symbol(self, table: dict[tuple[int, int], int]) -> int:
        """The next symbol by a Huffman table: (length, code) to symbol.

        Raises:
            Unreadable: No code of the table stands there.
        """
        code = 0
        for length in range(1, 17):
            code = code << 1 | self.take(1)
            if (length, code) in table:
                return table[length, code]
        raise Unreadable("a JPEG with a broken Huffman code")

    def signed(self, size: int) -> int:
        """The next number of so many bits, in the form of JPEG's coefficients."""
        value = self.take(size) if size else 0
        return value if not size or value >> (size - 1) else value - (1 << size) + 1


def huffman(counts: bytes, symbols: bytes) -> dict[tuple[int, int], int]:
    """The codes of a table: how many there are of each length from 1 on, and their symbols."""
    found: dict[tuple[int, int], int] = {}
    code, taken = 0, iter(symbols)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            found[length, code] = next(taken)
            code += 1
        code <<= 1
    return found
