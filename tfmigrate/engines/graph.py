"""Graphs of TF1: rebuilt as a function of TensorFlow 2 whose variables are real variables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tfmigrate.engines import graph_hints
from tfmigrate.engines.built import Built, Function
from tfmigrate.engines.graph_model import Model, Part
from tfmigrate.engines.graph_rewrite import rewritten
from tfmigrate.engines.graph_shapes import inferred, open_tensor
from tfmigrate.errors import NotSupported, shown
from tfmigrate.graphs import check, stated
from tfmigrate.graphs.allowed import TABLES
from tfmigrate.graphs.asked import of
from tfmigrate.graphs.nodes import Tensor, written
from tfmigrate.lazy import load
from tfmigrate.tensors import LENGTHS, Signature, TensorSpec

# The references of these are values once the graph is cut from them.
_REFERENCES = ("Variable", "VariableV2")
_PREFIX = "graph"


def build(architecture: Mapping[str, Any]) -> Built:
    """The part of a graph that is asked for, its variables blank.

    Args:
        architecture: ``graph`` (the file), ``kind``, and ``asked``, an :class:`Asked` as JSON; or
            ``endpoints``, several of them, and ``names`` of variables and ``saved``, what
            :class:`tfmigrate.judge.graphs.Graphed` says of a SavedModel.

    Raises:
        NotSupported: The graph holds what may not be run, or TensorFlow 2 does not take it.
        Damaged: It cannot be read.
    """
    with refusals():
        model = Model(architecture)
        imported = [_Imported(model, part) for part in model.parts]
        first, *others = (each.function() for each in imported)
    return Built(
        call=first.call,
        signature=first.signature,
        infos=model.infos(),
        variables=model.named(),
        hints=first.hints,
        resources=tuple(model.tables.values()),
        reduced=next((r for each in imported if (r := each.reduced())), ""),
        eager=False,
        others=tuple(others),
    )


@contextlib.contextmanager
def refusals(does: str = "take") -> Iterator[None]:
    """Within it, what TensorFlow has against a graph is a refusal of ours."""
    tf = load("tensorflow")
    try:
        yield
    except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
        raise NotSupported(
            f"TensorFlow does not {does} the graph: {shown(error, 300)}",
            help="where it complains of a shape: a graph may be built for one batch size, which the"
            " shape of the inputs has to say then",
        ) from error


class _Imported:
    def __init__(self, model: Model, part: Part) -> None:
        self.model, self.pruned, self.asked = model, part.pruned, part.asked
        self.endpoint = part.endpoint
        self.definition, self.feeds = rewritten(
            model.original, model.graph, part.pruned, part.asked
        )
        self.variables = {n.name: model.variables[n.name] for n in part.pruned.variables()}
        held = [n.name for n in part.pruned.nodes.values() if n.op in TABLES]
        self.tables = {name: model.tables[name] for name in held}
        self.held: list[Any] = []

    def function(self) -> Function:
        """What the endpoint computes."""
        inputs = self._inputs()
        outputs = self._outputs(inputs)
        signature = Signature(self.endpoint.key, inputs, outputs, self.endpoint.method)
        return Function(
            self.call,
            signature,
            lambda: graph_hints.hints(
                self.pruned, self.asked, inputs, self.fits, self.tables, self._called()
            ),
        )

    def _called(self) -> frozenset[str]:
        """The ops inside functions."""
        names = check.functions(self.pruned.nodes, self.model.graph)
        return frozenset(n.op for name in names for n in self.model.graph.functions[name])

    def _inputs(self) -> tuple[TensorSpec, ...]:
        return tuple(TensorSpec(n, i.shape or (), i.dtype) for n, i in self.asked.inputs.items())

    def _outputs(self, inputs: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
        tf = load("tensorflow")
        with tf.Graph().as_default() as apart:
            values = {s.name: open_tensor(s.dtype, s.shape) for s in inputs}
            found = self._imported(values, self._shaped, self._handle)
            names = {n: tf.identity(t).name for n, t in found.items()}
        shapes = inferred(apart, names)
        known = {n: t.shape.merge_with(tf.TensorShape(shapes[n])) for n, t in found.items()}
        known = {n: self._declared(n, shape) for n, shape in known.items()}
        if any(shape.rank is None for shape in known.values()):
            ranks = self._ranks(inputs)
            known = {n: s if s.rank is not None else ranks[n] for n, s in known.items()}
        for name, shape in known.items():
            if shape.rank is None:
                raise NotSupported("the graph does not tell the rank of this output", where=name)
        known = {n: known[n].merge_with(self._stated(n, known[n].rank)) for n in known}
        return tuple(TensorSpec(n, tuple(known[n].as_list()), t.dtype.name)
                     for n, t in found.items())  # fmt: skip

    def _declared(self, name: str, known: Any) -> Any:
        """A shape with what the signature states of it, where that does not contradict it."""
        said = load("tensorflow").TensorShape(self.asked.stated.get(name))
        return known.merge_with(said) if known.is_compatible_with(said) else known

    def _ranks(self, inputs: tuple[TensorSpec, ...]) -> dict[str, Any]:
        """The ranks of what zeros of some size give; nothing where it cannot be run so.

        Where sizes are computed in a loop of TF1, only running it tells; variables are blank yet.
        """
        tf = load("tensorflow")
        unknown = dict.fromkeys(self.asked.outputs, tf.TensorShape(None))
        sizes = {s.name: [2 if i == 0 else LENGTHS[0] if d is None else d
                          for i, d in enumerate(s.shape)] for s in inputs}  # fmt: skip
        try:
            zeros = {s.name: tf.zeros(sizes[s.name], s.dtype) for s in inputs}
            traced = self._traced(sizes).structured_outputs if self.variables else self.call(zeros)
        except (ValueError, NotSupported, tf.errors.OpError):
            return unknown
        return {n: tf.TensorShape([None] * t.shape.rank) if t.shape.rank is not None else unknown[n]
                for n, t in traced.items()}  # fmt: skip

    def _stated(self, name: str, rank: int) -> Any:
        """What the graph states of an output's shape; its batch may be that of a pipeline."""
        node, output = self._sources()[name]
        said = None
        if node in self.pruned.nodes and "_output_shapes" in self.pruned.nodes[node].attrs:
            said = stated.shape(self.pruned.nodes[node], output, {}, 0)
        usable = said is not None and len(said) == rank
        return load("tensorflow").TensorShape(
            (None, *said[1:]) if usable and said else [None] * rank
        )

    def _shaped(self, name: str) -> Any:
        """Something of a variable's shape, where its value does not matter."""
        tf = load("tensorflow")
        variable = self.variables[name]
        if self.pruned.nodes[name].op in _REFERENCES:
            return open_tensor(variable.dtype, variable.shape)
        return tf.raw_ops.VarHandleOp(dtype=variable.dtype, shape=variable.shape)

    def _handle(self, name: str) -> Any:
        tf = load("tensorflow")
        return tf.compat.v1.placeholder(tf.resource, ())

    def _traced(self, shapes: Mapping[str, Any]) -> Any:
        """The function of inputs of some shapes."""
        tf = load("tensorflow")
        specs = {n: tf.TensorSpec(s, self.asked.inputs[n].dtype) for n, s in shapes.items()}
        return tf.function(self.call, autograph=False).get_concrete_function(specs)

    def fits(self, shapes: Mapping[str, Any]) -> bool:
        """Whether inputs of some shapes leave no output empty."""
        tf = load("tensorflow")
        try:
            found = self._traced(shapes).structured_outputs.values()
        except (
            ValueError,
            NotSupported,
            tf.errors.OpError,
        ):  # "Negative dimension size": too short
            return False
        return all(0 not in (t.shape.as_list() if t.shape.rank else ()) for t in found)

    def reduced(self) -> str:
        """The 16-bit type that something inside computes in, "" where nothing does."""
        tf = load("tensorflow")
        types = {n.attr["T"].type for n in self.definition.node if "T" in n.attr}
        found = (t for t in (tf.bfloat16, tf.float16) if t.as_datatype_enum in types)
        return next((t.name for t in found), "")

    def call(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs of the graph, which is imported into a function of its own.

        A plain ``tf.function`` would add waiting of its own, which does not fit loops of TF1.
        """
        tf = load("tensorflow")
        names = list(values)

        def inner(*tensors: Any) -> dict[str, Any]:
            given = dict(zip(names, tensors, strict=True))
            return self._imported(given, self._value, self._table)

        specs = [tf.TensorSpec(v.shape, v.dtype) for v in values.values()]
        with refusals():
            wrapped = tf.compat.v1.wrap_function(inner, specs)
        self.held.append(wrapped)  # its variables and its definition die with it
        found: dict[str, Any] = wrapped(*values.values())
        return found

    def _imported(
        self,
        values: Mapping[str, Any],
        variable: Callable[[str], Any],
        table: Callable[[str], Any],
    ) -> dict[str, Any]:
        tf = load("tensorflow")
        tensors = {of(i.tensor): values[n] for n, i in self.asked.inputs.items()}
        given = {written(t): v for t, v in tensors.items()}
        given |= {f"{n}:0": variable(n) for n in self.variables}
        given |= {f"{n}:0": table(n) for n in self.tables}
        consumed = {i for n in self.definition.node for i in n.input}
        wanted = {n: written(t) for n, t in self._sources().items()}
        inner = [t for t in dict.fromkeys(wanted.values()) if t not in given]
        found = tf.graph_util.import_graph_def(
            self.definition, {k: v for k, v in given.items() if k in consumed}, inner, name=_PREFIX
        )
        known = dict(zip(inner, found, strict=True))
        return {n: known[t] if t in known else given[t] for n, t in wanted.items()}

    def _sources(self) -> dict[str, Tensor]:
        """The tensors of the outputs; of a fed one, the constant that stands for it."""
        pairs = zip(self.asked.outputs, self.pruned.outputs, strict=True)
        return {n: self.feeds.get(t, t) for n, t in pairs}

    def _value(self, name: str) -> Any:
        variable = self.variables[name]
        if self.pruned.nodes[name].op in _REFERENCES:
            return variable.read_value()
        return _captured(variable.handle, variable)

    def _table(self, name: str) -> Any:
        return _captured(self.tables[name].resource_handle)


def _captured(handle: Any, variable: Any = None) -> Any:
    """A resource handle inside the function that is being traced."""
    graph = load("tensorflow").compat.v1.get_default_graph()
    if variable is not None:
        graph.watch_variable(variable)
    return graph.capture(handle)
