"""The classes and functions that the author's files define, by the names a model uses."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tfmigrate.results import Writer
from tfmigrate.trusted.blame import blamed
from tfmigrate.trusted.code import Code
from tfmigrate.trusted.era import era_of
from tfmigrate.trusted.imports import Importer

# What authors call the table that load_model(custom_objects=...) took.
_TABLES = ("custom_objects", "_custom_objects", "get_custom_objects")


@dataclass(frozen=True)
class Objects:
    """What the author's files define.

    Attributes:
        defined: Classes and functions by name.
        registered: Those that the files registered with Keras, or listed in a table called
            ``custom_objects``, by the name given there (``corp>Net``).
    """

    defined: dict[str, Any] = field(default_factory=dict)
    registered: dict[str, Any] = field(default_factory=dict)

    def find(self, name: str) -> Any:
        """What a model means by a name, None where no file has it."""
        plain = name.rpartition(">")[2]
        for known in (self.registered, self.defined):
            for spelt in (name, plain):
                if spelt in known:
                    return known[spelt]
        return None


def objects(
    files: Sequence[Code], writer: Writer, engine: str, channels_first: bool = False
) -> Objects:
    """Run the author's files with the libraries of their day, and collect what they define.

    Args:
        files: The files, in order.
        writer: Who wrote the model.
        engine: ``keras2`` or ``keras3``; the code runs on the same library as the model.
        channels_first: Whether the model's images have their channels first.

    Raises:
        NotSupported: The code failed; file, line and exception are named.
    """
    with blamed([f.name for f in files]):
        find, registry = _surroundings(writer, engine, channels_first)
        before = dict(registry())
        importer = Importer(files, find)
        for file in files:
            importer.run(file.module)
        registered = {k: v for k, v in registry().items() if before.get(k) is not v}
    defined: dict[str, Any] = {}
    for name, module in importer.modules.items():
        defined |= _defined(module, importer.assigned[name])
        registered |= _listed(module)
    return Objects(defined, registered)


def _surroundings(writer: Writer, engine: str, channels_first: bool) -> tuple[Any, Any]:
    """The stand-ins of an engine, and its table of registered objects."""
    if engine == "keras3":
        import keras

        from tfmigrate.trusted.modern_keras import find

        return find, keras.saving.get_custom_objects
    import tf_keras

    from tfmigrate.trusted.legacy_keras import Rooms

    return Rooms(era_of(writer, channels_first)).find, tf_keras.utils.get_custom_objects


def _defined(module: types.ModuleType, assigned: frozenset[str]) -> dict[str, Any]:
    """A module's own classes and functions; what it merely imported is nobody's to give."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("__")
        and (getattr(value, "__module__", None) == module.__name__ or name in assigned)
    }


def _listed(module: types.ModuleType) -> dict[str, Any]:
    return {
        name: value
        for table in _tables(module)
        for name, value in table.items()
        if isinstance(name, str) and callable(value)
    }


def _tables(module: types.ModuleType) -> Iterator[dict[Any, Any]]:
    for name, value in vars(module).items():
        if name.lower() in _TABLES and isinstance(value, dict):
            yield value
