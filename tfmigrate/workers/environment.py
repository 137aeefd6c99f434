"""What a worker process inherits: import paths, a few variables, and nothing else."""

from __future__ import annotations

import os
import sys

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

_KEPT = frozenset({
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX",
    "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE",
    "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
})  # fmt: skip

_SET = {
    "PYTHONHASHSEED": "0",
    "HDF5_PLUGIN_PRELOAD": "::",  # no filter plugins: HDF5 would load libraries for a file's sake
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": os.devnull,  # a keras.json would change the defaults of what is rebuilt
    "OPENBLAS_NUM_THREADS": "1",  # its threads would be there when the server forks
}


def environment(*, gpu: bool, verbose: bool) -> dict[str, str]:
    """The environment of a worker: no proxies, no credentials, nothing that moves results."""
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith("LC_")}
    if gpu:
        kept |= {k: v for k, v in os.environ.items() if k.startswith(("CUDA_", "NVIDIA_"))}
    else:
        kept["CUDA_VISIBLE_DEVICES"] = "-1"
    if not verbose:
        kept["TF_CPP_MIN_LOG_LEVEL"] = "3"
    return kept | _SET


def import_paths() -> list[str]:
    """This process's ``sys.path`` without the places where strangers' files lie.

    The working directory and the folder of the user's script are left out: a ``numpy.py`` beside a
    downloaded model must not be imported. The folder this package was imported from stays.
    """
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    left_out = {_real(os.curdir)} | ({_real(os.path.dirname(main))} if main else set())
    left_out -= {_real(_ROOT)}
    paths = [p for p in sys.path if os.path.isabs(p) and _real(p) not in left_out]
    return list(dict.fromkeys([*paths, _ROOT]))


def command(module: str, options: str, path: tuple[str, ...]) -> list[str]:
    """The command that runs ``module.main(options)`` in a new Python.

    The import paths, and ``path`` after them, are set before anything is imported.
    """
    program = (
        "import sys; _, options, *sys.path = sys.argv; del sys.argv[1:]; "
        f"from {module} import main; main(options)"
    )
    return [sys.executable, "-c", program, options, *import_paths(), *path]


def _real(path: str) -> str:
    return os.path.realpath(path)
