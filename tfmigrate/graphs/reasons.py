"""Why an op is refused, and what can be done; for ops that people's graphs really hold."""

from __future__ import annotations

import re

_CONTRIB = frozenset({
    "AdjustHsvInYiq", "BipartiteMatch", "BytesInUse", "DecodeAudio", "DecodeVideo", "EncodeAudio",
    "FactorizationMachine", "GatherTree", "HyperplaneLSHProbes", "ImageConnectedComponents",
    "ImageProjectiveTransform", "KafkaDataset", "MaskedMatmul", "NearestNeighbors",
    "PeriodicResample", "ReduceSliceMax", "ReduceSliceMin", "ReduceSliceProd", "ReduceSliceSum",
    "Resampler", "ResamplerGrad", "SingleImageRandomDotStereograms", "SkipGramGenerateCandidates",
    "SparseFeatureCross", "SparseFeatureCrossV2", "ThreeNN", "TreePredictionsV4",
})  # fmt: skip
_CUT = (
    "give the tensor that comes out of it as an input: inputs: {NAME: {tensor: NODE:0, shape:"
    " [...], dtype: ...}}"
)
_REASONS = (
    (r"(Eager)?PyFunc(Stateless)?|NumpyCall", "calls Python code that is not in the file", _CUT),
    (r"Cudnn.*", "runs on GPUs with cuDNN alone",
     "write the layers as a recipe: cuDNN's LSTM and GRU have equals on CPUs"),
    (r"(OneShot|Multi)?Iterator.*|.*Dataset.*|.*Queue.*|.*Reader.*|Barrier.*|RecordInput|Stage"
     r"|Unstage|QueueDequeue.*", "is part of an input pipeline", _CUT),
    (r"(ReadFile|WriteFile|MatchingFiles|Save.*|Restore.*|Load.*|MergeV2Checkpoints"
     r"|.*FromTextFile.*|Sharded.*)", "reads or writes files", _CUT),
    (r"PlaceholderV2|Placeholder", "is fed from outside, and the recipe gives it neither as an"
     " input nor as a feed", "name it under `inputs`, or under `feeds` with its value"),
    (r"Assign.*|Scatter.*|Resource(Scatter|Apply).*|(Sparse)?Apply.*",
     "changes a variable on the way to the outputs", "take an output before it"),
    (r"TensorArray(V2|Grad.*|Read|Write|Pack|Unpack|Scatter|Gather|Concat|Split|Size|Close)?(V2)?",
     "is an op of TensorFlow 0.x that TensorFlow 2 has dropped", ""),
    (r".*Grad(V2|V3)?|BroadcastGradientArgs|.*Backprop.*", "computes gradients", ""),
    (r"Mutable.*Table.*|LookupTable(Insert|Remove|Export).*|Anonymous.*HashTable",
     "keeps a table that changes", "give the tensor that is looked up as an input"),
    (r".*Summary.*|PrintV2|Debug.*", "writes somewhere else than to the outputs", ""),
    (r"TRTEngineOp.*", "needs TensorRT", ""),
    (r"(Collective|Nccl|Send|Recv|_Send|_Recv|Rpc|Remote).*", "talks to other processes", ""),
)  # fmt: skip


# What reaches outside the graph, as opposed to what is merely not there any more.
_UNSAFE = re.compile(
    r"(Eager)?PyFunc(Stateless)?|NumpyCall|ReadFile|WriteFile|MatchingFiles|Save.*|Restore.*"
    r"|MergeV2Checkpoints|.*FromTextFile.*|PrintV2|Debug.*|DumpTensor|(Rpc|Remote|Dataset).*"
    r"|RegisterDataset.*|DatasetFromGraph|DatasetToTFRecord|LoadAndRemapMatrix|.*VocabRemapping"
)


def unsafe(op: str) -> bool:
    """Whether an op runs code, or reads or writes outside the graph."""
    return _UNSAFE.fullmatch(op) is not None


def reason(op: str) -> tuple[str, str]:
    """What is wrong with an op, and what to do about it, "" where nothing can be done."""
    if op in _CONTRIB:
        return "is an op of tf.contrib, which TensorFlow 2 lacks", ""
    for pattern, why, help in _REASONS:
        if re.fullmatch(pattern, op):
            return why, help
    return "is not on the list of ops that may be run", ""
