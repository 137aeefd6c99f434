"""The page: every section's view in its template, one file without anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tfmigrate.lazy import load
from tfmigrate.report.html import wording
from tfmigrate.report.html.about import Context, Subject

# In the order of the page: name (of template, view and anchor) -> title in the navigation.
SECTIONS = {
    "problems": "What did not fit",
    "certified": "What is not as certified",
    "divergence": "Where it goes wrong",
    "ladder": "How much was proved",
    "outputs": "Outputs",
    "sensitivity": "Probes",
    "provenance": "Source and run",
    "architecture": "Architecture",
    "ledger": "Ledger",
    "signatures": "Signatures",
    "remarks": "Warnings and notes",
}


@dataclass(frozen=True)
class Section:
    """A part of the page: the name of its template, its title, and what it shows."""

    name: str
    title: str
    view: Any


def render(subject: Subject, context: Context) -> str:
    """The whole page; the same for the same result."""
    style, script = _asset("style.css"), _asset("script.js")
    sections = [
        Section(name, title, view)
        for name, title in SECTIONS.items()
        if (view := load(f"tfmigrate.report.html.{name}:view")(subject, context)) is not None
    ]
    return _environment().get_template("page.html").render(
        verdict=load("tfmigrate.report.html.verdict:view")(subject, context),
        sections=sections,
        style=style,
        script=script,
        policy=_policy(style, script),
    )  # fmt: skip


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("tfmigrate.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.safe,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["short"] = wording.short
    made.filters["ticks"] = wording.ticks
    made.filters["sentence"] = wording.sentence
    return made


def _asset(name: str) -> str:
    folder = resources.files("tfmigrate.report.html") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, and no style or script runs but the two that we wrote."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
