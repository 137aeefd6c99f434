"""Activations, normalisations and random numbers of the ops table, as their day meant them."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import NotSupported
from tfmigrate.expressions.implementations import tf


def relu(x: Any, alpha: Any, max_value: Any, threshold: Any) -> Any:
    """Keras's relu with all its arguments (keras 2.2.4 ``tensorflow_backend.relu``)."""
    library = tf()
    alpha, threshold = alpha or 0.0, threshold or 0.0
    if alpha and max_value is None and not threshold:
        return library.nn.leaky_relu(x, alpha=alpha)
    negative = library.nn.relu(threshold - x) if threshold else library.nn.relu(-x)
    found = x * library.cast(x > threshold, x.dtype) if threshold else library.nn.relu(x)
    if max_value is not None:
        limits = (library.cast(0, x.dtype), library.cast(max_value, x.dtype))
        found = library.clip_by_value(found, *limits)
    return found - library.cast(alpha, x.dtype) * negative if alpha else found


def elu(x: Any, alpha: Any) -> Any:
    library = tf()
    found = library.nn.elu(x)
    return found if alpha == 1 else library.where(x > 0, found, alpha * found)


def mish(x: Any) -> Any:
    return x * tf().tanh(tf().nn.softplus(x))


def swish(x: Any, beta: Any) -> Any:
    return x * tf().sigmoid(beta * x)


def crelu(features: Any, axis: Any) -> Any:
    return tf().nn.crelu(features, axis=axis)


def softmax(x: Any, axis: Any) -> Any:
    return tf().nn.softmax(x, axis=axis)


def hard_sigmoid_before_3(x: Any) -> Any:
    """0.2 x + 0.5 between 0 and 1: every Keras before 3."""
    library = tf()
    slope, shift = library.cast(0.2, x.dtype), library.cast(0.5, x.dtype)
    found = x * slope + shift
    return library.clip_by_value(found, library.cast(0, x.dtype), library.cast(1, x.dtype))


def hard_sigmoid_of_3(x: Any) -> Any:
    """relu6(x + 3) / 6: Keras 3."""
    return tf().nn.relu6(x + 3) / 6


def l2_normalize_bare(x: Any, axis: Any) -> Any:
    """Theano in Keras 1: nothing guards the division."""
    return x / tf().sqrt(tf().reduce_sum(x * x, axis, keepdims=True))


def l2_normalize_theano(x: Any, axis: Any) -> Any:
    """Theano in Keras 2: the squared norm is at least epsilon."""
    total = tf().reduce_sum(x * x, axis, keepdims=True)
    return x / tf().sqrt(tf().maximum(total, 1e-7))


def batch_normalization(x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: Any) -> Any:
    return tf().nn.batch_normalization(x, mean, var, beta, gamma, epsilon)


def categorical_crossentropy(target: Any, output: Any, from_logits: Any, axis: Any) -> Any:
    library = tf()
    if from_logits:
        return library.nn.softmax_cross_entropy_with_logits(target, output, axis)
    output = output / library.reduce_sum(output, axis, keepdims=True)
    output = library.clip_by_value(output, 1e-7, 1 - 1e-7)
    return -library.reduce_sum(target * library.math.log(output), axis)


def binary_crossentropy(target: Any, output: Any, from_logits: Any) -> Any:
    library = tf()
    if not from_logits:
        output = library.clip_by_value(output, 1e-7, 1 - 1e-7)
        output = library.math.log(output / (1 - output))
    return library.nn.sigmoid_cross_entropy_with_logits(target, output)


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """CTC loss per sample; what is added before the logarithm is 1e-7 since Keras 2.1."""
    return _ctc(y_true, y_pred, (input_length, label_length), 1e-7)


def ctc_batch_cost_1e8(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """CTC loss per sample of Keras 1.0 to 2.0, which added 1e-8."""
    return _ctc(y_true, y_pred, (input_length, label_length), 1e-8)


def _ctc(y_true: Any, y_pred: Any, lengths: tuple[Any, Any], epsilon: float) -> Any:
    library = tf()
    steps, letters = (library.cast(library.squeeze(n, -1), "int32") for n in lengths)
    mask = library.sequence_mask(letters, library.shape(y_true)[1])
    places = library.where(mask)
    values = library.cast(library.gather_nd(y_true, places), "int32")
    labels = library.SparseTensor(places, values, library.shape(y_true, out_type="int64"))
    logits = library.math.log(library.transpose(y_pred, [1, 0, 2]) + epsilon)
    loss = library.compat.v1.nn.ctc_loss(labels, inputs=logits, sequence_length=steps)
    return library.expand_dims(loss, 1)


def dropout(x: Any, rate: Any, noise_shape: Any, seed: Any = None) -> Any:
    return tf().nn.dropout(x, rate, noise_shape)


def dropout_tf1(x: Any, keep_prob: Any, noise_shape: Any, rate: Any) -> Any:
    if (keep_prob is None) == (rate is None):
        raise NotSupported("tf.nn.dropout takes keep_prob or rate")
    return tf().nn.dropout(x, 1 - keep_prob if rate is None else rate, noise_shape)


def random_normal(shape: Any, mean: Any, stddev: Any, dtype: Any) -> Any:
    return tf().random.normal(shape, mean, stddev, dtype or "float32")


def random_truncated(shape: Any, mean: Any, stddev: Any, dtype: Any) -> Any:
    return tf().random.truncated_normal(shape, mean, stddev, dtype or "float32")


def random_uniform(shape: Any, minval: Any, maxval: Any, dtype: Any) -> Any:
    return tf().random.uniform(shape, minval, maxval, dtype or "float32")


def random_binomial(shape: Any, p: Any, dtype: Any) -> Any:
    dtype = dtype or "float32"
    return tf().cast(tf().random.uniform(shape) <= p, dtype)
