"""What a server finds beside the SavedModel: warm-up records, and example requests with answers.

The names, formats and rules are those of TensorFlow Serving (``saved_model_warmup_util.cc``,
``predict_util.cc``, ``json_tensor.cc``).
"""
