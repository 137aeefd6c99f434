"""What a recipe says about the graph beside a checkpoint, as the reference of its own model."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tfmigrate.recipe import forms
from tfmigrate.recipe.architecture import Input
from tfmigrate.recipe.parts import Outputs, Part, Text


class GraphEvidence(Part):
    """Which tensors of a graph are the recipe's inputs and outputs.

    Attributes:
        graph: The graph, relative to the recipe; ``source`` is the one beside the checkpoint.
        inputs: Inputs of the recipe by name, each with its tensor; ``NAME:0`` where not given.
        outputs: Outputs of the recipe, the same.
        feeds: Values of other tensors, of placeholders that switch training for example.
    """

    graph: Text = "source"
    inputs: dict[str, Annotated[Input, BeforeValidator(forms.graph_input)]] = Field(
        default_factory=dict
    )
    outputs: Outputs = Field(default_factory=dict)
    feeds: dict[str, Any] = Field(default_factory=dict)
