"""A passed and a failed migration, made by hand and realistic in every part."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

from tfmigrate.errors import MappingProblem, Problem
from tfmigrate.proof import (
    Coverage,
    Decade,
    Decisions,
    Diagnosis,
    Divergence,
    InputCoverage,
    LayerDifference,
    Mutation,
    Noise,
    OutputComparison,
    OutputCoverage,
    Parity,
    Portability,
    Power,
    Spread,
)
from tfmigrate.report.html.about import Context
from tfmigrate.results import (
    Assignment,
    Hazard,
    Ignored,
    LedgerEntry,
    Migration,
    ModelLayer,
    Plan,
    RecipeUsed,
    Source,
    Verification,
    Walls,
    Writer,
)
from tfmigrate.tensors import Shape, Signature, TensorInfo, TensorSpec, Tolerance, VariableInfo

CONTEXT = Context(
    "faces.h5",
    "tfmigrate h5-to-savedmodel faces.h5 out/faces --golden faces.npz --report faces.html",
    {"tfmigrate": "0.1.0", "tensorflow": "2.21.0", "tf-keras": "2.21.0", "python": "3.11.9"},
    "Linux x86_64",
)
ALLOWED = Tolerance(1e-5, 1e-6)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def layers() -> tuple[ModelLayer, ...]:
    found, size, channels, before = (
        [ModelLayer("image", "InputLayer", (), (None, 48, 48, 1))],
        48,
        1,
        "image",
    )
    for block, filters in enumerate((16, 32, 64, 128), 1):
        for part, (kind, parameters) in enumerate(
            [("Conv2D", 9 * channels * filters), ("BatchNormalization", 4 * filters),
             ("Activation", 0), ("SeparableConv2D", 9 * filters + filters * filters),
             ("BatchNormalization", 4 * filters), ("MaxPooling2D", 0)], 1,
        ):  # fmt: skip
            size = size // 2 if kind == "MaxPooling2D" else size
            name = f"block{block}_{kind.lower()}_{part}"
            shape: Shape = (None, size, size, filters)
            found.append(ModelLayer(name, kind, (before,), shape, parameters))
            before = name
        channels = filters
    found.append(ModelLayer("pool", "GlobalAveragePooling2D", (before,), (None, 128)))
    found.append(ModelLayer("emotion", "Dense", ("pool",), (None, 7), 903))
    return tuple(found)


def variables() -> tuple[VariableInfo, ...]:
    found = []
    for layer in layers():
        if layer.parameters:
            width = layer.shape[-1] or 1
            names = {"Conv2D": ("kernel",), "Dense": ("kernel", "bias")}.get(
                layer.class_name, ("gamma", "beta", "moving_mean", "moving_variance")
            )
            if layer.class_name == "SeparableConv2D":
                names = ("depthwise_kernel", "pointwise_kernel")
            rest = layer.parameters
            for name in names[::-1]:
                size = (
                    rest
                    if name == names[0]
                    else width
                    if name != "pointwise_kernel"
                    else width * width
                )
                rest -= size
                found.append(VariableInfo(f"{layer.name}/{name}", (size,), "float32"))
    return tuple(found)


def source() -> Source:
    tensors = [TensorInfo(f"{v.name}:0", v.shape, "float32") for v in variables()]
    slots = [
        TensorInfo(f"training/Adam/m_{i}:0", (16,), "float32", "", "optimizer slot")
        for i in range(3)
    ]
    return Source(
        "faces.h5", "keras-h5", "Keras 2 whole-model H5", ("faces.h5",), 872_856,
        Writer("Keras", "2.0.5", "tensorflow"), (*tensors, *slots),
        hazards=(Hazard("axis", "its axis is a list", "block1_batchnormalization_2"),),
    )  # fmt: skip


def ledger() -> tuple[LedgerEntry, ...]:
    found = []
    for v in variables():
        turned = v.name.endswith("depthwise_kernel")
        ops = ({"transpose": {"axes": [0, 1, 3, 2]}},) if turned else ()
        after = digest(v.name + ("turned" if turned else ""))
        found.append(
            LedgerEntry(
                "restored",
                {f"{v.name}:0": digest(v.name)},
                {v.name: after},
                {v.name: after},
                ops,
                "name",
            )
        )
    return (
        *found,
        *(
            LedgerEntry("ignored", {f"training/Adam/m_{i}:0": ""}, rule="optimizer slot")
            for i in range(3)
        ),
    )


def signature() -> Signature:
    outputs = (TensorSpec("emotion", (None, 7), "float32"), TensorSpec("label", (None,), "int64"))
    return Signature(
        "serving_default", (TensorSpec("image", (None, 48, 48, 1), "float32"),), outputs
    )


def good_spread() -> Spread:
    sizes = {-6: 3, -5: 5, -4: 9, -3: 14, -2: 21, -1: 18}
    magnitude = tuple(
        Decade(e, n, 10.0 ** (e - 7.2) + 2e-10, 1e-6 + 1e-5 * 10.0**e) for e, n in sizes.items()
    )
    by_difference = (
        Decade(None, 22),
        Decade(-10, 9),
        Decade(-9, 19),
        Decade(-8, 14),
        Decade(-7, 6, 2.4e-7),
    )
    return Spread(magnitude, by_difference)


def passed() -> Migration:
    emotion = OutputComparison(
        "emotion", True, "float32", (5, 7), 70, 0, 2.4e-7, 3.1e-6, (2, 0, 3), ALLOWED, 0.0,
        mean_abs=3.2e-8, used=0.062, decisions=Decisions("arg-max", 10, 10), spread=good_spread(),
    )  # fmt: skip
    label = OutputComparison("label", True, "int64", (5,), 10)
    faults = [("drop bias", "emotion"), ("flip kernel", "block1_conv2d_1"),
              ("swap twins", "block2_batchnormalization_2"), ("transpose kernel", "emotion"),
              ("epsilon 1e-3 for 1e-5", "block3_batchnormalization_5")]  # fmt: skip
    caught = [
        Mutation(kind, where, "caught", "emotion", 0.01 * i + 2e-5)
        for i, (kind, where) in enumerate(faults)
    ]
    power = Power((*caught, Mutation("permute gates", "block4_activation_3", "silent")), 4, 0)
    parity = Parity(
        "recorded", "verified against outputs that the original runtime recorded", (emotion, label),
        ({"image": (1, 48, 48, 1)}, {"image": (2, 48, 48, 1)}, {"image": (5, 48, 48, 1)}),
        {"repeatable": True, "batch-independent": True},
        recorded={"keras": "2.0.5", "tensorflow": "1.3.0", "source": digest("faces")},
        coverage=Coverage(
            (InputCoverage("image", 10, (), 0.0, 255.0),), (OutputCoverage("emotion", 7, 0, 0.02),)
        ),
        noise=Noise({"emotion": {"oneDNN off": 1.2e-7, "one by one": 6e-8}}),
        power=power,
    )  # fmt: skip
    plan = Plan(
        tuple(
            Assignment(tuple(e.sources), tuple(e.expected), e.ops) for e in ledger() if e.expected
        ),
        tuple(Ignored(f"training/Adam/m_{i}:0", "optimizer slot") for i in range(3)),
    )
    return Migration(
        source(), "out/faces", "tf_keras 2.21.0", variables(), plan, ledger(), (signature(),),
        {"head/fc": "emotion"}, parity,
        {worker: Walls({"memory": True, "files": True}) for worker in ("rebuilder", "verifier")},
        {"faces.h5": digest("faces")}, seconds={"rebuilder": 1.9, "verifier": 0.8},
        notes=("the optimizer's state is left out",), layers=layers(),
        recipe=RecipeUsed("faces", digest("recipe"), {"classes": 7}),
        portability=Portability(("Conv2D", "MatMul"), "1.15"),
    )  # fmt: skip


def divergence() -> Divergence:
    """Right up to one layer's kernel, then wrong; the last layers only inherit it."""
    found = []
    for i, layer in enumerate(layers()):
        late = i >= 13
        off = 10 ** (-1.2 + 0.4 * math.sin(i)) if late else 3e-8 * (i + 1)
        own = 0.11 if i == 13 else 4e-8 * (i + 1)
        found.append(LayerDifference(
            layer.name, layer.class_name, layer.inputs, layer.name.replace("_", "/", 1), not late,
            off if i else 0.0, off / 3 if i else 0.0, own if i else None,
        ))  # fmt: skip
    first = found[13].layer
    explained = Diagnosis(
        first, "kernel flip", f"the kernel of {first} is stored as Theano flips it",
        f'- {{from: "{first}/kernel:0", to: {first}/kernel, ops: [{{flip: {{axes: [0, 1]}}}}]}}',
        0.11, 5.1e-8,
    )  # fmt: skip
    return Divergence(
        "activations of the golden file, layer by layer", tuple(found), (first,), (explained,), 12
    )


