import fcntl
import pathlib

import h5py
import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotSupported, UnsafeContent
from tfmigrate.sources import h5_attributes, h5_datasets, h5_header, h5_walls

SECRET = b"the secret of the host, which must never get out"


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.bin"
    path.write_bytes(SECRET * 10)
    return path


def _made(tmp_path, fill, **options):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w", **options) as file:
        fill(file)
    return path


def _walk(path):
    with h5_walls.opened(path) as h5:
        return h5.datasets


def _other(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["w"] = np.frombuffer(SECRET, "u1")


def _virtual(file, source):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(source, "w", (4,))
    file.create_virtual_dataset("w", layout)


def test_external_storage_is_refused_unread(tmp_path, secret):
    path = _made(tmp_path, lambda f: f.create_dataset(
        "w", (40,), "u1", external=[(str(secret), 0, 40)]))  # fmt: skip
    with pytest.raises(UnsafeContent, match="external storage") as caught:
        _walk(path)
    assert SECRET.decode()[:10] not in str(caught.value)


@pytest.mark.parametrize(
    "place",
    [
        lambda f: f.__setitem__("w", h5py.ExternalLink("other.h5", "/w")),
        lambda f: f.create_group("a/b").__setitem__("w", h5py.ExternalLink("other.h5", "/")),
        lambda f: f.__setitem__("w", h5py.SoftLink("/inside")),
        lambda f: f.create_group("g").__setitem__("loop", h5py.SoftLink("/g/loop")),
    ],
)
def test_links_that_are_not_hard_are_refused(tmp_path, place):
    _other(tmp_path)
    with pytest.raises(UnsafeContent, match="soft or external link"):
        _walk(_made(tmp_path, place))


@pytest.mark.parametrize("source", ["other.h5", "."])
def test_virtual_datasets_are_refused_unread(tmp_path, source):
    _other(tmp_path)
    with pytest.raises(UnsafeContent, match="is virtual"):
        _walk(_made(tmp_path, lambda f: _virtual(f, source)))


def test_a_cycle_of_groups_ends(tmp_path):
    def cycle(file):
        file.create_group("a/b")
        file["a/b/again"] = file["a"]

    with pytest.raises(Damaged, match="one and the same"):
        _walk(_made(tmp_path, cycle))


def test_a_link_back_to_the_root_ends(tmp_path):
    with pytest.raises(Damaged, match="one and the same"):
        _walk(_made(tmp_path, lambda f: f.create_group("a").__setitem__("root", f["/"])))


@pytest.mark.parametrize("shape", [(2**31, 2**11), (2**33,), (2**26, 4)])
def test_shapes_without_data_are_refused(tmp_path, shape):
    path = _made(tmp_path, lambda f: f.create_dataset("w", shape, "f4", chunks=(1,) * len(shape)))
    with pytest.raises(UnsafeContent, match="declare"):
        _walk(path)


def test_a_gzip_bomb_is_refused(tmp_path):
    zeros = np.zeros(17 * 2**20, "f4")
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=zeros, compression="gzip",
                                                      chunks=(17 * 2**18,)))  # fmt: skip
    assert path.stat().st_size < 2**18
    with pytest.raises(UnsafeContent, match="declare"):
        _walk(path)


def test_one_tensor_has_a_limit_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(h5_walls, "EACH_LIMIT", 1000)
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=np.zeros(1001, "u1")))
    with pytest.raises(UnsafeContent, match="'w' declares 1,001 bytes"):
        _walk(path)


def test_gzip_shuffle_and_checksums_are_read(tmp_path):
    data = np.arange(1000, dtype="f4")
    path = _made(tmp_path, lambda f: f.create_dataset(
        "w", data=data, compression="gzip", shuffle=True, fletcher32=True))  # fmt: skip
    with h5_walls.opened(path) as h5:
        found = h5_datasets.read(h5.file, h5.datasets["w"], path, 0, "f")
    assert np.array_equal(found, data)


def test_another_filter_is_named(tmp_path):
    path = _made(tmp_path, lambda f: f.create_dataset(
        "w", (100,), "i4", data=np.arange(100), scaleoffset=0))  # fmt: skip
    with pytest.raises(NotSupported, match=r"filter scaleoffset \(6\)"):
        _walk(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros(2, "c8"), "compound"),
        (np.zeros(2, [("a", "f4"), ("b", "i4")]), "compound"),
        (np.full(2, h5py.Reference(), h5py.ref_dtype), "reference"),
        (np.zeros(2, "V3"), "opaque"),
    ],
)
def test_types_no_weight_has_are_damage(tmp_path, data, said):
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=data, dtype=data.dtype))
    with pytest.raises(Damaged, match=said):
        _walk(path)


