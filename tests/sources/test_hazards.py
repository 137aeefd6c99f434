import base64
import marshal

import pytest

from tfmigrate.results import Writer
from tfmigrate.sources import hazard_code, hazards, writers
from tfmigrate.tensors import TensorInfo

KERAS_2 = Writer("Keras", "2.2.4", "tensorflow")
TF_KERAS = Writer("tf.keras", "2.8.0", "tensorflow")
KERAS_3 = Writer("Keras", "3.8.0", "tensorflow")


def _layer(class_name, **arguments):
    return {"class_name": class_name, "config": {"name": "x", **arguments}}


def _found(layer, writer=TF_KERAS):
    return hazards.find({"class_name": "Model", "config": {"layers": [layer]}}, writer)


def _codes(layer, writer=TF_KERAS):
    return [(h.code, h.exit_code) for h in _found(layer, writer)]


def _bytecode(marker):
    return base64.b64encode(marshal.dumps(compile(f"open({marker!r}, 'w')", "x", "eval"))).decode()


def test_ordinary_layers_have_no_hazards():
    assert _codes(_layer("Dense", units=3, activation="relu")) == []


@pytest.mark.parametrize(
    "place",
    [
        lambda code: _layer("Lambda", function=[code, None, None], function_type="lambda"),
        lambda code: _layer("Lambda", function="named", output_shape=[code, None, None]),
        lambda code: _layer("Lambda", function="named", mask_type="lambda", mask=[code]),
        lambda code: _layer("Lambda", function="named", function_type="raw"),
        lambda code: _layer("TimeDistributed", layer=_layer("Lambda", function=[code])),
        lambda code: _layer("Merge", mode=[code, None, None], mode_type="lambda"),
        lambda code: _layer("ResidualWrapper", residual_fn_type="lambda", residual_fn=code[:4]),
        lambda code: _layer("RNN", cell=_layer("ResidualWrapper", residual_fn=[code])),
        lambda code: _layer(
            "Dense", activation={"class_name": "__lambda__", "config": {"c": code}}
        ),
        lambda code: _layer(
            "Dense", kernel_initializer={"class_name": "V", "config": {"fn": code}}
        ),
    ],
)
def test_code_is_found_wherever_it_lies_and_never_run(tmp_path, place):
    marker = tmp_path / "ran"
    found = _found(place(_bytecode(str(marker))))
    assert ("lambda", 5) in [(h.code, h.exit_code) for h in found]
    assert not marker.exists()


def test_a_lambda_is_named_by_its_whole_path():
    inner = {"class_name": "Model", "name": "enc", "config": {"layers": [_layer("Lambda")]}}
    hazard = _found(inner)[0]
    assert hazard.where == "enc/x"
    assert "no code" in hazard.what


# Heads of Lambdas as the Keras of the day wrote them.
@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("YwEAAAABAAAAAwAAAFMgAQBzEwAAAHQAAGoBAGoCAHwAAGQBAIMCAFMoAgAAAE5p", "Python 2"),
        ("4wEAAAAAAAAAAQAAAAMAAABTAAAAcxoAAAB0AGQBgwGgAWQCoQF8AGQDFABmAmQE", "Python 3.0 to 3.7"),
        ("4wEAAAAAAAAAAAAAAAEAAAAEAAAAUwAAAHMWAAAAdABqAXwAfAB8ABQAZwJkAWQC", "Python 3.8 to 3.10"),
        (
            "4wEAAAAAAAAAAAAAAAcAAAATAAAA87QAAACXAHwAXAIAAH0BfQJ8AXQAAAAAAAAA",
            "Python 3.11 or later",
        ),
        ("relu", ""),
        ("4w" + "A" * 60, ""),
        ("cropping_of_the_image_in_the_middle", ""),
    ],
)
def test_the_header_tells_which_python_wrote_it(text, python):
    assert hazard_code.python_version(text) == python


def test_bytecode_stored_as_text_is_seen_too():
    text = marshal.dumps(compile("1", "x", "eval")).decode("raw_unicode_escape")
    assert hazard_code.python_version(text).startswith("Python 3")


