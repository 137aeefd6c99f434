"""Stand-in modules: what a module of its day held, in front of what holds it today."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any


class View(types.ModuleType):
    """A module whose names are looked up in several places.

    Args:
        name: The name the author imports it by.
        own: What it had and nothing has today, or has with another meaning.
        behind: The modules of today that are asked in turn.
        adapt: What is done to each thing found behind, once.
    """

    def __init__(
        self,
        name: str,
        own: Mapping[str, Any],
        behind: tuple[Any, ...] = (),
        adapt: Callable[[str, Any], Any] = lambda name, found: found,
    ) -> None:
        super().__init__(name)
        self.__dict__.update(own)
        self.__path__: list[str] = []
        self._behind, self._adapt = behind, adapt

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = [getattr(b, name) for b in self.__dict__.get("_behind", ()) if hasattr(b, name)]
        if not found:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        made = self._adapt(name, _joined(f"{self.__name__}.{name}", found))
        self.__dict__[name] = made
        return made

    @property
    def __all__(self) -> list[str]:
        names = {n for b in self._behind for n in dir(b)} | set(self.__dict__)
        return sorted(n for n in names if not n.startswith("_"))


def _joined(name: str, found: list[Any]) -> Any:
    """One of several things of the same name: the first, unless they differ."""
    first, *others = found
    others = [o for o in others if o is not first]
    if not others:
        return first
    if all(isinstance(f, types.ModuleType) for f in found):
        return View(name, {}, tuple(found))
    if isinstance(first, types.FunctionType) and isinstance(others[0], types.FunctionType):
        return _either(first, others[0])
    return first


def _either(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    """The first of two functions that takes the arguments: ``keep_dims`` is TensorFlow 1's."""
    signature = inspect.signature(first)

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            return second(*args, **kwargs)
        return first(*args, **kwargs)

    call.__name__ = getattr(first, "__name__", "call")
    return call
