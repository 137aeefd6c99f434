"""From a stored function to an expression: every Python that may have written it is tried."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfmigrate.errors import Damaged, NotSupported, Problem, UnsafeContent
from tfmigrate.expressions import Dialect, Expression, check, text
from tfmigrate.expressions.nodes import Const, Name, Node
from tfmigrate.lambdas import marshal, stored
from tfmigrate.lambdas.instructions import UNVERIFIED, VERSIONS, disassembly
from tfmigrate.lambdas.lifter import Lifter
from tfmigrate.lambdas.marshal import Code
from tfmigrate.lambdas.values import Unliftable

_VARIABLE_KEYWORDS = 0x08


@dataclass(frozen=True)
class Lifted:
    """A function that became an expression.

    Attributes:
        expression: What it computes.
        parameter: The name in it that stands for the layer's input, or list of inputs; the name
            ``mask`` stands for the mask.
        python: The Python that wrote it, as far as the code tells: ``3.6 or 3.7``.
        sha256: Of the marshalled bytes.
        disassembly: Its bytecode as text.
        verified: Whether that Python's tables were tried on files it wrote.
    """

    expression: Expression
    parameter: str
    python: str
    sha256: str
    disassembly: str
    verified: bool = True


class CannotLift(UnsafeContent):
    """A function that is more than an expression; it is refused, never run.

    Attributes:
        reason: Why, in words.
        disassembly: Its bytecode as text, "" where it could not be read.
        sha256: Of the marshalled bytes, "" where there are none.
        python: The Python that wrote it, "" where the code does not tell.
    """

    def __init__(self, reason: str, disassembly: str = "", sha256: str = "", python: str = ""):
        self.reason, self.disassembly = reason, disassembly
        self.sha256, self.python = sha256, python
        super().__init__(
            f"the code of a Lambda cannot be taken over as an expression: {reason}",
            [Problem(line) for line in disassembly.splitlines()],
            help=f"give the expression in a recipe for the hash {sha256}" if sha256 else "",
        )

    def to_dict(self) -> dict[str, Any]:
        """As the class that readers of reports know."""
        return {**super().to_dict(), "error": "UnsafeContent"}


def lift(function: Any, dialect: Dialect, arguments: Mapping[str, Any] | None = None) -> Lifted:
    """The expression of a function as a config of any era stores it.

    Args:
        function: The stored function: a text, ``[code, defaults, closure]``, or Keras 3's object.
        dialect: Who wrote the file.
        arguments: The layer's ``arguments``, given to the function by name.

    Raises:
        CannotLift: It is more than an expression, or nobody can tell what it is.
    """
    try:
        found = stored.read(function)
    except Damaged as problem:
        raise CannotLift(problem.what) from problem
    digest = hashlib.sha256(found.code).hexdigest()
    readings = _readings(found.code)
    if not readings:
        raise CannotLift("these bytes are no code of Python 2.7 or 3.3 to 3.13", sha256=digest)
    lifted: dict[str, tuple[Expression, str]] = {}
    reasons: list[tuple[int, str, str]] = []
    for version, code in readings.items():
        try:
            given, parameter = _parameters(code, found, dialect, arguments or {})
            expression = Lifter(version, dialect).expression(code, given)
            check(expression, dialect)
            lifted[version] = (expression, parameter)
        except (Unliftable, NotSupported, Damaged) as problem:
            said = problem.what + (f" ({h})" if (h := getattr(problem, "help", "")) else "")
            reasons.append((isinstance(problem, Damaged), version, said))
    if not lifted:
        _, version, reason = min(reasons)
        python = " or ".join(v for bad, v, _ in sorted(reasons) if not bad) or version
        raise CannotLift(reason, disassembly(readings[version], version), digest, python)
    return _agreed(lifted, readings, digest)


def _agreed(
    lifted: dict[str, tuple[Expression, str]], readings: dict[str, Code], digest: str
) -> Lifted:
    trusted = {v: e for v, e in lifted.items() if v not in UNVERIFIED} or lifted
    version = next(iter(trusted))
    shown_code = disassembly(readings[version], version)
    python = " or ".join("3.3 to 3.5" if v in UNVERIFIED else v for v in trusted)
    if len(set(lifted.values())) > 1:
        said = "; ".join(f"Python {v}: {text(e)}" for v, (e, _) in lifted.items())
        raise CannotLift(
            f"it reads differently as code of different Pythons ({said})", shown_code, digest,
            python,
        )  # fmt: skip
    expression, parameter = lifted[version]
    verified = version not in UNVERIFIED
    return Lifted(expression, parameter, python, digest, shown_code, verified)


def _readings(data: bytes) -> dict[str, Code]:
    """The code object by each Python that may have written it."""
    found: dict[str, Code] = {}
    for layout, versions in VERSIONS.items():
        try:
            code = marshal.load(data, layout)
        except Damaged:
            continue
        found |= {version: code for version in versions if _lines_fit(code, version)}
    return found


def _lines_fit(code: Code, version: str) -> bool:
    # The line table of 3.10 accounts for every byte of code, that of 3.8 and 3.9 never for the end.
    if code.layout != "3.8":
        return True
    whole = len(code.lines) % 2 == 0 and sum(code.lines[::2]) == len(code.code)
    return whole == (version == "3.10")


def _parameters(
    code: Code, found: stored.Stored, dialect: Dialect, arguments: Mapping[str, Any]
) -> tuple[dict[str, Node], str]:
    """What each parameter and free variable stands for, and the name of the input."""
    names = code.locals[: code.argcount + code.kwonly]
    if len(names) < code.argcount + code.kwonly or not code.argcount:
        raise Unliftable("a function without a parameter for the input")
    if len(code.free) != len(found.closure):
        raise Unliftable(f"a closure of {len(found.closure)} values for {len(code.free)} variables")
    values: dict[str, Node] = {}
    positional = names[: code.argcount]
    if len(found.defaults) > len(positional):
        raise Damaged("more defaults than parameters")
    if found.defaults:
        last = positional[-len(found.defaults) :]
        values |= {n: stored.value(v) for n, v in zip(last, found.defaults, strict=True)}
    unknown = [key for key in arguments if key not in names[1:]]
    if unknown and not code.flags & _VARIABLE_KEYWORDS:
        raise Unliftable(f"the argument {unknown[0]!r}, which the function has not")
    values |= {key: stored.value(v) for key, v in arguments.items() if key in names[1:]}
    values |= _given_by_keras(names[1:], dialect)
    missing = [n for n in names[1:] if n not in values]
    if missing:
        raise Unliftable(f"the parameter {missing[0]!r}, for which the file has no value")
    values |= {n: stored.value(v) for n, v in zip(code.free, found.closure, strict=True)}
    parameter = names[0] if names[0] != "mask" else "inputs"
    return {**values, names[0]: Name(parameter)}, parameter


def _given_by_keras(names: tuple[str, ...], dialect: Dialect) -> dict[str, Node]:
    # Every Keras hands on a mask; `training` only tf.keras of TensorFlow 2, and Keras 3.
    given: dict[str, Node] = {"mask": Name("mask")}
    if dialect.version >= (3,) or (dialect.library == "tf.keras" and dialect.tensorflow == 2):
        given["training"] = Const(False)
    return {name: node for name, node in given.items() if name in names}


def lift_of(config: Mapping[str, Any], dialect: Dialect, key: str = "function") -> Lifted:
    """The expression of the function in a Lambda's config; see :func:`refusal`.

    Raises:
        CannotLift: It is more than an expression, or its code is not in the file.
    """
    kind = config.get(f"{key}_type", "lambda")
    if kind != "lambda" or (isinstance(config.get(key), str) and f"{key}_type" not in config):
        raise CannotLift("the file names its function but has no code")
    function = config.get(key)
    if isinstance(function, dict) and function.get("class_name") != "__lambda__":
        raise CannotLift("the file names its function but has no code")
    arguments = config.get("arguments")
    if isinstance(arguments, dict) and arguments.get("class_name") == "__dict__":
        arguments = arguments.get("config")
    return lift(
        function, dialect, arguments if isinstance(arguments, dict) and "mask" not in key else {}
    )
