"""When the author's code was written, as far as that changes what it means."""

from __future__ import annotations

from dataclasses import dataclass

from tfmigrate.results import Writer

THEANO = (
    "convolutions and pooling inside code of the author's are not rebuilt for a model that was "
    "trained on Theano, which flips kernels and pads otherwise"
)


@dataclass(frozen=True)
class Era:
    """The Keras that the author's code was written for.

    Attributes:
        version: Its major and minor version; (0, 0) where the file does not say.
        inside: Whether it was TensorFlow's own Keras.
        channels_first: Whether images had their channels first by default.
        theano: Whether the model was trained on Theano.
    """

    version: tuple[int, int] = (0, 0)
    inside: bool = False
    channels_first: bool = False
    theano: bool = False

    @property
    def first_graphs(self) -> bool:
        """Whether TensorFlow was 1.x; Keras 2.2.4-tf was in 1.13 to 2.1, so it may be either."""
        return not self.inside or self.version < (2, 2)

    @property
    def old_batch_dot(self) -> bool:
        """Whether ``K.batch_dot`` was a matmul over all leading axes (keras 2.3.0 notes)."""
        return self.version < (2, 3)


def era_of(writer: Writer, channels_first: bool = False) -> Era:
    """The era of a file's writer."""
    parts = writer.version.split(".")
    numbers = tuple(int(p) for p in parts[:2] if p.isdigit())
    version = (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)
    inside = writer.name == "tf.keras"
    return Era(version, inside, channels_first, writer.backend == "theano")
