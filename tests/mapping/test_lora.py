from __future__ import annotations

import numpy as np
import pytest

from tfmigrate.errors import MappingProblem
from tfmigrate.mapping import lora
from tfmigrate.mapping.ops import parse_op, run_all
from tfmigrate.results import Assignment, Plan
from tfmigrate.tensors import TensorInfo


def tensor(key: str, shape: tuple[int, ...], dtype: str = "float32") -> TensorInfo:
    return TensorInfo(f"h/{key}", shape, dtype, group="h", key=key)


PARTS = (
    tensor("h/kernel", (6, 5)),
    tensor("h/bias", (5,)),
    tensor("h/lora_kernel_a", (6, 2)),
    tensor("h/lora_kernel_b", (2, 5)),
)


def test_a_kernel_and_its_update_become_one_assignment() -> None:
    found = lora.updates(PARTS, lambda path: {"h": 3.5}[path])
    assert [t.name for t in lora.without_halves(PARTS, found)] == ["h/h/kernel", "h/h/bias"]
    plan = Plan((Assignment(("h/h/kernel",), ("k",)), Assignment(("h/h/bias",), ("b",))))
    kernel, bias = lora.merged(plan, found).assignments
    assert kernel.sources == ("h/h/kernel", "h/h/lora_kernel_a", "h/h/lora_kernel_b")
    assert kernel.ops == ({"add_product": {"scale": 3.5}},)
    assert bias == plan.assignments[1]


def test_the_product_is_added_in_the_type_of_the_kernel() -> None:
    kernel = np.ones((2, 3, 4), "float32")
    left, right = np.full((2, 3, 2), 2.0, "float32"), np.full((2, 4), 0.5, "float32")
    (sum_,) = run_all([parse_op({"add_product": {"scale": 1.5}})], [kernel, left, right])
    assert sum_.dtype == "float32"
    assert (sum_ == 4.0).all()


def test_an_embedding_has_its_own_names() -> None:
    parts = (
        tensor("e/embeddings", (9, 4)),
        tensor("e/lora_embeddings_a", (9, 2)),
        tensor("e/lora_embeddings_b", (2, 4)),
    )
    assert list(lora.updates(parts, lambda _: 1.0)) == ["h/e/embeddings"]


@pytest.mark.parametrize(
    ("parts", "scale", "why"),
    [
        (PARTS, None, "does not say the factor"),
        (PARTS[:3], 1.0, "not there"),
        ((tensor("h/kernel", (6, 5), "int8"), *PARTS[1:]), 1.0, "quantised"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    parts: tuple[TensorInfo, ...], scale: float | None, why: str
) -> None:
    with pytest.raises(MappingProblem, match="cannot be merged") as error:
        lora.updates(parts, lambda _: scale)
    assert why in error.value.problems[0].what
