from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tfmigrate.processing import prepare


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def both(tmp_path):
    """What a chain gives by TensorFlow (traced as for an export, if asked) and without."""
    import tensorflow as tf

    def run(steps, array, side="input", traced=False):
        chain = prepare(steps, tmp_path, side)
        assert len(chain.resources) == sum("vocabulary" in link.args for link in chain.links)
        text = array.dtype == object
        tensor = tf.constant(array.tolist() if text else array, "string" if text else None)
        free = tf.TensorSpec([None, *tensor.shape[1:]], tensor.dtype)
        by_graph = tf.function(chain.graph, input_signature=[free]) if traced else chain.graph
        graph = by_graph(tensor).numpy()
        plain = chain.plain(array)
        assert (graph.dtype, graph.shape) == (plain.dtype, plain.shape)
        return graph, plain

    return run


@pytest.fixture
def same(both):
    """Checks that both ways give exactly the same, and gives it."""

    def run(steps, array, side="input", traced=False):
        graph, plain = both(steps, array, side, traced)
        np.testing.assert_array_equal(graph, plain)
        return graph

    return run


@pytest.fixture
def photo(rng):
    """Pixels with edges and gradients, uint8."""

    def make(height, width, channels=3):
        coarse = rng.integers(0, 256, (7, 5, channels), dtype=np.uint8)
        mode = coarse[..., 0] if channels == 1 else coarse
        image = Image.fromarray(mode).resize((width, height), Image.Resampling.BICUBIC)
        return np.asarray(image).reshape(height, width, channels)

    return make


@pytest.fixture
def stored():
    """The bytes of a file that Pillow writes."""

    def make(pixels, kind, **more):
        image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels.squeeze())
        out = io.BytesIO()
        image.save(out, kind, **more)
        return out.getvalue()

    return make


@pytest.fixture
def texts():
    """Strings as the arrays that travel in tfmigrate: objects."""

    def make(*values):
        found = np.empty(len(values), object)
        found[:] = values
        return found

    return make
