"""What a Keras raises over a config, as a refusal with its words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from tfmigrate.errors import NotSupported, TfmigrateError, shown


@contextlib.contextmanager
def refusals(keras: str) -> Iterator[None]:
    """Turns what a Keras raises over a config into a refusal with its words."""
    try:
        yield
    except MemoryError:
        raise
    except TfmigrateError as error:
        # Keras 3 raises a refusal again, as one of its own words only.
        told = error.__context__
        if isinstance(told, type(error)) and told.what in error.what:
            raise told from None
        raise
    except Exception as error:  # a Keras raises anything over a config that it does not like
        if type(error).__name__ == "ResourceExhaustedError":
            raise  # memory, not the config
        raise NotSupported(
            f"{keras} does not build this architecture: {type(error).__name__}: "
            f"{shown(_said(error), 400)}",
            help="if the file loads in the Keras that wrote it, this is worth a bug report",
        ) from error


def _said(error: Exception) -> str:
    """What a Keras says is wrong, without the configs and arguments that Keras 3 puts around it."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))
    text = re.sub(r"\s*Arguments received by .*", "", text, flags=re.DOTALL)
    front, _, reason = text.rpartition("Exception encountered: ")
    classes = re.findall(r"deserializing class '(\w+)'", front)
    return " ".join((f"{classes[-1]}: {reason}" if classes else reason).split())
