"""The recipe as frozen models; this file is the schema.

Keys that are Python words carry an underscore here: ``from_``, ``with_``.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, Strict, model_validator

from tfmigrate.recipe import forms
from tfmigrate.recipe.architecture import Architecture, Block, LayerType
from tfmigrate.recipe.graph_model import GraphEvidence
from tfmigrate.recipe.parts import Allowed, Dtype, Names, Number, Op, Part, Shape, Text
from tfmigrate.recipe.processing import InputSteps, OutputSteps
from tfmigrate.recipe.spots import Spots
from tfmigrate.tensors import Tolerance


class Rule(Part):
    """Source tensors that become variables, and the ops between them.

    Attributes:
        from: The tensors it takes, all of them each time.
        either: Names of one tensor in different files, of which each time exactly one is there.
        to: The variables they become.
        ops: What happens on the way.
        expect: How often it must apply; at least once where not given.
    """

    from_: Names = Field(default=(), alias="from")
    either: Names = ()
    to: Names
    ops: tuple[Op, ...] = ()
    expect: Annotated[int, Strict(), Field(ge=0)] | None = None

    _line: int = PrivateAttr(default=0)
    _file: str = PrivateAttr(default="")
    _inherited: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """Its line in the recipe, 0 where it has none."""
        return self._line

    @property
    def file(self) -> str:
        """The file that it stands in, "" where that is the recipe's own."""
        return self._file

    @property
    def inherited(self) -> int:
        """How far it was inherited, 0 for the recipe's own; inherited, it need not apply."""
        return self._inherited

    @model_validator(mode="after")
    def _captured(self) -> Rule:
        return forms.captured(self)


class Ignore(Part):
    """Source tensors that are left out on purpose, and the reason."""

    names: Annotated[tuple[str, ...], BeforeValidator(forms.patterns)]
    because: Text

    _inherited: int = PrivateAttr(default=0)

    @property
    def inherited(self) -> int:
        """How far it was inherited, 0 for the recipe's own."""
        return self._inherited


class Weights(Part):
    """Where the source's tensors go."""

    to_come: ClassVar[frozenset[str]] = frozenset({"extends", "inherit"})

    rules: tuple[Rule, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    averages: Literal["prefer", "require", "ignore"] | None = None


class SignatureInput(Part):
    """What callers send under a name; the model's own where not given.

    Attributes:
        shape: Its full shape.
        dtype: Its type; numbers are cast to the model's.
        to: The model's input that it becomes, or several with further steps for each; the one of
            its own name where not given.
        steps: What happens to it on the way, in order.
    """

    shape: Shape | None = None
    dtype: Dtype | None = None
    to: str | dict[str, InputSteps] | None = None
    steps: InputSteps = ()


class SignatureOutput(Part):
    """What callers get under a name.

    Attributes:
        from: An output of the model, or a layer by its path.
        steps: What happens to it on the way, in order.
    """

    from_: Text = Field(alias="from")
    steps: OutputSteps = ()


class SignatureSpec(Part):
    """A serving signature: the names that callers rely on.

    Attributes:
        method: The method of TensorFlow Serving; predict where not given.
        of: The function of a SavedModel that it serves, by the key of its signature; the one of
            the same key, else the first, where not given.
        state: ``explicit`` makes the states of recurrent layers inputs and outputs, of those that
            keep theirs between batches; or a list of layers.
        inputs: What callers send.
        outputs: What they get; every output of the model where not given.
    """

    method: Literal["predict", "classify", "regress"] | None = None
    of: Text | None = None
    state: Literal["explicit"] | tuple[Text, ...] | None = None
    inputs: dict[str, SignatureInput] = Field(default_factory=dict)
    outputs: Annotated[dict[str, SignatureOutput], BeforeValidator(forms.signature_outputs)] = (
        Field(default_factory=dict)
    )


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
    graph: GraphEvidence | None = None


class RecipeFile(Part):
    """A recipe file, version 1.

    Attributes:
        tfmigrate: The version of the language.
        name: What it is called; the file's name if not given.
        extends: Recipes whose blocks, declarations, parameters and weight rules come behind its
            own: names in the library, or paths beside the file.
        parameters: Names with defaults, used as ``$name`` and set with --set.
        blocks: Parts of the architecture that are used several times.
        architecture: What the model is.
        layer_types: Layers that are declared instead of imported.
        functions: Functions that a config only names, as expressions of ``x``.
        weights: Where the source's tensors go.
        signatures: The names that callers rely on.
        parity: How the exported model is compared.
    """

    to_come: ClassVar[frozenset[str]] = frozenset({"golden"})

    tfmigrate: Literal[1]
    name: Text | None = None
    extends: Names | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    blocks: dict[str, Block] = Field(default_factory=dict)
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
        extended: The text of each recipe that it extends, by the name it is given there.
        keras_config: The model of a ``model.json`` or ``model.yaml``, as stored; None for YAML
            recipes.
        keras_version: Its Keras version, "" where it does not say.
        backend: Its Keras backend, "" where it does not say.
    """

    path: str = ""
    source_text: str = ""
    sha256: str = ""
    extended: dict[str, str] = Field(default_factory=dict)
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

    def at_spots_of(
        self, spots: list[tuple[str, int | None]], levels: dict[str, list[int]]
    ) -> Recipe:
        """The same recipe, its rules knowing where they stand, and what is inherited that it is.

        Args:
            spots: The file and line of each rule.
            levels: How far each of the ``rules`` and of ``ignore`` was inherited, 0 for the own.
        """
        for rule, spot, level in zip(self.weights.rules, spots, levels["rules"], strict=True):
            rule._file, rule._line, rule._inherited = spot[0], spot[1] or 0, level
        for ignore, level in zip(self.weights.ignore, levels["ignore"], strict=True):
            ignore._inherited = level
        return self
