"""TF1's recurrent cells and the layers that run them, as layers of tf_keras.

A cell's variables are called as TF1 called them below the scope of its layer: with the layer
``rnn``, a BasicLSTMCell has ``rnn/basic_lstm_cell/kernel``.
"""

from __future__ import annotations

import functools
from typing import Any

from tfmigrate.lazy import load

# The recipe's names, ``tf1.`` before them, to the classes.
_CLASSES = {
    "BasicRNNCell": "basic:BasicRNNCell",
    "GRUCell": "gru:GRUCell",
    "GRUBlockCell": "gru:GRUBlockCell",
    "GRUBlockCellV2": "gru:GRUCell",
    "CudnnCompatibleGRUCell": "gru:CudnnCompatibleGRUCell",
    "BasicLSTMCell": "lstm:BasicLSTMCell",
    "LSTMCell": "lstm:LSTMCell",
    "LSTMBlockCell": "lstm:LSTMBlockCell",
    "CudnnCompatibleLSTMCell": "lstm:CudnnCompatibleLSTMCell",
    "LayerNormBasicLSTMCell": "layer_norm:LayerNormBasicLSTMCell",
    "UGRNNCell": "basic:UGRNNCell",
    "NASCell": "nas:NASCell",
    "MultiRNNCell": "stacked:MultiRNNCell",
    "DropoutWrapper": "wrappers:DropoutWrapper",
    "ResidualWrapper": "wrappers:ResidualWrapper",
    "HighwayWrapper": "wrappers:HighwayWrapper",
    "InputProjectionWrapper": "wrappers:InputProjectionWrapper",
    "OutputProjectionWrapper": "wrappers:OutputProjectionWrapper",
    "AttentionCellWrapper": "attention:AttentionCellWrapper",
    "AttentionWrapper": "seq2seq:AttentionWrapper",
    "BahdanauAttention": "seq2seq:BahdanauAttention",
    "LuongAttention": "seq2seq:LuongAttention",
    "dynamic_rnn": "layers:DynamicRNN",
    "static_rnn": "layers:DynamicRNN",
    "bidirectional_dynamic_rnn": "bidirectional:BidirectionalRNN",
    "stack_bidirectional_dynamic_rnn": "bidirectional:StackBidirectionalRNN",
    "LSTMBlockFusedCell": "fused:LSTMBlockFusedCell",
    "CudnnLSTM": "fused:CudnnLSTM",
    "CudnnGRU": "fused:CudnnGRU",
    "dynamic_decode": "seq2seq:AttentionDecoder",
}


@functools.cache
def classes() -> dict[str, Any]:
    """Every class by the name that a recipe calls it by, ``tf1.LSTMCell``."""
    return {f"tf1.{name}": load(f"{__name__}.{path}") for name, path in _CLASSES.items()}
