"""What the author's code raises is told as a refusal with its file and line, not as our bug."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Sequence

from tfmigrate.errors import NotSupported, TfmigrateError, shown

_MISSING = (
    "install the package beside tfmigrate, or give the file that has it with a further --trust-code"
)
_PYTHON_2 = "code of Python 2 has to be turned into Python 3 (2to3, futurize) before it can be run"
_REFUSED = "the walls keep it from files that are no part of the model, and from the network"


@contextlib.contextmanager
def blamed(files: Sequence[str]) -> Iterator[None]:
    """Within it, an exception that came through one of the files is a refusal that says where.

    Args:
        files: Names of the files as their code objects have them.

    Raises:
        NotSupported: The author's code raised something.
    """
    try:
        yield
    except MemoryError:
        raise
    except SyntaxError as error:
        if error.filename not in files:
            raise
        raise _syntax(error) from error
    except (Exception, SystemExit) as error:
        for cause in _causes(error):
            where = _line(cause, files)
            if where and type(cause).__name__ != "ResourceExhaustedError":
                raise _refusal(cause, where, error) from error
        raise


def _causes(error: BaseException) -> list[BaseException]:
    """The exception that started it all first; refusals of our own say less than their causes."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    plain = [e for e in found if not isinstance(e, TfmigrateError)]
    return plain if isinstance(error, NotSupported) or plain[:1] == [error] else []


def _line(error: BaseException, files: Sequence[str]) -> str:
    """The innermost line of the author's that an exception went through, "" for none."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ""


def _refusal(error: BaseException, where: str, whole: BaseException) -> NotSupported:
    help = "mend the file, or ask for what it needs"
    if isinstance(error, ModuleNotFoundError):
        help = _MISSING
    elif isinstance(error, PermissionError):
        help = _REFUSED
    elif type(error).__name__ == "InvalidArgumentError" and isinstance(whole, NotSupported):
        help = whole.help or help  # the values that it was tried with, not the code, are wrong
    said = shown(str(error).strip().split("\n\nCall arguments")[0], 500)
    return NotSupported(
        f"the author's code failed: {type(error).__name__}: {said}", where=where, help=help
    )


def _syntax(error: SyntaxError) -> NotSupported:
    text = shown((error.text or "").strip(), 80)
    return NotSupported(
        f"the author's code is no Python that can be run today: {error.msg}: {text}",
        where=f"{error.filename}, line {error.lineno}",
        help=_PYTHON_2,
    )
