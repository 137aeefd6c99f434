from __future__ import annotations

import pytest

from tfmigrate.errors import NotSupported, UsageProblem
from tfmigrate.graphs import saved
from tfmigrate.sources import protos


def model(*tags: str):
    text = "".join(
        f"meta_graphs {{meta_info_def {{{' '.join(_tag(t) for t in said.split())}}}}}"
        for said in tags
    )
    return protos.parse_text("SavedModel", text, "saved_model.pbtxt")


def _tag(tag: str) -> str:
    return f'tags: "{tag}"'


def chosen(found, *tags: str) -> list[str]:
    return sorted(saved.chosen(found, tags).meta_info_def.tags)


def test_the_graph_that_serves_is_taken():
    assert chosen(model("train", "serve gpu", "serve")) == ["serve"]


def test_without_one_tagged_so_alone_the_only_one_that_serves():
    assert chosen(model("train", "serve gpu")) == ["gpu", "serve"]


def test_a_module_of_tf_hub_infers_with_the_graph_without_tags():
    assert chosen(model("train", "")) == []


def test_the_user_says_which():
    assert chosen(model("train", "serve"), "train") == ["train"]
    with pytest.raises(UsageProblem, match="no graph has the tags gpu") as error:
        chosen(model("train", "serve"), "gpu")
    assert "--tags train or --tags serve" in error.value.help


def test_of_several_none_of_which_serves_none_is_guessed():
    with pytest.raises(NotSupported, match="several graphs"):
        saved.chosen(model("train", "eval"))


def test_a_call_is_added_with_what_it_captures():
    graph = protos.parse_text(
        "Graph", 'node {name: "c" op: "Const" attr {key: "dtype" value {type: DT_INT64}}}', "g"
    )
    arguments = (saved.Argument("in/x", 1, (None, 3)),)
    handles = (saved.Handle("objects/4", 1, (3, 2)),)
    call = saved.Call("call", "f", arguments, ("objects/4", "c"), (1,), handles)
    made = {n.name: n for n in saved.with_calls(graph, [call]).node}
    assert list(made["call"].input) == ["in/x", "objects/4", "c"]
    types = saved.entries(made["call"].attr)["Tin"].list.type
    assert list(types) == [1, 20, 9]
    assert saved.entries(made["objects/4"].attr)["shape"].shape.dim[0].size == 3
