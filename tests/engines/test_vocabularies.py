"""A vocabulary of an archive that a lookup layer cannot have is refused with the reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tfmigrate.engines import vocabularies


def lookup(size: int | None = None, dtype: str = "string", mode: str = "int") -> Any:
    given: list[Any] = []
    return SimpleNamespace(
        _frozen_vocab_size=size, vocabulary_dtype=dtype, output_mode=mode, given=given,
        set_vocabulary=lambda tokens, **more: given.append((tokens, more)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "tokens", "idf", "why"),
    [
        (lookup(size=3), ("a", "b"), None, "2 lines, its config says 3"),
        (lookup(dtype="int64"), ("1", "x"), None, "holds text"),
        (lookup(mode="tf_idf"), ("a", "b"), None, "TF-IDF weights are not in the file"),
    ],
)
def test_what_does_not_fit_is_told(layer: Any, tokens: Any, idf: Any, why: str) -> None:
    assert why in vocabularies._set(layer, (tokens, idf))
    assert layer.given == []


def test_what_fits_is_handed_over() -> None:
    words, numbers, weighed = lookup(size=2), lookup(dtype="int64"), lookup(mode="tf_idf")
    assert not vocabularies._set(words, (("a", "b"), None))
    assert not vocabularies._set(numbers, (("7", "-1"), None))
    assert not vocabularies._set(weighed, (("a", "b"), [0.5, 0.25, 0.0]))
    assert words.given == [(["a", "b"], {})]
    assert numbers.given == [([7, -1], {})]
    assert weighed.given == [(["a", "b"], {"idf_weights": [0.5, 0.25]})]
