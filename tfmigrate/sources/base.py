"""The verbs that every source format answers."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfmigrate.results import Source

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Values = Callable[[str], "Array"]


class Format(Protocol):
    """A module that reads one family of source files.

    Attributes:
        KINDS: The exact variants it knows, and each one's title in words.
    """

    KINDS: dict[str, str]

    def identify(self, path: pathlib.Path) -> str | None:
        """The exact variant, decided by content; None where the file is something else.

        Raises:
            SourceProblem: It is this format without doubt, but damaged.
        """

    def describe(self, path: pathlib.Path, kind: str) -> Source:
        """What is in it, without values and without executing anything.

        Raises:
            SourceProblem: It is damaged or not supported.
            UnsafeContent: It reaches outside the file, or declares what it does not hold.
        """

    def values(self, source: Source) -> contextlib.AbstractContextManager[Values]:
        """A function from tensor name to its values, one at a time.

        Raises:
            SourceProblem: It is damaged, or the format hands over no values.
        """
