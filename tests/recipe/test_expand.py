from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe

HEAD = """tfmigrate: 1
parameters: {n: 2}
blocks:
  pair:
    parameters: [units, {act: relu, second: 2 * $units}]
    layers:
      - {name: a, layer: Dense, with: {units: $units, activation: $act}}
      - {name: b, layer: Dense, with: {units: $second}}
  join:
    inputs: [left, right]
    layers:
      - {name: sum, layer: Add, from: [left, right]}
      - {name: twice, layer: Dense, with: {units: 2}}
      - {name: loose, layer: ReLU}
    output: twice
  deep:
    parameters: [units]
    layers:
      - {name: inner, block: pair, with: {units: $units}}
      - {name: w, variable: {shape: [$units]}}
      - {name: scaled, compute: x * w, from: {x: inner, w: w}}
architecture:
  semantics: keras-2.2
  inputs: {x: {shape: [null, 4]}}
  layers:
"""


def flat(write: Callable[..., str], entries: str, tail: str = "") -> dict[str, dict[str, Any]]:
    """The expanded entries by name, as plain data without defaults."""
    used = "    - {name: _p, block: pair, with: {units: $n}}\n    - {name: _j, block: join,"
    used += " from: [x, x]}\n    - {name: _d, block: deep, with: {units: 1}, from: x}\n"
    listed = "".join(f"    {line}\n" for line in entries.strip().splitlines())
    architecture = load_recipe(write(HEAD + listed + used + tail)).architecture
    assert architecture is not None
    found = {}
    for layer in architecture.layers:
        if layer.name and not layer.name.startswith("_"):
            plain = layer.model_dump(by_alias=True, exclude_defaults=True)
            found[plain.pop("name")] = plain
    return found


def test_a_block_puts_its_layers_under_its_name(write: Callable[..., str]) -> None:
    found = flat(write, "- {name: one, block: pair, with: {units: 3, act: tanh}}")
    assert found == {
        "one/a": {"layer": "Dense", "with": {"units": 3, "activation": "tanh"}, "from": "x"},
        "one/b": {"layer": "Dense", "with": {"units": 6}, "from": "one/a"},
    }


def test_a_block_without_a_name_puts_them_where_it_stands(write: Callable[..., str]) -> None:
    found = flat(write, "- {block: pair, with: {units: 3}}\n- {name: c, layer: Add, from: [a, b]}")
    assert list(found) == ["a", "b", "c"]
    assert found["c"]["from"] == ("a", "b")


def test_its_name_stands_for_its_output(write: Callable[..., str]) -> None:
    entries = """
- {name: j, block: join, from: {right: x, left: x}}
- {name: next, layer: ReLU}
- {name: other, layer: ReLU, from: j/loose}
"""
    found = flat(write, entries)
    assert found["j/sum"]["from"] == ("x", "x")
    assert found["next"]["from"] == "j/twice"
    assert found["other"]["from"] == "j/loose"


def test_repeats_take_the_one_before(write: Callable[..., str]) -> None:
    entries = """
- {name: unit, block: pair, repeat: $n, with: {units: 10 * $index}}
- {name: from_base, layer: ReLU, from: unit}
- {name: "j$index", block: join, repeat: 2, start: 0, from: [x, unit1]}
- {name: "d_$item", layer: Dense, with: {units: $item}, repeat: [5, 7], from: x}
- {name: "p$(2 * $index)", block: pair, repeat: [{units: 1}, {units: 2, act: tanh}]}
"""
    found = flat(write, entries)
    assert (found["unit1/a"]["from"], found["unit2/a"]["from"]) == ("x", "unit1/b")
    assert [found[f"unit{i}/a"]["with"]["units"] for i in (1, 2)] == [10, 20]
    assert found["from_base"]["from"] == "unit2/b"
    assert found["j0/sum"]["from"] == ("x", "unit1/b")
    assert found["j1/sum"]["from"] == ("j0/twice", "unit1/b")
    assert (found["d_5"]["from"], found["d_7"]["from"]) == ("x", "d_5")
    assert found["p4/a"]["with"] == {"units": 2, "activation": "tanh"}
    assert found["p4/a"]["from"] == "p2/b"


def test_groups_see_what_is_around_them(write: Callable[..., str]) -> None:
    entries = """
- {name: stem, layer: Dense, with: {units: 3}}
- name: stage_$index
  repeat: [{width: 8}, {width: 9}]
  layers:
    - {name: fc, layer: Dense, with: {units: $width}}
    - {name: add, layer: Concatenate, from: [fc, stem]}
- {name: last, layer: ReLU, from: stage_1/fc}
"""
    found = flat(write, entries)
    assert found["stage_2/fc"] == {"layer": "Dense", "with": {"units": 9}, "from": "stage_1/add"}
    assert found["stage_2/add"]["from"] == ("stage_2/fc", "stem")
    assert found["last"]["from"] == "stage_1/fc"


