"""Graphs that mean harm, or are broken: each ends in an error of ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfmigrate.errors import TfmigrateError
from tfmigrate.options import Options
from tfmigrate.pipeline import migrate

RECIPE = """tfmigrate: 1
architecture:
  graph: source
  inputs: {x: {tensor: "x:0", shape: [null, 3], dtype: float32}}
  outputs: {y: "y:0"}
"""
FLOAT = 'attr {key: "T" value {type: DT_FLOAT}} attr {key: "dtype" value {type: DT_FLOAT}}'
FRAME = FLOAT + 'attr {key: "frame_name" value {s: "f"}}'
X = f'node {{ name: "x" op: "Placeholder" {FLOAT} }}\n'


def node(name: str, op: str, *inputs: str, attrs: str = FLOAT) -> str:
    listed = " ".join(f'input: "{i}"' for i in inputs)
    return f'node {{ name: "{name}" op: "{op}" {listed} {attrs} }}\n'


def constant(sizes: str, values: str) -> str:
    tensor = f"dtype: DT_FLOAT tensor_shape {{ {sizes} }} {values}"
    return FLOAT + f'attr {{key: "value" value {{ tensor {{ {tensor} }} }} }}'


def function(body: str) -> str:
    listed = 'input_arg { name: "a" type: DT_FLOAT } output_arg { name: "b" type: DT_FLOAT }'
    body = body.replace("node {", "node_def {")
    return (
        f'library {{ function {{ signature {{ name: "f" {listed} }} {body}'
        ' ret { key: "b" value: "g:b:0" } } }\n'
    )


SHAPE = 'attr {key: "shape" value {shape {dim {size: 9} dim {size: 3}}}}'
RANK = 'attr {key: "shape" value {shape {unknown_rank: true}}}'
HUGE = 'attr {key: "shape" value {shape {dim {size: 999999999999} dim {size: 3}}}}'
CASES = {
    "a function that calls itself": (
        function(node("g", "f", "a", attrs="")) + node("y", "f", "x", attrs=""),
        "calls itself",
    ),
    "a constant of eight gigabytes": (
        node("c", "Const", attrs=constant("dim { size: 2147483647 }", "float_val: 0"))
        + node("y", "Add", "x", "c"),
        "far more than it holds",
    ),
    "a constant of a negative size": (
        node("c", "Const", attrs=constant("dim { size: -5 }", "float_val: 0"))
        + node("y", "Add", "x", "c"),
        "does not take the graph",
    ),
    "an op that reads files": (
        node("c", "ReadFile", "n")
        + node("n", "Const")
        + node("d", "DecodeRaw", "c")
        + node("y", "Add", "x", "d"),
        "reads or writes files",
    ),
    "an op that writes files on the side": (
        node("w", "WriteFile", "e")
        + node("e", "Enter", "x", attrs=FRAME)
        + node("i", "Identity", "e", "^w")
        + node("y", "Exit", "i"),
        "WriteFile",
    ),
    "an op that calls Python": (node("y", "PyFunc", "x"), "calls Python code"),
    "an Enter without an Exit": (node("y", "Enter", "x", attrs=FRAME), "inside a loop"),
    "a loop that nothing turns": (
        node("m", "Merge", "x", "y") + node("y", "NextIteration", "m"),
        "graph",
    ),
    "attributes of another type": (
        node("y", "Neg", "x", attrs='attr {key: "T" value {s: "no"}}'),
        "does not take the graph",
    ),
    "attributes that are missing": (
        node("y", "Conv2D", "x", "x", attrs=""),
        "does not take the graph",
    ),
    "an output that the op has not": (node("y", "Add", "x", "x:3"), "x:0"),
    "too many inputs": (node("y", "Neg", "x", "x"), "does not take the graph"),
    "a variable of another shape": (
        node("embedding", "VariableV2", attrs=FLOAT + SHAPE) + node("y", "Add", "x", "embedding"),
        "embedding",
    ),
    "a variable of no known rank": (
        node("v", "VariableV2", attrs=FLOAT + RANK) + node("y", "Add", "x", "v"),
        "v",
    ),
    "a variable of an exabyte": (
        node("v", "VariableV2", attrs=FLOAT + HUGE) + node("y", "Add", "x", "v"),
        "  v: ",
    ),
    "a node named twice": (node("y", "Neg", "x") + node("y", "Neg", "x"), "two nodes"),
    "an input that is not there": (node("y", "Neg", "gone"), "not there"),
}


@pytest.fixture
def folder(fixtures, tmp_path) -> Path:
    made = Path(shutil.copytree(fixtures / "graphs" / "table", tmp_path / "case"))
    (made / "model.ckpt.meta").unlink()
    (made / "recipe.yaml").write_text(RECIPE)
    return made


def refused(folder: Path, crew) -> str:
    asked = Options(recipe=str(folder / "recipe.yaml"))
    with pytest.raises(TfmigrateError) as caught:
        migrate("ckpt-to-savedmodel", folder / "model.ckpt", folder / "out", asked, crew=crew)
    assert not (folder / "out").exists()
    return str(caught.value)


@pytest.mark.parametrize("case", CASES)
def test_it_ends_in_an_error_of_ours(folder, crew, case):
    text, said = CASES[case]
    (folder / "graph.pbtxt").write_text(X + text)
    assert said in refused(folder, crew)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_graphs_do_too(fixtures, folder, seed):
    import random

    from tfmigrate import sources
    from tfmigrate.judge import graphs
    from tfmigrate.recipe import load_recipe

    data = bytearray((fixtures / "graphs" / "queue_train" / "model.ckpt.meta").read_bytes())
    chance = random.Random(seed)
    for _ in range(20):
        data[chance.randrange(len(data))] = chance.randrange(256)
    (folder / "model.ckpt.meta").write_bytes(data[: chance.randrange(1, len(data) + 1)])
    shutil.copy(fixtures / "graphs" / "queue_train" / "recipe.yaml", folder / "recipe.yaml")
    try:
        source = sources.describe(folder / "model.ckpt")
        graphs.of_recipe(load_recipe(str(folder / "recipe.yaml")), source)
    except TfmigrateError as error:
        assert error.what  # noqa: PT017 - most are refused, a few are still whole