def failed() -> Migration:
    done = passed()
    magnitude = tuple(
        Decade(e, n, 10.0 ** (e - 0.4), 1e-6 + 1e-5 * 10.0**e)
        for e, n in {-6: 3, -5: 5, -4: 9, -3: 14, -2: 21, -1: 18}.items()
    )
    spread = Spread(
        magnitude,
        (
            Decade(-6, 2),
            Decade(-5, 6),
            Decade(-4, 10),
            Decade(-3, 19),
            Decade(-2, 21),
            Decade(-1, 12),
        ),
    )
    emotion = OutputComparison(
        "emotion", False, "float32", (5, 7), 70, 66, 0.31, 1.5, (1, 0, 3), ALLOWED, 0.31,
        "66 of 70 elements differ", mean_abs=0.04, used=28_900,
        decisions=Decisions("arg-max", 10, 4, 1), spread=spread,
    )  # fmt: skip
    assert done.parity is not None
    parity = replace(
        done.parity, said="NOT proved: the export was compared with what was recorded and differs",
        outputs=(emotion, done.parity.outputs[1]), divergence=divergence(), power=None,
    )  # fmt: skip
    return replace(done, output="", parity=parity)


def verification(done: Migration | None = None) -> Verification:
    parity = (done or passed()).parity
    assert parity is not None
    return Verification(
        "out/faces", replace(parity, coverage=None, power=None), source="faces.h5", level="recorded"
    )


