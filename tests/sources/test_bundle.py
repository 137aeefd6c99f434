import hashlib
import os

import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotSupported, UnsafeContent
from tfmigrate.sources import bundle, bundle_index, slices, table

KERNEL = np.arange(6, dtype="<f4").reshape(2, 3)
BIAS = np.array([7, 8, 9], "<f4")
DATA = KERNEL.tobytes() + BIAS.tobytes()


def _honest(craft):
    return {
        "a/kernel": craft.entry(shape=(2, 3), size=24),
        "b/bias": craft.entry(shape=(3,), offset=24, size=12),
    }


def _said(raised):
    error = raised.value
    return " ".join([error.what, error.help, *(f"{p.where} {p.what}" for p in error.problems)])


def test_an_honest_bundle(craft, tmp_path):
    opened = bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA))
    assert opened.entries["a/kernel"].shape == (2, 3)
    assert opened.entries["b/bias"].offset == 24
    assert [p.name for p in opened.files] == ["ckpt.index", "ckpt.data-00000-of-00001"]
    np.testing.assert_array_equal(bundle.values(opened, "a/kernel"), KERNEL)
    np.testing.assert_array_equal(bundle.values(opened, "b/bias"), BIAS)


def test_values_are_a_view_that_nobody_can_write_through(craft, tmp_path):
    values = bundle.values(
        bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA)), "b/bias"
    )
    assert isinstance(values, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1


def test_hash_of_a_tensor_is_that_of_its_bytes(craft, tmp_path):
    prefix = craft.bundle(tmp_path, _honest(craft), DATA)
    expected = hashlib.sha256(BIAS.tobytes()).hexdigest()
    assert bundle.sha256(bundle.open_bundle(prefix), "b/bias") == expected
    flipped = bytearray(DATA)
    flipped[30] ^= 1
    prefix.with_name("ckpt.data-00000-of-00001").write_bytes(flipped)
    assert bundle.sha256(bundle.open_bundle(prefix), "b/bias") != expected


def test_a_data_file_that_shrinks_meanwhile(craft, tmp_path):
    prefix = craft.bundle(tmp_path, _honest(craft), DATA)
    opened = bundle.open_bundle(prefix)
    os.truncate(prefix.with_name("ckpt.data-00000-of-00001"), 26)
    with pytest.raises(Damaged, match="changed"):
        bundle.sha256(opened, "b/bias")


@pytest.mark.parametrize(
    ("dtype", "stored"),
    [
        ("bfloat16", "<u2"), ("float16", "<f2"), ("float8_e5m2", "u1"), ("qint8", "i1"),
        ("qint32", "<i4"), ("int64", "<i8"), ("complex64", "<c8"), ("bool", "?"),
    ],
)  # fmt: skip
def test_types(craft, tmp_path, dtype, stored):
    expected = np.array([1, 0, 1, 1]).astype(stored)
    rows = {"v": craft.entry(dtype, (4,), size=expected.nbytes)}
    opened = bundle.open_bundle(craft.bundle(tmp_path, rows, expected.tobytes()))
    assert opened.entries["v"].dtype == dtype
    assert bundle.values(opened, "v").dtype == expected.dtype
    np.testing.assert_array_equal(bundle.values(opened, "v"), expected)


def test_big_endian_values(craft, tmp_path):
    rows = {"v": craft.entry(shape=(3,), size=12)}
    data = BIAS.astype(">f4").tobytes()
    opened = bundle.open_bundle(craft.bundle(tmp_path, rows, data, head=craft.header(endianness=1)))
    np.testing.assert_array_equal(bundle.values(opened, "v"), BIAS)


def test_scalars_and_empty_tensors(craft, tmp_path):
    rows = {"s": craft.entry(size=4), "z": craft.entry(shape=(0, 5), offset=12, size=0)}
    opened = bundle.open_bundle(craft.bundle(tmp_path, rows, BIAS.tobytes()))
    assert bundle.values(opened, "s") == 7
    empty = bundle.values(opened, "z")
    assert empty.shape == (0, 5)
    assert not isinstance(empty, np.memmap)  # NumPy 1.26 cannot map nothing


def test_strings(craft, tmp_path):
    data, crc = craft.strings([b"abc", b"", b"x" * 300])
    rows = {"s": craft.entry("string", (3,), size=len(data), crc32c=crc)}
    prefix = craft.bundle(tmp_path, rows, data)
    opened = bundle.open_bundle(prefix)
    assert bundle.strings(opened, "s") == [b"abc", b"", b"x" * 300]
    with pytest.raises(NotSupported):
        bundle.values(opened, "s")
    prefix.with_name("ckpt.data-00000-of-00001").write_bytes(data[:-1] + b"y")
    with pytest.raises(Damaged, match="checksum"):
        bundle.strings(opened, "s")


HOSTILE = {
    "negative dimension": ({"shape": (-1,)}, "shape is impossible"),
    "product overflows": ({"shape": (1 << 40, 1 << 40)}, "more elements than fit"),
    "hidden by a zero": ({"shape": (0, 1 << 62, 1 << 62), "size": 0}, "more elements than fit"),
    "rank 300": ({"shape": (1,) * 300}, "shape is impossible"),
    "type 0": ({"dtype": 0}, "type 0"),
    "type 999": ({"dtype": 999}, "type 999"),
    "reference type": ({"dtype": 101}, "type 101"),
    "resource": ({"dtype": "resource"}, "type 20"),
    "size disagrees": ({"shape": (2,), "size": 12}, "disagree"),
    "negative size": ({"size": -4}, "disagree"),
    "offset 2**50": ({"offset": 1 << 50}, "reaches outside"),
    "negative offset": ({"offset": -4}, "reaches outside"),
    "beyond the end": ({"offset": 61}, "reaches outside"),
    "shard 7": ({"shard_id": 7}, "data file 7"),
    "shard -1": ({"shard_id": -1}, "data file -1"),
    "strings without bytes": ({"dtype": "string", "shape": (1 << 40,)}, "too few bytes"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_entry_is_named(craft, tmp_path, what):
    fields, expected = HOSTILE[what]
    rows = {"good": craft.entry(offset=56), "evil": craft.entry(**fields)}
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, rows))
    assert expected in _said(raised)
    assert [p.where for p in raised.value.problems] == ["evil"]


def test_all_problems_at_once(craft, tmp_path):
    rows = {"a": craft.entry(shape=(-1,)), "b": craft.entry(dtype=999), "c": craft.entry(offset=60)}
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, rows))
    assert [p.where for p in raised.value.problems] == ["a", "b"]


