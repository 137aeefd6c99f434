import pytest

from tfmigrate.errors import Damaged, NotRecognised
from tfmigrate.results import Writer
from tfmigrate.sources import protos, saved_model
from tfmigrate.tensors import Signature, TensorSpec

KINDS = {
    "tf1_sm_keras_experimental": "savedmodel-tf1",
    "tf215_tfop_lambda": "savedmodel-keras2",
    "k312_ops_layers": "savedmodel-keras3",
    "tf28_module_savedmodel": "savedmodel-tf2",
}


def _described(folder):
    return saved_model.describe(folder, saved_model.identify(folder))


def _crafted(folder, *metas):
    model = protos.message("SavedModel")(saved_model_schema_version=1, meta_graphs=metas)
    folder.mkdir(exist_ok=True)
    (folder / "saved_model.pb").write_bytes(model.SerializeToString())
    return folder


def _objects(*nodes):
    return {"object_graph_def": {"nodes": list(nodes)}}


def _children(*names):
    return {"children": [{"local_name": name, "node_id": 0} for name in names]}


@pytest.mark.parametrize("name", KINDS)
def test_the_era(case, name):
    folder = case(name)
    assert saved_model.identify(folder) == KINDS[name]
    assert saved_model.identify(folder / "saved_model.pb") == KINDS[name]
    source = _described(folder)
    assert source.next_command == f"tfmigrate savedmodel-to-savedmodel {folder} OUTPUT"
    assert str(folder / "variables" / "variables.index") in source.files


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("tf1_sm_keras_experimental", Writer("TensorFlow", "1.15.5")),
        ("tf215_tfop_lambda", Writer("tf.keras", "2.15.0", "tensorflow")),
        ("k312_ops_layers", Writer("Keras", "3", "tensorflow")),
        ("tf28_module_savedmodel", Writer("TensorFlow", "2.8.4")),
    ],
)
def test_the_writer(case, name, writer):
    assert _described(case(name)).writer == writer


def test_signatures_with_their_public_names(case):
    source = _described(case("tf28_module_savedmodel"))
    feature = TensorSpec("feat", (None, 6), "float32")
    assert source.signatures == (
        Signature("embed", (feature,), (TensorSpec("embedding", (None, 8), "float32"),)),
        Signature(
            "serving_default",
            (feature,),
            (TensorSpec("cls", (None, 3), "float32"), TensorSpec("reg", (None, 1), "float32")),
        ),
    )


def test_variables_under_readable_names(case):
    source = _described(case("tf28_module_savedmodel"))
    found = {t.name: t.shape for t in source.tensors}
    assert found["heads/cls/w"] == (5, 3)
    assert len(found) == 9


def test_values(case):
    source = _described(case("tf28_module_savedmodel"))
    with saved_model.values(source) as read:
        assert read("heads/cls/w").shape == (5, 3)


def test_the_keras_config_of_tf1_is_mentioned(case):
    notes = _described(case("tf1_sm_keras_experimental")).notes
    assert "the Keras config lies in assets/saved_model.json" in notes


def test_keras_metadata_alone_makes_it_keras_2(case):
    folder = case("tf28_module_savedmodel")
    (folder / "keras_metadata.pb").write_bytes(b"")
    assert saved_model.identify(folder) == "savedmodel-keras2"


@pytest.mark.parametrize(
    ("nodes", "kind"),
    [
        ([_children("layers", "scale")], "savedmodel-tf2"),
        ([_children("keras_api")], "savedmodel-keras2"),
        ([_children("m"), _children("keras_api")], "savedmodel-keras2"),
        ([{"user_object": {"identifier": "_tf_keras_model"}}], "savedmodel-keras2"),
        # tf_keras and Keras 3 export alike, but only the former tracks its endpoints.
        (
            [_children("_all_variables", "_misc_assets", "_endpoint_signatures")],
            "savedmodel-keras2",
        ),
        ([_children("_all_variables", "_misc_assets", "serve")], "savedmodel-keras3"),
        ([_children("_operations", "optimizer")], "savedmodel-keras3"),
    ],
)
def test_marks_of_the_writers(tmp_path, nodes, kind):
    assert saved_model.identify(_crafted(tmp_path / "m", _objects(*nodes))) == kind


