"""keras.layers.TFSMLayer, as a Keras 3 user loads a SavedModel today."""

import keras
import tensorflow as tf
from answering import main


class Named(keras.layers.TFSMLayer):
    """For signatures of several inputs, which its documentation leaves to a subclass."""

    def call(self, inputs):
        return self.call_endpoint_fn(**inputs)


def ask(order):
    kind = keras.layers.TFSMLayer if len(order["inputs"]) == 1 else Named
    layer = kind(order["model"], call_endpoint=order["key"])

    def answer(run):
        sent = {name: tf.constant(array) for name, array in run.items()}
        found = layer(*sent.values()) if len(sent) == 1 else layer(sent)
        return {name: tensor.numpy() for name, tensor in found.items()}

    return answer


main(ask)
