"""JSON out of a model file: nothing ambiguous, nothing endless."""

from __future__ import annotations

import collections
import json
import math
from typing import Any

from tfmigrate.errors import Damaged, shown

SIZE_LIMIT = 64 * 2**20
DEPTH_LIMIT = 200

_HELP = "copy the file again from where it was made; no Keras writes a config like this"


def parse(text: str | bytes, where: str) -> Any:
    """The value of a JSON document.

    Args:
        text: The document, UTF-8 where it is bytes.
        where: What it is, for the error ("model_config of model.h5").

    Raises:
        Damaged: It is no UTF-8, no JSON, larger than 64 MiB, nested deeper than 200,
            or it repeats a key or holds NaN or Infinity (two readers would disagree on it).
    """
    if len(text) > SIZE_LIMIT:
        raise Damaged(
            f"the JSON has {len(text):,} bytes, more than the limit of {SIZE_LIMIT:,}",
            where=where,
            help=_HELP,
        )
    try:
        value = json.loads(
            text if isinstance(text, str) else text.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise Damaged(f"the JSON is not UTF-8 at byte {error.start}", where=where) from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except ValueError as error:
        raise Damaged(f"not valid JSON: {shown(error)}", where=where, help=_HELP) from error
    _check(value, where)
    return value


def parse_object(text: str | bytes, where: str) -> dict[str, Any]:
    """The JSON object of a document; see :func:`parse`.

    Raises:
        Damaged: As :func:`parse`, or the document is not an object.
    """
    value = parse(text, where)
    if not isinstance(value, dict):
        raise Damaged(f"expected a JSON object, found {type(value).__name__}", where=where)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (key, _), *_ = collections.Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key!r} occurs twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is not JSON")


def _too_deep(where: str) -> Damaged:
    return Damaged(f"the JSON is nested deeper than {DEPTH_LIMIT} levels", where=where, help=_HELP)


def _check(value: Any, where: str) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT + 1):
        if any(isinstance(v, float) and not math.isfinite(v) for v in level):
            raise Damaged("the JSON holds a number that is not finite", where=where, help=_HELP)
        containers = [v for v in level if isinstance(v, dict | list)]
        if not containers:
            return
        level = [child for v in containers for child in (v.values() if isinstance(v, dict) else v)]
    raise _too_deep(where)
