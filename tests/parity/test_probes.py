import hashlib

import numpy as np
import pytest

from tfmigrate.errors import Damaged, NotSupported, UsageProblem
from tfmigrate.parity import npz, probe_values, probes
from tfmigrate.parity.probes import make_probes
from tfmigrate.parity.stored import sha256
from tfmigrate.tensors import Hint, TensorSpec

INPUTS = (
    TensorSpec("x", (None, None, 4), "float32"),
    TensorSpec("ids", (None, None), "int32"),
    TensorSpec("mask", (None, 3), "bool"),
    TensorSpec("words", (None, 1), "string"),
    TensorSpec("h", (None, 2), "float16"),
    TensorSpec("b", (None, 2), "bfloat16"),
    TensorSpec("d", (8, 2), "float64"),
    TensorSpec("s", (), "float32"),
)


def test_shapes_types_and_batches():
    made = make_probes(INPUTS)
    assert [p["x"].shape for p in made] == [(1, 8, 4), (2, 13, 4), (5, 21, 4)]
    assert [p["ids"].shape for p in made] == [(1, 8), (2, 13), (5, 21)]
    assert [p["d"].shape for p in made] == [(8, 2)] * 3
    assert [p["s"].shape for p in made] == [()] * 3
    for probe in made:
        assert [npz.dtype_name(probe[s.name]) for s in INPUTS] == [s.dtype for s in INPUTS]
        assert all(isinstance(w, bytes) for w in probe["words"].flat)


def test_the_same_seed_makes_the_same_bytes_and_another_does_not(tmp_path):
    files = [tmp_path / f"{i}.npz" for i in range(3)]
    for path, seed in zip(files, (0, 0, 1), strict=True):
        probes.save(path, make_probes(INPUTS, seed=seed))
    one, same, other = (f.read_bytes() for f in files)
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("hints", "digest"),
    [
        ({}, "b888cba4814ccce2108ece9cc1cbb34dfe51edae45e4998759483e1470799760"),
        (
            {
                "ids": Hint(0, 50),
                "x": Hint(-1, 1),
                "h": Hint(0, 9, (32, 64, 96)),
                "d": Hint(high=0.5),
            },
            "a1965fe9531327520860012a235cabe847ac43459f2135c08fa4fd520e3ce760",
        ),
    ],
)
def test_old_certificates_get_the_probes_they_were_written_with(hints, digest):
    """The digests are those of the version before there were special probes."""
    made = probes.flat("inputs", make_probes(INPUTS, hints, 7, 4))
    assert hashlib.sha256("".join(map(sha256, made.values())).encode()).hexdigest() == digest


def test_values_stay_within_hints():
    hints = {"ids": Hint(3, 7), "x": Hint(-1, 0), "d": Hint(high=0.5)}
    made = make_probes(INPUTS, hints, samples=30)
    ids = np.concatenate([p["ids"].ravel() for p in made])
    assert set(ids.tolist()) == {3, 4, 5, 6}
    x = np.concatenate([p["x"].ravel() for p in made])
    assert x.min() >= -1
    assert x.max() < 0
    assert max(p["d"].max() for p in made) < 0.5


def test_defaults_are_normal_floats_and_small_integers():
    made = make_probes(INPUTS, samples=30)
    x = np.concatenate([p["x"].ravel() for p in made])
    assert abs(x.mean()) < 0.1
    assert 0.9 < x.std() < 1.1
    assert set(np.concatenate([p["ids"].ravel() for p in made]).tolist()) == {0, 1}


def test_lengths_come_from_the_hint():
    made = make_probes(INPUTS[:1], {"x": Hint(lengths=(32, 64))}, samples=4)
    assert [p["x"].shape[1] for p in made] == [32, 64, 32, 64]


def test_samples_differ_within_and_between_probes():
    made = make_probes(INPUTS[:1], samples=6)
    assert not np.array_equal(made[2]["x"][0], made[2]["x"][1])
    assert not np.array_equal(made[0]["x"], made[3]["x"])


