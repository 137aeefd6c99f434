"""The ops table: every name an expression may call, and what it is in TensorFlow today."""

from __future__ import annotations

import functools
import math
from dataclasses import replace

from tfmigrate.errors import NotSupported, nearest
from tfmigrate.expressions import nodes, signatures
from tfmigrate.expressions.dialect import Dialect
from tfmigrate.expressions.signatures import Meaning
from tfmigrate.expressions.table_keras import OPS
from tfmigrate.expressions.table_keras import ROWS as KERAS
from tfmigrate.expressions.table_plain import CONSTANTS
from tfmigrate.expressions.table_plain import ROWS as PLAIN
from tfmigrate.expressions.table_tensorflow import ALIASES
from tfmigrate.expressions.table_tensorflow import ROWS as TENSORFLOW

# First parts of dotted names: modules, and so never the name of a value.
MODULES = ("K", "tf", "np", "math", "ops", "activations", "keras")

TABLE: dict[str, tuple[Meaning, ...]] = signatures.read(KERAS + TENSORFLOW + PLAIN)
NAMES: tuple[str, ...] = (*TABLE, *(f"ops.{name}" for name in OPS))

_RANDOM = ("tf.random.", ".random_", ".dropout")


@functools.cache
def canonical(name: str) -> str:
    """The name of the table for a spelled one; the name itself where it is none."""
    seen = 0
    while name not in TABLE and seen < 4:
        direct = ALIASES.get(name)
        prefix = next((p for p in ALIASES if p.endswith(".") and name.startswith(p)), "")
        if direct is None and not prefix:
            return name
        name = direct or ALIASES[prefix] + name[len(prefix) :]
        seen += 1
    return name


def known(name: str) -> bool:
    """Whether a spelled name is an op."""
    return canonical(name) in TABLE or (name.startswith("ops.") and name[4:] in OPS)


def is_random(name: str) -> bool:
    """Whether an op draws random numbers."""
    return any(m.target.startswith(_RANDOM) for m in TABLE.get(canonical(name), ()))


def constant(name: str) -> nodes.Node | None:
    """The constant that a spelled name stands for (``np.pi``, ``tf.float32``), None for others."""
    if name.startswith(("tf.compat.v1.", "tf.compat.v2.")):
        name = "tf." + name[13:]
    if name not in CONSTANTS:
        return None
    value = CONSTANTS[name]
    if value in ("inf", "nan"):
        return nodes.Call("float", (nodes.Const(str(value)),))
    assert value is None or isinstance(value, float | str)
    assert not isinstance(value, float) or math.isfinite(value)
    return nodes.Const(value)


def meaning(name: str, dialect: Dialect) -> Meaning:
    """What a spelled name meant to the writer.

    Raises:
        NotSupported: It is no op, there was none for that writer, or nobody can tell which of two
            meanings it had.
    """
    if name.startswith("ops.") and name[4:] in OPS:
        return _of_keras_ops(name, dialect)
    if name.startswith("tf.compat.v"):
        dialect = replace(dialect, tensorflow=int(name[11]))
    rows = TABLE.get(canonical(name), ())
    if not rows:
        near = nearest(name, NAMES, 2)
        raise NotSupported(
            f"{name} is not in the table of ops", help=f"nearest: {', '.join(near)}" if near else ""
        )
    answers = [(row, dialect.holds(row.condition)) for row in rows]
    sure = [row for row, answer in answers if answer and row.condition]
    # A last row without a condition is what all versions agree on.
    agreed = [row for row in rows if not row.condition]
    possible = [row for row, answer in answers if answer is None]
    if sure or agreed:
        return (sure or agreed)[0]
    if not possible:
        raise NotSupported(f"{name} was not there, or not like this, in {dialect.said}")
    if len({row.target for row in possible}) == 1:
        return possible[0]
    options = " or ".join(f"{row.target} ({row.condition})" for row in possible)
    raise NotSupported(
        f"{name} meant different things over the years, and {dialect.said} does not tell which",
        help=f"it may be {options}; give the expression in a recipe with the name of the op meant",
    )


def _of_keras_ops(name: str, dialect: Dialect) -> Meaning:
    if dialect.library == "recipe" or dialect.version < (3,):
        raise NotSupported(f"keras.{name} was not there in {dialect.said}; Keras 3 has it")
    row = signatures.read(f"{name}(*arguments) => .of_keras_3")
    return row[name][0]