def test_entries_that_share_bytes(craft, tmp_path):
    rows = {"a": craft.entry(shape=(2,), size=8), "b": craft.entry(offset=4)}
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, rows))
    assert "shares bytes with a" in _said(raised)


@pytest.mark.parametrize("key", [b"\xff\xfe", b"a\xc3"])
def test_keys_are_text(craft, tmp_path, key):
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, {key: craft.entry()}))
    assert "not UTF-8" in _said(raised)


def test_an_entry_that_is_no_message(craft, tmp_path):
    with pytest.raises(Damaged, match="BundleEntry"):
        bundle.open_bundle(craft.bundle(tmp_path, {"a": b"\xff\xff\xff"}))


@pytest.mark.parametrize(
    "head", [{"num_shards": 0}, {"num_shards": -1}, {"num_shards": 2**31 - 1}, {"endianness": 5}]
)
def test_an_impossible_header(craft, tmp_path, head):
    with pytest.raises(Damaged, match="header"):
        bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA, head=craft.header(**head)))


@pytest.mark.parametrize("head", [{"min_consumer": 99}, {"bad_consumers": (1,)}])
def test_a_newer_format_is_not_supported(craft, tmp_path, head):
    with pytest.raises(NotSupported, match="newer TensorFlow"):
        bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA, head=craft.header(**head)))


