"""What the author's code raises, and what the user is told to do about it."""

from __future__ import annotations

import pytest

from tfmigrate.errors import NotSupported
from tfmigrate.trusted.blame import blamed


class InvalidArgumentError(Exception):
    """As TensorFlow calls what it raises over values."""


def raising(error):
    """A function of the file ``layers.py`` that raises it."""
    scope = {"error": error}
    exec(compile("def call():\n    raise error\n", "layers.py", "exec"), scope)
    return scope["call"]


def told(error, **ours):
    call = raising(error)

    def answer():
        try:
            call()
        except InvalidArgumentError as inner:
            raise NotSupported("the model does not answer", **ours) from inner

    with pytest.raises(NotSupported) as caught, blamed(["layers.py"]):
        answer()
    assert caught.value.where == "layers.py, line 2"
    return caught.value.help


def test_code_that_fails_is_to_be_mended():
    assert told(ValueError("no")).startswith("mend the file")


def test_values_that_a_layer_does_not_take_are_to_be_given():
    error = InvalidArgumentError("indices[0] = -1 is not in [0, 12)")
    assert (
        told(error, help="give some with --inputs FILE.npz") == "give some with --inputs FILE.npz"
    )
    assert told(error).startswith("mend the file")