@pytest.mark.parametrize("dtype", ["complex64", "variant", "resource"])
def test_types_that_cannot_be_made_up(dtype):
    with pytest.raises(NotSupported, match=dtype):
        make_probes([TensorSpec("x", (None,), dtype)])


@pytest.mark.parametrize(
    ("hints", "samples", "text"),
    [
        ({"idz": Hint()}, 3, "did you mean ids"),
        ({"ids": Hint(5, 5)}, 3, "nothing to choose"),
        ({"x": Hint(lengths=())}, 3, "nothing to choose"),
        ({"x": Hint(centre=(1.0,))}, 3, "nothing to choose"),
        ({}, 0, "--samples 0"),
    ],
)
def test_hints_that_make_no_sense(hints, samples, text):
    with pytest.raises(UsageProblem, match=text):
        make_probes(INPUTS, hints, samples=samples)


def test_probes_and_outputs_come_back(tmp_path):
    made = make_probes(INPUTS, samples=12)
    outputs = [{"head/fc": p["h"]} for p in made]
    probes.save(tmp_path / "p.npz", made, outputs)
    back, answers = probes.load(tmp_path / "p.npz")
    assert len(back) == len(answers) == 12
    for one, other in zip([*made, *outputs], [*back, *answers], strict=True):
        assert one.keys() == other.keys()
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("name", ["x", "0/other/x", "1/inputs/x", "0/inputs/", "a/inputs/x"])
def test_a_file_of_something_else_is_refused(tmp_path, name):
    npz.save(tmp_path / "p.npz", {name: np.zeros(1)})
    with pytest.raises(Damaged):
        probes.load(tmp_path / "p.npz")


@pytest.mark.parametrize(
    ("shape", "dtype", "samples"),
    [
        ((None, 1 << 40), "float32", 3),
        ((1 << 40,), "string", 1),
        ((None, 1 << 40), "bfloat16", 1),
        ((None, 1000, 1000), "float32", 100),
        ((None, 2), "float32", 10**12),
    ],
)
def test_probes_that_would_eat_the_memory_are_not_begun(monkeypatch, shape, dtype, samples):
    monkeypatch.setattr(probes, "drawn", None)
    count = f"{np.prod([s or 1 for s in shape], dtype=object):,}"
    with pytest.raises(NotSupported, match=f"one sample of input x has {count} elements") as caught:
        make_probes([TensorSpec("x", shape, dtype)], samples=samples)
    assert "--inputs" in caught.value.help


def test_the_size_counts_every_input_and_sample(monkeypatch):
    specs = [TensorSpec("a", (None, 10), "float32"), TensorSpec("b", (None, 6), "float32")]
    monkeypatch.setattr(probes, "EACH", 0)
    monkeypatch.setattr(probes, "LIMIT", (1 + 2 + 5) * 4 * (10 + 6))
    assert len(make_probes(specs)) == 3
    with pytest.raises(NotSupported, match="input a has 10 elements"):
        make_probes(specs, samples=4)


def test_float32_is_drawn_as_float32(monkeypatch):
    drawn = []
    real = probe_values._reals
    monkeypatch.setattr(probe_values, "_reals", lambda *a: drawn.append(real(*a)) or drawn[-1])
    for hints in ({}, {"x": Hint(-1, 1)}):
        make_probes(INPUTS[:1], hints)
    assert {a.dtype for a in drawn} == {np.dtype("float32")}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_upper_bound_is_never_reached(dtype):
    near = np.nextafter(np.dtype(dtype).type(1), np.dtype(dtype).type(2))
    (probe,) = make_probes([TensorSpec("x", (1000,), dtype)], {"x": Hint(1, float(near))}, 0, 1)
    assert set(probe["x"].tolist()) == {1.0}
