import getpass
import json
import socket

import pytest

from tfmigrate import proof
from tfmigrate.export.certificate import FORMAT, certificate, manifest
from tfmigrate.parity import stored
from tfmigrate.proof import Parity
from tfmigrate.results import Assignment, LedgerEntry, Migration, Plan, Source, Walls, Writer
from tfmigrate.tensors import Signature, TensorSpec, Tolerance, VariableInfo

PLACE = "/home/somebody/models"


def migration(place=PLACE, **changes):
    path = f"{place}/old.h5"
    fields = {
        "source": Source(
            path, "keras_h5", "Keras H5", (path,), 17, Writer("Keras", "2.2.4", "tensorflow")
        ),
        "output": f"{place}/out",
        "engine": "keras2",
        "variables": (VariableInfo("home/somebody/kernel", (2,), "float32"),),
        "plan": Plan((Assignment(("home/somebody/W",), ("home/somebody/kernel",)),)),
        "ledger": (LedgerEntry("restored", {"W": "aa"}, {"kernel": "bb"}, {"kernel": "bb"}),),
        "signatures": (
            Signature(
                "serving_default",
                (TensorSpec("x", (None, 2), "float32"),),
                (TensorSpec("y", (None,), "float32"),),
            ),
        ),
        "renamed": {"head/in": "head_in"},
        "parity": Parity(
            "reader",
            "verified against ...",
            (proof.OutputComparison("y", True, tolerance=Tolerance(1e-5, 1e-6)),),
            ({"x": (1, 2)},),
            {"repeatable": True},
            (f"no golden file beside {path}",),
        ),
        "walls": {"rebuilder": Walls({"network": True}, (f"{place}/x was written",))},
        "hashes": {path: "cc"},
        "seconds": {"rebuild": 12.3456},
        "notes": (f"read {path} and/or {place}/sub dir/b.h5",),
    }
    return Migration(**{**fields, **changes})


RECIPE = {"name": "r", "text": "tfmigrate: 1\n", "parameters": {"units": 3}}
VERSIONS = {"tensorflow": "2.21.0", "numpy": "2.0"}


def made(**changes):
    return certificate(
        migration(**changes),
        RECIPE,
        VERSIONS,
        {"saved_model.pb": "dd"},
        {"serving_default": {"stored": False, "seed": 0, "samples": 1, "inputs": []}},
    )


def test_it_says_everything_that_counts():
    said = made()
    assert said["certificate"] == FORMAT
    assert said["source"] == {
        "name": "old.h5",
        "kind": "keras_h5",
        "title": "Keras H5",
        "writer": {"name": "Keras", "version": "2.2.4", "backend": "tensorflow"},
        "size": 17,
        "sha256": {"old.h5": "cc"},
    }
    assert said["recipe"]["text"] == "tfmigrate: 1\n"
    assert len(said["recipe"]["sha256"]) == 64
    assert said["evidence"] == "reader"
    assert said["said"] == "verified against ..."
    assert said["parity"]["outputs"][0]["tolerance"] == {"rtol": 1e-5, "atol": 1e-6}
    assert said["ledger"][0]["expected"] == {"kernel": "bb"}
    assert said["renamed"] == {"head/in": "head_in"}
    assert said["walls"]["rebuilder"]["found"] == {"network": True}
    assert said["files"] == {"saved_model.pb": "dd"}
    assert said["variables"][0]["name"] == "home/somebody/kernel"
    assert "h5" in said["source"]["name"]


def test_it_holds_no_time_user_host_or_place():
    text = json.dumps(made())
    for word in (PLACE, "/home/", "12.3", "seconds", "sub dir/b.h5 ", socket.gethostname()):
        assert word not in text.replace('"home/somebody', ""), word
    assert f"/{getpass.getuser()}/" not in text
    assert "read old.h5 and/or" in text


def test_a_url_in_a_note_stays():
    note = "see https://www.tensorflow.org/guide/saved_model and 3/4"
    assert made(notes=(note,))["notes"] == [note]


def test_it_does_not_depend_on_the_place_or_on_the_time_it_took():
    one = json.dumps(made())
    other = json.dumps(made(place="/srv/elsewhere", seconds={"rebuild": 99.0}))
    assert one == other


def test_files_of_one_name_are_told_apart():
    hashes = {"/a/x/w.h5": "1", "/a/y/w.h5": "2"}
    assert made(hashes=hashes)["source"]["sha256"] == {"x/w.h5": "1", "y/w.h5": "2"}


def test_without_verification_it_says_so():
    said = made(parity=None)
    assert said["evidence"] == "unverified"
    assert said["said"] == "UNVERIFIED"
    assert said["parity"] is None


def test_no_parity_field_is_lost(tmp_path):
    said = made()["parity"]
    fields = set(Parity.__dataclass_fields__) - {"level", "said"}
    assert fields <= set(said)
    stored.write_certificate(tmp_path, made())
    assert stored.read_certificate(tmp_path) == json.loads(json.dumps(made()))


@pytest.fixture
def saved_model(tmp_path):
    (tmp_path / "variables").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "saved_model.pb").write_bytes(b"graph")
    (tmp_path / "variables" / "variables.index").write_bytes(b"index")
    return tmp_path


def test_the_manifest_names_every_file_but_the_certificate(saved_model):
    before = manifest(saved_model)
    assert list(before) == ["saved_model.pb", "variables/variables.index"]
    stored.write_certificate(saved_model, {"certificate": 1})
    assert manifest(saved_model) == before
    (saved_model / stored.FOLDER / "probes.npz").write_bytes(b"")
    assert set(manifest(saved_model)) - set(before) == {"assets.extra/tfmigrate/probes.npz"}


def test_one_flipped_bit_changes_the_manifest(saved_model):
    before = manifest(saved_model)
    (saved_model / "saved_model.pb").write_bytes(b"grapi")
    assert manifest(saved_model) != before