def test_no_header_and_no_entry(craft, tmp_path):
    with pytest.raises(Damaged, match="no header"):
        bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA, head=False))
    with pytest.raises(Damaged, match="no tensor"):
        bundle.open_bundle(craft.bundle(tmp_path, {}))


def test_missing_shards_are_named(craft, tmp_path):
    prefix = craft.bundle(
        tmp_path, _honest(craft), head=craft.header(num_shards=3), shards=[DATA, b"", b""]
    )
    prefix.with_name("ckpt.data-00001-of-00003").unlink()
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(prefix)
    assert [p.where for p in raised.value.problems] == ["ckpt.data-00001-of-00003"]


def test_a_real_missing_shard(case):
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(case("neg_ckpt_missing_shard") / "model.ckpt-100")
    assert [p.where for p in raised.value.problems] == ["model.ckpt-100.data-00001-of-00002"]


def test_a_shard_cut_by_a_byte(craft, tmp_path):
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, _honest(craft), DATA[:-1]))
    assert [p.where for p in raised.value.problems] == ["b/bias"]


def test_a_shard_that_is_a_folder_or_a_pipe(craft, tmp_path):
    prefix = craft.bundle(tmp_path, _honest(craft), DATA)
    shard = prefix.with_name("ckpt.data-00000-of-00001")
    for make in (os.mkdir, os.mkfifo):
        shard.unlink() if shard.is_file() else None
        make(shard)
        with pytest.raises(Damaged, match="no regular file"):
            bundle.open_bundle(prefix)
        os.rmdir(shard) if shard.is_dir() else shard.unlink()


def test_a_shard_that_is_a_link_to_elsewhere(craft, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    prefix = craft.bundle(tmp_path / "here", _honest(craft), DATA)
    shard = prefix.with_name("ckpt.data-00000-of-00001")
    target = shard.rename(tmp_path / "elsewhere" / "secret")
    shard.symlink_to(target)
    with pytest.raises(UnsafeContent, match="link"):
        bundle.open_bundle(prefix)
    # A store that keeps every file elsewhere and links all of them is honest.
    index = prefix.with_name("ckpt.index")
    index.symlink_to(index.rename(tmp_path / "elsewhere" / "index"))
    assert len(bundle.open_bundle(prefix).entries) == 2


def test_limits(craft, tmp_path, monkeypatch):
    prefix = craft.bundle(tmp_path, _honest(craft), DATA)
    monkeypatch.setattr(bundle_index, "_MAX_KEYS", 2)
    with pytest.raises(NotSupported, match="more than 2"):
        bundle.open_bundle(prefix)
    monkeypatch.setattr(table, "MAX_INDEX", 100)
    with pytest.raises(NotSupported, match="limit is 100"):
        bundle.open_bundle(prefix)


def _partitioned(craft, pieces, shapes=None, **more):
    """A variable of shape (5, 2), its slices one after the other in the data file."""
    rows = {"emb": craft.entry(shape=(5, 2), size=0, slices=pieces)}
    offset = 0
    for number, piece in enumerate(pieces):
        shape = tuple(d if n < 0 else n for d, (_, n) in zip((5, 2), piece, strict=True))
        shape = shapes[number] if shapes else shape
        size = 4 * int(np.prod(shape))
        key = craft.slice_key("emb", piece)
        rows[key] = craft.entry(shape=shape, offset=offset, size=size, **more)
        offset += size
    return rows


WHOLE = (0, slices.FULL)


def test_a_partitioned_variable_is_one_tensor(craft, tmp_path):
    values = np.arange(10, dtype="<f4").reshape(5, 2)
    rows = _partitioned(craft, [[(0, 3), WHOLE], [(3, 2), WHOLE]])
    opened = bundle.open_bundle(craft.bundle(tmp_path, rows, values.tobytes()))
    assert list(opened.entries) == ["emb"]
    assert opened.entries["emb"].shape == (5, 2)
    np.testing.assert_array_equal(bundle.values(opened, "emb"), values)
    assert bundle.sha256(opened, "emb") == hashlib.sha256(values.tobytes()).hexdigest()


def test_a_variable_partitioned_along_its_columns(craft, tmp_path):
    values = np.arange(10, dtype="<f4").reshape(5, 2)
    rows = _partitioned(craft, [[WHOLE, (1, 1)], [WHOLE, (0, 1)]])
    data = values[:, 1].tobytes() + values[:, 0].tobytes()
    opened = bundle.open_bundle(craft.bundle(tmp_path, rows, data))
    np.testing.assert_array_equal(bundle.values(opened, "emb"), values)


@pytest.mark.parametrize(
    "pieces",
    [
        [[(0, 3), WHOLE]],  # a hole at the end
        [[(1, 4), WHOLE]],  # at the start
        [[(0, 3), WHOLE], [(2, 3), WHOLE]],  # an overlap
        [[(0, 3), WHOLE], [(3, 3), WHOLE]],  # too much
        [[(-1, 3), WHOLE], [(2, 3), WHOLE]],  # a negative start
        [[(0, 2), WHOLE], [(3, 3), WHOLE]],  # a hole, and as much too much
        [[(0, 3), (0, 1)], [(3, 2), (1, 1)]],  # cut along both axes
    ],
)
def test_slices_fill_their_variable_exactly(craft, tmp_path, pieces):
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, _partitioned(craft, pieces)))
    assert "slice" in _said(raised)


