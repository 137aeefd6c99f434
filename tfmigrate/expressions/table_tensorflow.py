"""The ops table, part two: TensorFlow 0.x, 1.x and 2.x.

Sources: the generated API of TensorFlow 1.12, 1.15 and 2.8 and the release notes of 1.0 (argument
orders of ``concat`` and ``split``, ``keep_dims``, ``pack``, ``mul``). Aliases such as
``tf.math.x`` are in :data:`ALIASES`.
"""

from __future__ import annotations

ROWS = """
tf.abs/tf.square/tf.exp/tf.sign/tf.sin/tf.cos/tf.neg/tf.negative/tf.sqrt/tf.tan/tf.atan/tf.asin(x|input, name>_=None) => .unary
tf.acos/tf.sinh/tf.cosh/tf.tanh/tf.sigmoid/tf.erf/tf.floor/tf.ceil/tf.rint/tf.reciprocal(x|input, name>_=None) => .unary
tf.log/tf.log1p/tf.expm1/tf.rsqrt/tf.is_nan/tf.is_inf/tf.is_finite/tf.logical_not/tf.log_sigmoid(x|input, name>_=None) => .unary
tf.digamma/tf.lgamma/tf.round/tf.identity/tf.stop_gradient(x|input, name>_=None) => .unary
tf.add/tf.subtract/tf.multiply/tf.maximum/tf.minimum/tf.pow/tf.atan2/tf.sub/tf.mul(x, y, name>_=None) => .binary
tf.floordiv/tf.floor_div/tf.truediv/tf.realdiv/tf.mod/tf.floormod/tf.squared_difference(x, y, name>_=None) => .binary
tf.equal/tf.not_equal/tf.greater/tf.greater_equal/tf.less/tf.less_equal(x, y, name>_=None) => .binary
tf.logical_and/tf.logical_or/tf.logical_xor/tf.div_no_nan/tf.xlogy(x, y, name>_=None) => .binary
tf.divide(x, y, name>_=None) => tf.divide
tf.div(x, y, name>_=None) => .division_of_python_2
tf.add_n(inputs, name>_=None) => tf.add_n
tf.reduce_sum/tf.reduce_prod/tf.reduce_max/tf.reduce_min/tf.reduce_mean/tf.reduce_any/tf.reduce_all(x|input_tensor, axis|reduction_indices=None, keepdims|keep_dims=False, name>_=None) => .reduction
tf.reduce_logsumexp/tf.reduce_std/tf.reduce_variance/tf.reduce_euclidean_norm(x|input_tensor, axis|reduction_indices=None, keepdims|keep_dims=False, name>_=None) => .reduction
tf.cumsum(x, axis=0, exclusive=False, reverse=False, name>_=None) => tf.cumsum
tf.cumprod(x, axis=0, exclusive=False, reverse=False, name>_=None) => tf.math.cumprod
tf.argmax(input, axis|dimension=None, name>_=None, output_type='int64') @tf1 => .argmax
tf.argmax(input, axis=None, output_type='int64', name>_=None) @tf2 => .argmax
tf.argmin(input, axis|dimension=None, name>_=None, output_type='int64') @tf1 => .argmin
tf.argmin(input, axis=None, output_type='int64', name>_=None) @tf2 => .argmin
tf.clip_by_value(t, clip_value_min, clip_value_max, name>_=None) => tf.clip_by_value
tf.clip_by_norm(t, clip_norm, axes=None, name>_=None) => tf.clip_by_norm
tf.cast(x, dtype, name>_=None) => tf.cast
tf.to_float(x, name>_=None) => .to_float32
tf.to_double(x, name>_=None) => .to_float64
tf.to_int32(x, name>_=None) => .to_int32
tf.to_int64(x, name>_=None) => .to_int64
tf.matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse>_=False, b_is_sparse>_=False, name>_=None) => tf.matmul
tf.batch_matmul(x>a, y>b, adj_x>adjoint_a=False, adj_y>adjoint_b=False, name>_=None) => tf.matmul
tf.tensordot(a, b, axes, name>_=None) => tf.tensordot
tf.einsum(*operands, name>_=None) => .einsum
tf.norm(tensor, ord='euclidean', axis=None, keepdims|keep_dims=None, name>_=None) => tf.norm
tf.shape(input, name>_=None, out_type='int32') @tf1 => .shape
tf.shape(input, out_type='int32', name>_=None) @tf2 => .shape
tf.shape(input) => .shape
tf.size(input, name>_=None) => tf.size
tf.rank(input, name>_=None) => tf.rank
tf.reshape(tensor, shape, name>_=None) => .reshape
tf.transpose(a, perm=None, name>_=None, conjugate>_=False) @tf1 => tf.transpose
tf.transpose(a, perm=None, conjugate>_=False, name>_=None) @tf2 => tf.transpose
tf.transpose(a, perm=None) => tf.transpose
tf.expand_dims(input, axis|dim=None, name>_=None) => tf.expand_dims
tf.squeeze(input, axis|squeeze_dims=None, name>_=None) => tf.squeeze
tf.concat(values|concat_dim, axis|values2, name>_='concat') => .concat_any_order
tf.split(value|split_dim, num_or_size_splits|num_split, axis=0, num>_=None, name>_='split') => .split_any_order
tf.stack/tf.pack(values, axis=0, name>_='stack') => tf.stack
tf.unstack/tf.unpack(value, num=None, axis=0, name>_='unstack') => tf.unstack
tf.tile(input, multiples, name>_=None) => tf.tile
tf.repeat(input, repeats, axis=None, name>_=None) => tf.repeat
tf.slice(input_, begin, size, name>_=None) => tf.slice
tf.strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0) => tf.strided_slice
tf.pad(tensor, paddings, mode='CONSTANT', name>_=None, constant_values=0) @tf1 => tf.pad
tf.pad(tensor, paddings, mode='CONSTANT', constant_values=0, name>_=None) @tf2 => tf.pad
tf.pad(tensor, paddings, mode='CONSTANT') => tf.pad
tf.reverse(tensor, axis|dims, name>_=None) => .reverse_any_order
tf.reverse_v2(tensor, axis, name>_=None) => tf.reverse
tf.roll(input, shift, axis, name>_=None) => tf.roll
tf.gather(params, indices, validate_indices>_=None, name>_=None, axis=None, batch_dims=0) @tf1 => .gather
tf.gather(params, indices, validate_indices>_=None, axis=None, batch_dims=0, name>_=None) @tf2 => .gather
tf.gather(params, indices) => .gather
tf.gather_nd(params, indices, name>_=None) => tf.gather_nd
tf.boolean_mask(tensor, mask, name>_='boolean_mask', axis=None) @tf1 => tf.boolean_mask
tf.boolean_mask(tensor, mask, axis=None, name>_='boolean_mask') @tf2 => tf.boolean_mask
tf.where(condition, x=None, y=None, name>_=None) @tf1 => tf.compat.v1.where
tf.where(condition, x=None, y=None, name>_=None) @tf2 => tf.where
tf.select(condition, t>x, e>y, name>_=None) => tf.compat.v1.where
tf.one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name>_=None) => tf.one_hot
tf.sequence_mask(lengths, maxlen=None, dtype='bool', name>_=None) => tf.sequence_mask
tf.range(*arguments, dtype=None, name>_='range') => .range
tf.fill(dims, value, name>_=None) => tf.fill
tf.zeros(shape, dtype='float32', name>_=None) => tf.zeros
tf.ones(shape, dtype='float32', name>_=None) => tf.ones
tf.eye(num_rows, num_columns=None, batch_shape=None, dtype='float32', name>_=None) => tf.eye
tf.zeros_like(x|tensor|input>input, dtype=None, name>_=None, optimize>_=True) => tf.zeros_like
tf.ones_like(x|tensor|input>input, dtype=None, name>_=None, optimize>_=True) => tf.ones_like
tf.constant(value, dtype=None, shape=None, name>_='Const', verify_shape>_=False) => tf.constant
tf.convert_to_tensor(value, dtype=None, name>_=None) => tf.convert_to_tensor
tf.linspace/tf.lin_space(start, stop, num, name>_=None) => tf.linspace
tf.diag_part/tf.matrix_diag_part(input) => tf.linalg.diag_part
tf.matrix_diag(diagonal) => tf.linalg.diag
tf.matrix_band_part(input, num_lower, num_upper, name>_=None) => tf.linalg.band_part
tf.matrix_transpose(a, name>_=None) => tf.linalg.matrix_transpose
tf.space_to_depth(input, block_size, name>_=None, data_format='NHWC') => .space_to_depth
tf.depth_to_space(input, block_size, name>_=None, data_format='NHWC') => .depth_to_space
tf.space_to_batch_nd(input, block_shape, paddings, name>_=None) => tf.space_to_batch_nd
tf.broadcast_to(input, shape, name>_=None) => tf.broadcast_to
tf.meshgrid(*arguments, indexing='xy') => .meshgrid
tf.extract_image_patches(images, ksizes|sizes>sizes, strides, rates, padding, name>_=None) => tf.image.extract_patches
tf.random_normal(shape, mean=0.0, stddev=1.0, dtype='float32', seed>_=None, name>_=None) => tf.random.normal
tf.truncated_normal(shape, mean=0.0, stddev=1.0, dtype='float32', seed>_=None, name>_=None) => tf.random.truncated_normal
tf.random_uniform(shape, minval=0, maxval=None, dtype='float32', seed>_=None, name>_=None) => tf.random.uniform
tf.nn.softmax/tf.nn.log_softmax(x|logits, axis|dim=-1, name>_=None) => .softmax_like
tf.nn.relu/tf.nn.relu6/tf.nn.elu/tf.nn.selu/tf.nn.softplus/tf.nn.softsign/tf.nn.silu(x|features, name>_=None) => .unary
tf.nn.swish(x|features, beta=1.0) => .swish
tf.nn.gelu(features, approximate=False, name>_=None) => tf.nn.gelu
tf.nn.crelu(features, name>_=None, axis=-1) => .crelu
tf.nn.leaky_relu(features, alpha=0.2, name>_=None) => tf.nn.leaky_relu
tf.nn.bias_add(value, bias, data_format=None, name>_=None) => tf.nn.bias_add
tf.nn.l2_normalize(x, axis|dim=None, epsilon=1e-12, name>_=None) => tf.nn.l2_normalize
tf.nn.l2_loss(t, name>_=None) => tf.nn.l2_loss
tf.nn.local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name>_=None) => tf.nn.local_response_normalization
tf.nn.max_pool/tf.nn.avg_pool(x|value|input, ksize, strides, padding, data_format=None, name>_=None) => .pool
tf.nn.max_pool2d/tf.nn.avg_pool2d(x|value|input, ksize, strides, padding, data_format=None, name>_=None) => .pool
tf.nn.moments(x, axes, shift>_=None, name>_=None, keepdims|keep_dims=False) @tf1 => tf.nn.moments
tf.nn.moments(x, axes, shift>_=None, keepdims=False, name>_=None) @tf2 => tf.nn.moments
tf.nn.batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name>_=None) => tf.nn.batch_normalization
tf.nn.top_k(input, k=1, sorted=True, name>_=None) => tf.nn.top_k
tf.nn.embedding_lookup(params, ids>indices, max_norm>_=None, name>_=None) => tf.gather
tf.nn.conv2d(input, filter|filters>filters, strides, padding, use_cudnn_on_gpu>_=True, data_format='NHWC', dilations=None, name>_=None) @tf1 => tf.nn.conv2d
tf.nn.conv2d(input, filters, strides, padding, data_format='NHWC', dilations=None, name>_=None) @tf2 => tf.nn.conv2d
tf.nn.depthwise_conv2d(input, filter, strides, padding) => .depthwise_conv2d
tf.nn.dropout(x, keep_prob=None, noise_shape=None, seed>_=None, name>_=None, rate=None) @tf1 => .dropout_tf1
tf.nn.dropout(x, rate, noise_shape=None, seed>_=None, name>_=None) @tf2 => .dropout
tf.image.resize_bilinear(images, size, align_corners=False, name>_=None, half_pixel_centers=False) @tf1 => tf.compat.v1.image.resize_bilinear
tf.image.resize_nearest_neighbor(images, size, align_corners=False, name>_=None, half_pixel_centers=False) @tf1 => tf.compat.v1.image.resize_nearest_neighbor
tf.image.resize_bicubic(images, size, align_corners=False, name>_=None, half_pixel_centers=False) @tf1 => tf.compat.v1.image.resize_bicubic
tf.image.resize_area(images, size, align_corners=False, name>_=None) @tf1 => tf.compat.v1.image.resize_area
tf.image.resize_images(images, size, method='bilinear', align_corners=False, preserve_aspect_ratio=False) @tf1 => .resize_tf1
tf.image.resize(images, size, method='bilinear', align_corners=False, preserve_aspect_ratio=False, name>_=None) @tf1 => .resize_tf1
tf.image.resize(images, size, method='bilinear', preserve_aspect_ratio=False, antialias=False, name>_=None) @tf2 => .resize_tf2
tf.image.extract_patches(images, sizes, strides, rates, padding, name>_=None) => tf.image.extract_patches
tf.image.flip_left_right/tf.image.flip_up_down/tf.image.per_image_standardization/tf.image.rgb_to_grayscale/tf.image.grayscale_to_rgb(x|image|images, name>_=None) => .image_unary
tf.image.rgb_to_hsv/tf.image.hsv_to_rgb/tf.image.rgb_to_yuv/tf.image.yuv_to_rgb(x|image|images, name>_=None) => .image_unary
tf.image.central_crop(image, central_fraction) => tf.image.central_crop
tf.image.crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width) => tf.image.crop_to_bounding_box
tf.image.pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width) => tf.image.pad_to_bounding_box
tf.image.resize_image_with_crop_or_pad/tf.image.resize_with_crop_or_pad(image, target_height, target_width) => tf.image.resize_with_crop_or_pad
tf.image.convert_image_dtype(image, dtype, saturate=False, name>_=None) => tf.image.convert_image_dtype
tf.image.adjust_brightness(image, delta) => tf.image.adjust_brightness
tf.image.adjust_contrast(images, contrast_factor) => tf.image.adjust_contrast
"""

