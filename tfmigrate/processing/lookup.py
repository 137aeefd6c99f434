"""Words become ids, by a file that becomes an asset of the SavedModel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tfmigrate.errors import shown
from tfmigrate.processing.farmhash import fingerprint64
from tfmigrate.processing.step import Args, Array, Misfit, Step, as_bytes, typed
from tfmigrate.tensors import TensorSpec


def _found(spec: TensorSpec, args: Args) -> TensorSpec:
    typed(spec, ("string",), "words")
    _unknown(args)
    return replace(spec, dtype="int64")


def _unknown(args: Args) -> int:
    """The id of words that are not in the file; -1 where they go to buckets."""
    given, words = args["unknown"], args["vocabulary"].words
    if given is None or isinstance(given, int):
        return -1 if given is None else given
    if given.encode() not in words:
        raise Misfit(
            f"the vocabulary has no word {shown(given, 60)!r}",
            expected="a word of the file, or an id",
        )
    return int(args["first"] + words.index(given.encode()))


def _table(args: Args) -> Any:
    """The table; its file is copied into ``assets/`` with the model."""
    import tensorflow as tf

    lookup, file = tf.lookup, args["vocabulary"]
    # TensorFlow would name the table after the path on this machine.
    named = {"_shared_name": f"vocabulary_{file.sha256}"}
    filled = type("Vocabulary", (lookup.TextFileInitializer,), named)(
        str(file.path), tf.string, lookup.TextFileIndex.WHOLE_LINE,
        tf.int64, lookup.TextFileIndex.LINE_NUMBER, vocab_size=len(file.words),
    )  # fmt: skip
    if args["buckets"] is not None:
        return lookup.StaticVocabularyTable(filled, args["buckets"])
    return lookup.StaticHashTable(filled, _unknown(args) - args["first"])


def _plain(array: Array, args: Args) -> Array:
    words = args["vocabulary"].words
    ids = {word: i for i, word in enumerate(words)}

    def of(word: bytes) -> int:
        if word in ids:
            return int(ids[word] + args["first"])
        if args["buckets"] is None:
            return _unknown(args)
        return int(args["first"] + len(words) + fingerprint64(word) % args["buckets"])

    flat = [of(word) for word in as_bytes(array).reshape(-1)]
    return np.asarray(flat, np.int64).reshape(array.shape)


LOOKUP = Step(
    spec=_found,
    graph=lambda tensor, args, held: held.lookup(tensor) + args["first"],
    plain=_plain,
    hold=_table,
)