def test_the_serving_graph_is_described(tmp_path):
    train = {"meta_info_def": {"tags": ["train"], "tensorflow_version": "1.1.0"}}
    serve = {"meta_info_def": {"tags": ["serve"], "tensorflow_version": "1.2.0"}}
    source = _described(_crafted(tmp_path / "m", train, serve))
    assert source.writer.version == "1.2.0"
    assert "2 graphs: train; serve" in source.notes


def test_unknown_rank_and_internal_signatures(tmp_path):
    info = {"name": "x:0", "dtype": 1, "tensor_shape": {"unknown_rank": True}}
    meta = {
        "signature_def": [
            {"key": "serving_default", "value": {"inputs": [{"key": "x", "value": info}]}},
            {"key": "__saved_model_init_op", "value": {}},
        ]
    }
    source = _described(_crafted(tmp_path / "m", meta))
    assert [s.key for s in source.signatures] == ["serving_default"]
    assert "x: its rank is not stated" in source.notes


def test_ops_that_need_care_in_functions_too(tmp_path):
    body = {"signature": {"name": "f"}, "node_def": [{"name": "p", "op": "EagerPyFunc"}]}
    graph = {"node": [{"name": "g", "op": "GatherTree"}], "library": {"function": [body]}}
    source = _described(_crafted(tmp_path / "m", {"graph_def": graph}))
    assert [(h.code, h.where) for h in source.hazards] == [("python-op", "p"), ("contrib-op", "g")]


def test_a_function_that_calls_itself_is_not_followed(tmp_path):
    call = {"name": "c", "op": "f", "attr": [{"key": "f", "value": {"func": {"name": "f"}}}]}
    graph = {"library": {"function": [{"signature": {"name": "f"}, "node_def": [call]}]}}
    assert _described(_crafted(tmp_path / "m", {"graph_def": graph})).hazards == ()


def test_text_form(case):
    folder = case("tf28_module_savedmodel")
    from google.protobuf import text_format

    data = (folder / "saved_model.pb").read_bytes()
    model = protos.parse("SavedModel", data, "x")
    expected = _described(folder)
    (folder / "saved_model.pb").unlink()
    text = text_format.MessageToString(model) + 'future_field { name: "x" }\n'
    (folder / "saved_model.pbtxt").write_text(text)
    found = _described(folder)
    assert (found.kind, found.signatures) == (expected.kind, expected.signatures)


@pytest.mark.parametrize("data", [b"", b"\x08\x01", b"<!DOCTYPE html>", b"\xff" * 50])
def test_a_damaged_one(tmp_path, data):
    (tmp_path / "saved_model.pb").write_bytes(data)
    with pytest.raises(Damaged):
        saved_model.identify(tmp_path)


def test_cut_in_half(case):
    folder = case("k312_ops_layers")
    path = folder / "saved_model.pb"
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(Damaged, match="cannot be parsed"):
        saved_model.identify(folder)


@pytest.mark.parametrize("name", ["tf28_module_savedmodel", "tf1_sm_keras_experimental"])
def test_variables_without_values(case, name):
    folder = case(name)
    (folder / "variables" / "variables.index").unlink()
    with pytest.raises(Damaged, match="values are missing"):
        _described(folder)


def test_a_model_without_variables(tmp_path):
    source = _described(_crafted(tmp_path / "m", {"meta_info_def": {"tags": ["serve"]}}))
    assert source.tensors == ()
    with pytest.raises(NotRecognised), saved_model.values(source):
        pass


def test_something_else(tmp_path):
    assert saved_model.identify(tmp_path) is None
    assert saved_model.identify(tmp_path / "gone") is None
    with pytest.raises(NotRecognised):
        saved_model.describe(tmp_path, "savedmodel-tf2")
