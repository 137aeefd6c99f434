"""Features of serialized tf.Examples, which the methods classify and regress are called with.

Read and written by hand, so that neither the check nor the probes need TensorFlow. Source:
``tensorflow/core/example/*.proto`` and the wire format of protobuf.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfmigrate.processing.step import Args, Array, Misfit, Step, said, sized, typed
from tfmigrate.tensors import TensorSpec

if TYPE_CHECKING:
    from tfmigrate.processing.chain import Chain

# The field of each type in the message Feature.
FIELDS = {"string": 1, "float32": 2, "int64": 3}
_DELIMITED, _FIXED32 = 2, 5


def _spec(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("string",), "serialized tf.Examples, a string each")
    if len(spec.shape) != 1:
        raise Misfit(
            "takes one tf.Example a sample", found=f"the shape {said(spec.shape)}",
            expected="[batch]",
        )  # fmt: skip
    return sized(spec, *args["shape"], dtype=args["dtype"])


def _graph(tensor: Any, args: Args, held: Any) -> Any:
    import tensorflow as tf

    feature = tf.io.FixedLenFeature(args["shape"], args["dtype"])
    return tf.io.parse_example(tensor, {args["feature"]: feature})[args["feature"]]


def _plain(array: Array, args: Args) -> Array:
    count = math.prod(args["shape"])
    dtype: Any = object if args["dtype"] == "string" else args["dtype"]
    found = np.empty((len(array), count), dtype)
    for i, data in enumerate(array.tolist()):
        values = read(data).get(args["feature"], [])
        if len(values) != count:
            raise Misfit(f"{len(values)} values in the feature", expected=str(count))
        found[i] = values
    return found.reshape(len(array), *args["shape"])


EXAMPLE = Step(_spec, _graph, _plain)


def read(data: bytes) -> dict[str, list[Any]]:
    """The features of a serialized tf.Example, by name."""
    features = (body for number, body in _fields(data) if number == 1)
    entries = (e for body in features for number, e in _fields(body) if number == 1)
    return {name: values for name, values in map(_entry, entries)}  # noqa: C416 - names repeat


def write(features: Mapping[str, Array]) -> bytes:
    """A serialized tf.Example of float32, int64 or string features."""
    entries = b""
    for name, array in features.items():
        feature = delimited(_field(array), _list(array))
        entries += delimited(1, delimited(1, name.encode()) + delimited(2, feature))
    return delimited(1, entries)


def examples(chains: Sequence[Chain], rng: np.random.Generator, count: int) -> Array:
    """tf.Examples that hold every feature that some chains read.

    Args:
        chains: Chains that begin with this step.
        rng: Where chance comes from.
        count: How many.
    """
    drawn = {c.links[0].args["feature"]: _drawn(c, rng, count) for c in chains}
    found = np.empty(count, object)
    for i in range(count):
        found[i] = write({name: array[i] for name, array in drawn.items()})
    return found


def _drawn(chain: Chain, rng: np.random.Generator, count: int) -> Array:
    from dataclasses import replace

    args = chain.links[0].args
    spec = TensorSpec("", (None, *args["shape"]), args["dtype"])
    rest = replace(chain, links=chain.links[1:])
    if rest.links:
        return rest.examples(rng, count, spec)
    shape = (count, *args["shape"])
    if args["dtype"] == "float32":
        return rng.standard_normal(shape).astype(np.float32)
    whole = rng.integers(0, 2, shape)
    return whole if args["dtype"] == "int64" else np.char.mod("w%d", whole).astype("S")


def _field(array: Array) -> int:
    return FIELDS["string" if array.dtype.kind in "OS" else array.dtype.name]


def _list(array: Array) -> bytes:
    values = np.ravel(array)
    if values.dtype.kind in "OS":
        return b"".join(delimited(1, bytes(v)) for v in values.tolist())
    if values.dtype == np.float32:
        return delimited(1, values.astype("<f4").tobytes())
    return delimited(1, b"".join(varint(int(v) & (1 << 64) - 1) for v in values))


def _entry(data: bytes) -> tuple[str, list[Any]]:
    fields = dict(_fields(data))
    ((kind, values),) = list(_fields(fields.get(2, b""))) or [(0, b"")]
    return fields.get(1, b"").decode(), list(_values(kind, values))


def _values(kind: int, data: bytes) -> Iterator[Any]:
    for _, body in _fields(data):
        if kind == FIELDS["string"]:
            yield body
        elif kind == FIELDS["float32"]:  # packed or one by one, both are legal
            yield from np.frombuffer(body, "<f4").tolist()
        else:
            yield from _numbers(body)


def _numbers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value - (1 << 64) if value >> 63 else value


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message: number, and its bytes; a number is given as its varint."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        start = at
        if tag & 7 == _DELIMITED:
            length, start = _varint(data, at)
            at = start + length
        elif tag & 7 == _FIXED32:
            at += 4
        else:
            _, at = _varint(data, at)
        yield tag >> 3, data[start:at]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at
    raise Misfit("no tf.Example: it ends inside a number")


def delimited(number: int, data: bytes) -> bytes:
    """A field that has a length."""
    return varint(number << 3 | _DELIMITED) + varint(len(data)) + data


def varint(number: int) -> bytes:
    """A number, seven bits a byte."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))
