"""The recipe as frozen models; this file is the schema.

Keys that are Python words carry an underscore here: ``from_``, ``with_``.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    model_validator,
)

from tfmigrate.recipe import forms
from tfmigrate.recipe.spots import Spots
from tfmigrate.tensors import Tolerance

Text = Annotated[str, Strict(), Field(min_length=1)]
Whole = Annotated[int, Strict(), Field(ge=1)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Allowed = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Shape = tuple[Whole | None, ...]
Names = Annotated[tuple[str, ...], BeforeValidator(forms.names)]
Dtype = Annotated[Text, AfterValidator(forms.dtype)]
From = str | tuple[str, ...] | dict[str, str | tuple[str, ...]] | None
Outputs = Annotated[dict[str, str], BeforeValidator(forms.outputs)]
Size = Annotated[int | str, BeforeValidator(forms.size)]
Op = Annotated[dict[str, dict[str, Any]], BeforeValidator(forms.op)]


class Part(BaseModel):
    """A mapping of the recipe; a key it does not know is a mistake.

    ``to_come`` holds keys of the language that this version does not read yet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    to_come: ClassVar[frozenset[str]] = frozenset()


class Input(Part):
    """An input of the model: its full shape, batch first, null where free."""

    shape: Shape
    dtype: Dtype = "float32"


class Layer(Part):
    """A layer, or one more call of a layer that came before.

    ``from`` is a name, a list, or a mapping of call arguments; the previous layer if not given.
    ``call`` holds constant call arguments.
    """

    to_come: ClassVar[frozenset[str]] = frozenset(
        {"block", "repeat", "start", "layers", "compute", "model", "variable"}
    )

    name: Text
    layer: Text | None = None
    call_layer: Text | None = None
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    from_: Annotated[From, BeforeValidator(forms.source)] = Field(default=None, alias="from")
    call: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_two(self) -> Layer:
        return forms.one_kind(self)


class Architecture(Part):
    """What the model is: inputs, layers in order, named outputs (the last layer if not given)."""

    to_come: ClassVar[frozenset[str]] = frozenset(
        {"blocks", "graph", "feeds", "python", "keras", "application", "applications", "compute"}
    )

    semantics: Annotated[Text, AfterValidator(forms.semantics)] | None = None
    inputs: dict[str, Input] = Field(min_length=1)
    layers: tuple[Layer, ...] = Field(min_length=1)
    outputs: Outputs = Field(default_factory=dict)


class DeclaredWeight(Part):
    """A weight of a declared layer.

    A size is a number, or an expression of ``last`` (the last size of the layer's input),
    ``input`` (its whole shape, batch first) and the layer's arguments. The layer's own dtype where
    none is given. The order is that in which the author's layer made them: `.keras` archives
    number weights by it.
    """

    shape: tuple[Size, ...]
    dtype: Dtype | None = None


class LayerType(Part):
    """A layer that is declared instead of imported: its weights, and what it computes.

    ``x`` is its input (``x[0]``, ``x[1]`` where it takes several), unless ``inputs`` names them.
    ``arguments`` are what its config holds: names, or names with defaults. ``mask`` is the
    expression of the mask that it passes on; none, if not given.
    """

    inputs: Names = ("x",)
    arguments: Annotated[dict[str, Any], BeforeValidator(forms.arguments)] | None = None
    weights: dict[str, DeclaredWeight] = Field(default_factory=dict)
    compute: Text
    mask: Text | None = None


class Rule(Part):
    """Source tensors that become variables, and the ops between them.

    ``expect`` is how often the rule must apply.
    """

    from_: Names = Field(alias="from")
    to: Names
    ops: tuple[Op, ...] = ()
    expect: Annotated[int, Strict(), Field(ge=0)] | None = None

    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """Its line in the recipe, 0 where it has none."""
        return self._line

    @model_validator(mode="after")
    def _captured(self) -> Rule:
        return forms.captured(self)


