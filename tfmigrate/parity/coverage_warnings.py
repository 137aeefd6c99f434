"""Why probes prove little, a sentence each, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tfmigrate.errors import shown
from tfmigrate.proof import InputCoverage, OutputCoverage

# Below both, the rows that the probes looked up say little about the others.
_SHARE, _ROWS = 0.1, 256
# Above it, few elements are left that could show a difference.
_SATURATED = 0.9
_REAL = "try real data with --inputs FILE.npz"


def warnings(
    inputs: Sequence[InputCoverage],
    outputs: Sequence[OutputCoverage],
    all_equal: bool,
    odd: Mapping[str, int],
) -> tuple[str, ...]:
    """The sentences; none where the probes prove much.

    Args:
        inputs: What was tried.
        outputs: What was answered.
        all_equal: Whether every sample was the same.
        odd: How many elements of each output were NaN or infinite.
    """
    return (
        *_of_samples(inputs, all_equal),
        *(said for found in inputs for said in _of_rows(found)),
        *(said for found in outputs for said in _of_output(found, odd.get(found.name, 0))),
    )


def _of_samples(inputs: Sequence[InputCoverage], all_equal: bool) -> Iterator[str]:
    samples = max((found.samples for found in inputs), default=0)
    if inputs and samples < 2:
        yield (
            "the model was asked about one sample only: an output that ignores its input would"
            " look right; give several with --inputs FILE.npz, or more --samples"
        )
    elif inputs and all_equal:
        yield f"all {samples:,} samples are the same, which proves no more than one; {_REAL}"


def _of_rows(found: InputCoverage) -> Iterator[str]:
    if found.rows and found.touched < _SHARE * found.rows and found.touched < _ROWS:
        yield (
            f"the probes looked up {found.touched:,} of the {found.rows:,} rows behind input"
            f" {shown(found.name)}: the ledger proves what the rows hold, the probes only how"
            f" they are used; more --samples or real data with --inputs FILE.npz touch more"
        )


def _of_output(found: OutputCoverage, odd: int) -> Iterator[str]:
    name = shown(found.name)
    if odd:
        yield f"{odd:,} elements of output {name} are NaN or infinite for the probes; {_REAL}"
    if found.dead * 2 > found.positions:
        which = (
            "every position"
            if found.dead == found.positions
            else f"{found.dead:,} of {found.positions:,} positions"
        )
        yield (
            f"{which} of output {name} had one value whatever went in: what leads there is"
            f" hardly tested; {_REAL}"
        )
    elif found.saturated > _SATURATED:
        yield (
            f"{found.saturated:.0%} of output {name} sits at the ends of its activation (0, 1"
            f" or -1), where faults hide; {_REAL}"
        )
