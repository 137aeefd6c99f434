"""FarmHash's Fingerprint64, which TensorFlow sorts unknown words into buckets by.

From the published definition (farmhashna, Google 2014); whole numbers modulo 2**64.
"""

from __future__ import annotations

_ALL = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_MUL = 0x9DDFEA08EB382D69


def fingerprint64(data: bytes) -> int:
    """The fingerprint of some bytes, from 0 to 2**64 - 1."""
    if len(data) <= 16:
        return _short(data)
    if len(data) <= 32:
        return _to_32(data)
    return _to_64(data) if len(data) <= 64 else _long(data)


def _at(data: bytes, start: int, size: int = 8) -> int:
    """A little-endian number; a negative start counts from the end."""
    start = start + len(data) if start < 0 else start
    return int.from_bytes(data[start : start + size], "little")


def _rotate(value: int, shift: int) -> int:
    value &= _ALL
    return ((value >> shift) | (value << (64 - shift))) & _ALL if shift else value


def _mix(value: int) -> int:
    value &= _ALL
    return value ^ (value >> 47)


def _pair(low: int, high: int, mul: int) -> int:
    first = _mix(((low ^ high) & _ALL) * mul)
    return _mix((high ^ first) * mul) * mul & _ALL


def _short(data: bytes) -> int:
    size, mul = len(data), _K2 + 2 * len(data)
    if size >= 8:
        a, b = _at(data, 0) + _K2, _at(data, -8)
        c, d = _rotate(b, 37) * mul + a, (_rotate(a, 25) + b) * mul
        return _pair(c & _ALL, d & _ALL, mul)
    if size >= 4:
        return _pair(size + (_at(data, 0, 4) << 3), _at(data, -4, 4), mul)
    if size > 0:
        y = data[0] + (data[size >> 1] << 8)
        z = size + (data[-1] << 2)
        return _mix(y * _K2 ^ z * _K0) * _K2 & _ALL
    return _K2


def _to_32(data: bytes) -> int:
    mul = _K2 + 2 * len(data)
    a, b = _at(data, 0) * _K1, _at(data, 8)
    c, d = _at(data, -8) * mul, _at(data, -16) * _K2
    first = _rotate(a + b, 43) + _rotate(c, 30) + d
    return _pair(first & _ALL, (a + _rotate(b + _K2, 18) + c) & _ALL, mul)


def _to_64(data: bytes) -> int:
    mul = _K2 + 2 * len(data)
    a, b = _at(data, 0) * _K2, _at(data, 8)
    c, d = _at(data, -8) * mul, _at(data, -16) * _K2
    y = (_rotate(a + b, 43) + _rotate(c, 30) + d) & _ALL
    z = _pair(y, (a + _rotate(b + _K2, 18) + c) & _ALL, mul)
    e, f = _at(data, 16) * mul, _at(data, 24)
    g, h = (y + _at(data, -32)) * mul, (z + _at(data, -24)) * mul
    first = _rotate(e + f, 43) + _rotate(g, 30) + h
    return _pair(first & _ALL, (e + _rotate(f + a, 18) + g) & _ALL, mul)


def _weak(data: bytes, start: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_at(data, start + 8 * i) for i in range(4))
    a += w
    b = _rotate(b + a + z, 21)
    c = a
    a += x + y
    b += _rotate(a, 44)
    return (a + z) & _ALL, (b + c) & _ALL


def _long(data: bytes) -> int:
    seed = 81
    x, y = seed, (seed * _K1 + 113) & _ALL
    z = _mix(y * _K2 + 113) * _K2 & _ALL
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _at(data, 0)) & _ALL
    whole, rest = (len(data) - 1) // 64 * 64, (len(data) - 1) & 63
    for start in range(0, whole, 64):
        x = _rotate(x + y + v[0] + _at(data, start + 8), 37) * _K1 & _ALL
        y = _rotate(y + v[1] + _at(data, start + 48), 42) * _K1 & _ALL
        x ^= w[1]
        y = (y + v[0] + _at(data, start + 40)) & _ALL
        z = _rotate(z + w[0], 33) * _K1 & _ALL
        v = _weak(data, start, v[1] * _K1, x + w[0])
        w = _weak(data, start + 32, z + w[1], y + _at(data, start + 16))
        z, x = x, z
    mul = (_K1 + ((z & 0xFF) << 1)) & _ALL
    tail = data[len(data) - 64 :]
    w = ((w[0] + rest) & _ALL, w[1])
    v = ((v[0] + w[0]) & _ALL, v[1])
    w = ((w[0] + v[0]) & _ALL, w[1])
    x = _rotate(x + y + v[0] + _at(tail, 8), 37) * mul & _ALL
    y = _rotate(y + v[1] + _at(tail, 48), 42) * mul & _ALL
    x ^= w[1] * 9 & _ALL
    y = (y + v[0] * 9 + _at(tail, 40)) & _ALL
    z = _rotate(z + w[0], 33) * mul & _ALL
    v = _weak(tail, 0, v[1] * mul, x + w[0])
    w = _weak(tail, 32, z + w[1], y + _at(tail, 16))
    z, x = x, z
    low = _pair(v[0], w[0], mul) + _mix(y) * _K0 + z
    return _pair(low & _ALL, (_pair(v[1], w[1], mul) + x) & _ALL, mul)
