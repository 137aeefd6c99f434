"""Declared layers over both libraries: weights, sizes, masks and what goes wrong."""

from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.engines import keras2, keras3
from tfmigrate.engines.declared import declared_layer, declared_objects
from tfmigrate.errors import NotSupported
from tfmigrate.expressions import Dialect, as_json, parse
from tfmigrate.tensors import as_json as plain_json

ENGINES = pytest.mark.parametrize("engine", [keras2, keras3], ids=["keras2", "keras3"])


def spec(compute: str, weights=None, mask=None, inputs=("x",), **arguments):
    sizes = {
        name: {
            "dtype": None,
            "shape": [s if isinstance(s, int) else as_json(parse(s)) for s in shape],
        }
        for name, shape in (weights or {}).items()
    }
    return {
        "inputs": list(inputs), "arguments": arguments, "weights": sizes,
        "compute": as_json(parse(compute)), "mask": mask and as_json(parse(mask)),
        "dialect": plain_json(Dialect()), "where": "recipe.yaml, line 7",
    }  # fmt: skip


@ENGINES
def test_sizes_come_from_the_input_and_the_arguments(engine):
    declared = spec("x @ W + b * power", {"W": ["last", "input[1] + 2 * n"], "b": [1]}, n=2)
    made = declared_layer(engine.library(), "Made", declared)(power=3.0, name="made")
    x = np.ones((2, 5, 4), "float32")
    made(x)
    assert [tuple(w.shape) for w in made.weights] == [(4, 9), (1,)]
    made.set_weights([np.full((4, 9), 0.5), np.full((1,), 2.0)])
    np.testing.assert_allclose(np.asarray(made(x)), np.full((2, 5, 9), 8.0))


@ENGINES
def test_a_mask_is_seen_and_passed_on_only_where_that_is_said(engine):
    library = engine.library()
    seen = "x if mask is None else x * cast(expand_dims(mask), 'float32')"
    x = np.array([[0, 1, 2]])
    for mask, expected in (("mask", [[False, True, True]]), (None, None)):
        made = declared_layer(library, "Made", spec(seen, mask=mask))()
        found = made.compute_mask(x, np.array([[False, True, True]]))
        assert (found if found is None else np.asarray(found).tolist()) == expected
    embedded = library.layers.Embedding(3, 2, mask_zero=True)(x)
    assert np.asarray(made(embedded))[0, 0].tolist() == [0, 0]


@ENGINES
def test_several_inputs_by_name(engine):
    made = declared_layer(engine.library(), "Made", spec("a - b", inputs=("a", "b")))()
    one, two = np.full((1, 2), 3.0, "float32"), np.full((1, 2), 1.0, "float32")
    assert np.asarray(made([one, two])).tolist() == [[2.0, 2.0]]
    with pytest.raises(NotSupported, match="Made takes 2 inputs, a, b"):
        made.call([one])


@pytest.mark.parametrize(
    ("size", "said"),
    [("input[1]", "a size of W of Made is None"), ("last / 2", "is 2.0"),
     ("last - 4", "is 0"), ("input[7]", "[]: ")],
)  # fmt: skip
def test_a_size_that_is_none_names_the_recipe_s_line(size, said):
    made = declared_layer(keras2.library(), "Made", spec("x", {"W": [size]}))()
    with pytest.raises(NotSupported) as raised:
        made.build((None, None, 4))
    assert said in raised.value.what
    assert raised.value.where == "recipe.yaml, line 7"


def test_what_an_expression_does_not_take_names_the_recipe_s_line():
    function = {"expression": as_json(parse("x @ x")), "dialect": plain_json(Dialect()),
                "where": "recipe.yaml, line 9"}  # fmt: skip
    made = declared_objects({"layers": {}, "functions": {"f": function}}, keras2.library())
    with pytest.raises(NotSupported) as raised:
        made["f"]("text")
    assert raised.value.where == "recipe.yaml, line 9"
    assert declared_objects(None, keras2.library()) == {}