def test_text_is_listed_but_not_handed_over(tmp_path):
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=["a", "b"]))
    with h5_walls.opened(path) as h5:
        assert h5.datasets["w"].dtype == "string"
        with pytest.raises(NotSupported, match="holds text"):
            h5_datasets.read(h5.file, h5.datasets["w"], path, 0, "f")


@pytest.mark.parametrize("kind", [">f4", "<f4", "<f8", "<f2", ">i8", "bool", "u1"])
@pytest.mark.parametrize("options", [{}, {"userblock_size": 1024}, {"libver": "latest"}])
def test_values_are_right_whatever_the_byte_order(tmp_path, kind, options, monkeypatch):
    monkeypatch.setattr(h5_datasets, "MAP_FROM", 1)
    data = (np.arange(24) % 2).reshape(4, 6).astype(kind)
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=data), **options)
    with h5_walls.opened(path) as h5:
        found = h5_datasets.read(h5.file, h5.datasets["w"], path, 0, "f")
    assert np.array_equal(found, data)
    assert found.dtype.isnative
    assert not found.flags.writeable
    # Only numbers that lie in the file as they are can be mapped.
    assert isinstance(found, np.memmap) == (kind not in (">f4", ">i8"))


@pytest.mark.parametrize("options", [{}, {"userblock_size": 512}, {"libver": "latest"}])
def test_a_cut_file_says_both_sizes(tmp_path, options):
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=np.arange(1000)), **options)
    whole = path.read_bytes()
    h5_header.check_length(path)
    path.write_bytes(whole[:-1])
    said = f"found {len(whole) - 1:,} bytes, its superblock says {len(whole):,}"
    with pytest.raises(Damaged, match=said):
        _walk(path)


def test_cut_anywhere_it_is_damaged_or_not_hdf5(tmp_path):
    path = _made(tmp_path, lambda f: f.create_dataset("g/w", data=np.arange(500.0)))
    whole = path.read_bytes()
    for percent in range(100):
        path.write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(Damaged):
            _walk(path)


def test_a_file_that_is_being_written_says_so(tmp_path):
    path = _made(tmp_path, lambda f: f.create_dataset("w", data=np.arange(3)))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Damaged, match="another program has the file open for writing"):
            _walk(path)


def test_names_split_by_keras_are_put_together(tmp_path):
    path = _made(
        tmp_path, lambda f: [f.attrs.create(f"layer_names{k}", [b"a", b"b"]) for k in (0, 1)]
    )
    with h5_walls.opened(path) as h5:
        assert h5_attributes.names(h5.file, "layer_names", "f") == ["a", "b", "a", "b"]
        assert h5_attributes.names(h5.file, "weight_names", "f") is None


@pytest.mark.parametrize("value", ["text", b"text", np.bytes_(b"text"), np.array(["text"], object)])
def test_text_attributes_of_every_h5py(tmp_path, value):
    options = {"dtype": h5py.string_dtype()} if isinstance(value, np.ndarray) else {}
    path = _made(tmp_path, lambda f: f.attrs.create("a", value, **options))
    with h5_walls.opened(path) as h5:
        assert h5_attributes.text(h5.file, "a", "f") == "text"


@pytest.mark.parametrize("value", [np.bytes_(b"\xff\xfe"), 7, np.zeros(3)])
def test_attributes_that_are_no_text_are_damage(tmp_path, value):
    path = _made(tmp_path, lambda f: f.attrs.create("a", value))
    with h5_walls.opened(path) as h5, pytest.raises(Damaged, match="the attribute a"):
        h5_attributes.text(h5.file, "a", "f")


def test_an_empty_list_of_names(tmp_path):
    path = _made(tmp_path, lambda f: f.attrs.create("a", []))
    with h5_walls.opened(path) as h5:
        assert h5_attributes.names(h5.file, "a", "f") == []


def test_mutated_files_end_in_a_verdict(tmp_path):
    path = _made(tmp_path, lambda f: f.create_dataset("g/w", data=np.arange(50.0)))
    whole = bytearray(path.read_bytes())
    verdicts = set()
    for index in range(0, 800, 7):
        changed = bytearray(whole)
        changed[index] ^= 0x40
        pathlib.Path(path).write_bytes(changed)
        try:
            _walk(path)
            verdicts.add("fine")
        except (Damaged, NotSupported, UnsafeContent) as error:
            verdicts.add(type(error).__name__)
    assert "Damaged" in verdicts
