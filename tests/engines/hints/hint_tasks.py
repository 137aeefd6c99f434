"""A task for a worker that has TensorFlow: models and what they say; imported as ``hint_tasks``."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]


def say(payload: Data, parent: Any) -> Data:
    """The hints of models of both Kerases, and of configs that Keras 3 wrote."""
    from tfmigrate.engines import functional, get_engine
    from tfmigrate.engines.hints import hints
    from tfmigrate.tensors import as_json
    from tfmigrate.workers.keras_block import unblock_keras

    unblock_keras()
    import keras
    import tf_keras

    made: Data = {n: get_engine("keras3").from_config(c) for n, c in payload["configs"].items()}
    for name, library in (("keras3", keras), ("keras2", tf_keras)):
        made |= {f"{name} {what}": model for what, model in _models(library).items()}
    for model in made.values():
        functional.finalize(model)
    return {name: {n: as_json(h) for n, h in hints(m).items()} for name, m in made.items()}


def _models(keras: Any) -> Data:
    layers, given = keras.layers, keras.Input
    images = given((4, 4, 3), name="image")
    scaled = layers.Rescaling(1 / 127.5, -1)(layers.Cropping2D(1)(images))
    bright = layers.RandomBrightness(0.5, value_range=(0.0, 1.0))(images)
    tall = given((3,), name="tall")
    normal = layers.Normalization(mean=[10.0, 0.0, -5.0], variance=[4.0, 1.0, 0.25])
    ids = given((6,), name="ids", dtype="int32")
    segments = given((6,), name="segments", dtype="int32")
    parts = layers.Embedding(9, 4, mask_zero=True)(ids), layers.Embedding(2, 4)(segments)
    inner = keras.Model(
        x := given((6,), dtype="int32"), layers.Embedding(7, 2)(layers.Reshape((6,))(x))
    )
    steps, real = given((5, 3), name="steps"), given((5,), name="real", dtype="bool")
    mask = given((6,), name="input_mask", dtype="int32")
    length = given((1,), name="seqLength", dtype="int32")
    count = layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")
    token = given((1,), name="token", dtype="int32")
    number = given((1,), name="number", dtype="int64")
    closed = layers.IntegerLookup(vocabulary=[3, 8, 1], num_oov_indices=0)
    letter = given((1,), name="letter", dtype="string")
    known = layers.StringLookup(vocabulary=["a", "b"], num_oov_indices=0)
    opened = layers.StringLookup(vocabulary=["a", "b"])
    masked = layers.StringLookup(vocabulary=["a", "b"], mask_token="")
    said = given((1,), name="said", dtype="string")
    vectors = layers.TextVectorization(vocabulary=["good", "bad"], output_sequence_length=4)
    flag = given((3,), name="wavelength", dtype="float32")
    return {
        "image": keras.Model(images, scaled),
        "bright": keras.Model(images, bright),
        "tall": keras.Model(tall, normal(tall)),
        "ids": keras.Model([ids, segments], layers.Add()(list(parts))),
        "nested": keras.Model(ids, inner(ids)),
        "mask": keras.Model([steps, real], layers.LSTM(2)(steps, mask=real)),
        "named": keras.Model([mask, length], [layers.Flatten()(mask), layers.Flatten()(length)]),
        "count": keras.Model(token, count(token)),
        "closed": keras.Model([number, letter], [closed(number), known(letter)]),
        "open": keras.Model(letter, opened(letter)),
        "masked": keras.Model(letter, masked(letter)),
        "said": keras.Model(said, vectors(said)),
        "plain": keras.Model(flag, layers.Dense(2)(flag)),
        "bins": keras.Model(flag, layers.Discretization([-10.0, 0.0, 10.0])(flag)),
    }
