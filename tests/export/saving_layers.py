"""Layer names that are hard to save, for saving.py and the tests that look at its result."""

# Every layer name that collides with an attribute of a tf.Module, a Keras model or a trackable,
# or with the escapes of the tensor bundle.
LAYERS = (
    "conv1", "name", "variables", "signatures", "trainable_variables", "_x", "a.b", "a..b", "é",
    "layer one", "weights", "__class__", "__dict__", "_trackable_children", "keys", "0", ".Sx",
    "_self_setattr_tracking", "model/block_1/sub", "..", "",
)  # fmt: skip
