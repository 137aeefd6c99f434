"""Tensors of every Keras and TensorFlow: shape, type, values in and out."""

import numpy


class Input(object):
    """An input: its name, full shape (None where free), NumPy's name of its type, and a hint."""

    def __init__(self, name, shape, dtype, hint=None):
        self.name, self.shape, self.dtype, self.hint = name, shape, dtype, hint or {}


def flat(value):
    """Tensors in a list, a tuple, a mapping or alone, as one list."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [t for key in sorted(value) for t in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [t for part in value for t in flat(part)]
    return [value]


def pack(structure, values):
    """Values in the structure that a model takes."""
    if isinstance(structure, dict):
        return dict((k, pack(structure[k], [values.pop(0)])) for k in sorted(structure))
    if isinstance(structure, (list, tuple)):
        return [pack(part, [values.pop(0)]) for part in structure]
    return values[0]


def unlike(tensors):
    """Each tensor once, in order; tensors are compared by identity."""
    seen, found = set(), []
    for each in tensors:
        if id(each) not in seen:
            seen.add(id(each))
            found.append(each)
    return found


def shape_of(value):
    """The full shape, None where a dimension is free; None where even the rank is not known."""
    known = getattr(value, "_keras_shape", None)
    if known is None:
        known = getattr(value, "shape", None)
        if hasattr(known, "as_list"):
            known = known.as_list() if known.ndims is not None else None
    return None if known is None else tuple(None if d is None else int(d) for d in known)


def dtype_of(value):
    """NumPy's name of a tensor's type; ``string`` for text."""
    kind = value.dtype
    name = kind if isinstance(kind, str) else getattr(kind, "name", str(kind))
    return name.replace("_ref", "")


def tensor(value):
    """An array as a tensor of the library that is here."""
    tensorflow = sys.modules.get("tensorflow")
    return value if tensorflow is None else tensorflow.constant(value)


def plain(value):
    """A tensor's values as an array that any NumPy can read: bfloat16 becomes float32."""
    if hasattr(value, "to_tensor"):  # ragged
        raise Stop("an output is ragged, and no array can hold it")
    if hasattr(value, "detach"):  # torch
        value = value.detach().cpu()
    made = numpy.asarray(value.numpy() if hasattr(value, "numpy") else value)
    return made.astype("float32") if made.dtype.name in ("bfloat16", "void") else made
