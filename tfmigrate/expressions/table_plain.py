"""The ops table, part three: plain names for recipes, Python's builtins, NumPy and math.

Plain names mean the same for everybody. Where Python has a builtin of that name (``abs``, ``max``,
``sum``, ``len``) it is Python's: on constants, shapes and lists.
"""

from __future__ import annotations

ROWS = """
exp/log/sqrt/square/sin/cos/tan/tanh/sigmoid/erf/floor/ceil/sign/reciprocal/rsqrt/log1p/expm1(x) => .unary
relu6/selu/softplus/softsign/silu/logical_not/stop_gradient(x) => .unary
identity(x>value) => .identity_of
relu(x, alpha=0.0, max_value=None, threshold=0.0) => .relu
leaky_relu(x>features, alpha=0.2) => tf.nn.leaky_relu
elu(x, alpha=1.0) => .elu
gelu(x>features, approximate=False) => tf.nn.gelu
swish(x>features) => tf.nn.silu
mish(x) => .mish
softmax(x, axis=-1) => .softmax
log_softmax(x>logits, axis=-1) => tf.nn.log_softmax
hard_sigmoid(x) @keras<3 => .hard_sigmoid_before_3
hard_sigmoid(x) @keras>=3 => .hard_sigmoid_of_3
clip(x, low>min_value, high>max_value) => .clip
maximum(x, y) => tf.maximum
minimum(x, y) => tf.minimum
power(x, y) => tf.pow
equal(x, y) => tf.equal
not_equal(x, y) => tf.not_equal
greater(x, y) => tf.greater
greater_equal(x, y) => tf.greater_equal
less(x, y) => tf.less
less_equal(x, y) => tf.less_equal
logical_and(x, y) => tf.logical_and
logical_or(x, y) => tf.logical_or
where(condition, x, y) => tf.where
reduce_sum(x, axis=None, keepdims=False) => .reduce_sum
reduce_prod(x, axis=None, keepdims=False) => .reduce_prod
reduce_max(x, axis=None, keepdims=False) => .reduce_max
reduce_min(x, axis=None, keepdims=False) => .reduce_min
reduce_mean(x, axis=None, keepdims=False) => .mean_of_any
reduce_any(x, axis=None, keepdims=False) => .any_as_bool
reduce_all(x, axis=None, keepdims=False) => .all_as_bool
reduce_std(x, axis=None, keepdims=False) => .deviation
reduce_variance(x, axis=None, keepdims=False) => .variance
logsumexp(x>input_tensor, axis=None, keepdims=False) => tf.reduce_logsumexp
cumsum(x, axis=0) => tf.cumsum
argmax(x>input, axis=-1) => tf.argmax
argmin(x>input, axis=-1) => tf.argmin
l2_normalize(x, axis=None, epsilon=1e-12) => tf.nn.l2_normalize
matmul(a, b, transpose_a=False, transpose_b=False) => tf.matmul
dot(x, y) => .dot
batch_dot(x, y, axes=None) => .batch_dot
einsum(*operands) => .einsum
tensordot(a, b, axes) => tf.tensordot
concat(values, axis=-1) => tf.concat
stack(values, axis=0) => tf.stack
unstack(x>value, num=None, axis=0) => tf.unstack
split(x>value, parts>num_or_size_splits, axis=0) => tf.split
reshape(x>tensor, shape) => .reshape
batch_flatten(x) => .batch_flatten
transpose(x>a, perm=None) => tf.transpose
expand_dims(x>input, axis=-1) => tf.expand_dims
squeeze(x>input, axis=None) => tf.squeeze
tile(x>input, multiples) => tf.tile
repeat_elements(x>input, repeats, axis) => tf.repeat
reverse(x>tensor, axis) => .reverse
pad(x>tensor, paddings, mode='CONSTANT', value>constant_values=0) => tf.pad
gather(x>params, indices, axis=0) => tf.gather
one_hot(x>indices, depth) => tf.one_hot
sequence_mask(lengths, maxlen=None, dtype='bool') => tf.sequence_mask
cast(x, dtype) => tf.cast
shape(x>input) => tf.shape
int_shape(x) => .int_shape
zeros(shape, dtype='float32') => tf.zeros
ones(shape, dtype='float32') => tf.ones
zeros_like(x>input, dtype=None) => tf.zeros_like
ones_like(x>input, dtype=None) => tf.ones_like
constant(value, dtype=None, shape=None) => tf.constant
arange(start, stop=None, step=1, dtype='int32') => .arange
space_to_depth(x>input, block_size) => tf.nn.space_to_depth
depth_to_space(x>input, block_size) => tf.nn.depth_to_space
random_normal(shape, mean=0.0, stddev=1.0, dtype='float32') => tf.random.normal
random_uniform(shape, minval=0, maxval=None, dtype='float32') => tf.random.uniform
int(value=0) => .py_int
float(value=0.0) => .py_float
bool(value=False) => .py_bool
len(value) => .py_len
range(*arguments) => .py_range
abs(value) => .py_abs
round(value, digits=None) => .py_round
max/min/sum(*arguments) => .py_fold
tuple(value=()) => .py_tuple
list(value=()) => .py_list
pow(x, y) => .py_pow
slice(*arguments) => .py_slice
py2_div(x, y) => .division_of_python_2
np.sqrt/np.exp/np.log/np.log2/np.log10/np.abs/np.sin/np.cos/np.tan/np.floor/np.ceil/np.square(*arguments) => .numpy
np.prod/np.sum/np.mean/np.std/np.max/np.min/np.maximum/np.minimum/np.power/np.cumsum(*arguments, axis=None) => .numpy
np.float32/np.float64/np.float16/np.int32/np.int64/np.uint8/np.bool_(*arguments) => .numpy
np.array/np.asarray/np.zeros/np.ones/np.arange/np.eye/np.linspace/np.full(*arguments, dtype=None) => .numpy
np.expand_dims/np.reshape/np.transpose/np.concatenate/np.stack/np.tile(*arguments, axis=None) => .numpy
math.sqrt/math.exp/math.log/math.log2/math.log10/math.sin/math.cos/math.tan/math.floor/math.ceil/math.pow/math.fabs(*arguments) => .mathematics
"""

_TYPES = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 bool string complex64"
).split()

# Constants by their spelled name.
CONSTANTS: dict[str, object] = {
    **{f"tf.{t}": t for t in _TYPES},
    **{f"tf.dtypes.{t}": t for t in _TYPES},
    **{f"np.{t}": t for t in _TYPES},
    "np.pi": 3.141592653589793, "math.pi": 3.141592653589793,
    "np.e": 2.718281828459045, "math.e": 2.718281828459045,
    "np.newaxis": None, "tf.newaxis": None,
    "np.inf": "inf", "math.inf": "inf", "np.nan": "nan",
    "tf.image.ResizeMethod.BILINEAR": "bilinear",
    "tf.image.ResizeMethod.NEAREST_NEIGHBOR": "nearest",
    "tf.image.ResizeMethod.BICUBIC": "bicubic",
    "tf.image.ResizeMethod.AREA": "area",
}  # fmt: skip
