"""The recorder: one file for Python 2.7 to 3.13, joined from the parts in ``recorder/``."""

from __future__ import annotations

import ast
from importlib import resources

from tfmigrate.version import __version__

# In this order: a part uses what earlier ones import.
PARTS = (
    "arguments", "files", "libraries", "tensors", "keras_loading", "keras_models", "keras_hints",
    "keras_0", "graphs", "saved_models", "probes", "writing", "main",
)  # fmt: skip

_HEADER = '''#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Record what an old model answers, in the runtime that it was made for.

Written by `tfmigrate golden script` of tfmigrate {version}. It needs Python 2.7 or 3.4 and above,
and the Keras or TensorFlow that the model was made with; nothing of tfmigrate.

    python recorder.py model.h5                       # writes model.h5.golden.npz
    python recorder.py weights.h5 --architecture model.json
    python recorder.py model.ckpt.meta --input x=x:0 --output y=y:0 --feed training:0=false
    python recorder.py saved_model/ --signature serving_default

Loading a model with the library of its time can run code that is in the file (Lambda layers).
Run it where that may happen: a container, a machine without secrets.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

# What lies beside this file is not meant to be imported.
sys.path = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(os.path.abspath(__file__))]

RECORDER = "tfmigrate {version}"
DESCRIPTION = "Record what an old model answers, in the runtime that it was made for."
'''


def source() -> str:
    """The recorder as one file's text."""
    return _HEADER.format(version=__version__) + "".join(_part(name) for name in PARTS)


def _part(name: str) -> str:
    """A part with its docstring as a heading."""
    text = resources.files("tfmigrate.golden").joinpath(f"recorder/{name}.py").read_text("utf-8")
    first = ast.parse(text).body[0]
    assert isinstance(first, ast.Expr)
    said = ast.literal_eval(first.value)
    body = "\n".join(text.splitlines()[first.end_lineno or 0 :]).strip("\n")
    return f"\n\n# ---- {name}: {said}\n\n{body}\n"
