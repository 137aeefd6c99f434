from __future__ import annotations

from tfmigrate.mapping.candidates import Candidates, ignore_for, rule_for, words
from tfmigrate.tensors import TensorInfo, VariableInfo


def variable(name: str, *shape: int) -> VariableInfo:
    return VariableInfo(name, shape, "float32")


def names(found: tuple[object, ...]) -> list[str]:
    return [v.name for v in found if isinstance(v, VariableInfo)]


def test_the_same_shape_goes_before_a_likelier_name() -> None:
    among = Candidates([variable("conv/kernel", 5), variable("q/zz", 3, 3)])
    wanted = TensorInfo("conv/kernel", (3, 3), "float32")
    assert names(among.nearest(wanted)) == ["q/zz", "conv/kernel"]


def test_among_equal_words_the_likelier_spelling_is_first() -> None:
    among = Candidates([variable("a/attention", 2), variable("z/convolution_one", 2)])
    wanted = TensorInfo("convolution_1/q", (2,), "float32")
    assert names(among.nearest(wanted))[0] == "z/convolution_one"
    equal = Candidates([variable("enc/aaaa", 2), variable("enc/dense_out", 2)])
    assert names(equal.nearest(TensorInfo("enc/denseout", (2,), "float32")))[0] == "enc/dense_out"


def test_words_are_spelt_as_keras_spells_them() -> None:
    assert words("a/conv1/weights") == words("a/conv_1/kernel")
    assert words("bn/running_std") == words("bn/moving_variance")


def test_rules_are_offered_only_where_they_would_hold() -> None:
    tensor = TensorInfo("w", (2, 3), "float16")
    assert rule_for(tensor, variable("k", 2, 3)) == ""
    assert rule_for(TensorInfo("w", (2, 3), "float32"), variable("k", 4)) == ""
    assert ignore_for(tensor) == '- {names: "w", because: "..."}'
