"""What the schema cannot see: names that must exist, in the right order, and fit together.

These look at the plain data and skip what has the wrong type, so that they speak in the same run
as the schema.
"""

from __future__ import annotations

from typing import Any

from tfmigrate.recipe import check_declared, check_kinds, check_layers, check_names
from tfmigrate.recipe.reporter import Reporter
from tfmigrate.recipe.spots import Spots


def check(data: dict[str, Any], spots: Spots, report: Reporter) -> None:
    """Report everything in a recipe that does not fit together."""
    check_declared.check_declared(data, spots, report)
    architecture = data.get("architecture")
    if isinstance(architecture, dict) and check_kinds.check_kinds(architecture, report):
        names = check_names.check_architecture(architecture, report)
        check_layers.check_layers(architecture, report, check_declared.declared_layers(data))
    elif isinstance(architecture, dict) and architecture.get("graph") is not None:
        names = check_names.of_graph(architecture)
    else:
        names = None
    check_names.check_signatures(data, names, report)
    check_names.check_parity(data, names, report)
