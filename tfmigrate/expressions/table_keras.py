"""The ops table, part one: Keras's backend and activations, of Keras 0.3 to 3.

Sources: ``keras/backend/{common,tensorflow_backend,theano_backend}.py`` of Keras 0.3.3, 1.0.1,
1.2.2, 2.0.8, 2.2.4 and 2.3.1, ``keras/backend.py`` of TensorFlow 1.15 and 2.8. A row is described
in :func:`tfmigrate.expressions.signatures.read`.
"""

from __future__ import annotations

ROWS = """
K.abs/K.square/K.exp/K.sign/K.sin/K.cos(x) => .unary
K.sqrt(x) => .sqrt_of_positive
K.log(x) => tf.math.log
K.round(x) => tf.round
K.pow(x, a>y) => tf.pow
K.tanh(x) => tf.tanh
K.sigmoid(x) => tf.sigmoid
K.softplus(x>features) => tf.nn.softplus
K.softsign(x>features) => tf.nn.softsign
K.identity(x>input, name>_=None) => tf.identity
K.stop_gradient(variables>value) => .identity_of
K.print_tensor(x>value, message>_='', summarize>_=3) => .identity_of
K.sum(x, axis=None, keepdims=False) => .reduce_sum
K.prod(x, axis=None, keepdims=False) => .reduce_prod
K.max(x, axis=None, keepdims=False) => .reduce_max
K.min(x, axis=None, keepdims=False) => .reduce_min
K.mean(x, axis=None, keepdims=False) => .mean_of_any
K.var(x, axis=None, keepdims=False) => .variance
K.std(x, axis=None, keepdims=False) => .deviation
K.logsumexp(x>input_tensor, axis=None, keepdims=False) => tf.reduce_logsumexp
K.any(x, axis=None, keepdims=False) @keras<2&tensorflow => .any_as_uint8
K.any(x, axis=None, keepdims=False) @keras>=2 => .any_as_bool
K.all(x, axis=None, keepdims=False) @keras<2&tensorflow => .all_as_uint8
K.all(x, axis=None, keepdims=False) @keras>=2 => .all_as_bool
K.argmax(x>input, axis=-1) => tf.argmax
K.argmin(x>input, axis=-1) => tf.argmin
K.cumsum(x, axis=0) => tf.cumsum
K.cumprod(x, axis=0) => tf.math.cumprod
K.maximum(x, y) => tf.maximum
K.minimum(x, y) => tf.minimum
K.equal(x, y) => tf.equal
K.not_equal(x, y) => tf.not_equal
K.greater(x, y) => tf.greater
K.greater_equal(x, y) => tf.greater_equal
K.less/K.lesser(x, y) => tf.less
K.less_equal/K.lesser_equal(x, y) => tf.less_equal
K.clip(x, min_value|min|a_min, max_value|max|a_max) => .clip
K.dot(x, y) => .dot
K.batch_dot(x, y, axes=None) @keras<2.3&standalone&tensorflow => .batch_dot_before_23
K.batch_dot(x, y, axes=None) @keras>=2.3&standalone&tensorflow => .batch_dot
K.batch_dot(x, y, axes=None) @inside&tf2 => .batch_dot
K.batch_dot(x, y, axes=None) @inside&tf1 => .batch_dot_before_23
K.batch_dot(x, y, axes=None) => .batch_dot_of_all
K.transpose(x>a) => tf.transpose
K.permute_dimensions(x>a, pattern|dims>perm) => tf.transpose
K.reshape(x>tensor, shape) => .reshape
K.flatten(x>tensor) => .flatten
K.batch_flatten(x) => .batch_flatten
K.expand_dims(x>input, axis|dim=-1) => tf.expand_dims
K.squeeze(x>input, axis) => .squeeze
K.concatenate(tensors>values, axis=-1) => tf.concat
K.stack(x|tensors>values, axis=0) => tf.stack
K.pack(x>values) => .stack_first
K.repeat(x, n) => .repeat
K.repeat_elements(x>input, rep>repeats, axis) => .repeat_elements
K.tile(x, n) @keras<2.3&standalone => .tile
K.tile(x, n) @keras>=2.3&standalone => .tile_left_padded
K.tile(x, n) @inside => .tile
K.reverse(x>tensor, axes>axis) => .reverse
K.gather(reference>params, indices) => tf.gather
K.slice(x>input_, start>begin, size) => tf.slice
K.one_hot(indices, num_classes|nb_classes>depth) => tf.one_hot
K.arange(start, stop=None, step=1, dtype='int32') => .arange
K.cast(x, dtype) => tf.cast
K.cast_to_floatx(x) => .cast_to_floatx
K.zeros(shape, dtype=None, name>_=None) => .zeros
K.ones(shape, dtype=None, name>_=None) => .ones
K.zeros_like(x>input, dtype=None, name>_=None) => tf.zeros_like
K.ones_like(x>input, dtype=None, name>_=None) => tf.ones_like
K.eye(size, dtype=None, name>_=None) => .eye
K.constant(value, dtype=None, shape=None, name>_=None) => .constant
K.variable(value, dtype=None, name>_=None) => .variable
K.shape(x>input) => tf.shape
K.int_shape(x) => .int_shape
K.get_variable_shape(x) => .int_shape
K.ndim(x) => .ndim
K.dtype(x) => .dtype
K.count_params(x) => .count_params
K.switch(condition, then_expression, else_expression) => .switch
K.in_train_phase(x>_, alt>value, training>_=None) => .identity_of
K.in_test_phase(x>value, alt>_, training>_=None) => .identity_of
K.learning_phase() => .learning_phase
K.epsilon() => .epsilon
K.floatx() => .floatx
K.backend() => .backend_name
K.image_data_format() => .image_data_format
K.image_dim_ordering() => .image_dim_ordering
K.relu(x, alpha|negative_slope=0.0, max_value=None, threshold=0.0) => .relu
K.elu(x, alpha=1.0) => .elu
K.softmax(x, axis=-1) => .softmax
K.hard_sigmoid(x) => .hard_sigmoid_before_3
K.l2_normalize(x, axis=None) @tensorflow => tf.nn.l2_normalize
K.l2_normalize(x, axis=None) @keras<2&theano => .l2_normalize_bare
K.l2_normalize(x, axis=None) @keras>=2.2&theano => .l2_normalize_theano
K.dropout(x, level>rate, noise_shape=None, seed=None) => .dropout
K.random_normal(shape, mean=0.0, stddev|std=1.0, dtype=None, seed>_=None) => .random_normal
K.truncated_normal(shape, mean=0.0, stddev|std=1.0, dtype=None, seed>_=None) => .random_truncated
K.random_uniform(shape, minval|low=0.0, maxval|high=1.0, dtype=None, seed>_=None) => .random_uniform
K.random_binomial/K.random_bernoulli(shape, p=0.0, dtype=None, seed>_=None) => .random_binomial
K.resize_images(x|X, height_factor, width_factor, data_format|dim_ordering, interpolation='nearest') @standalone&keras<3 => .resize_images_tf1
K.resize_images(x|X, height_factor, width_factor, data_format, interpolation='nearest') @inside&tf2 => .resize_images_tf2
K.resize_images(x|X, height_factor, width_factor, data_format, interpolation='nearest') @inside => .resize_images_open
K.resize_images(x|X, height_factor, width_factor, data_format, interpolation='nearest') @keras>=3&standalone => .resize_images_tf2
K.temporal_padding(x, padding=1) @keras<2 => .temporal_padding
K.temporal_padding(x, padding=(1, 1)) @keras>=2 => .temporal_padding
K.spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format|dim_ordering=None) => .spatial_padding
K.spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format|dim_ordering=None) => .spatial_padding
K.bias_add(x, bias, data_format=None) @keras>=2 => .bias_add
K.pool2d(x, pool_size, strides=(1, 1), padding|border_mode='valid', data_format|dim_ordering=None, pool_mode='max') @tensorflow => .pool2d
K.batch_normalization(x, mean, var, beta, gamma, axis>_=-1, epsilon=0.001) @keras>=2.2 => .batch_normalization
K.batch_normalization(x, mean, var, beta, gamma, epsilon=0.001) @keras<2.1 => .batch_normalization
K.categorical_crossentropy(target, output, from_logits=False, axis=-1) @keras>=2.2 => .categorical_crossentropy
K.binary_crossentropy(target, output, from_logits=False) @keras>=2.2 => .binary_crossentropy
K.ctc_batch_cost(y_true, y_pred, input_length, label_length) @tensorflow&standalone&keras<2.1 => .ctc_batch_cost_1e8
K.ctc_batch_cost(y_true, y_pred, input_length, label_length) @tensorflow&keras>=2.1 => .ctc_batch_cost
activations.relu(x, alpha|negative_slope=0.0, max_value=None, threshold=0.0) => .relu
activations.softmax(x, axis=-1) => .softmax
activations.sigmoid(x) => tf.sigmoid
activations.tanh(x) => tf.tanh
activations.linear(x>value) => .identity_of
activations.exponential(x) => tf.exp
activations.softplus(x>features) => tf.nn.softplus
activations.softsign(x>features) => tf.nn.softsign
activations.elu(x, alpha=1.0) => .elu
activations.selu(x>features) => tf.nn.selu
activations.swish/activations.silu(x>features) => tf.nn.silu
activations.gelu(x>features, approximate=False) => tf.nn.gelu
activations.hard_sigmoid(x) @keras<3 => .hard_sigmoid_before_3
activations.hard_sigmoid(x) @keras>=3 => .hard_sigmoid_of_3
"""