# Other spellings of the same op; a prefix ends with a dot.
ALIASES = {
    "tf.math.l2_normalize": "tf.nn.l2_normalize",
    "tf.linalg.l2_normalize": "tf.nn.l2_normalize",
    "tf.math.divide_no_nan": "tf.div_no_nan",
    "tf.math.softmax": "tf.nn.softmax",
    "tf.math.softplus": "tf.nn.softplus",
    "tf.math.top_k": "tf.nn.top_k",
    "tf.nn.sigmoid": "tf.sigmoid",
    "tf.nn.tanh": "tf.tanh",
    "tf.nn.lrn": "tf.nn.local_response_normalization",
    "tf.nn.space_to_depth": "tf.space_to_depth",
    "tf.nn.depth_to_space": "tf.depth_to_space",
    "tf.nn.log_sigmoid": "tf.log_sigmoid",
    "tf.random.normal": "tf.random_normal",
    "tf.random.uniform": "tf.random_uniform",
    "tf.random.truncated_normal": "tf.truncated_normal",
    "tf.image.extract_image_patches": "tf.extract_image_patches",
    "tf.linalg.transpose": "tf.matrix_transpose",
    "tf.linalg.diag": "tf.matrix_diag",
    "tf.linalg.diag_part": "tf.matrix_diag_part",
    "tf.linalg.band_part": "tf.matrix_band_part",
    "tf.math.": "tf.",
    "tf.linalg.": "tf.",
    "tf.manip.": "tf.",
    "tf.compat.v1.": "tf.",
    "tf.compat.v2.": "tf.",
}
