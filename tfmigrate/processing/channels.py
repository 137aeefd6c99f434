"""The order of colours, and where the channels stand."""

from __future__ import annotations

from typing import Any

from tfmigrate.processing.step import Args, Array, Step, images, sized
from tfmigrate.tensors import TensorSpec

_MOVES = {"nhwc->nchw": (0, 3, 1, 2), "nchw->nhwc": (0, 2, 3, 1)}


def _arranged(spec: TensorSpec, args: Args) -> TensorSpec:
    images(spec)
    move = _MOVES.get(args["layout"], (0, 1, 2, 3))
    return sized(spec, *(spec.shape[i] for i in move[1:]))


def _axis(args: Args) -> int:
    """Where the channels stand before the layout changes."""
    return 1 if args["layout"] == "nchw->nhwc" else 3


def _arrange(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    found = tensor if args["order"] is None else tf.reverse(tensor, [_axis(args)])
    return found if args["layout"] is None else tf.transpose(found, _MOVES[args["layout"]])


def _arrange_plain(array: Array, args: Args) -> Array:
    if args["order"] is not None:
        array = array[..., ::-1] if _axis(args) == 3 else array[:, ::-1]
    return array if args["layout"] is None else array.transpose(_MOVES[args["layout"]])


CHANNELS = Step(_arranged, _arrange, _arrange_plain)
