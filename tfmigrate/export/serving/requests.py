"""Example requests with their answers, a JSON file for each signature."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tfmigrate.export.serving import rest
from tfmigrate.export.serving.values import NoJson, Probe
from tfmigrate.tensors import Signature

FOLDER = Path("assets.extra", "tfmigrate", "requests")
# Characters of a body, and of an answer: what a person would still look at.
LIMIT = 16_000


def example(
    signature: Signature, probe: Probe, answer: Probe, random: Iterable[str] = ()
) -> dict[str, Any]:
    """A request over REST and the answer to it, as plain JSON types.

    Args:
        signature: What is asked.
        probe: Its inputs.
        answer: What it answers.
        random: The outputs that are another each time.

    Returns:
        ``signature``, ``method``, ``url``, ``body`` and ``answer`` (each None where JSON cannot
        carry it, or it is long), and ``notes``, which say why.
    """
    made: dict[str, Any] = {
        "signature": signature.key, "method": signature.method, "url": rest.url(signature),
    }  # fmt: skip
    notes = [f"{name} is another each time" for name in random]
    for part, make in (("body", rest.body), ("answer", rest.answer)):
        made[part], why = _within(part, make, signature, probe, answer)
        notes += [why] if why else []
    return {**made, "notes": notes}


def _within(
    part: str, make: Any, signature: Signature, probe: Probe, answer: Probe
) -> tuple[Any, str]:
    values = sum(a.size for a in (probe if part == "body" else answer).values())
    if 2 * values > LIMIT:  # a digit and a comma each
        return None, f"the {part} is left out: it has {values:,} values"
    try:
        made = make(signature, probe, answer)
    except NoJson as error:
        return None, f"there is no {part} here: {error}"
    length = len(json.dumps(made))
    if length > LIMIT:
        return None, f"the {part} is left out: it is {length:,} characters long"
    return made, ""


def write(saved_model: Path, examples: Iterable[dict[str, Any]]) -> None:
    """Write each example as ``assets.extra/tfmigrate/requests/<signature>.json``."""
    known = list(examples)
    keys = [str(made["signature"]) for made in known]
    for made in known:
        path = saved_model / FOLDER / file_name(str(made["signature"]), keys)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(made), encoding="utf-8", newline="\n")


def file_name(key: str, keys: Iterable[str] = ()) -> str:
    """A name for any file system: letters, digits and ``-._``; unlike that of any other key."""
    plain = re.sub(r"[^\w.-]", "_", key, flags=re.ASCII).lstrip(".")[:80]
    alike = [k for k in keys if k != key and k.casefold() == key.casefold()]
    if plain != key or alike:
        plain = f"{plain}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return f"{plain}.json"


def _text(made: dict[str, Any]) -> str:
    """A line for each part: a request can be cut out of it."""
    lines = (
        f" {json.dumps(part)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for part, value in made.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"
