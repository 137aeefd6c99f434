"""Keep both Kerases out of a process that only wants TensorFlow.

``import tensorflow`` imports keras 3 by itself (1.5 s, and layer code in a verifier that must not
have any). None in ``sys.modules`` makes that import fail, and TensorFlow goes on without it.
"""

from __future__ import annotations

import sys

_KERASES = ("keras", "tf_keras")


# Both Kerases walk a model by recursion, a few frames for each layer.
DEEP = 50_000


def block_keras() -> None:
    """Make every import of a Keras fail until :func:`unblock_keras`."""
    for name in _KERASES:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def unblock_keras() -> None:
    """Allow Keras again; for a worker whose task needs one."""
    for name in _KERASES:
        if sys.modules.get(name, ...) is None:
            del sys.modules[name]