def test_a_class_that_its_keras_did_not_have_is_custom():
    assert _codes(_layer("Scale"), KERAS_2) == [("custom-layer", 3)]
    assert _codes(_layer("Custom>Scale"), TF_KERAS) == [("custom-layer", 3)]
    # Standalone Keras 2 had no LayerNormalization: this is the author's own.
    assert _codes(_layer("LayerNormalization"), KERAS_2) == [("custom-layer", 3)]
    assert _codes(_layer("LayerNormalization"), TF_KERAS) == []
    assert _codes(_layer("MultiHeadAttention"), Writer("tf.keras", "2.2.4-tf")) == [
        ("custom-layer", 3)
    ]


def test_an_activation_goes_by_the_era_too():
    swish = _layer("Dense", activation="swish")
    assert _codes(swish, KERAS_2) == [("custom-activation", 3)]
    assert _codes(swish, TF_KERAS) == []
    assert _codes(_layer("Dense", activation="<lambda>")) == [("custom-activation", 3)]
    function = {"module": "builtins", "class_name": "function", "config": "mine"}
    assert _codes(_layer("Dense", activation=function), KERAS_3) == [("custom-activation", 3)]
    assert _codes(_layer("Dense", activation={"class_name": "LeakyReLU", "config": {}})) == []
    mine = _layer("Dense", activation={"class_name": "Mine", "config": {}})
    assert _codes(mine) == [("custom-activation", 3)]


@pytest.mark.parametrize(
    "entry",
    [
        {"module": "this", "class_name": "s", "config": {}},
        {"module": "subprocess", "class_name": "Popen", "registered_name": "Popen", "config": {}},
        {"module": "builtins", "class_name": "print", "config": {}},
        {"module": "keras.utils", "class_name": "get_file", "registered_name": "x", "config": {}},
        {"module": "keras.config", "class_name": "enable_unsafe_deserialization", "config": {}},
        {"module": "evil_beside_me", "class_name": "Thing", "config": {}},
    ],
)
def test_a_foreign_module_is_unsafe(entry):
    assert ("foreign-module", 5) in _codes(entry, KERAS_3)
    deep = _layer("Dense", kernel_regularizer=entry)
    assert ("foreign-module", 5) in _codes(deep, KERAS_3)


def test_an_authors_own_class_is_custom_but_not_unsafe():
    entry = {"module": "my.code", "class_name": "Net", "registered_name": "my>Net", "config": {}}
    assert _codes(entry, KERAS_3) == [("custom-layer", 3)]
    assert _codes(_layer("Dense", kernel_regularizer=entry), KERAS_3) == [("custom-object", 0)]
    assert _codes(_layer("Dense", other=entry), KERAS_3) == [("custom-object", 3)]


def test_operations_of_keras_3_are_layers():
    op = {"class_name": "NotEqual", "config": {"name": "not_equal"}}
    assert _codes(op, KERAS_3) == []
    assert _codes(op | {"module": "my.ops", "registered_name": "NotEqual"}, KERAS_3) == [
        ("custom-layer", 3)
    ]
    assert _codes(op, KERAS_2) == [("custom-layer", 3)]
    assert _codes({"class_name": "Mine", "config": {"name": "m"}}, KERAS_3) == [("custom-layer", 3)]


def test_keras_own_modules_are_its_own():
    for module, name in [
        ("keras.layers", "Dense"),
        ("keras.src.engine.functional", "Functional"),
        ("keras.src.ops.numpy", "Add"),
        ("tf_keras.src.models", "Model"),
    ]:
        entry = {"module": module, "class_name": name, "registered_name": name, "config": {}}
        assert _codes(entry, KERAS_3) == []


def test_a_vocabulary_must_be_in_the_file():
    assert _codes(_layer("StringLookup", vocabulary="/secret/list")) == [("vocabulary-path", 5)]
    assert _codes(_layer("StringLookup", vocabulary=["red", "green"])) == []


@pytest.mark.parametrize("name", ["TFSMLayer", "TorchModuleWrapper"])
def test_layers_that_load_other_models_are_unsafe(name):
    assert _codes(_layer(name), KERAS_3) == [("external-model", 5)]


