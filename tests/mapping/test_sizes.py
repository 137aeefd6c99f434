from __future__ import annotations

from tfmigrate.mapping.sizes import sized
from tfmigrate.tensors import TensorInfo, VariableInfo

OPEN = VariableInfo("d/summary", (2, -1), "float32", ("d",), "summary", ("layers/d/vars/0",))


def tensor(name: str, *shape: int, key: str = "summary:0", dtype: str = "float32") -> TensorInfo:
    return TensorInfo(name, shape, dtype, group="d", key=key)


def test_an_open_size_is_the_files() -> None:
    plain = VariableInfo("k", (3, 4), "float32")
    h5 = [tensor("d/summary:0", 2, 100), tensor("e/kernel:0", 2, 7, key="kernel:0")]
    assert [v.shape for v in sized([OPEN, plain], h5)] == [(2, 100), (3, 4)]


def test_the_formats_name_goes_before_the_leaf() -> None:
    found = [tensor("layers/d/vars/0", 2, 9, key="vars/0"), tensor("layers/e/summary", 2, 8)]
    assert sized([OPEN], found)[0].shape == (2, 9)


def test_several_sizes_or_none_leave_it_open() -> None:
    several = [tensor("d/summary:0", 2, 100), tensor("e/summary:0", 2, 50)]
    others = [tensor("d/summary:0", 3, 100), tensor("e/summary:0", 2, 5, dtype="int64")]
    assert sized([OPEN], several) == sized([OPEN], others) == (OPEN,)