# What Keras 3 calls these: the same functions as today's, whose first argument is called x.
OPS = (
    "abs absolute add all amax amin any arange argmax argmin argsort array average broadcast_to "
    "cast ceil clip concatenate conj convert_to_tensor cos cosh cross cumprod cumsum depth_to_space "
    "divide divide_no_nan dot einsum elu equal erf exp exp2 expand_dims expm1 eye flip floor "
    "floor_divide full full_like gelu greater greater_equal hard_sigmoid hard_silu hard_swish "
    "hard_tanh identity is_tensor isfinite isinf isnan leaky_relu less less_equal linspace log "
    "log10 log1p log2 log_sigmoid log_softmax logical_and logical_not logical_or logical_xor "
    "logsumexp matmul max maximum max_pool average_pool mean median meshgrid min minimum mod "
    "moveaxis multi_hot multiply nan_to_num ndim negative norm normalize not_equal one_hot ones "
    "ones_like outer pad power prod ravel reciprocal relu relu6 repeat reshape roll round rsqrt "
    "scatter segment_max segment_sum selu shape sigmoid sign silu sin sinh size slice softmax "
    "softplus softsign sort split sqrt square squeeze stack std stop_gradient subtract sum "
    "swapaxes swish take take_along_axis tan tanh tensordot tile top_k trace transpose tri tril "
    "triu true_divide unstack var vdot vstack hstack where zeros zeros_like image.resize "
    "image.pad_images image.crop_images image.rgb_to_grayscale nn.relu nn.softmax nn.sigmoid "
    "nn.silu nn.gelu nn.one_hot nn.normalize numpy.sum numpy.mean linalg.norm"
).split()
