"""Layers of tf_keras whose kernels not every CPU has: they compute the same by plain ones."""

from __future__ import annotations

from typing import Any

from tfmigrate.engines.convolutions import by_groups, undilated


def lower(model: Any) -> None:
    """Give every such layer of a built model kernels that run on any CPU."""
    for layer in model._flatten_layers():
        # The cuDNN branch is dead weight on a CPU and names its function by a random uuid.
        if hasattr(layer, "_could_use_gpu_kernel"):
            layer._could_use_gpu_kernel = False
        # LayerNormalization borrows the fused batch normalisation with its channels first.
        if hasattr(layer, "_fused"):
            layer._fused = False
        if hasattr(layer, "_jit_compiled_convolution_op") and layer.groups > 1:
            layer._jit_compiled_convolution_op = by_groups(layer.groups, layer.convolution_op)
        # The one that dilates in its kernel: Conv2DTranspose goes by batches, 3D ignores the rate.
        names = [base.__name__ for base in type(layer).__mro__]
        if "Conv1DTranspose" in names and max(layer.dilation_rate) > 1:
            layer.call = undilated(layer)
