"""What the judge finds in a SavedModel, before any TensorFlow is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tfmigrate import sources
from tfmigrate.errors import (
    Damaged,
    MappingProblem,
    NotSupported,
    UnsafeContent,
    UsageProblem,
)
from tfmigrate.judge import saved_files, saved_models, saved_weights
from tfmigrate.judge.architecture import decide
from tfmigrate.options import Options
from tfmigrate.sources import protos
from tfmigrate.tensors import VariableInfo


@pytest.fixture
def copied(fixtures, tmp_path):
    """A copy of a fixture's SavedModel, changed by a function."""

    def made(case: str, change=None, name: str = "") -> Path:
        folder = tmp_path / (name or case)
        shutil.copytree(fixtures / "saved_models" / case / "saved_model", folder)
        if change is not None:
            file = folder / "saved_model.pb"
            model = protos.parse("SavedModel", file.read_bytes(), case)
            change(model)
            file.write_bytes(model.SerializeToString())
        return folder

    return made


def graphed(folder: Path, signature: str = "", tags: tuple[str, ...] = ()):
    return saved_models.of_source(sources.describe(folder), signature, tags)


def test_variables_of_keras_3_are_taken_once_by_names_that_are_told_apart(copied):
    found = graphed(copied("k380_export"))
    assert sorted(found.names().values()) == [
        "net/bias",
        "net/bias_1",
        "net/kernel",
        "net/kernel_1",
    ]
    kernels = {n: f for f, n in found.names().items() if n.startswith("net/kernel")}
    stored = {a.targets[0]: a.sources[0] for a in found.values}
    assert [stored[kernels[n]] for n in sorted(kernels)] == ["variables/0", "variables/2"]
    assert {s for a in found.values for s in a.sources if a.targets[0] in found.needed} == {
        f"variables/{i}" for i in range(4)
    }


def test_a_chosen_signature_is_the_only_one(copied):
    assert [e.key for e in graphed(copied("k380_export"), "serve").endpoints] == ["serve"]


def test_a_signature_that_is_not_there_is_a_mistake_of_the_user(copied):
    with pytest.raises(UsageProblem, match="no signature serv") as error:
        graphed(copied("k380_export"), "serv")
    assert "did you mean serve?" in error.value.help


def test_the_main_signature_is_not_left_out_silently(copied):
    with pytest.raises(NotSupported, match="counted cannot be migrated: it keeps state"):
        graphed(copied("tf115_counter"), "counted")

    def swapped(model):
        for entry in model.meta_graphs[0].signature_def:
            if not entry.key.startswith("__"):
                entry.key = {"counted": "serving_default"}.get(entry.key, "other")

    with pytest.raises(NotSupported, match="serving_default cannot be migrated") as error:
        graphed(copied("tf115_counter", swapped, "swapped"))
    assert "--signature other" in error.value.help


def test_another_graph_is_taken_by_its_tags(copied):
    folder = copied("tf14_tables")
    assert [e.key for e in graphed(folder).endpoints] == ["serving_default", "classification"]
    with pytest.raises(UsageProblem, match="no graph has the tags gpu"):
        graphed(folder, tags=("gpu",))
    with pytest.raises(NotSupported, match="signature train cannot"):  # it names no assets
        graphed(folder, tags=("train",))


def test_a_partitioned_variable_gets_its_parts(copied):
    found = graphed(copied("tf115_counter"))
    split = next(a for a in found.values if a.sources == ("part/kernel",))
    assert split.targets == ("part/kernel/part_0", "part/kernel/part_1")
    assert split.ops == ({"split": {"axis": 0, "sizes": [2, 2]}},)


def test_a_saver_that_contradicts_the_objects_is_refused(copied):
    def crossed(model):
        """The saver reads the other one of two variables."""
        for function in model.meta_graphs[0].graph_def.library.function:
            for node in function.node_def:
                if node.name != "RestoreV2/tensor_names":
                    continue
                (value,) = (a.value.tensor for a in node.attr if a.key == "value")
                names = list(value.string_val)
                mine = [i for i, n in enumerate(names) if n.startswith(b"_all_variables")]
                names[mine[0]], names[mine[1]] = names[mine[1]], names[mine[0]]
                value.string_val[:] = names

    with pytest.raises(Damaged, match="contradicts itself about its variables"):
        graphed(copied("k380_export", crossed))


def test_a_file_outside_the_assets_is_refused(copied):
    def outside(model):
        for asset in model.meta_graphs[0].asset_file_def:
            asset.filename = "../saved_model.pb"

    with pytest.raises(UnsafeContent, match="not among its assets"):
        graphed(copied("tf28_module", outside))


