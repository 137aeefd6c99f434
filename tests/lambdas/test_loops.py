import json
from pathlib import Path

from tfmigrate.lambdas.loops import alike

STORED = json.loads((Path(__file__).parents[1] / "fixtures" / "lambdas" / "py3.6.json").read_text())


def _config(name, closure=None):
    code, defaults, own = STORED[name]
    return {"function": [code, defaults, own if closure is None else closure]}


def test_lambdas_of_one_loop_are_found():
    layers = [("a", _config("closed")), ("b", _config("closed")), ("c", _config("double")),
              ("d", _config("double"))]  # fmt: skip
    assert alike(layers) == (("a", "b"),)


def test_other_values_are_other_lambdas():
    layers = [("a", _config("closed")), ("b", _config("closed", [2, [2, 3]])), ("c", {})]
    assert alike(layers) == ()
