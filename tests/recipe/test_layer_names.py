from __future__ import annotations

import subprocess
import sys

from tfmigrate.recipe.layer_names import REFUSED, layers
from tfmigrate.recipe.weight_ops import OPS


def test_aliases_and_arguments() -> None:
    keras2, keras3 = layers("keras2"), layers("keras3")
    assert keras2["MaxPool2D"].name == "MaxPooling2D"
    assert keras2["Dense"].required == ("units",)
    assert "keepdims" in keras2["GlobalAveragePooling1D"].accepted
    assert "negative_slope" in keras3["LeakyReLU"].accepted
    assert "initial_state" in keras2["LSTM"].call
    assert len(keras2) > 100 < len(keras3)


def test_nothing_that_runs_code_or_reads_files_can_be_named() -> None:
    assert not REFUSED.keys() & {*layers("keras2"), *layers("keras3")}


def test_the_mapping_package_knows_the_same_ops() -> None:
    from dataclasses import fields

    from tfmigrate.mapping import ops

    assert {n: {f.name.rstrip("_") for f in fields(c)} for n, c in ops.OPS.items()} == {
        name: spec.needed.keys() | spec.optional.keys() for name, spec in OPS.items()
    }


def test_reading_a_recipe_imports_no_tensorflow_and_mapping_no_pydantic() -> None:
    code = (
        "import sys, tfmigrate.mapping; assert 'pydantic' not in sys.modules;"
        "from tfmigrate.recipe import load_recipe;"
        "assert not {'tensorflow', 'keras', 'tf_keras', 'h5py'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