class Ignore(Part):
    """Source tensors that are left out on purpose, and the reason."""

    names: Annotated[tuple[str, ...], BeforeValidator(forms.patterns)]
    because: Text


class Weights(Part):
    """Where the source's tensors go."""

    to_come: ClassVar[frozenset[str]] = frozenset({"averages", "extends", "inherit"})

    rules: tuple[Rule, ...] = ()
    ignore: tuple[Ignore, ...] = ()


class SignatureInput(Part):
    """What callers send under a name; the model's own where not given."""

    shape: Shape | None = None
    dtype: Dtype | None = None


class SignatureSpec(Part):
    """A serving signature: the names that callers rely on."""

    inputs: dict[str, SignatureInput] = Field(default_factory=dict)
    outputs: Outputs = Field(default_factory=dict)


class OutputTolerance(Part):
    """How far an output may be off: ``|got - reference| <= atol + rtol * |reference|``."""

    rtol: Allowed
    atol: Allowed


class InputRange(Part):
    """What sensible values of an input are; ``high`` is exclusive."""

    low: Number
    high: Number

    @model_validator(mode="after")
    def _low_below_high(self) -> InputRange:
        return forms.ordered(self)


class ParitySpec(Part):
    """How the exported model is compared."""

    tolerance: dict[str, OutputTolerance] = Field(default_factory=dict)
    inputs: dict[str, InputRange] = Field(default_factory=dict)


class RecipeFile(Part):
    """A recipe file, version 1."""

    to_come: ClassVar[frozenset[str]] = frozenset({"blocks", "models", "golden", "extends"})

    tfmigrate: Literal[1]
    name: Text | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    architecture: Architecture | None = None
    layer_types: dict[str, LayerType] = Field(default_factory=dict)
    functions: dict[str, Text] = Field(default_factory=dict)
    weights: Weights = Weights()
    signatures: dict[str, SignatureSpec] = Field(default_factory=dict)
    parity: ParitySpec = ParitySpec()


class Recipe(RecipeFile):
    """A recipe that has been read and checked.

    Attributes:
        path: The file it came from, as the user named it.
        source_text: The file's text.
        sha256: The file's SHA-256.
        keras_config: The model of a ``model.json`` or ``model.yaml``, as stored; None for YAML
            recipes.
        keras_version: Its Keras version, "" where it does not say.
        backend: Its Keras backend, "" where it does not say.
    """

    path: str = ""
    source_text: str = ""
    sha256: str = ""
    keras_config: dict[str, Any] | None = None
    keras_version: str = ""
    backend: str = ""

    _spots: Spots = PrivateAttr(default_factory=Spots)

    @property
    def spots(self) -> Spots:
        """Where its expressions stand in the file."""
        return self._spots

    def tolerances(self) -> dict[str, Tolerance]:
        """What each output may be off by, where the recipe says so."""
        return {n: Tolerance(t.rtol, t.atol) for n, t in self.parity.tolerance.items()}

    def input_ranges(self) -> dict[str, tuple[float, float]]:
        """The range of sensible values of each input, where given; the second is exclusive."""
        return {n: (r.low, r.high) for n, r in self.parity.inputs.items()}

    def at_spots(self, spots: Spots) -> Recipe:
        """The same recipe, knowing where its expressions stand."""
        self._spots = spots
        return self

    def at_lines(self, lines: list[int]) -> Recipe:
        """The same recipe, its rules knowing their lines."""
        for rule, line in zip(self.weights.rules, lines, strict=True):
            rule._line = line
        return self

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain JSON, for the way into a worker."""
        lines = [rule.line for rule in self.weights.rules]
        return {"recipe": self.model_dump(mode="json", by_alias=True), "lines": lines}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Recipe:
        """The recipe that :meth:`to_dict` wrote."""
        return cls.model_validate(data["recipe"]).at_lines(data["lines"])