def test_when_and_otherwise(write: Callable[..., str]) -> None:
    entries = """
- {name: a1, layer: ReLU, when: $n > 5}
- {name: a2, layer: ReLU, when: $n > 5, otherwise: x}
- {name: a3, layer: ReLU, when: $n == 2 and not false, otherwise: x}
- {name: sum, layer: Add, from: [a2, a3]}
"""
    found = flat(write, entries)
    assert list(found) == ["a3", "sum"]
    assert found["sum"]["from"] == ("x", "a3")


def test_a_block_applied_once_more_shares_its_layers(write: Callable[..., str]) -> None:
    entries = """
- {name: tower, block: deep, with: {units: 3}}
- {name: again, call_layer: tower, from: x}
- {name: once, call_layer: tower/inner/a, from: x}
- {name: third, call_layer: again, from: again}
"""
    found = flat(write, entries)
    assert found["again/inner/a"] == {"call_layer": "tower/inner/a", "from": "x"}
    assert found["again/inner/b"] == {"call_layer": "tower/inner/b", "from": "again/inner/a"}
    assert "again/w" not in found
    scaled = {"call_layer": "tower/scaled", "from": {"x": "again/inner/b", "w": "tower/w"}}
    assert found["again/scaled"] == scaled
    assert found["once"] == {"call_layer": "tower/inner/a", "from": "x"}
    assert found["third/inner/a"]["call_layer"] in ("tower/inner/a", "again/inner/a")


def test_expressions_name_entries(write: Callable[..., str]) -> None:
    entries = """
- {name: q, layer: Dense, with: {units: 4}}
- {name: g, variable: {shape: [], dtype: float32}}
- {name: y, compute: q * g}
- {name: z, compute: x + 1, from: q}
- {name: t, compute: h @ e * s, from: {h: z}, weights: {e: q/kernel, s: {shape: [4]}, g: g}}
- {name: v, compute: "x[0] - x[1]", from: [q, y]}
"""
    found = flat(write, entries)
    assert found["y"]["from"] == {"q": "q", "g": "g"}
    assert found["z"]["from"] == {"x": "q"}
    assert found["t"]["weights"] == {
        "e": {"of": "q/kernel"}, "s": {"shape": (4,)}, "g": {"of": "g"}
    }  # fmt: skip
    assert found["v"]["from"] == {"x": ("q", "y")}


def test_what_a_name_in_an_expression_could_be_twice(write: Callable[..., str]) -> None:
    entries = """
- {name: q, layer: Dense, with: {units: 4}}
- {name: y, compute: x + 1}
- {name: mask, layer: ReLU}
- {name: z, compute: "q if mask is None else q * mask"}
"""
    with pytest.raises(RecipeProblem) as caught:
        flat(write, entries)
    told = [p.what for p in caught.value.problems]
    assert told == [
        "x is the previous entry here, and another one is called x",
        "`mask` is Keras's mask of the input in an expression, and an entry is called mask",
    ]


def test_outputs_of_what_is_left_out_are_left_out(write: Callable[..., str]) -> None:
    text = """tfmigrate: 1
parameters: {top: false, classes: 3}
architecture:
  semantics: keras-2.2
  inputs: {x: {shape: [null, 4]}}
  layers:
    - {name: a, layer: ReLU}
    - {name: b, layer: Dense, with: {units: $classes}, when: $top}
    - {layer: RNN, with: {cell: [{layer: SimpleRNNCell, with: {units: 2}, repeat: 3}]}, from: x}
  outputs: {a: a, b: b}
"""
    short = load_recipe(write(text)).architecture
    assert short is not None
    assert short.outputs == {"a": "a"}
    assert len(short.layers[1].with_["cell"]) == 3
    full = load_recipe(write(text), {"top": "true"}).architecture
    assert full is not None
    assert full.outputs == {"a": "a", "b": "b"}
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(text.replace("from: x", "from: b")))
    assert "b is left out here" in caught.value.problems[0].what


def test_entries_without_a_name_are_called_after_their_class(write: Callable[..., str]) -> None:
    entries = "- {layer: Dense, with: {units: 1}}\n- {layer: ReLU}\n- {layer: ReLU}"
    assert list(flat(write, entries)) == ["dense", "re_lu", "re_lu_1"]


def test_a_block_inside_a_wrapper_is_a_model_of_its_own(write: Callable[..., str]) -> None:
    text = """tfmigrate: 1
blocks:
  frame:
    parameters: [units]
    inputs: {f: {shape: [null, 3]}}
    layers:
      - {name: fc, layer: LSTMCell, with: {units: $units}}
architecture:
  semantics: keras-2.2
  inputs: {x: {shape: [null, 5, 3]}}
  layers:
    - {name: td, layer: TimeDistributed, with: {layer: {block: frame, with: {units: 4}}}}
"""
    from tfmigrate.recipe import fill_defaults

    recipe, filled = fill_defaults(load_recipe(write(text)))
    assert recipe.architecture is not None
    model = recipe.architecture.layers[0].with_["layer"]["model"]
    assert model["inputs"] == {"f": {"shape": [None, 3]}}
    assert model["layers"][0]["from"] == "f"
    assert model["layers"][0]["with"]["recurrent_activation"] == "hard_sigmoid"
    assert {d.argument for d in filled} >= {"recurrent_activation"}
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(text.replace("{f: {shape: [null, 3]}}", "f").replace("units: $", "u: $")))
    assert [p.line for p in caught.value.problems] == [7, 7, 12]