def test_functions_of_tensorflow_must_only_compute():
    assert _codes(_layer("TFOpLambda", function="math.reduce_mean")) == []
    assert _codes(_layer("TFOpLambda", function="concat")) == []
    assert _codes(_layer("TFOpLambda", function="compat.v1.squeeze")) == []
    assert _codes(_layer("TFOpLambda", function="compat.v1.py_func")) == [("unsafe-op", 5)]
    assert _codes(_layer("TFOpLambda", function="io.write_file")) == [("unsafe-op", 5)]
    assert _codes(_layer("TFOpLambda", function="py_function")) == [("unsafe-op", 5)]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        (_layer("LSTM", stateful=True), "stateful"),
        (_layer("Dense", dtype="mixed_float16"), "mixed-precision"),
        (_layer("Dense", dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}}),
         "mixed-precision"),
        (_layer("Dense") | {"inbound_nodes": [[["a", 0, 0, {"training": True}]]]}, "training-mode"),
    ],
)  # fmt: skip
def test_what_needs_care_but_stops_nothing(layer, code):
    assert _codes(layer) == [(code, 0)]


def test_a_layer_that_is_merely_called_mixed_is_none():
    assert _codes({"class_name": "Concatenate", "config": {"name": "mixed_5", "axis": 3}}) == []


def test_keras_1_and_its_backend():
    tensors = (TensorInfo("d/d_W", (2, 2), "float32", "d", key="d_W"),)
    found = hazards.find(None, Writer("Keras"), tensors)
    assert [(h.code, h.exit_code) for h in found] == [("keras-1", 0), ("unknown-backend", 0)]
    assert "names without :0 suggest Theano" in found[1].what
    theano = hazards.find(None, Writer("Keras", "2.0.8", "theano"), ())
    assert [(h.code, h.exit_code) for h in theano] == [("backend", 0)]
    cntk = hazards.find(None, Writer("Keras", "2.0.8", "cntk"), ())
    assert [(h.code, h.exit_code) for h in cntk] == [("backend", 3)]


def test_the_worst_comes_first():
    layers = [_layer("CuDNNGRU"), _layer("Scale"), _layer("Lambda")]
    found = hazards.find({"class_name": "Model", "config": {"layers": layers}}, TF_KERAS)
    assert [h.exit_code for h in found] == [5, 3, 0]


@pytest.mark.parametrize(
    ("version", "name", "era"),
    [
        ("2.2.4-tf", "tf.keras", "tf.keras"),
        ("2.3.0-tf", "tf.keras", "tf.keras"),
        ("2.4.0", "tf.keras", "tf.keras"),
        ("2.15.0", "tf.keras", "tf.keras"),
        ("2.3.1", "Keras", "keras-2"),
        ("1.2.2", "Keras", "keras-1"),
        ("3.12.0", "Keras", "keras-3"),
        (None, "Keras", ""),
    ],
)
def test_who_wrote_it(version, name, era):
    writer = writers.keras(version, None)
    assert (writer.name, writers.era(writer)) == (name, era)


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        (_layer("Dense", quantization_mode="int4"), "quantized"),
        (_layer("StringLookup", vocabulary=None), "vocabulary-elsewhere"),
    ],
)
def test_what_this_version_does_not_rebuild_is_told_before_a_migration(layer, code):
    assert (code, 3) in _codes(layer)


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        (_layer("CuDNNLSTM"), "cudnn"),
        (_layer("Conv2D", data_format="channels_first"), "channels-first"),
        (_layer("Convolution2D", dim_ordering="th"), "channels-first"),
    ],
)
def test_what_is_rebuilt_for_every_cpu_is_told_and_does_not_stop_it(layer, code):
    assert (code, 0) in _codes(layer)


@pytest.mark.parametrize(
    ("class_name", "node", "told"),
    [
        ("RandomFlip", {"args": [], "kwargs": {"training": True}}, False),
        ("Resizing", {"args": [], "kwargs": {"training": True}}, False),
        ("BatchNormalization", {"args": [], "kwargs": {"training": True}}, True),
        ("BatchNormalization", {"args": [], "kwargs": {"training": False}}, False),
        ("RandomFlip", [["x", 0, 0, {"training": True}]], True),  # tf.keras stores what was said
    ],
)
def test_a_default_of_keras_3_is_not_what_the_author_said(class_name, node, told):
    layer = {**_layer(class_name), "inbound_nodes": [node]}
    writer = KERAS_3 if isinstance(node, dict) else TF_KERAS
    assert (("training-mode", 0) in _codes(layer, writer)) is told
