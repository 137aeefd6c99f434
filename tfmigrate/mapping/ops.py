"""What can be done to tensors on their way: small, exact, and checked on shapes first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tfmigrate.recipe.rules import op_arguments

Array = np.ndarray[Any, Any]
Shapes = Sequence[tuple[int, ...]]


class OpError(ValueError):
    """An op that cannot be applied to tensors of these shapes."""


class Op(Protocol):
    """Takes tensors and gives tensors."""

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The shapes that come out.

        Raises:
            OpError: It cannot be applied to these.
        """
        ...

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The tensors that come out; views of the given ones where that is possible."""
        ...


@dataclass(frozen=True)
class Transpose:
    """Reorders the axes of every tensor, like ``numpy.transpose``."""

    perm: tuple[int, ...]

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """Each shape reordered."""
        for shape in given:
            if sorted(self.perm) != list(range(len(shape))):
                raise OpError(f"transpose {list(self.perm)} does not fit the shape {shape}")
        return tuple(tuple(shape[axis] for axis in self.perm) for shape in given)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Each array reordered."""
        return tuple(a.transpose(self.perm) for a in arrays)


@dataclass(frozen=True)
class Reshape:
    """Gives every tensor another shape, in C order; -1 for one size that follows from the rest."""

    shape: tuple[int, ...]

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The new shape, once for each tensor."""
        return tuple(self._resolved(shape) for shape in given)

    def _resolved(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        size, known = math.prod(shape), math.prod(n for n in self.shape if n != -1)
        fits = size % known == 0 if self.shape.count(-1) == 1 and known else size == known
        if not fits or self.shape.count(-1) > 1 or min(self.shape, default=0) < -1:
            raise OpError(f"reshape {list(self.shape)} does not fit the shape {shape}")
        return tuple(size // known if n == -1 else n for n in self.shape)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Each array with the new shape."""
        return tuple(a.reshape(s) for a, s in zip(arrays, self.shapes(_of(arrays)), strict=True))


@dataclass(frozen=True)
class Split:
    """Cuts one tensor along an axis into pieces of the given sizes."""

    axis: int
    sizes: tuple[int, ...]

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """One shape for each piece."""
        (shape,) = _only(given, "split")
        axis = _axis(self.axis, shape, "split")
        if not self.sizes or min(self.sizes) < 1 or sum(self.sizes) != shape[axis]:
            raise OpError(
                f"split into {list(self.sizes)} does not fit axis {self.axis} of the shape {shape}"
            )
        return tuple((*shape[:axis], size, *shape[axis + 1 :]) for size in self.sizes)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The pieces, in order."""
        (array,) = arrays
        ends = [sum(self.sizes[: i + 1]) for i in range(len(self.sizes) - 1)]
        return tuple(np.split(array, ends, self.axis))


@dataclass(frozen=True)
class Concat:
    """Joins all tensors along an axis, in the order of the rule's sources."""

    axis: int

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The one shape of the whole."""
        axis = _axis(self.axis, given[0], "concat")
        rest = {(len(s), s[:axis], s[axis + 1 :]) for s in given}
        if len(rest) != 1:
            shapes = " and ".join(map(str, given))
            raise OpError(f"concat on axis {self.axis} does not fit the shapes {shapes}")
        return ((*given[0][:axis], sum(s[axis] for s in given), *given[0][axis + 1 :]),)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The whole."""
        return (np.concatenate(arrays, self.axis),)


