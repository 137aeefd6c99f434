"""The old runtimes: which Python and which packages make each, as data.

Every row was installed from the Python package index and run; the pins are those that worked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PIP = ("pip==21.3.1", "setuptools==59.6.0", "wheel==0.37.1")  # the last ones for Python 3.6
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
# Without its fusions Theano compiles in seconds, and computes what was written down.
_THEANO = {
    "KERAS_BACKEND": "theano",
    "THEANO_FLAGS": "floatX=float32,device=cpu,optimizer=fast_compile,openmp=False",
}
_TENSORFLOW = {"KERAS_BACKEND": "tensorflow"}

_OF_2016 = ("theano==0.9.0", "h5py<3", "numpy<1.17", "scipy<1.3", "protobuf<3.20", "pyyaml<6")


@dataclass(frozen=True)
class Base:
    """Packages that several runtimes share, and the Python they are for.

    Attributes:
        python: Its version, as in ``3.6``.
        full: The version that was tried, which container images and pyenv offer.
        requires: What pip installs, all in one call.
        tools: What pip installs before.
        only_binary: Packages of which no source is taken: their build needs what is gone.
        megabytes: What pip downloads, roughly.
    """

    python: str
    full: str
    requires: tuple[str, ...]
    tools: tuple[str, ...] = ()
    only_binary: str = ""
    megabytes: int = 300


@dataclass(frozen=True)
class Runtime:
    """An old runtime.

    Attributes:
        name: What ``--runtime`` calls it.
        base: Its Python and packages.
        on_top: Packages in a folder of their own before the others, installed without dependencies.
        env: Its environment variables.
        keras_json: Keras's own settings.
        imports: The modules that have to import before it is used.
    """

    name: str
    base: Base
    on_top: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    keras_json: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ("tensorflow", "h5py")


_TF012 = Base("3.6", "3.6.15", ("tensorflow==0.12.1", *_OF_2016), _PIP, megabytes=110)
_TF14 = Base("3.6", "3.6.15", ("tensorflow==1.4.1", "keras==1.2.2", *_OF_2016), _PIP, megabytes=110)
_TF112 = Base(
    "3.6", "3.6.15",
    ("tensorflow==1.12.3", "keras==2.2.4", "theano==0.9.0", "h5py<3", "numpy<1.17",
     "protobuf<3.20", "pyyaml<6", "scipy<1.3"),
    _PIP, megabytes=150,
)  # fmt: skip
_TF115 = Base(
    "3.7", "3.7.16",
    ("tensorflow==1.15.5", "keras==2.3.1", "h5py<3", "numpy<1.19", "protobuf<3.21", "pyyaml<6"),
    megabytes=190,
)  # fmt: skip
_PY27 = Base(
    "2.7", "2.7.18",
    ("tensorflow-cpu==1.15.0", "keras==2.2.5", "h5py<2.11", "numpy<1.17", "protobuf<3.18",
     "pyyaml<5.5", "grpcio<1.40"),
    only_binary="grpcio,numpy,scipy,h5py,protobuf", megabytes=190,
)  # fmt: skip
_TF20 = Base(
    "3.7", "3.7.16",
    ("tensorflow==2.0.4", "h5py<3", "numpy<1.19", "protobuf<3.20", "pyyaml"), megabytes=160,
)  # fmt: skip
_TF23 = Base("3.7", "3.7.16", ("tensorflow-cpu==2.3.4", "protobuf<3.20", "pyyaml"), megabytes=210)
_TF26 = Base(
    "3.8", "3.8.18",
    ("tensorflow-cpu==2.6.5", "keras==2.6.0", "protobuf<3.20", "pyyaml"), megabytes=240,
)  # fmt: skip
_TF28 = Base(
    "3.9", "3.9.18", ("tensorflow-cpu==2.8.4", "protobuf<3.20", "numpy<1.24"), megabytes=270
)
_TF212 = Base("3.10", "3.10.13", ("tensorflow-cpu==2.12.1",), megabytes=300)
_TF215 = Base("3.11", "3.11.7", ("tensorflow-cpu==2.15.1",), megabytes=290)
_TF216 = Base("3.11", "3.11.7", ("tensorflow-cpu==2.16.2", "keras==3.3.3"), megabytes=290)
_TF218 = Base("3.11", "3.11.7", ("tensorflow-cpu==2.18.1", "keras==3.8.0"), megabytes=310)


def _ordering(backend: str, order: str) -> dict[str, Any]:
    """The keras.json of its day, in the words of Keras 1 and of Keras 2."""
    formats = {"th": "channels_first", "tf": "channels_last"}
    return {
        "backend": backend, "floatx": "float32", "epsilon": 1e-07,
        "image_dim_ordering": order, "image_data_format": formats[order],
    }  # fmt: skip


def _keras(name: str, base: Base, backend: str, order: str = "tf", *on_top: str) -> Runtime:
    env = {**_QUIET, **(_THEANO if backend == "theano" else _TENSORFLOW)}
    imports = (backend, "keras", "h5py")
    return Runtime(name, base, on_top, env, _ordering(backend, order), imports)


def _tensorflow(name: str, base: Base) -> Runtime:
    return Runtime(name, base, (), dict(_QUIET))


RUNTIMES: dict[str, Runtime] = {
    runtime.name: runtime
    for runtime in (
        _keras("keras-0.3.3", _TF14, "theano", "th", "keras==0.3.3"),
        _keras("keras-0.3.3-tensorflow", _TF012, "tensorflow", "th", "keras==0.3.3"),
        _keras("keras-1.0.8", _TF14, "theano", "th", "keras==1.0.8"),
        _keras("keras-1.0.8-tensorflow", _TF012, "tensorflow", "th", "keras==1.0.8"),
        _keras("keras-1.2.2", _TF14, "tensorflow"),
        _keras("keras-1.2.2-theano", _TF14, "theano"),
        _keras("keras-2.0.8", _TF14, "tensorflow", "tf", "keras==2.0.8"),
        _keras("keras-2.0.8-theano", _TF14, "theano", "tf", "keras==2.0.8"),
        _keras("keras-2.1.6", _TF112, "tensorflow", "tf", "keras==2.1.6"),
        _keras("keras-2.1.6-theano", _TF112, "theano", "tf", "keras==2.1.6"),
        _keras("keras-2.2.4", _TF112, "tensorflow"),
        _keras("keras-2.2.4-theano", _TF112, "theano"),
        _keras("keras-2.3.1", _TF115, "tensorflow"),
        _tensorflow("tensorflow-1.4", _TF14),
        _tensorflow("tensorflow-1.12", _TF112),
        _tensorflow("tensorflow-1.15", _TF115),
        _keras("tensorflow-1.15-py2.7", _PY27, "tensorflow"),
        _tensorflow("tensorflow-2.0", _TF20),
        _tensorflow("tensorflow-2.3", _TF23),
        _tensorflow("tensorflow-2.6", _TF26),
        _tensorflow("tensorflow-2.8", _TF28),
        _tensorflow("tensorflow-2.12", _TF212),
        _tensorflow("tensorflow-2.15", _TF215),
        _keras("keras-3.0.5", _TF216, "tensorflow", "tf", "keras==3.0.5"),
        _keras("keras-3.3.3", _TF216, "tensorflow"),
        _keras("keras-3.8.0", _TF218, "tensorflow"),
        _keras("keras-3.12.0", _TF218, "tensorflow", "tf", "keras==3.12.0"),
    )
}

# What wrote a file -> what runs it: the last (major, minor) that a row is for, and its runtime.
BY_KERAS = (
    ((0, 9), "keras-0.3.3"), ((1, 0), "keras-1.0.8"), ((1, 9), "keras-1.2.2"),
    ((2, 0), "keras-2.0.8"), ((2, 1), "keras-2.1.6"), ((2, 2), "keras-2.2.4"),
    ((2, 3), "keras-2.3.1"), ((3, 0), "keras-3.0.5"), ((3, 3), "keras-3.3.3"),
    ((3, 8), "keras-3.8.0"), ((3, 12), "keras-3.12.0"),
)  # fmt: skip
# tf.keras said which Keras it was like: 2.2.4-tf was TensorFlow 1.13 to 2.1.
BY_TF_KERAS = (
    ((2, 0), "tensorflow-1.4"), ((2, 1), "tensorflow-1.12"), ((2, 2), "tensorflow-1.15"),
    ((2, 4), "tensorflow-2.3"), ((2, 6), "tensorflow-2.6"), ((2, 8), "tensorflow-2.8"),
    ((2, 12), "tensorflow-2.12"), ((2, 15), "tensorflow-2.15"),
)  # fmt: skip
BY_TENSORFLOW = (
    ((1, 4), "tensorflow-1.4"), ((1, 12), "tensorflow-1.12"), ((1, 15), "tensorflow-1.15"),
    ((2, 1), "tensorflow-2.0"), ((2, 4), "tensorflow-2.3"), ((2, 6), "tensorflow-2.6"),
    ((2, 8), "tensorflow-2.8"), ((2, 12), "tensorflow-2.12"), ((2, 15), "tensorflow-2.15"),
    ((2, 17), "keras-3.3.3"), ((2, 18), "keras-3.8.0"),
)  # fmt: skip
# Keras 0 and 1 ran on both, and their files do not say on which.
OTHER_BACKEND = {
    ("keras-0.3.3", "tensorflow"): "keras-0.3.3-tensorflow",
    ("keras-1.0.8", "tensorflow"): "keras-1.0.8-tensorflow",
    ("keras-1.2.2", "theano"): "keras-1.2.2-theano",
    ("keras-2.0.8", "theano"): "keras-2.0.8-theano",
    ("keras-2.1.6", "theano"): "keras-2.1.6-theano",
    ("keras-2.2.4", "theano"): "keras-2.2.4-theano",
}


def packages(runtime: Runtime) -> tuple[str, ...]:
    """Everything that pip installs for it, by name and version."""
    on_top = {re.split(r"[=<]", p)[0] for p in runtime.on_top}
    shared = [p for p in runtime.base.requires if re.split(r"[=<]", p)[0] not in on_top]
    return (*shared, *runtime.on_top)
