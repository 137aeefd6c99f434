import os

import pytest

from tfmigrate.errors import Damaged, NotSupported
from tfmigrate.sources import crc32c, snappy, table, wire

ROWS = [(b"", b"head"), *((f"model/layer_{i:02d}/kernel".encode(), bytes([i])) for i in range(40))]


def _written(tmp_path, data):
    path = tmp_path / "t.index"
    path.write_bytes(data)
    return path


def _read(path):
    return list(table.entries(table.open_table(path)))


@pytest.mark.parametrize(
    ("data", "crc"),  # the vectors of RFC 3720, B.4, and the usual check value
    [
        (b"\0" * 32, 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"123456789", 0xE3069283),
    ],
)
def test_crc32c_vectors(data, crc):
    assert crc32c.crc32c(data) == crc


@pytest.mark.parametrize("size", [1 << 16, (1 << 16) + 1, 200_003])
def test_crc32c_of_much_data_is_that_of_plain_python(monkeypatch, size):
    data = os.urandom(size)
    fast = crc32c.crc32c(data)
    monkeypatch.setattr(crc32c, "_LANES_FROM", size + 1)
    assert crc32c.crc32c(data) == fast


@pytest.mark.parametrize("per_block", [1, 7, 1000])
def test_reads_back_what_was_written(craft, tmp_path, per_block):
    path = _written(tmp_path, craft.table(ROWS, per_block))
    assert _read(path) == ROWS
    assert table.has_magic(path)


def test_every_flipped_byte_is_noticed_or_harmless(craft, tmp_path):
    data = craft.table(ROWS[:6], per_block=3)
    noticed = 0
    for at in range(len(data)):
        path = _written(tmp_path, data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
        try:
            assert _read(path) == ROWS[:6], f"byte {at} changed what was read"
        except Damaged:
            noticed += 1
    # Only the unused metaindex (its block of 13 bytes, its handle) and the footer's padding.
    assert len(data) - noticed < 13 + 8 + 40


def test_every_cut_is_noticed(craft, tmp_path):
    data = craft.table(ROWS[:6])
    for length in range(len(data)):
        with pytest.raises(Damaged):
            _read(_written(tmp_path, data[:length]))


@pytest.mark.parametrize("rows", [[(b"b", b""), (b"a", b"")], [(b"a", b""), (b"a", b"")]])
def test_keys_are_sorted_and_unique(craft, tmp_path, rows):
    with pytest.raises(Damaged, match="sorted"):
        _read(_written(tmp_path, craft.table(rows)))


def test_an_index_above_the_limit_is_not_read(craft, tmp_path):
    with pytest.raises(NotSupported, match="limit"):
        table.open_table(_written(tmp_path, craft.table(ROWS)), limit=100)


def test_the_first_entry_alone(craft, tmp_path):
    opened = table.open_table(_written(tmp_path, craft.table([(b"k", b"v" * 500), *ROWS[1:]])))
    assert table.first(opened) == (b"k", b"v" * 500)
    key, start = table.peek(opened)
    assert key == b"k"
    assert start[:8] == b"v" * 8


def test_an_entry_cannot_reach_outside_its_block(craft, tmp_path):
    hostile = craft.table(ROWS, squeeze=lambda c: (0, b"\0\x01\xff\xff\xff\x0f" + c[6:]))
    with pytest.raises(Damaged, match="outside"):
        _read(_written(tmp_path, hostile))


def test_compressed_blocks(craft, tmp_path):
    def literal(content):
        return 1, craft.varint(len(content)) + bytes([61 << 2]) + (len(content) - 1).to_bytes(
            2, "little"
        ) + content

    assert _read(_written(tmp_path, craft.table(ROWS, squeeze=literal))) == ROWS
    assert table.first(table.open_table(tmp_path / "t.index")) == ROWS[0]


def test_an_unknown_compression_is_refused(craft, tmp_path):
    with pytest.raises(Damaged, match="compression 7"):
        _read(_written(tmp_path, craft.table(ROWS, squeeze=lambda c: (7, c))))


@pytest.mark.parametrize(
    ("stream", "expanded"),
    [
        (b"\x05\x10hello", b"hello"),
        (b"\x0a\x04ab\x11\x02", b"ababababab"),  # a copy over itself
        (b"\x08\x0cwxyz\x0e\x04\x00", b"wxyzwxyz"),  # a copy with two bytes of offset
        (b"\x08\x0cwxyz\x0f\x04\x00\x00\x00", b"wxyzwxyz"),  # with four
        (b"\x03\xf0\x02abc", b"abc"),  # a literal whose length has a byte of its own
        (b"\x00", b""),
    ],
)
def test_snappy(stream, expanded):
    assert snappy.unsnappy(stream, "x") == expanded


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"\x05\x10hell",  # cut
        b"\x06\x10hello",  # says more than it holds
        b"\x04\x10hello",  # says less
        b"\x08\x0cwxyz\x0e\x05\x00",  # a copy from before the start
        b"\x08\x0cwxyz\x0e\x00\x00",  # from nowhere
        b"\xff\xff\xff\xff\x0f\x10hello",  # 4 GB out of seven bytes
        b"\x80" * 11,  # a length without end
    ],
)
def test_damaged_snappy(stream):
    with pytest.raises(Damaged):
        snappy.unsnappy(stream, "x")


def test_a_compressed_block_above_the_limit(monkeypatch):
    monkeypatch.setattr(snappy, "_MAX", 9)
    with pytest.raises(Damaged, match="limit is 9"):
        snappy.unsnappy(b"\x0a\x04ab\x11\x02", "x")
    assert snappy.unsnappy(b"\x0a\x04ab\x11\x02", "x", limit=2)[:2] == b"ab"


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 1 << 32, (1 << 63) - 1])
def test_varints(craft, number):
    encoded = craft.varint(number)
    assert wire.varint(encoded, 0, "x") == (number, len(encoded))
    with pytest.raises(Damaged):
        wire.varint(encoded[:-1], 0, "x")