def refused() -> MappingProblem:
    return MappingProblem(
        "the weights do not fit the architecture",
        [
            Problem("no variable takes this tensor", "faces.h5: conv5/kernel:0",
                    found="(3, 3, 64, 128) float32", nearest=("block4_conv2d_1/kernel",),
                    help="name it in a rule, or under `ignore` with a reason"),
            Problem("unknown layer Conv2d", "faces.yaml", 12, "$.architecture.layers[3].layer",
                    "Conv2d", "a layer of keras-2.0", ("Conv2D", "Conv1D")),
            Problem("shapes differ", "emotion/kernel", found="(128, 8)", expected="(128, 7)"),
        ],
        where="faces.h5", help="`tfmigrate recipe explain faces.yaml faces.h5` proposes rules",
    )  # fmt: skip


def many(count: int) -> Migration:
    """A migration whose ledger has that many tensors, of the longest names that are seen."""
    stem = "model/transformer/layer_{}/attention/self/query_key_value/dense_{}/kernel"
    names = [stem.format(i, i % 7) for i in range(count)]
    size, ops = (768, 768), ({"transpose": {}},)
    tensors = tuple(TensorInfo(f"{n}:0", size, "float32") for n in names)
    hashes = {n: digest(n) for n in names}
    entries = (({f"{n}:0": d}, {n: d}, {n: d}, ops, "rule 3") for n, d in hashes.items())
    return replace(
        passed(),
        source=replace(source(), tensors=tensors),
        variables=tuple(VariableInfo(n, size, "float32") for n in names),
        ledger=tuple(LedgerEntry("restored", *entry) for entry in entries),
        layers=(),
    )
