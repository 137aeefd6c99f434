"""Who wrote an expression: the same spelling meant different things over the years."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tfmigrate.results import Writer


@dataclass(frozen=True)
class Dialect:
    """Whose names an expression uses.

    Attributes:
        library: ``keras`` (standalone, 0.3 to 2.3, and 3), ``tf.keras``, or ``recipe`` for names
            that are not meant as anybody's of old.
        version: Keras's version, (0, 0, 0) where unknown.
        tensorflow: 1 or 2 where it is known which TensorFlow ran it, 0 where it is not.
        backend: ``tensorflow`` or ``theano``; "" where unknown.
        data_format: What ``K.image_data_format()`` said: ``channels_last``, ``channels_first``;
            "" where unknown.
    """

    library: str = "recipe"
    version: tuple[int, int, int] = (0, 0, 0)
    tensorflow: int = 0
    backend: str = "tensorflow"
    data_format: str = ""

    def holds(self, condition: str) -> bool | None:
        """Whether a condition of the ops table holds; None where nobody can tell.

        Conditions are joined with ``&``: ``tf1``, ``tf2``, ``theano``, ``tensorflow``,
        ``standalone``, ``inside`` (tf.keras), ``keras<2.3``, ``keras>=2``.
        """
        answers = [self._holds(part.strip()) for part in condition.split("&") if part.strip()]
        if False in answers:
            return False
        return None if None in answers else True

    def _holds(self, condition: str) -> bool | None:
        if condition in ("tf1", "tf2"):
            return self.tensorflow == int(condition[2]) if self.tensorflow else None
        if condition in ("theano", "tensorflow"):
            return self.backend == condition if self.backend else None
        if self.library == "recipe":
            return None
        if condition in ("standalone", "inside"):
            return (self.library == "tf.keras") == (condition == "inside")
        compared = re.fullmatch(r"keras(<|>=)(\d+)(?:\.(\d+))?", condition)
        if compared is None:
            raise ValueError(f"unknown condition {condition!r}")
        if not any(self.version):
            return None
        bound = (int(compared[2]), int(compared[3] or 0), 0)
        return (self.version < bound) == (compared[1] == "<")

    @property
    def said(self) -> str:
        """It in words, for messages."""
        if self.library == "recipe":
            return "a recipe"
        version = ".".join(map(str, self.version)) if any(self.version) else "of unknown version"
        on = f" on {self.backend}" if self.backend and self.library == "keras" else ""
        tensorflow = f" with TensorFlow {self.tensorflow}" if self.tensorflow else ""
        return f"{self.library} {version}{on}{tensorflow}"


def of_writer(writer: Writer, data_format: str = "") -> Dialect:
    """The dialect of a file by who wrote it.

    tf.keras of TensorFlow 1.13 to 2.1 all called themselves 2.2.4-tf, and standalone Keras 2.3 ran
    on TensorFlow 1 and 2: there it stays open which TensorFlow it was.
    """
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", writer.version)
    version = tuple(int(n or 0) for n in numbers.groups()) if numbers else (0, 0, 0)
    inside = writer.name == "tf.keras" and version[0] < 3
    backend = writer.backend or ("tensorflow" if inside or version[0] >= 3 else "")
    if inside:
        said = re.search(r"-tf(\d)\.", writer.version)  # what a person wrote who knows it
        open_ = int(said[1]) if said else 0
        tensorflow = 2 if version >= (2, 3) else open_ if version >= (2, 2, 4) else 1
    else:
        tensorflow = 2 if version >= (3,) else 0 if version >= (2, 3) or version < (0, 1) else 1
    assert len(version) == 3
    library = "tf.keras" if inside else "keras"
    return Dialect(library, version, tensorflow, backend, data_format)


_SEMANTICS = re.compile(r"(keras|tf\.keras)-(\d+)(?:\.(\d+))?")


def of_semantics(semantics: str) -> Dialect:
    """The dialect of a recipe by its ``semantics``: ``keras-1.2``, ``tf.keras-2.8``, ``keras-3``.

    The version of tf.keras there is TensorFlow's own.
    """
    found = _SEMANTICS.fullmatch(semantics)
    if found is None:
        return Dialect(tensorflow=1 if semantics.startswith("tf1") else 0)
    major, minor = int(found[2]), int(found[3] or 0)
    if found[1] == "tf.keras":
        return Dialect("tf.keras", (2, max(minor, 3) if major == 2 else 1, 0), min(major, 2))
    writer = Writer("Keras", f"{major}.{minor}.0", "tensorflow")
    return of_writer(writer)
