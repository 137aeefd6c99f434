import pytest

from tfmigrate.errors import Damaged
from tfmigrate.sources import bundle_v1, protos


def _listing(*tensors):
    """The first entry of a V1 file: (name, shape, dtype number, slices) each."""
    meta = [
        {
            "name": name,
            "shape": {"dim": [{"size": d} for d in shape]},
            "type": dtype,
            "slice": [
                {"extent": [{} if n < 0 else {"start": s, "length": n} for s, n in piece]}
                for piece in pieces
            ],
        }
        for name, shape, dtype, pieces in tensors
    ]
    message = protos.message("SavedTensorSlices")(meta={"tensor": meta})
    return [(b"", message.SerializeToString()), (b"\0x", b"values")]


WHOLE = [[(0, -1)]]


def test_a_real_file(case):
    path = case("tf14_plain_v1") / "model.ckpt"
    assert bundle_v1.is_v1(path)
    found = bundle_v1.open_v1(path)
    assert found.files == (path,)
    assert {name: (t.dtype, t.shape) for name, t in found.tensors.items()} == {
        "Variable": ("float32", (3, 4, 3, 6)),
        "Variable_1": ("float32", (6,)),
        "Variable_2": ("float32", (2, 3, 6, 5)),
        "Variable_3": ("float32", (5,)),
        "Variable_4": ("float32", (30, 4)),
        "Variable_5": ("float32", (4,)),
    }


@pytest.mark.parametrize("cut", [0, 10, 1332, 2663])
def test_a_cut_file(case, cut):
    path = case("tf14_plain_v1") / "model.ckpt"
    path.write_bytes(path.read_bytes()[:cut])
    assert not bundle_v1.is_v1(path)


def test_a_flipped_listing(case):
    path = case("tf14_plain_v1") / "model.ckpt"
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match="checksum"):
        bundle_v1.open_v1(path)


def test_a_v2_index_is_none(case):
    assert not bundle_v1.is_v1(case("tf1_ema") / "model.ckpt.index")


def test_shards_together_hold_a_partitioned_variable(craft, tmp_path):
    for number, (start, length) in enumerate([(0, 3), (3, 2)]):
        rows = _listing(("emb", (5,), 1, [[(start, length)]]))
        (tmp_path / f"m-0000{number}-of-00002").write_bytes(craft.table(rows))
    for given in ("m", "m-00001-of-00002"):
        found = bundle_v1.open_v1(tmp_path / given)
        assert [p.name for p in found.files] == ["m-00000-of-00002", "m-00001-of-00002"]
        assert found.tensors["emb"].shape == (5,)
    (tmp_path / "m-00000-of-00002").unlink()
    with pytest.raises(Damaged) as raised:
        bundle_v1.open_v1(tmp_path / "m")
    assert [p.where for p in raised.value.problems] == ["m-00000-of-00002"]


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (("v", (5,), 1, [[(0, 3)]]), "hole"),
        (("v", (5,), 1, [[(0, 3)], [(2, 3)]]), "overlap"),
        (("v", (5,), 1, []), "hole"),
        (("v", (5,), 1, [[(0, 5), (0, 1)]]), "hole"),
        (("v", (-5,), 1, WHOLE), "impossible"),
        (("v", (5,), 999, WHOLE), "impossible"),
        (("v", (1 << 40, 1 << 40), 1, [[(0, -1)] * 2]), "impossible"),
    ],
)
def test_a_hostile_listing(craft, tmp_path, tensor, said):
    path = tmp_path / "m"
    path.write_bytes(craft.table(_listing(("good", (2,), 1, WHOLE), tensor)))
    with pytest.raises(Damaged) as raised:
        bundle_v1.open_v1(path)
    assert [p.where for p in raised.value.problems] == ["v"]
    assert said in raised.value.problems[0].what


def test_an_empty_listing(craft, tmp_path):
    (tmp_path / "m").write_bytes(craft.table(_listing()))
    with pytest.raises(Damaged):
        bundle_v1.open_v1(tmp_path / "m")
