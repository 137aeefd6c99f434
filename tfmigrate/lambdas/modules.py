"""Which module a global name stood for: that is not in a file, so it is decided by convention."""

from __future__ import annotations

from tfmigrate.expressions import Dialect
from tfmigrate.expressions.ops import TABLE
from tfmigrate.lambdas.values import Ref, Unliftable

# How people import things; a name that is not here is never guessed.
_GLOBALS = {
    "K": "K", "backend": "K", "KB": "K", "tf": "tf", "tensorflow": "tf", "np": "np",
    "numpy": "np", "math": "math", "keras": "keras", "activations": "activations",
    "xrange": "range", "ops": "ops",
}  # fmt: skip
_BUILTINS = (
    "int", "float", "bool", "len", "range", "abs", "round", "max", "min", "sum", "tuple", "list",
    "pow", "slice", "enumerate", "zip", "hasattr", "reversed",
)  # fmt: skip
_CANONICAL = {
    "keras.backend": "K", "keras.ops": "ops", "keras.activations": "activations", "K.tf": "tf",
    "K.np": "np", "keras.backend.tensorflow_backend": "K", "tf.python.keras": "tf.keras",
    "K.tensorflow_backend": "K",
}  # fmt: skip
_ROOTS = {"keras": "keras", "tensorflow": "tf", "numpy": "np", "math": "math"}


def global_name(name: str, dialect: Dialect) -> Ref:
    """What a global name stood for.

    Raises:
        Unliftable: Nobody can tell.
    """
    if name in _BUILTINS:
        return Ref(name)
    if name not in _GLOBALS or (name == "ops" and dialect.version < (3,)):
        raise Unliftable(f"the global name {name!r}, which the file does not explain")
    return Ref(_GLOBALS[name])


def imported(name: str, whole: bool) -> Ref:
    """What ``import name`` (whole), or the module of ``from name import ...``, stands for.

    Raises:
        Unliftable: It is no module that has ops.
    """
    root, *rest = name.split(".")
    if root not in _ROOTS:
        raise Unliftable(f"the import of {name!r}")
    return Ref(_ROOTS[root] if whole else ".".join([_ROOTS[root], *rest]))


def member(ref: Ref, name: str, dialect: Dialect) -> Ref:
    """An attribute of a module, by its canonical name.

    Raises:
        Unliftable: It is tf.keras, where the file was not written by tf.keras.
    """
    path = settled(f"{ref.path}.{name}", dialect)
    return Ref(path)


def settled(path: str, dialect: Dialect) -> str:
    """The canonical name of a dotted path."""
    before = ""
    while path != before:
        before = path
        for long, short in _CANONICAL.items():
            if path == long or path.startswith(long + "."):
                path = short + path[len(long) :]
        if path == "tf.keras" or path.startswith("tf.keras."):
            if dialect.library != "tf.keras" and dialect.version < (3,):
                raise Unliftable("tf.keras inside a Lambda of standalone Keras")
            path = path[3:]
    return path


def has(path: str, dialect: Dialect) -> bool:
    """What ``hasattr(module, name)`` said on the day, by the ops table.

    Raises:
        Unliftable: The table does not tell.
    """
    rows = TABLE.get(path, ())
    answers = [dialect.holds(row.condition) for row in rows]
    if any(answers):
        return True
    if not rows or None in answers:
        raise Unliftable(f"hasattr of {path}, for it is not known whether it was there")
    return False
