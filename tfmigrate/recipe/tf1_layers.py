"""TF1's recurrent cells and the layers that run them: their names in a recipe and their arguments.

``tf1.`` stands before them, because Keras has an LSTMCell and a GRUCell that are others. Arguments
that only say how variables are made (initializers, reuse, partitions) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfmigrate.errors import nearest, shown

# Name -> required arguments | optional ones.
_CELLS = {
    "BasicRNNCell": "num_units | activation",
    "GRUCell": "num_units | activation",
    "GRUBlockCell": "num_units |",
    "GRUBlockCellV2": "num_units |",
    "CudnnCompatibleGRUCell": "num_units |",
    "BasicLSTMCell": "num_units | forget_bias state_is_tuple activation",
    "LSTMCell": "num_units | use_peepholes cell_clip num_proj proj_clip forget_bias"
    " state_is_tuple activation",
    "LSTMBlockCell": "num_units | forget_bias cell_clip use_peephole",
    "CudnnCompatibleLSTMCell": "num_units |",
    "LayerNormBasicLSTMCell": "num_units | forget_bias activation layer_norm",
    "UGRNNCell": "num_units | forget_bias activation",
    "NASCell": "num_units | num_proj use_bias",
    "MultiRNNCell": "cells | state_is_tuple",
    "DropoutWrapper": "cell | input_keep_prob output_keep_prob state_keep_prob"
    " variational_recurrent",
    "ResidualWrapper": "cell |",
    "HighwayWrapper": "cell | couple_carry_transform_gates",
    "InputProjectionWrapper": "cell num_proj | activation",
    "OutputProjectionWrapper": "cell output_size | activation",
    "AttentionCellWrapper": "cell attn_length | attn_size attn_vec_size input_size",
    "AttentionWrapper": "cell attention_mechanism | attention_layer_size output_attention",
}
_MECHANISMS = {
    "BahdanauAttention": "num_units | normalize",
    "LuongAttention": "num_units | scale",
}
# Name -> required arguments | optional ones | what it is called with.
_LAYERS = {
    "dynamic_rnn": "cell | time_major | inputs sequence_length initial_state",
    "static_rnn": "cell | time_major | inputs sequence_length initial_state",
    "bidirectional_dynamic_rnn": "cell_fw cell_bw | time_major"
    " | inputs sequence_length initial_state_fw initial_state_bw",
    "stack_bidirectional_dynamic_rnn": "cells_fw cells_bw | time_major | inputs sequence_length",
    "LSTMBlockFusedCell": "num_units | forget_bias cell_clip use_peephole"
    " | inputs sequence_length initial_state",
    "CudnnLSTM": "num_layers num_units | direction time_major | inputs sequence_lengths",
    "CudnnGRU": "num_layers num_units | direction time_major | inputs sequence_lengths",
    "dynamic_decode": "cell | impute_finished"
    " | inputs memory sequence_length memory_sequence_length initial_state",
}

# Arguments that hold cells, and those that hold a list of them.
HOLDERS = frozenset({"cell_fw", "cell_bw", "cells_fw", "cells_bw", "attention_mechanism"})
LISTS = frozenset({"cells", "cells_fw", "cells_bw"})
_PREFIX = "tf1."

# The scopes that TF1 gave layers without a name.
SCOPES = {
    "tf1.dynamic_rnn": "rnn",
    "tf1.static_rnn": "rnn",
    "tf1.bidirectional_dynamic_rnn": "bidirectional_rnn",
    "tf1.stack_bidirectional_dynamic_rnn": "stack_bidirectional_rnn",
    "tf1.LSTMBlockFusedCell": "lstm_fused_cell",
    "tf1.CudnnLSTM": "cudnn_lstm",
    "tf1.CudnnGRU": "cudnn_gru",
    "tf1.dynamic_decode": "decoder",
}

# Where in an argument, what is wrong there, and what may be meant.
Stranger = tuple[tuple[int | str, ...], str, tuple[str, ...]]


def table() -> dict[str, dict[str, tuple[str, ...]]]:
    """``required``, ``optional`` and ``call`` of every name."""
    texts = {**_CELLS, **_MECHANISMS, **_LAYERS}
    return {_PREFIX + name: _arguments(text) for name, text in texts.items()}


def is_part(kind: str) -> bool:
    """Whether it is a cell, or another part that only stands inside a layer."""
    return kind.removeprefix(_PREFIX) in {**_CELLS, **_MECHANISMS} and kind.startswith(_PREFIX)


def strangers(outer: str, argument: str, value: Any) -> Iterator[Stranger]:
    """Cells of TF1 in a layer of Keras, and the other way round.

    Args:
        outer: The class of the layer.
        argument: Its argument that holds cells.
        value: What stands there.

    Yields:
        Where in the value, what is wrong, and the name that may be meant.
    """
    if argument.startswith("cell") or argument == "attention_mechanism":
        for i, item in enumerate(value if isinstance(value, list) else [value]):
            kind = item.get("layer") if isinstance(item, dict) else None
            where: tuple[int | str, ...] = (i, "layer") if isinstance(value, list) else ("layer",)
            if isinstance(kind, str) and (found := _strange(outer, argument, kind)):
                yield where, *found


def _strange(outer: str, argument: str, kind: str) -> tuple[str, tuple[str, ...]] | None:
    wanted = _MECHANISMS if argument == "attention_mechanism" else _CELLS
    name = kind.removeprefix(_PREFIX)
    if not outer.startswith(_PREFIX):
        what = f"{outer} runs Keras's cells, {kind} is one of TF1: it stands in tf1.dynamic_rnn"
        return (what, ()) if kind.startswith(_PREFIX) else None
    known = kind.startswith(_PREFIX)
    if known and (name in wanted or kind not in table()):
        return None  # it fits, or is unknown altogether, which is told elsewhere
    what = f"{outer} takes parts of TF1 here, {shown(kind, 60)} is none"
    return what, (_PREFIX + name,) if name in wanted else nearest(
        kind, [_PREFIX + n for n in wanted]
    )


def _arguments(text: str) -> dict[str, tuple[str, ...]]:
    parts = [tuple(part.split()) for part in text.split("|")]
    return dict(zip(("required", "optional", "call"), [*parts, ()], strict=False))
