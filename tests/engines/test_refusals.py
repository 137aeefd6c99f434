"""What a Keras says about a config that it does not take, without what it puts around it."""

from __future__ import annotations

import pytest

from tfmigrate.engines.refusals import refusals
from tfmigrate.errors import NotSupported

CALLED = (
    "Exception encountered when calling Conv2D.call().\n\n\x1b[1mno such axis\x1b[0m\n\n"
    "Arguments received by Conv2D.call():\n  • inputs=tf.Tensor(shape=(4, 3, 8, 8))\n  • args=()"
)
NOT_READ = (
    "<class 'Functional'> could not be deserialized properly.\n\nconfig={'a': 1}.\n\n"
    "Exception encountered: Error when deserializing class 'RandomRotation' using "
    "config={'b': 2}.\n\nException encountered: Unrecognized keyword"
)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (CALLED, "ValueError: Exception encountered when calling Conv2D.call(). no such axis"),
        (NOT_READ, "ValueError: RandomRotation: Unrecognized keyword"),
        ("two\nlines", "ValueError: two lines"),
    ],
)
def test_only_the_reason_is_told(raised: str, said: str) -> None:
    with pytest.raises(NotSupported) as caught, refusals("Keras"):
        raise ValueError(raised)
    assert caught.value.what == f"Keras does not build this architecture: {said}"


def _raised_again(first: NotSupported, then: NotSupported) -> None:
    with refusals("Keras"):
        try:
            raise first
        except NotSupported:
            raise then from None


def test_a_refusal_of_ours_keeps_its_place_and_its_help() -> None:
    ours = NotSupported("the axis is gone", where="conv", help="save it again")
    again = NotSupported(f"Exception encountered.\n\n{ours.what}\n\nArguments received by call()")
    with pytest.raises(NotSupported) as caught:
        _raised_again(ours, again)
    assert caught.value is ours


def test_another_refusal_of_ours_is_its_own() -> None:
    later = NotSupported("something else")
    with pytest.raises(NotSupported) as caught:
        _raised_again(NotSupported("the axis is gone"), later)
    assert caught.value is later