def test_a_table_that_is_filled_from_any_other_file_is_refused(copied):
    def elsewhere(model):
        del model.meta_graphs[0].asset_file_def[:]
        for entry in model.meta_graphs[1].collection_def:
            if entry.key == "saved_model_assets":
                del entry.value.any_list.value[:]

    with pytest.raises(NotSupported) as error:
        graphed(copied("tf14_tables", elsewhere))
    assert "from a file that is no asset" in error.value.problems[0].what


def test_an_op_in_a_function_of_a_function_is_seen(copied):
    def reading(model):
        for function in model.meta_graphs[0].graph_def.library.function:
            for node in function.node_def:
                if node.op == "Relu":
                    node.op = "ReadFile"

    with pytest.raises(UnsafeContent, match="serving_default"):
        graphed(copied("tf215_norm", reading))


def test_what_loading_assigns_is_not_what_is_stored(copied):
    def assigned(model):
        meta = model.meta_graphs[0]
        (graph,) = (meta.graph_def,)
        graph.node.add(name="init_it", op="AssignVariableOp", input=["scale", "other"])
        entry = meta.collection_def.add(key="legacy_init_op")
        entry.value.node_list.value.append("init_it")
        graph.node.add(name="other", op="Const")

    with pytest.raises(NotSupported, match="what loading computes"):
        graphed(copied("tf115_counter", assigned))


def test_a_variable_without_a_stored_tensor_is_named(copied):
    source = sources.describe(copied("tf115_counter"))
    found = saved_models.of_source(source)
    infos = [VariableInfo(n, (), "float32") for n in (*found.names().values(), "forgotten")]
    with pytest.raises(MappingProblem) as error:
        saved_weights.plan(source, infos, found)
    problems = {p.where: p.what for p in error.value.problems}
    assert "nothing says which stored tensor" in problems["forgotten"]


def test_a_stored_tensor_of_another_shape_is_refused(copied):
    source = sources.describe(copied("tf28_module"))
    found = saved_models.of_source(source)
    infos = [VariableInfo(n, (9, 9), "float32") for n in found.names().values()]
    with pytest.raises(MappingProblem) as error:
        saved_weights.plan(source, infos, found)
    found = {p.where: p.found for p in error.value.problems}
    assert found == {"parts/0": "float32 [3, 4]", "parts/1": "float32 [4, 2]"}


def test_a_function_beside_signatures_is_taken_by_its_name(copied):
    found = graphed(copied("k380_export"), "serve")
    assert found.endpoints[0].asked.outputs == {"output_0": "StatefulPartitionedCall:0"}
    assert [e.key for e in graphed(copied("tf28_module"), "number").endpoints] == ["number"]


def test_a_frozen_graph_has_to_be_told_where_it_begins_and_ends(fixtures):
    source = sources.describe(fixtures / "saved_models" / "tf115_frozen" / "frozen.pb")
    with pytest.raises(UsageProblem, match="does not say where it begins"):
        decide(source, None, asked=Options())
    outputs = {"out": "scope/out:0"}
    with pytest.raises(UsageProblem) as error:
        decide(source, None, asked=Options(output_tensors=outputs))
    assert error.value.problems[0].help == "--input NAME=x:0"
    with pytest.raises(UsageProblem) as error:
        decide(source, None, asked=Options(input_tensors={"x": "y:0"}, output_tensors=outputs))
    assert error.value.problems[0].what == "the graph has no tensor y:0"


def test_an_input_that_no_output_depends_on_is_a_mistake(fixtures):
    source = sources.describe(fixtures / "saved_models" / "tf115_frozen" / "frozen.pb")
    asked = Options(input_tensors={"x": "x:0"}, output_tensors={"w": "w:0"})
    with pytest.raises(UsageProblem) as error:
        decide(source, None, asked=asked)
    assert error.value.problems[0].what == "no output depends on this input"


def test_tensors_cannot_be_named_in_a_saved_model(copied):
    source = sources.describe(copied("k380_export"))
    with pytest.raises(UsageProblem, match="for frozen graphs"):
        decide(source, None, asked=Options(input_tensors={"x": "x:0"}))


def test_assets_of_before_1_6_are_found_in_their_collection(copied):
    source = sources.describe(copied("tf14_tables"))
    opened = saved_files.open_saved(source, ())
    assert {Path(p).name for p in opened.assets.values()} == {"words.txt", "labels.txt"}
