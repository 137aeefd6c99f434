"""tf2onnx and onnxruntime: another graph, other kernels."""

import os
import sys

import onnxruntime
from answering import main
from tf2onnx import convert


def ask(order):
    path = os.path.join(order["folder"], "model.onnx")
    sys.argv = [
        "tf2onnx", "--saved-model", order["model"], "--tag", "serve", "--signature_def",
        order["key"], "--opset", "18", "--output", path,
    ]  # fmt: skip
    convert.main()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    return lambda run: dict(zip(names, session.run(names, run), strict=True))


main(ask)
