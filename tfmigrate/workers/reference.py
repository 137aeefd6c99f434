"""The worker that reads the same file with the library's own loader, as a second witness."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tfmigrate.engines import functional, get_engine, tapping, taps
from tfmigrate.engines.refusals import refusals
from tfmigrate.engines.upgrades import untrained
from tfmigrate.errors import NotSupported
from tfmigrate.parity import activations, probes
from tfmigrate.results import Source
from tfmigrate.tensors import Signature, from_json
from tfmigrate.workers.keras_block import DEEP, unblock_keras
from tfmigrate.workers.worker import Parent


def run(payload: dict[str, Any], parent: Parent) -> dict[str, Any]:
    """Load a copy whose initialisers are zeros, then answer the probes.

    Args:
        payload: ``engine``, ``source``, ``config`` (for weights-only files) and ``scratch``.
        parent: Answers ``probes`` with ``runs`` (files to read and write), the public names and
            the ``layers`` whose answers are wanted too, or with nothing when it found that this
            witness is of no use; and ``again`` with files for the answers in a graph, the number
            of a probe and a file for what every layer answers to it, or with nothing.

    Raises:
        NotSupported: The library does not load the file.
    """
    import tensorflow as tf

    unblock_keras()
    sys.setrecursionlimit(DEEP)
    tempfile.tempdir = payload["scratch"]  # the only folder it may write to
    source = from_json(Source, payload["source"])
    library = get_engine(payload["engine"]).library()
    with refusals(library.__name__):
        model = _load(library, source, payload)
        call = functional.caller(model)
        signature = functional.signature(model)
        asked = parent.ask("probes", {})
        if asked["layers"] if asked else ():
            call = tapping.listening(model, call, asked["layers"])
        compiled = tf.function(call, autograph=False)
        if asked:
            # Keras 3.15's IntegerLookup answers wrongly outside a graph.
            tables = payload["engine"] == "keras3" and functional.resources(model)
            for run in asked["runs"]:
                _answer(compiled if tables else call, signature, asked | run)
        again = parent.ask("again", {})
        if again:
            once_more = asked | asked["runs"][0] | again
            _answer(compiled, signature, once_more)
            _tap(model, call, signature, once_more)
    return {}


def _load(library: Any, source: Source, payload: dict[str, Any]) -> Any:
    path, scratch = Path(source.path), Path(payload["scratch"])
    if source.architecture is None:
        model = library.models.model_from_json(json.dumps(untrained(payload["config"])))
        model.load_weights(str(path))
        return model
    copy = scratch / f"copy{'.keras' if 'zip' in source.kind else '.h5'}"
    _copy(path, copy, untrained(source.architecture))
    return library.models.load_model(str(copy), compile=False, safe_mode=True)


def _copy(path: Path, copy: Path, config: dict[str, Any]) -> None:
    """The file with another config: everything else byte for byte."""
    if copy.suffix == ".h5":
        import h5py

        shutil.copyfile(path, copy)
        with h5py.File(copy, "r+") as file:
            file.attrs["model_config"] = json.dumps(config)
        return
    import zipfile

    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for item in old.infolist():
            body = json.dumps(config).encode() if item.filename == "config.json" else old.read(item)
            new.writestr(item.filename, body)


def _answer(call: Any, signature: Signature, asked: dict[str, Any]) -> None:
    """Inputs and outputs are paired by their order: both models come from one config."""
    names = dict(zip([s.name for s in signature.outputs], asked["names"], strict=True))
    names |= {layer: layer for layer in asked["layers"]}
    found = []
    for probe in probes.load(Path(asked["probes"]))[0]:
        answer = call(_values(signature, probe, asked))
        found.append({names[n]: t.numpy() for n, t in answer.items()})
    probes.save(Path(asked["outputs"]), (), found)


def _values(signature: Signature, probe: probes.Probe, asked: dict[str, Any]) -> dict[str, Any]:
    import tensorflow as tf

    inputs = zip([s.name for s in signature.inputs], asked["inputs"], strict=True)
    return {old: tf.constant(probe[new]) for old, new in inputs}


def _tap(model: Any, call: Any, signature: Signature, asked: dict[str, Any]) -> None:
    """What every layer answers; no file where the model does not run layer by layer."""
    probe = probes.load(Path(asked["probes"]))[0][asked["probe"]]
    values = _values(signature, probe, asked)
    try:
        found = taps.tapped(model, lambda: call(values), values)
    except NotSupported:
        return
    saved = ((tap.name, tap.values[0]) for tap in found.taps if tap.values)
    activations.save(Path(asked["activations"]), saved)
