"""What is left to be asked once the source itself has answered."""

from pathlib import Path

import numpy as np
import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.judge import serving
from tfmigrate.judge.probing import Probing
from tfmigrate.judge.questions import Questions
from tfmigrate.options import Options
from tfmigrate.parity import probes
from tfmigrate.tensors import Signature, TensorSpec

X, Y = TensorSpec("x", (None,), "float32"), TensorSpec("y", (None,), "float32")
KEYS = ("serving_default", "csv", "embed")
SENT = tuple({"x": np.full(n, n, "f4")} for n in (1, 2, 3))


def asked(scratch: Path, refused: dict[str, list[int]], given: bool = False) -> Questions:
    """Three signatures, some of whose probes the source does not take."""
    functions = [Signature(key, (X,), (Y,)) for key in KEYS]
    served = serving.serving(None, Options(), functions, {})
    made = Questions(scratch, served, [Probing(SENT, seed=1, special=1, given=given)] * 3)
    for i, key in enumerate(KEYS):
        made.folder(i).mkdir(exist_ok=True)
        answers = [{} if n in refused.get(key, ()) else {"y": p["x"]} for n, p in enumerate(SENT)]
        probes.save(made.folder(i) / "reader.npz", (), answers)
        (made.folder(i) / "reader.txt").write_text("no number")
    return made


def test_where_everything_is_answered_nothing_changes(tmp_path):
    made = asked(tmp_path, {})
    assert made.heard() == (made, ())


def test_inputs_that_the_source_does_not_take_are_dropped_and_told(tmp_path):
    left, notes = asked(tmp_path, {"embed": [0]}).heard()
    assert [len(p.probes) for p in left.probings] == [3, 3, 2]
    assert (left.probings[2].seed, left.probings[2].special) == (None, 1)
    assert notes == ("1 of 3 made-up inputs of embed are not compared: the source does not take"
                     " them (no number)",)  # fmt: skip
    sent = probes.load(left.folder(2) / "probes.npz")[0]
    answers = probes.load(left.folder(2) / "reader.npz")[1]
    assert [p["x"].size for p in sent] == [a["y"].size for a in answers] == [2, 3]


def test_a_further_signature_without_any_is_left_out_and_the_others_keep_their_files(tmp_path):
    left, notes = asked(tmp_path, {"csv": [0, 1, 2]}).heard()
    assert [v.signature.key for v in left.serving.views] == ["serving_default", "embed"]
    assert [left.folder(i).name for i in (0, 1)] == [tmp_path.name, "2"]
    assert "the signature csv is left out" in notes[0]


def test_the_first_signature_is_never_left_out(tmp_path):
    with pytest.raises(NotSupported, match="takes none of the inputs"):
        asked(tmp_path, {"serving_default": [0, 1, 2]}).heard()


def test_what_the_user_gave_is_never_dropped(tmp_path):
    with pytest.raises(NotSupported, match="does not take what --inputs gives for csv"):
        asked(tmp_path, {"csv": [1]}, given=True).heard()
