"""Where the named outputs of an op stand among its numbered ones.

Bodies of functions say ``node:batch_mean:0`` where a graph says ``node:1``. Ops with one output
need no table. Source: the op definitions of TensorFlow 2.21; a test holds them against its
registry. ``name*attr`` is a list whose length the attribute tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SPARSE = "sparse_indices*{n} sparse_values*sparse_types sparse_shapes*{n} dense_values*Tdense"
_PLAIN = {
    "BlockLSTM": "i cs f o ci co h",
    "BroadcastGradientArgs": "r0 r1",
    "CTCBeamSearchDecoder": "decoded_indices*top_paths decoded_values*top_paths"
    " decoded_shape*top_paths log_probability",
    "CTCGreedyDecoder": "decoded_indices decoded_values decoded_shape log_probability",
    "CTCLoss": "loss gradient",
    "CombinedNonMaxSuppression": "nmsed_boxes nmsed_scores nmsed_classes valid_detections",
    "DecodeWav": "audio sample_rate",
    "DenseToDenseSetOperation": "result_indices result_values result_shape",
    "FractionalAvgPool": "output row_pooling_sequence col_pooling_sequence",
    "FusedBatchNorm": "y batch_mean batch_variance reserve_space_1 reserve_space_2",
    "FusedBatchNormV3": "y batch_mean batch_variance reserve_space_1 reserve_space_2"
    " reserve_space_3",
    "GRUBlockCell": "r u c h",
    "ListDiff": "out idx",
    "LogMatrixDeterminant": "sign log_abs_determinant",
    "LogUniformCandidateSampler": "sampled_candidates true_expected_count sampled_expected_count",
    "LookupTableExportV2": "keys values",
    "Lu": "lu p",
    "MaxPoolWithArgmax": "output argmax",
    "Merge": "output value_index",
    "NonMaxSuppressionV4": "selected_indices valid_outputs",
    "NonMaxSuppressionV5": "selected_indices selected_scores valid_outputs",
    "ParseExample": _SPARSE.format(n="Nsparse"),
    "ParseExampleV2": _SPARSE.format(n="num_sparse")
    + " ragged_values*ragged_value_types ragged_row_splits*ragged_split_types",
    "ParseSequenceExample": "context_sparse_indices*Ncontext_sparse"
    " context_sparse_values*context_sparse_types context_sparse_shapes*Ncontext_sparse"
    " context_dense_values*Tcontext_dense feature_list_sparse_indices*Nfeature_list_sparse"
    " feature_list_sparse_values*feature_list_sparse_types"
    " feature_list_sparse_shapes*Nfeature_list_sparse"
    " feature_list_dense_values*feature_list_dense_types"
    " feature_list_dense_lengths*Nfeature_list_dense",
    "ParseSingleExample": _SPARSE.format(n="num_sparse"),
    "Qr": "q r",
    "QuantizeV2": "output output_min output_max",
    "RaggedGather": "output_nested_splits*OUTPUT_RAGGED_RANK output_dense_values",
    "RaggedRange": "rt_nested_splits rt_dense_values",
    "RaggedTensorToSparse": "sparse_indices sparse_values sparse_dense_shape",
    "SelfAdjointEigV2": "e v",
    "SoftmaxCrossEntropyWithLogits": "loss backprop",
    "SparseAdd": "sum_indices sum_values sum_shape",
    "SparseConcat": "output_indices output_values output_shape",
    "SparseFillEmptyRows": "output_indices output_values empty_row_indicator reverse_index_map",
    "SparseReorder": "output_indices output_values",
    "SparseReshape": "output_indices output_shape",
    "SparseSplit": "output_indices*num_split output_values*num_split output_shape*num_split",
    "StatelessRandomGetKeyCounter": "key counter",
    "StatelessRandomGetKeyCounterAlg": "key counter alg",
    "StringNGrams": "ngrams ngrams_splits",
    "StringSplit": "indices values shape",
    "Svd": "s u v",
    "Switch": "output_false output_true",
    "TensorArrayConcatV3": "value lengths",
    "TensorArrayV3": "handle flow",
    "TensorListConcat": "tensor lengths",
    "TensorListPopBack": "output_handle tensor",
    "TopK": "values indices",
    "UnicodeDecode": "row_splits char_values",
    "UnicodeDecodeWithOffsets": "row_splits char_values char_to_byte_starts",
    "Unique": "y idx",
    "UniqueWithCounts": "y idx count",
}
_SAME = {
    "BlockLSTMV2": "BlockLSTM", "LSTMBlockCell": "BlockLSTM", "RefMerge": "Merge",
    "DenseToSparseSetOperation": "DenseToDenseSetOperation", "RefSwitch": "Switch",
    "SparseToSparseSetOperation": "DenseToDenseSetOperation", "FusedBatchNormV2": "FusedBatchNorm",
    "FractionalMaxPool": "FractionalAvgPool", "UniformCandidateSampler":
    "LogUniformCandidateSampler", "SparseCross": "SparseConcat", "SparseCrossHashed":
    "SparseConcat", "SparseCrossV2": "SparseConcat", "SparseSlice": "SparseConcat",
    "SparseSoftmaxCrossEntropyWithLogits": "SoftmaxCrossEntropyWithLogits",
    "SparseSparseMaximum": "SparseReorder", "SparseSparseMinimum": "SparseReorder",
    "StringSplitV2": "StringSplit", "TensorListConcatV2": "TensorListConcat", "TopKV2": "TopK",
    "UniqueV2": "Unique", "UniqueWithCountsV2": "UniqueWithCounts",
}  # fmt: skip
OUTPUTS = {op: tuple(said.split()) for op, said in _PLAIN.items()}
OUTPUTS |= {op: OUTPUTS[other] for op, other in _SAME.items()}


def number(op: str, attrs: Mapping[str, Any], output: str, index: int) -> int:
    """Which output of an op ``output:index`` is; ``index`` itself for ops of one output."""
    before = 0
    for entry in OUTPUTS.get(op, ()):
        name, _, length = entry.partition("*")
        if name == output:
            return before + index
        before += _length(attrs, length) if length else 1
    return index


def _length(attrs: Mapping[str, Any], name: str) -> int:
    """How long a list of outputs is."""
    if name not in attrs:
        return 0
    value = attrs[name]
    return len(value.list.type) if value.HasField("list") else int(value.i)
