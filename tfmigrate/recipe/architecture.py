"""The architecture of a recipe as frozen models: inputs, entries, blocks, declared layers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tfmigrate.recipe import forms
from tfmigrate.recipe.parts import Dtype, From, Names, Outputs, Part, Shape, Size, Text


class Input(Part):
    """An input of the model: its full shape, batch first, null where free; float32 if not said.

    Of a graph it is a tensor (``images:0``, short for ``{tensor: "images:0"}``), with shape and
    type where the graph does not say.
    """

    shape: Shape | None = None
    dtype: Dtype | None = None
    tensor: Text | None = None


class DeclaredWeight(Part):
    """A weight of a declared layer, a `compute` entry, or a variable as such.

    A size is a number, or an expression of ``last`` (the last size of the layer's input),
    ``input`` (its whole shape, batch first) and the layer's arguments. The layer's own dtype where
    none is given. The order is that in which the author's layer made them: `.keras` archives
    number weights by it.
    """

    shape: tuple[Size, ...]
    dtype: Dtype | None = None


class EntryWeight(Part):
    """A weight of a `compute` entry: its own, of a shape, or one ``of`` an earlier entry."""

    shape: tuple[Size, ...] | None = None
    dtype: Dtype | None = None
    of: Text | None = None


class Layer(Part):
    """An entry of the architecture: a layer, another call of one, an expression, or a variable.

    Also a block or a group of entries, which :mod:`tfmigrate.recipe.expand` replaces by what they
    stand for before anything else reads the recipe.

    Attributes:
        name: Its name; what stands in a block or a group is ``BLOCK/NAME``. The class's name, in
            small letters and numbered, where not given.
        layer: The class of a layer.
        call_layer: The name of an earlier layer or block that is applied once more.
        block: The name of a block.
        layers: The entries of a group.
        compute: An expression of other entries, by their names; ``x`` is the previous one.
        variable: A variable as such, under this name.
        with: Constructor arguments of the layer, parameters of the block.
        from: What it is called with: a name, a list, or a mapping of call arguments; the previous
            entry if not given. ``lstm.1`` is the second output of ``lstm``.
        call: Constant call arguments.
        weights: Weights of a `compute` entry: a shape for one of its own, the name of a variable
            of an earlier entry for a shared one.
        mask: The expression of the mask that a `compute` entry passes on; none if not given.
        repeat: How often it stands there, each taking the one before; or a list with the
            arguments of each. ``$index`` is its number, ``$item`` the item of a list of values.
        start: The first number, 1 if not given.
        when: Arithmetic; where it does not hold, the entry is not there.
        otherwise: What its name stands for where ``when`` does not hold.
    """

    name: Text | None = None
    layer: Text | None = None
    call_layer: Text | None = None
    block: Text | None = None
    layers: tuple[dict[str, Any], ...] | None = None
    compute: Text | None = None
    variable: DeclaredWeight | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    from_: Annotated[From, BeforeValidator(forms.source)] = Field(default=None, alias="from")
    call: dict[str, Any] = Field(default_factory=dict)
    weights: dict[str, Annotated[EntryWeight, BeforeValidator(forms.entry_weight)]] = Field(
        default_factory=dict
    )
    mask: Text | None = None
    repeat: int | str | list[Any] | None = None
    start: int | str | None = None
    when: bool | int | str | None = None
    otherwise: Text | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Layer:
        return forms.one_kind(self)


class Block(Part):
    """A part of an architecture that is used several times.

    Attributes:
        parameters: Names, or names with defaults.
        inputs: What it is called with, by name; ``x`` if not given. A mapping to shapes, as under
            `architecture`, where the block stands inside a wrapper such as TimeDistributed.
        layers: Its entries; they see only each other and the inputs.
        output: The entry that is its result; the last one if not given.
    """

    parameters: Annotated[dict[str, Any], BeforeValidator(forms.arguments)] = Field(
        default_factory=dict
    )
    inputs: Annotated[dict[str, Any], BeforeValidator(forms.block_inputs)] = Field(
        default_factory=lambda: {"x": {}}
    )
    layers: tuple[dict[str, Any], ...] = Field(min_length=1)
    output: Text | None = None


class Architecture(Part):
    """What the model is: inputs, entries in order, named outputs (the last entry if not given).

    Or where it is taken from, by one of these:

    Attributes:
        keras: A ``model.json`` or ``model.yaml``, beside the recipe.
        application: A model of ``keras.applications``; ``with`` holds its arguments.
        python: ``FILE.py:function`` of the author's, which is run only with --trust-code FILE.py;
            ``with`` holds its arguments.
        graph: A ``.meta`` or GraphDef beside the recipe, or ``source``: the one beside the
            checkpoint. ``inputs`` and ``outputs`` map names to tensors, ``feeds`` holds values of
            other tensors. ``training: false`` takes a graph that was built for training, without a
            switch, as one of inference: moving statistics, no dropout.
    """

    semantics: Annotated[Text, AfterValidator(forms.semantics)] | None = None
    inputs: dict[str, Annotated[Input, BeforeValidator(forms.graph_input)]] = Field(
        default_factory=dict
    )
    layers: tuple[Layer, ...] = ()
    outputs: Outputs = Field(default_factory=dict)
    keras: Text | None = None
    application: Text | None = None
    python: Text | None = None
    graph: Text | None = None
    feeds: dict[str, Any] = Field(default_factory=dict)
    training: Literal[False] | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")


class LayerType(Part):
    """A layer that is declared instead of imported: its weights, and what it computes.

    ``x`` is its input (``x[0]``, ``x[1]`` where it takes several), unless ``inputs`` names them.
    ``arguments`` are what its config holds: names, or names with defaults. ``mask`` is the
    expression of the mask that it passes on; none, if not given. With ``states`` (names and
    sizes) it is a cell for RNN, and what it computes is a tuple: the output, then each new state.
    """

    inputs: Names = ("x",)
    arguments: Annotated[dict[str, Any], BeforeValidator(forms.arguments)] | None = None
    weights: dict[str, DeclaredWeight] = Field(default_factory=dict)
    states: dict[str, Size] = Field(default_factory=dict)
    compute: Text
    mask: Text | None = None
