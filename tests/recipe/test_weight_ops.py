from __future__ import annotations

from typing import Any

import pytest

from tfmigrate.mapping import ops
from tfmigrate.recipe.rules import RuleMistake
from tfmigrate.recipe.weight_ops import OPS, op_arguments


@pytest.mark.parametrize(
    ("op", "read"),
    [
        ({"transpose": [1, 0]}, ("transpose", {"perm": (1, 0)})),
        ({"squeeze": 0}, ("squeeze", {"axis": (0,)})),
        ({"stack": 0}, ("stack", {"axis": 0})),
        ({"split": {"axis": 0, "parts": 2}}, ("split", {"axis": 0, "parts": 2})),
        ({"pad": {"axis": 0, "after": 2}}, ("pad", {"axis": 0, "after": 2})),
        ({"slice": {"axis": 0, "stop": 2}}, ("slice", {"axis": 0, "stop": 2})),
        ({"slice": 0}, ("slice", {"axis": 0})),
        (
            {"reorder_gates": {"from": "icfo", "to": "ifco"}},
            ("reorder_gates", {"from": "icfo", "to": "ifco"}),
        ),
        ({"add_constant": 1}, ("add_constant", {"value": 1.0})),
        (
            {"add_constant": {"value": 1, "gate": "f", "gates": "ifco", "axis": 0}},
            ("add_constant", {"value": 1.0, "gate": "f", "gates": "ifco", "axis": 0}),
        ),
        ({"cast": "bfloat16"}, ("cast", {"dtype": "bfloat16"})),
    ],
)
def test_short_and_long_forms(op: Any, read: Any) -> None:
    assert op_arguments(op) == read
    assert op_arguments({read[0]: read[1]}) == read


@pytest.mark.parametrize(
    ("op", "told"),
    [
        ({"transpoze": [1]}, "there is no op transpoze"),
        ({"transpose": "10"}, "the argument perm of transpose must be whole numbers"),
        ({"split": 3}, "wrong arguments for the op split"),
        ({"split": {"axis": 0}}, "needs exactly one of sizes and parts"),
        ({"split": {"axis": 0, "sizes": [1], "parts": 2}}, "needs exactly one of sizes and parts"),
        ({"split": {"axis": 0, "parts": 0}}, "parts of split must be a whole number from 1 on"),
        ({"concat": True}, "axis of concat must be a whole number"),
        ({"reorder_gates": "icfo"}, "wrong arguments for the op reorder_gates"),
        ({"reorder_gates": {"from": "icfo", "to": "ifcc"}}, "to of reorder_gates must be"),
        ({"add_constant": {"value": 1, "gate": "f"}}, "takes gate and gates together"),
        ({"add_constant": {"value": 1, "gate": "fo", "gates": "ifco"}}, "must be one letter"),
        ({"add_constant": float("nan")}, "value of add_constant must be a number"),
        ({"cast": "float31"}, "dtype of cast must be a dtype"),
        ({"cast": ["float32"]}, "dtype of cast must be a dtype"),
        ({"pad": {"axis": 0, "behind": 1}}, "wrong arguments for the op pad"),
        ({}, "an op is one name and its arguments"),
        ("concat", "an op is one name and its arguments"),
    ],
)
def test_mistakes(op: Any, told: str) -> None:
    with pytest.raises(RuleMistake, match=told):
        op_arguments(op)


def test_what_is_expected_names_every_argument() -> None:
    with pytest.raises(RuleMistake) as caught:
        op_arguments({"split": 3})
    assert caught.value.expected == "axis, sizes or parts"
    with pytest.raises(RuleMistake) as caught:
        op_arguments({"pad": {}})
    assert caught.value.expected == "axis, before (optional), after (optional), value (optional)"


def test_every_op_that_can_be_written_can_be_done() -> None:
    assert OPS.keys() == ops.OPS.keys()
