"""The cases of the recipe library: what original code wrote down, and the sources to migrate."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np

FIXTURES = Path(__file__).parents[1] / "fixtures" / "library"


def _drawn() -> Any:
    spec = importlib.util.spec_from_file_location("drawn", FIXTURES / "drawn.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


drawn = _drawn()


@dataclass(frozen=True)
class Case:
    """A net that its original code has run on drawn weights."""

    folder: Path

    @cached_property
    def said(self) -> dict[str, Any]:
        return json.loads((self.folder / "case.json").read_text())

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def parameters(self) -> dict[str, str]:
        return {
            k: v if isinstance(v, str) else json.dumps(v)
            for k, v in self.said["parameters"].items()
        }

    @property
    def command(self) -> str:
        return "h5-to-savedmodel" if "layers" in self.said else "ckpt-to-savedmodel"

    @property
    def tensors(self) -> list[str]:
        """The names of the source's tensors, as tfmigrate calls them."""
        if "layers" in self.said:
            return [f"{layer}/{name}" for layer, ws in self.said["layers"] for name, _, _ in ws]
        return list(self.said["variables"])

    def golden(self, folder: Path) -> Path:
        """The recording with its inputs, which are drawn like the weights."""
        path = folder / f"{self.name}.npz"
        with np.load(self.folder / "golden.npz") as outputs:
            inputs = {f"inputs/{n}": a for n, a in drawn.inputs(self.said).items()}
            np.savez(path, **inputs, **outputs)
        return path

    def write_h5(self, path: Path) -> None:
        """What `save_weights` of the original Keras wrote."""
        with h5py.File(path, "w") as file:
            file.attrs["layer_names"] = [name.encode() for name, _ in self.said["layers"]]
            for key, value in self.said["attributes"].items():
                file.attrs[key] = value.encode()
            for layer, weights in self.said["layers"]:
                group = file.create_group(layer)
                group.attrs["weight_names"] = [name.encode() for name, _, _ in weights]
                for name, shape, dtype in weights:
                    group[name] = drawn.weights(name.removesuffix(":0"), shape, dtype, self.said)


CASES = [Case(path.parent) for path in sorted(FIXTURES.glob("*/case.json"))]


def write_sources(cases: list[Case], folder: Path) -> dict[str, Path]:
    """The file or prefix of every case; the checkpoints by one process that has TensorFlow."""
    found = {c.name: folder / c.name / "model.ckpt" for c in cases if "layers" not in c.said}
    script = Path(__file__).with_name("write_checkpoint.py")
    paths = [str(c.folder / "case.json") for c in cases if c.name in found]
    if paths:
        subprocess.run([sys.executable, str(script), str(folder), *paths], check=True)
    for case in cases:
        if case.name not in found:
            found[case.name] = folder / f"{case.name}.h5"
            case.write_h5(found[case.name])
    return found