def test_a_missing_slice_and_one_too_many(craft, tmp_path):
    pieces = [[(0, 3), WHOLE], [(3, 2), WHOLE]]
    rows = _partitioned(craft, pieces)
    del rows[craft.slice_key("emb", pieces[1])]
    rows[craft.slice_key("other", pieces[0])] = craft.entry(offset=60)
    with pytest.raises(Damaged) as raised:
        bundle.open_bundle(craft.bundle(tmp_path, rows))
    assert "a slice is missing" in _said(raised)
    assert "no variable names" in _said(raised)


def test_slices_of_another_shape_type_or_rank(craft, tmp_path):
    pieces = [[(0, 3), WHOLE], [(3, 2), WHOLE]]
    for rows in (
        _partitioned(craft, pieces, shapes=[(3, 2), (1, 2)]),
        _partitioned(craft, pieces, dtype="int32"),
        _partitioned(craft, pieces, slices=[[(0, 3), WHOLE]]),  # a slice that is sliced again
    ):
        with pytest.raises(Damaged, match="wrong"):
            bundle.open_bundle(craft.bundle(tmp_path, rows))
    rows = {
        "v": craft.entry(shape=(4,), size=0, slices=[[]]),
        craft.slice_key("v", []): craft.entry(),
    }
    with pytest.raises(Damaged, match="wrong"):
        bundle.open_bundle(craft.bundle(tmp_path, rows))


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, b"\x80"), (-1, b"\x7f"), (63, b"\xbf"), (64, b"\xc0\x40"), (-64, b"\x40"),
        (-65, b"\x3f\xbf"), (8191, b"\xdf\xff"), (8192, b"\xe0\x20\x00"), (10**6, b"\xef\x42\x40"),
        (2**62 - 1, b"\xff\xbf" + b"\xff" * 7), (2**62, b"\xff\xc0\x40" + b"\0" * 7),
    ],
)  # fmt: skip
def test_slice_keys_order_numbers(number, encoded):
    assert slices.key("n", [(number, -1)]) == b"\0n\0\1\1\1" + encoded + b"\x7f"


def test_every_flipped_byte_of_a_real_index(case):
    """Never a crash, and never another list of tensors."""
    folder = case("tf1_ema")
    prefix, index = folder / "model.ckpt", folder / "model.ckpt.index"
    data, honest = index.read_bytes(), bundle.open_bundle(prefix).entries
    for at in range(len(data)):
        index.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        try:
            assert bundle.open_bundle(prefix).entries == honest
        except Damaged:
            continue