@dataclass(frozen=True)
class Squeeze:
    """Takes axes of size 1 out of every tensor."""

    axis: tuple[int, ...]

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """Each shape without these axes."""
        return tuple(self._squeezed(shape) for shape in given)

    def _squeezed(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        out = {_axis(axis, shape, "squeeze") for axis in self.axis}
        if len(out) != len(self.axis) or any(shape[axis] != 1 for axis in out):
            raise OpError(f"squeeze {list(self.axis)} does not fit the shape {shape}")
        return tuple(n for i, n in enumerate(shape) if i not in out)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Each array without these axes."""
        return tuple(a.reshape(s) for a, s in zip(arrays, self.shapes(_of(arrays)), strict=True))


@dataclass(frozen=True)
class AddProduct:
    """Adds the matrix product of the second and third tensor, times a factor, to the first."""

    scale: float

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The shape of the first tensor."""
        if len(given) != 3:
            raise OpError(f"add_product takes three tensors, not {len(given)}")
        whole, left, right = given
        inner = len(right) == 2 and len(left) >= 2 and left[-1] == right[0]
        if not inner or (*left[:-1], right[1]) != whole:
            raise OpError(f"add_product of {left} and {right} does not fit the shape {whole}")
        return (whole,)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The sum, in the type of the first tensor."""
        whole, left, right = arrays
        product = np.matmul(left, right) * np.asarray(self.scale, whole.dtype)
        return ((whole + product).astype(whole.dtype),)


@dataclass(frozen=True)
class Reverse:
    """Turns every tensor around along some axes: a convolution of Theano's rotates its kernel."""

    axis: tuple[int, ...]

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The same shapes."""
        for shape in given:
            for axis in self.axis:
                _axis(axis, shape, "reverse")
        return tuple(given)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """Each array turned around."""
        return tuple(np.flip(a, self.axis) for a in arrays)


@dataclass(frozen=True)
class Add:
    """Adds all tensors, element by element."""

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """Their one shape."""
        if len(set(given)) != 1:
            raise OpError(f"add does not fit the shapes {' and '.join(map(str, given))}")
        return (given[0],)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The sum."""
        return (sum(arrays[1:], start=arrays[0]),)


@dataclass(frozen=True)
class Root:
    """The square root of every element."""

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The same shapes."""
        return tuple(given)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """The roots."""
        return tuple(np.sqrt(a) for a in arrays)


@dataclass(frozen=True)
class Variance:
    """The variance that, with ``target`` added, is the square of what is stored plus ``epsilon``.

    Keras up to 1.0.5 stored a standard deviation s and divided by s + epsilon.
    """

    epsilon: float
    target: float

    def shapes(self, given: Shapes) -> tuple[tuple[int, ...], ...]:
        """The same shapes."""
        return tuple(given)

    def run(self, arrays: Sequence[Array]) -> tuple[Array, ...]:
        """(s + epsilon)^2 - target, computed in 64 bits."""
        wide = [a.astype(np.float64) for a in arrays]
        found = [(w + self.epsilon) ** 2 - self.target for w in wide]
        return tuple(f.astype(a.dtype) for f, a in zip(found, arrays, strict=True))


OPS: dict[str, Any] = {
    "transpose": Transpose,
    "reshape": Reshape,
    "split": Split,
    "concat": Concat,
    "squeeze": Squeeze,
    "reverse": Reverse,
    "add": Add,
    "root": Root,
    "variance": Variance,
    "add_product": AddProduct,
}


def parse_op(data: Any) -> Op:
    """An op from its short or long form, ``{transpose: [1, 0]}``.

    Raises:
        RuleMistake: There is no such op, or its arguments are wrong.
    """
    name, arguments = op_arguments(data)
    op: Op = OPS[name](**arguments)
    return op


def shapes_after(ops: Sequence[Op], given: Shapes) -> tuple[tuple[int, ...], ...]:
    """The shapes after all ops, applied in order.

    Raises:
        OpError: One of them does not fit.
    """
    shapes = tuple(tuple(s) for s in given)
    for op in ops:
        shapes = op.shapes(shapes)
    return shapes


def run_all(ops: Sequence[Op], arrays: Sequence[Array]) -> tuple[Array, ...]:
    """The arrays after all ops, applied in order; each op checks its shapes first.

    Raises:
        OpError: One of them does not fit.
    """
    found = tuple(arrays)
    for op in ops:
        op.shapes(_of(found))
        found = op.run(found)
    return found


def _of(arrays: Sequence[Array]) -> tuple[tuple[int, ...], ...]:
    return tuple(a.shape for a in arrays)


def _only(given: Shapes, op: str) -> Shapes:
    if len(given) != 1:
        raise OpError(f"{op} takes one tensor, not {len(given)}")
    return given


def _axis(axis: int, shape: tuple[int, ...], op: str) -> int:
    if not -len(shape) <= axis < len(shape):
        raise OpError(f"{op} on axis {axis} does not fit the shape {shape}")
    return axis % len(shape)
