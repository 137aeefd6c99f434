"""A rebuilt model in which faults are planted, one at a time, and whether its answers show them."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tfmigrate.engines.changes import ChangesNothing, changed, faults, moved
from tfmigrate.engines.changes.base import Change
from tfmigrate.engines.walk import layers_of
from tfmigrate.errors import shown
from tfmigrate.parity.compare import compare
from tfmigrate.parity.probes import Probe
from tfmigrate.proof import Mutation, OutputComparison
from tfmigrate.tensors import Tolerance
from tfmigrate.workers.rebuilding import Rebuilt, answer
from tfmigrate.workers.trials import failing

# How often the rounding of one evaluation goes into that of another.
_ROUNDING = 4.0

# Bytes of weights that are changed all at once, to find outputs that depend on none.
_ALL_AT_ONCE = 1 << 28

Ask = Callable[[Probe], Probe]


@dataclass(frozen=True)
class Field:
    """The model, and what it is asked.

    Attributes:
        rebuilt: The model with its weights.
        asked: The inputs of the check, by public names.
        expected: The reference's answers to them.
        further: More inputs, for faults that those do not show.
        allowed: The tolerance of each output.
        impossible: The faults that the model cannot have, and what it said; filled by ``plant``.
        noticed: The outputs that showed a fault to the check; filled by ``plant``.
    """

    rebuilt: Rebuilt
    asked: Sequence[Probe]
    expected: Sequence[Probe]
    further: Sequence[Probe]
    allowed: Mapping[str, Tolerance]
    impossible: list[str] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)

    def disagrees(self) -> str:
        """What the model as it is answers otherwise than the reference; "" where nothing."""
        worst = _worst(self._compared(self._answers(self._in_graph, self.asked), self.expected))
        if worst is None:
            return ""
        return f"{shown(worst.name)}: {shown(worst.why)}"

    def plant(self, change: Change) -> Mutation | None:
        """What becomes of a fault.

        Returns:
            None where the model cannot have it, or has it: its weights would stay as they are.
        """
        retraced = self._is_retraced(change)
        by_layers = retraced and self._runs_by_layers
        try:
            with changed(self.rebuilt.built, change):
                ask = self._by_layers if by_layers else self._new() if retraced else self._in_graph
                worst = self._shown(ask)
                if worst is not None:
                    return _mutation(change, "caught", worst)
                found = self._answers(ask, self.further)
        except ChangesNothing:
            return None
        except failing() as error:
            said = str(error).strip().split("\n")[0]
            self.impossible.append(f"{change.kind} in {change.layer}: {shown(said)}")
            return None
        normal = self._normal_by_layers if by_layers else self._normal_in_graph
        return self._unnoticed(change, self._compared(found, normal, self._rounding))

    def _shown(self, ask: Ask) -> OutputComparison | None:
        """What the check sees of a fault first; None where it sees nothing.

        It goes on to the next probe while there are outputs that have shown none yet.
        """
        first = None
        for probe, expected in zip(self.asked, self.expected, strict=True):
            if first is not None and not self.unmoved():
                break
            results = self._compared(self._answers(ask, [probe]), [expected])
            self.noticed.update(result.name for result in results if not result)
            first = _worst(results) if first is None else first
        return first

    def unmoved(self) -> list[str]:
        """The outputs that have shown no fault so far."""
        return [name for name in self.expected[0] if name not in self.noticed]

    def weightless(self, names: Sequence[str]) -> list[str]:
        """Those of some outputs that stay bit for bit when all weights are changed at once."""
        changes = faults.in_weights(self.rebuilt.built)
        held = {name: self.rebuilt.built.variables[name] for c in changes for name in c.reads}
        if sum(v.dtype.size * v.shape.num_elements() for v in held.values()) > _ALL_AT_ONCE:
            return []
        every = [*self.asked, *self.further]
        normal = self._answers(self._in_graph, every)
        with contextlib.ExitStack() as stack:
            for change in changes:
                with contextlib.suppress(ChangesNothing):
                    stack.enter_context(changed(self.rebuilt.built, change))
            found = self._answers(self._new(), every)
        pairs = list(zip(normal, found, strict=True))
        return [n for n in names if all(np.array_equal(a[n], b[n]) for a, b in pairs)]

    def _unnoticed(self, change: Change, further: Sequence[OutputComparison]) -> Mutation:
        worst = _worst(further)
        if worst is not None:
            return _mutation(change, "missed", worst)
        return _mutation(change, "silent", max(further, key=lambda r: r.max_abs))

    def _answers(self, ask: Ask, inputs: Sequence[Probe]) -> list[Probe]:
        return [ask(probe) for probe in inputs]

    def _compared(
        self,
        found: Sequence[Probe],
        expected: Sequence[Probe],
        allowed: Mapping[str, Tolerance] | None = None,
    ) -> tuple[OutputComparison, ...]:
        """Answers beside others; only outputs that the reference has count."""
        names = self.expected[0].keys()
        one, other = ([{n: a[n] for n in names if n in a} for a in s] for s in (expected, found))
        return compare(one, other, self.allowed if allowed is None else allowed)

    def _is_retraced(self, change: Change) -> bool:
        """Whether a function that is compiled already would not hold the fault."""
        model = self.rebuilt.built.model
        if change.weights is None or model is None:
            return change.weights is None
        layer = next(x for path, x in layers_of(model) if path == change.layer)
        return hasattr(layer, "finalize_state")  # it computes constants from its weights

    @functools.cached_property
    def _runs_by_layers(self) -> bool:
        """Whether the model answers as the reference does outside a graph too, which is quicker."""
        if not self.rebuilt.built.eager:
            return False
        found = self._answers(self._by_layers, self.asked)
        return _worst(self._compared(found, self.expected)) is None

    @functools.cached_property
    def _rounding(self) -> Mapping[str, Tolerance]:
        """The tolerances for further inputs: nothing counts there that rounding alone may do.

        Rounding is what lies between a graph and layer by layer, on the same inputs. A bias of the
        keys of an attention, for one, changes nothing but that: softmax takes it out again.
        """
        if not self._runs_by_layers:
            return self.allowed
        wide = dict(self.allowed)
        for output in self._compared(self._normal_by_layers, self._normal_in_graph):
            if output.tolerance is not None:
                least = max(output.tolerance.atol, _ROUNDING * output.max_abs)
                wide[output.name] = replace(output.tolerance, atol=least)
        return wide

    @functools.cached_property
    def _in_graph(self) -> Ask:
        return self._new()

    @functools.cached_property
    def _normal_in_graph(self) -> list[Probe]:
        return self._answers(self._in_graph, self.further)

    @functools.cached_property
    def _normal_by_layers(self) -> list[Probe]:
        return self._answers(self._by_layers, self.further)

    def _by_layers(self, probe: Probe) -> Probe:
        return answer(self.rebuilt.built.call, self.rebuilt.names, probe)

    def _new(self) -> Ask:
        """The model as one function of free sizes, compiled when it is first asked."""
        import tensorflow as tf

        built = self.rebuilt.built
        given = {s.name: tf.TensorSpec(s.shape, s.dtype) for s in built.signature.inputs}
        function = tf.function(built.call, input_signature=[given], autograph=False)
        return functools.partial(answer, function, self.rebuilt.names)


def _worst(results: Sequence[OutputComparison]) -> OutputComparison | None:
    """The output that is off most, by its tolerance; None where all are within theirs."""
    wrong = [result for result in results if not result]
    return max(wrong, key=lambda r: (r.used, r.max_abs), default=None)


def _mutation(change: Change, outcome: str, output: OutputComparison) -> Mutation:
    where = change.reads[0] if change.kind == moved.KIND else change.layer
    return Mutation(change.kind, where, outcome, output.name, output.max_abs)
