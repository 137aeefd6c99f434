"""The author's own code inside the rebuilder, behind its walls."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfmigrate.errors import EnvironmentProblem, NotSupported, Problem, nearest, shown
from tfmigrate.results import Writer
from tfmigrate.tensors import from_json
from tfmigrate.trusted import blame
from tfmigrate.trusted.code import Code
from tfmigrate.workers import landlock

if TYPE_CHECKING:
    from tfmigrate.trusted.load import Objects


def blamed(trusted: dict[str, Any] | None) -> contextlib.AbstractContextManager[None]:
    """Within it, what the author's code raises is a refusal that names file and line."""
    return blame.blamed([file["name"] for file in trusted["files"]] if trusted else [])


def authored(call: Callable[..., Any]) -> Callable[..., Any]:
    """A model's call in which layers of the author's may branch on tensors.

    tf.keras turned ``if`` and ``for`` of subclassed layers into ops (AutoGraph); our own calls
    switch that off.
    """
    from tensorflow.python.autograph.core import ag_ctx, converter

    def run(values: dict[str, Any]) -> Any:
        options = converter.ConversionOptions(recursive=True)
        with ag_ctx.ControlStatusCtx(ag_ctx.Status.ENABLED, options):
            return call(values)

    return run


def author_objects(trusted: dict[str, Any] | None, engine: str) -> dict[str, Any]:
    """The author's classes and functions by the names that the model's config uses.

    Args:
        trusted: ``files``, ``writer``, ``needs``, ``names`` and ``channels_first``, as
            :func:`tfmigrate.judge.trust.order` made them.
        engine: The engine that rebuilds the model.

    Raises:
        EnvironmentProblem: There are no walls to run it behind.
        NotSupported: The code failed, or does not define what the model needs.
    """
    if trusted is None:
        return {}
    from tfmigrate.trusted.needed import chosen

    found = _objects(trusted, engine)
    return chosen(found, trusted["needs"], [f["name"] for f in trusted["files"]], trusted["names"])


def author_function(trusted: dict[str, Any], engine: str, wanted: str) -> Any:
    """The function of the author's that a recipe names as ``FILE.py:function``.

    Raises:
        EnvironmentProblem: There are no walls to run it behind.
        NotSupported: The code failed, or does not define it.
    """
    name = wanted.rpartition(":")[2]
    found = _objects(trusted, engine)
    if name not in found.defined:
        raise NotSupported(
            f"the author's code defines no function {shown(name, 80)}",
            [Problem("it defines", where=shown(wanted), nearest=nearest(name, found.defined))],
            where=shown(wanted),
        )
    return found.defined[name]


def _objects(trusted: dict[str, Any], engine: str) -> Objects:
    if landlock.abi() == 0:
        raise EnvironmentProblem(
            "this system has no Landlock, so code cannot be kept from your files; it is not run",
            where="--trust-code",
            help="run this on a Linux kernel from 5.13 on that has Landlock switched on",
        )
    tempfile.tempdir = os.getcwd()  # AutoGraph writes what it makes of a function to a file
    from tfmigrate.trusted.load import objects

    files = [Code(**file) for file in trusted["files"]]
    writer = from_json(Writer, trusted["writer"])
    return objects(files, writer, engine, trusted["channels_first"])
