"""When the library's own loader is no witness."""

from __future__ import annotations

from tfmigrate.engines import upgrades
from tfmigrate.judge import reader
from tfmigrate.judge.architecture import Architecture
from tfmigrate.results import Assignment, Plan, Source
from tfmigrate.tensors import TensorInfo, VariableInfo

FILE = Architecture("keras2", {}, "file", {})


def source(*groups: str, rows: int = 2, kind: str = "keras-h5") -> Source:
    tensors = tuple(TensorInfo(f"{g}/kernel:0", (rows, 2), "float32", g) for g in groups)
    return Source("m.h5", kind, "", tensors=tensors)


def variables(*names: str, positions: tuple[int, ...] = ()) -> tuple[VariableInfo, ...]:
    return tuple(
        VariableInfo(f"{n}/kernel", (2, 2), "float32", tuple(n.split("/")), "kernel", (), p)
        for n, p in zip(names, positions or (0,) * len(names), strict=True)
    )


def plan(**pairs: str) -> Plan:
    return Plan(tuple(Assignment((f"{s}/kernel:0",), (f"{t}/kernel",)) for s, t in pairs.items()))


def test_it_is_one_for_a_plain_file():
    assert reader.excuse_before(source("a"), FILE) == ""
    assert reader.excuse_after(source("a", "b"), variables("a", "b"), plan(a="a", b="b")) == ""


def test_it_is_none_for_a_recipe_a_checkpoint_or_a_file_that_it_misreads():
    assert "recipe" in reader.excuse_before(source("a"), Architecture("keras2", {}, "recipe"))
    assert reader.excuse_before(source("a", kind="tf2-checkpoint"), FILE)
    misread = Architecture("keras2", {}, "file", {}, misread=("bilinear_of_tf1",))
    assert "half-pixel" in reader.excuse_before(source("a"), misread)


def test_every_upgrade_of_a_meaning_has_its_sentence():
    assert {u.__name__ for u in upgrades.MEANINGS} == set(reader.MISREAD)


def test_it_is_none_where_it_costs_more_than_the_migration():
    assert "MiB" in reader.excuse_before(source("a", rows=1 << 26), FILE)


def test_it_is_none_where_layers_or_weights_stand_in_another_order_than_it_takes_them():
    swapped = reader.excuse_after(source("b", "a"), variables("a", "b"), plan(a="a", b="b"))
    assert "layers by order" in swapped
    inner = source("m")
    tensors = tuple(TensorInfo(f"{n}/kernel:0", (2, 2), "float32", "m") for n in ("x", "y"))
    inner = Source("m.h5", "keras-h5", "", tensors=tensors)
    made = variables("m/x", "m/y", positions=(1, 0))
    chosen = Plan(tuple(Assignment((f"{n}/kernel:0",), (f"m/{n}/kernel",)) for n in ("x", "y")))
    assert "weights by order" in reader.excuse_after(inner, made, chosen)
