"""Any TensorFlow or Keras model, of any era, to one verified SavedModel.

>>> import tfmigrate
>>> tfmigrate.inspect("model.h5").title                                  # doctest: +SKIP
>>> tfmigrate.migrate("model.h5", "out/model", samples=5).parity.level   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfmigrate.api import diff, inspect, load_recipe, migrate, verify
    from tfmigrate.contract import Difference
    from tfmigrate.errors import TfmigrateError
    from tfmigrate.options import Options
    from tfmigrate.results import Migration, Source, Verification
    from tfmigrate.version import __version__
    from tfmigrate.workers.crew import Crew

__all__ = [
    "Crew",
    "Difference",
    "Migration",
    "Options",
    "Source",
    "TfmigrateError",
    "Verification",
    "__version__",
    "diff",
    "inspect",
    "load_recipe",
    "migrate",
    "verify",
]

_WHERE = {
    "Crew": "tfmigrate.workers.crew",
    "Difference": "tfmigrate.contract",
    "Migration": "tfmigrate.results",
    "Options": "tfmigrate.options",
    "Source": "tfmigrate.results",
    "TfmigrateError": "tfmigrate.errors",
    "Verification": "tfmigrate.results",
    "__version__": "tfmigrate.version",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'tfmigrate' has no attribute {name!r}")
    from tfmigrate.lazy import load

    return load(f"{_WHERE.get(name, 'tfmigrate.api')}:{name}")