def test_a_bomb_of_blocks_is_refused(write: Callable[..., str]) -> None:
    blocks = "".join(
        f"  b{i}: {{layers: [{{name: u, block: b{i + 1}, repeat: 50}}]}}\n" for i in range(9)
    )
    text = f"tfmigrate: 1\nblocks:\n{blocks}  b9: {{layers: [{{layer: ReLU}}]}}\n"
    text += "architecture:\n  inputs: {x: {shape: [null, 1]}}\n  layers: [{block: b0}]\n"
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(text))
    assert any("more than 20,000 layers" in p.what for p in caught.value.problems)


FAMILY = """tfmigrate: 1
parameters: {n: 1, unused: 3}
blocks:
  pair: {layers: [{layer: Dense, with: {units: 9, actvation: relu}}]}
  more: {layers: [{layer: ReLU}]}
functions: {swish: x * sigmoid(xx)}
weights:
  averages: prefer
  rules: [{from: "{l}/w", to: "{l}/kernel"}, {from: "{l}/b", to: "{m}/bias"}]
  ignore: [{names: step, because: counter}]
"""


def family(tmp_path: Path, text: str = FAMILY) -> Path:
    (tmp_path / "family").mkdir(exist_ok=True)
    path = tmp_path / "family" / "base.yaml"
    path.write_text(text)
    return path


def test_what_a_recipe_extends_comes_behind_its_own(
    write: Callable[..., str], tmp_path: Path
) -> None:
    right = FAMILY.replace("actvation: relu", "").replace("(xx)", "(x)").replace("{m}", "{l}")
    family(tmp_path, right)
    (tmp_path / "family" / "mid.yaml").write_text("tfmigrate: 1\nextends: base.yaml\n")
    text = HEAD.replace("tfmigrate: 1", "tfmigrate: 1\nextends: family/mid.yaml")
    text += "    - {block: more}\n    - {name: p, block: pair, with: {units: $n}}\n"
    text += "    - {name: j, block: join, from: [p, p]}\n    - {block: deep, with: {units: 1}}\n"
    text += "weights: {rules: [{from: q, to: r}]}\n"
    recipe = load_recipe(write(text))
    assert recipe.architecture is not None
    assert [x.name for x in recipe.architecture.layers][:3] == ["re_lu", "p/a", "p/b"]
    assert recipe.architecture.layers[1].with_["units"] == 2  # the recipe's own n
    assert [(r.from_, r.inherited, r.line) for r in recipe.weights.rules] == [
        (("q",), 0, 31),
        (("{l}/w",), 2, 9),
        (("{l}/b",), 2, 9),
    ]
    assert recipe.weights.averages == "prefer"
    assert recipe.weights.ignore[0].names == ("step",)
    assert recipe.functions == {"swish": "x * sigmoid(x)"}
    assert set(recipe.extended) == {"family/mid.yaml", "base.yaml"}


def test_mistakes_in_what_is_extended_are_told_there(
    write: Callable[..., str], tmp_path: Path
) -> None:
    path = family(tmp_path)
    text = "tfmigrate: 1\nextends: [family/base.yaml, nowhere.yaml]\narchitecture:\n"
    text += (
        "  semantics: keras-2.2\n  inputs: {x: {shape: [null, $n]}}\n  layers: [{block: pair}]\n"
    )
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(text))
    own, other = str(tmp_path / "recipe.yaml"), str(path)
    told = {(p.where, p.line, p.what.partition(":")[0]) for p in caught.value.problems}
    assert (
        own,
        2,
        "there is no such recipe file, and no recipe of that name in the library",
    ) in told
    assert (other, 4, "Dense has no argument actvation") in told
    assert (other, 6, "nothing here is called xx") in told
    assert (other, 9, "{m} in `to` is captured nowhere in `from`") in told
    assert len(told) == 4


def test_recipes_that_extend_each_other(write: Callable[..., str], tmp_path: Path) -> None:
    text = "tfmigrate: 1\nextends: recipe.yaml\n"
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(text))
    assert any("seems to extend itself" in p.what for p in caught.value.problems)


def test_inherited_rules_know_their_file(write: Callable[..., str], tmp_path: Path) -> None:
    path = family(tmp_path, "tfmigrate: 1\nweights: {rules: [{from: a, to: b}]}\n")
    recipe = load_recipe(
        write("tfmigrate: 1\nextends: family/base.yaml\nweights: {rules: [{from: q, to: r}]}\n")
    )
    own, theirs = recipe.weights.rules
    assert (own.file, own.line) == (recipe.path, 3)
    assert (theirs.file, theirs.line) == (str(path), 2)


def test_a_block_whose_name_is_a_number(write: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        flat(write, "- {name: one, block: $n, from: x}")
    assert [p.what for p in caught.value.problems] == ["block must be a text"]
