"""Why answers that match may still prove little."""

from __future__ import annotations

from tfmigrate.proof import Parity
from tfmigrate.report.html.wording import sentence
from tfmigrate.report.words import counted


def reasons(parity: Parity) -> tuple[str, ...]:
    """One sentence each; none where there is nothing to hold against the proof."""
    found = []
    if parity.level == "rebuilt":
        found.append(
            "Nothing independent computed the reference: that weights and export are right is "
            "proved, that the architecture is the original's is not."
        )
    weak = [o for o in parity.outputs if o.weak]
    found += [f"The output {o.name} proves little: it is {o.weak}." for o in weak]
    found += [sentence(w) for w in (parity.coverage.warnings if parity.coverage else ())]
    missed = parity.power.count("missed") if parity.power is not None else 0
    if missed:
        what = f"{counted(missed, 'planted fault')} that other inputs would show"
        found.append(f"These probes did not notice {what}.")
    return tuple(found)
