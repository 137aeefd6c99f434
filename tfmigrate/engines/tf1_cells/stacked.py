"""Cells one above the other."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfmigrate.engines.tf1_cells.base import Cell, Scope, cell_in, packed, unpacked


class MultiRNNCell(Cell):
    """``tf.nn.rnn_cell.MultiRNNCell``; its state is the states of its cells, the lowest first."""

    scope = "multi_rnn_cell"

    def __init__(self, cells: list[Any], state_is_tuple: bool = True, **others: Any) -> None:
        super().__init__(**others)
        self._held = []
        for i, cell in enumerate(cells):
            held = Scope(name=f"cell_{i}")
            held.cell = cell_in(cell, "tf1.MultiRNNCell")
            self._held.append(held)
        self._as_tuple = state_is_tuple
        self._sizes = [held.cell.state_size for held in self._held]
        if not state_is_tuple and any(tf.nest.is_nested(size) for size in self._sizes):
            raise ValueError("state_is_tuple: false takes cells with state_is_tuple: false")
        self.state_size = tuple(self._sizes) if state_is_tuple else sum(self._sizes)
        self.output_size = self._held[-1].cell.output_size

    def make(self, size: int, dtype: Any) -> None:
        """Make the variables of ``cell_0``, ``cell_1``..."""
        for held in self._held:
            held.cell.make(size, dtype)
            size = held.cell.output_size

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """Each cell takes the output of the one below."""
        states = []
        parts = unpacked(state, self._sizes, self._as_tuple)
        for held, part in zip(self._held, parts, strict=True):
            inputs, new = held.cell.step(inputs, part)
            states.append(new)
        return inputs, packed(states, self._as_tuple)
