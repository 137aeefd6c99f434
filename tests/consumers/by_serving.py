"""The request protos of tensorflow-serving-api: what the warm-up file says by their reading."""

import os

import tensorflow as tf
from answering import main
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2


def ask(order):
    path = os.path.join(order["model"], "assets.extra", "tf_serving_warmup_requests")
    found = []
    for data in tf.data.TFRecordDataset(path).as_numpy_iterator():
        log = prediction_log_pb2.PredictionLog.FromString(data)
        kind = log.WhichOneof("log_type")
        request = getattr(log, kind).request
        if request.model_spec.signature_name == order["key"]:
            found.append(_predict(request) if kind == "predict_log" else _examples(request))
    records = iter(found)
    return lambda run: next(records, {})


def _predict(request):
    found = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
    own = predict_pb2.PredictRequest()
    own.model_spec.signature_name = request.model_spec.signature_name
    for name, array in found.items():
        own.inputs[name].CopyFrom(tf.make_tensor_proto(array, request.inputs[name].dtype))
    for name, array in found.items():
        assert (tf.make_ndarray(own.inputs[name]) == array).all(), name
    return found


def _examples(request):
    examples = request.input.example_list.examples
    values = [example.SerializeToString(deterministic=True) for example in examples]
    return {"inputs": tf.constant(values).numpy()}


main(ask)
