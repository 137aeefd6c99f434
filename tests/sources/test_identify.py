import importlib
import json
import pathlib

import h5py
import numpy as np
import pytest

from tfmigrate import sources
from tfmigrate.errors import Damaged
from tfmigrate.results import Source
from tfmigrate.tensors import from_json
from tfmigrate.workers import inspector

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "sources"

FILES = {
    "k122_rnn_gpu_mode/model.h5": "keras-h5",
    "k122th_weights_only_recipe/weights.h5": "keras-h5-weights",
    "k333_seq2seq/model.h5": "keras3-h5",
    "k312_quantized_int8/w.weights.h5": "keras-weights-v3",
    "k312_lora/model.keras": "keras-zip",
    "tf215_bidir_backward/model.keras": "keras-zip-tfkeras",
}


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_the_variant_is_decided_by_content(tmp_path, file, kind):
    assert sources.identify(FIXTURES / file) == kind
    renamed = tmp_path / "nothing.bin"
    renamed.write_bytes((FIXTURES / file).read_bytes())
    assert sources.identify(renamed) == kind


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_the_inspector_hands_over_json(file, kind):
    found = inspector.run({"path": str(FIXTURES / file)}, None)
    source = from_json(Source, json.loads(json.dumps(found)))
    assert source.kind == kind
    assert source == sources.describe(FIXTURES / file)
    with sources.values(source) as read:
        assert read(source.tensors[0].name).shape == source.tensors[0].shape


def test_every_kind_belongs_to_the_module_that_lists_it():
    modules = {module: importlib.import_module(module) for module in set(sources.SOURCES.values())}
    for module, found in modules.items():
        listed = {kind for kind, name in sources.SOURCES.items() if name == module}
        assert listed == set(found.KINDS)


def test_an_h5_behind_a_user_block_is_an_h5(tmp_path):
    path = tmp_path / "m.bin"
    with h5py.File(path, "w", userblock_size=512) as file:
        file.attrs["layer_names"] = [b"d"]
        file.create_group("d").attrs["weight_names"] = [b"d/kernel:0"]
        file["d/d/kernel:0"] = np.arange(4.0)
    source = sources.describe(path)
    assert source.kind == "keras-h5-weights"
    with sources.values(source) as read:
        assert read("d/d/kernel:0").tolist() == [0, 1, 2, 3]


def test_a_cut_file_is_damaged_and_not_unknown(tmp_path):
    path = tmp_path / "m.h5"
    path.write_bytes((FIXTURES / "k333_seq2seq/model.h5").read_bytes()[:9000])
    with pytest.raises(Damaged, match="found 9,000 bytes, its superblock says"):
        sources.identify(path)
