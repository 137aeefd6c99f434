from __future__ import annotations

from types import SimpleNamespace

from tfmigrate.engines import graph_fusions


def named(name: str, op: str, *inputs: str, **types: int) -> SimpleNamespace:
    attr = {key: SimpleNamespace(type=value) for key, value in types.items()}
    return SimpleNamespace(name=name, op=op, input=list(inputs), attr=_Attributes(attr))


class _Attributes(dict):
    def __missing__(self, key: str) -> SimpleNamespace:
        self[key] = SimpleNamespace(type=0)
        return self[key]


def test_what_fills_the_scale_of_a_normalisation_is_spread_instead():
    fill = named("ones", "Fill", "dims", "one", index_type=9)
    norm = named("bn", "FusedBatchNormV3", "x", "ones:output:0", "zeros", "m", "v")
    graph_fusions.unfused([fill, norm])
    assert (fill.op, fill.input) == ("BroadcastTo", ["one", "dims"])
    assert fill.attr["Tidx"].type == 9
    assert "index_type" not in fill.attr


def test_other_fills_stay():
    fill = named("ones", "Fill", "dims", "one")
    graph_fusions.unfused([fill, named("bn", "FusedBatchNormV3", "ones", "a", "b", "m", "v")])
    assert fill.op == "Fill"
