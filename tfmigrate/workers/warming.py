"""Warm-up records, read back from their file and run as a server would, in the verifier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tfmigrate.errors import Damaged, NotProved, shown
from tfmigrate.parity import probes
from tfmigrate.parity.probes import Probe
from tfmigrate.sources import protos


def run(loaded: Any, path: Path, outputs: Path) -> list[str]:
    """Ask a loaded SavedModel what the records of a file ask.

    Args:
        loaded: The SavedModel.
        path: The file of records.
        outputs: Where the answers are written, one for each record; empty where it failed.

    Returns:
        Why each record failed; "" where it did not.
    """
    import tensorflow as tf

    failures: list[str] = []
    answers: list[Probe] = []
    for data in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
        try:
            key, sent = decoded(data)
            answers.append(_answer(loaded, key, sent))
            failures.append("")
        except (tf.errors.OpError, Damaged, NotProved, ValueError, TypeError) as error:
            answers.append({})
            failures.append(shown(error, 300))
    probes.save(outputs, (), answers)
    return failures


def decoded(data: bytes) -> tuple[str, Probe]:
    """The signature that a record asks, and the tensors that it sends, read by TensorFlow.

    Raises:
        Damaged: It is no record.
        ValueError: A tensor is none.
    """
    import tensorflow as tf
    from tensorflow.core.framework.tensor_pb2 import TensorProto

    log = protos.parse("PredictionLog", data, "a warm-up record")
    if log.HasField("predict_log"):
        request = log.predict_log.request
        tensors = protos.entries(request.inputs)
        sent = {n: tf.make_ndarray(_read(TensorProto, t)) for n, t in tensors.items()}
        return str(request.model_spec.signature_name), sent
    log = log.classify_log if log.HasField("classify_log") else log.regress_log
    examples = list(_examples(log.request.input.example_list.examples))
    if not examples:
        raise Damaged("a record without examples")
    return str(log.request.model_spec.signature_name), {"inputs": _strings(examples)}


def _examples(found: Any) -> Iterator[bytes]:
    """As a server gets them: parsed, and serialized again."""
    from tensorflow.core.example.example_pb2 import Example

    for data in found:
        yield _read(Example, data).SerializeToString(deterministic=True)


def _read(kind: Any, data: bytes) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return kind.FromString(data)
    except DecodeError as error:
        raise Damaged(f"no {kind.DESCRIPTOR.name} in a record: {shown(error)}") from error


def _strings(values: list[bytes]) -> Any:
    import numpy as np

    made = np.empty(len(values), object)
    made[:] = values
    return made


def _answer(loaded: Any, key: str, sent: Probe) -> Probe:
    import numpy as np
    import tensorflow as tf

    if key not in loaded.signatures:
        raise NotProved(f"there is no signature {shown(key)}")
    function = loaded.signatures[key]
    specs = function.structured_input_signature[1]
    if specs.keys() != sent.keys():
        raise NotProved(f"the record sends {', '.join(map(shown, sorted(sent)))}")
    tensors = {n: tf.constant(array) for n, array in sent.items()}  # in the type that it has
    for name, tensor in tensors.items():
        if not specs[name].is_compatible_with(tensor):
            has, takes = (f"{t.dtype.name} {t.shape}" for t in (tensor, specs[name]))
            raise NotProved(f"the record sends {has} as {shown(name)}, which takes {takes}")
    return {n: np.asarray(tensor.numpy()) for n, tensor in function(**tensors).items()}
