"""What ``import`` does inside the author's code, and only there.

The code gets an ``__import__`` of its own through its builtins, so that no library in the same
process sees a stand-in.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfmigrate.trusted import rewrite
from tfmigrate.trusted.code import Code

# From a dotted name to the stand-in for that module, None where the real one will do.
Find = Callable[[str], Any]


class Importer:
    """Runs the author's files, each once, and answers their imports.

    Args:
        files: The files; they can import each other by their names.
        find: The stand-ins.

    Attributes:
        modules: The modules that were run, by name.
        assigned: For each, the names that it binds by assignment.
    """

    def __init__(self, files: Sequence[Code], find: Find) -> None:
        self._files = {f.module: f for f in files}
        self._find = find
        self.modules: dict[str, types.ModuleType] = {}
        self.assigned: dict[str, frozenset[str]] = {}

    def run(self, name: str) -> types.ModuleType:
        """The module of one of the files, run when it is asked for first.

        Raises:
            SyntaxError: Its text is no Python of today.
            Exception: Whatever the author's code raises.
        """
        if name in self.modules:
            return self.modules[name]
        code = self._files[name]
        tree = _parsed(code)
        module = types.ModuleType(name)
        own = {**vars(builtins), **rewrite.PYTHON_2, **rewrite.BUILTINS, "__import__": self}
        module.__dict__.update(__file__=code.name, __builtins__=own)
        self.modules[name], self.assigned[name] = module, rewrite.assigned(tree)
        # The user asked for exactly this, for this file, behind walls.
        exec(compile(tree, code.name, "exec", dont_inherit=True), module.__dict__)
        return module

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """``__import__`` as Python calls it."""
        if level:
            return self._beside(name, fromlist or ())
        if name in self._files:
            return self.run(name)
        found = self._find(name)
        if found is None:
            found = builtins.__import__(name, None, None, fromlist or (), 0)
        # `import a.b` binds a; `from a.b import c` and `import a.b as c` ask a.b, or a for b.
        if not fromlist and "." in name:
            top = name.partition(".")[0]
            return self._find(top) or found
        return found

    def _beside(self, name: str, names: Sequence[str]) -> Any:
        """``from .layers import X`` and ``from . import layers``: files given beside this one."""
        last = name.rpartition(".")[2]
        if last in self._files:
            return self.run(last)
        if not last and all(n in self._files for n in names):
            return types.SimpleNamespace(**{n: self.run(n) for n in names})
        wanted = last or next(n for n in names if n not in self._files)
        raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)


def _parsed(code: Code) -> ast.Module:
    text = rewrite.adapted(code.text, code.name)
    # Error messages and TensorFlow's AutoGraph look a function's source up here.
    lines = text.splitlines(keepends=True)
    linecache.cache[code.name] = (len(text), None, lines, code.name)
    return ast.parse(text, code.name)
