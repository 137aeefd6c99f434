"""Graphs of TF1: rebuilt as a function of TensorFlow 2 whose variables are real variables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tfmigrate.engines import graph_files, graph_hints, graph_tables
from tfmigrate.engines.built import Built
from tfmigrate.engines.graph_rewrite import rewritten
from tfmigrate.engines.graph_shapes import inferred, open_tensor
from tfmigrate.errors import NotSupported, shown
from tfmigrate.graphs import check, nodes, prune, stated
from tfmigrate.graphs.allowed import TABLES
from tfmigrate.graphs.asked import Asked, of
from tfmigrate.graphs.inference import inferring
from tfmigrate.graphs.names import variable_names
from tfmigrate.graphs.nodes import Node, Tensor, written
from tfmigrate.lazy import load
from tfmigrate.tensors import Signature, TensorSpec, VariableInfo, from_json

# The references of these are values once the graph is cut from them.
_REFERENCES = ("Variable", "VariableV2")
_PREFIX = "graph"


def build(architecture: Mapping[str, Any]) -> Built:
    """The part of a graph that a recipe asks for, its variables blank.

    Args:
        architecture: ``graph`` (the file), ``kind``, and ``asked``, an :class:`Asked` as JSON.

    Raises:
        NotSupported: The graph holds what may not be run, or TensorFlow 2 does not take it.
        Damaged: It cannot be read.
    """
    asked = from_json(Asked, architecture["asked"])
    original = graph_files.graph_def(Path(architecture["graph"]), architecture["kind"])
    graph = nodes.read(original, architecture["graph"])
    if asked.inference:
        graph = inferring(graph)
    pruned = prune.prune(graph, asked.wanted(), asked.given())
    refuse(check.problems(pruned.nodes, graph, pruned.outputs, asked.given()))
    with refusals():
        return _Imported(original, graph, pruned, asked).built()


def refuse(problems: list[Any]) -> None:
    """Refuse a graph that may not be run.

    Raises:
        NotSupported: There is a problem.
    """
    if problems:
        raise NotSupported("the graph holds what cannot be run", problems)


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
    def __init__(
        self, original: Any, graph: nodes.Graph, pruned: prune.Pruned, asked: Asked
    ) -> None:
        self.graph, self.pruned, self.asked = graph, pruned, asked
        self.definition, self.feeds = rewritten(original, graph, pruned, asked)
        self.names = variable_names([n.name for n in pruned.variables()])
        self.variables = {n.name: self._variable(n) for n in pruned.variables()}
        held = [n for n in pruned.nodes.values() if n.op in TABLES]
        self.held: list[Any] = []
        self.tables = graph_tables.tables(original, graph, held)

    def _variable(self, node: Node) -> Any:
        from tensorflow.python.ops.resource_variable_ops import UninitializedVariable

        tf = load("tensorflow")
        shape = self.asked.sizes.get(node.name)
        if shape is None:
            shape = tuple(d.size for d in node.attrs["shape"].shape.dim)
        dtype = tf.as_dtype(node.attrs["dtype"].type)
        return UninitializedVariable(shape=shape, dtype=dtype, name=None)

    def built(self) -> Built:
        infos = tuple(self._info(n) for n in self.pruned.variables())
        inputs = self._inputs()
        signature = Signature("serving_default", inputs, self._outputs(inputs))
        return Built(
            call=self.call,
            signature=signature,
            infos=infos,
            variables={self.names[n]: v for n, v in self.variables.items()},
            hints=lambda: graph_hints.hints(self.pruned, self.asked, inputs, self.fits),
            resources=tuple(self.tables.values()),
            reduced=self._reduced(),
            eager=False,
        )

    def _info(self, node: Node) -> VariableInfo:
        variable, name = self.variables[node.name], self.names[node.name]
        keys = (node.name,) if name != node.name else ()
        leaf = name.rpartition("/")[2]
        return VariableInfo(name, tuple(variable.shape), variable.dtype.name, (), leaf, keys)

    def _inputs(self) -> tuple[TensorSpec, ...]:
        return tuple(TensorSpec(n, i.shape or (), i.dtype) for n, i in self.asked.inputs.items())

    def _outputs(self, inputs: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
        tf = load("tensorflow")
        with tf.Graph().as_default() as apart:
            values = {s.name: open_tensor(s.dtype, s.shape) for s in inputs}
            found = self._imported(values, self._shaped, self._handle)
            names = {n: tf.identity(t).name for n, t in found.items()}
        shapes = inferred(apart, names)
        for name, shape in shapes.items():
            if shape is None and found[name].shape.rank is None:
                raise NotSupported("the graph does not tell the rank of this output", where=name)
        known = {n: t.shape.merge_with(tf.TensorShape(shapes[n])) for n, t in found.items()}
        known = {n: known[n].merge_with(self._stated(n, known[n].rank)) for n in known}
        return tuple(TensorSpec(n, tuple(known[n].as_list()), t.dtype.name)
                     for n, t in found.items())  # fmt: skip

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

    def _reduced(self) -> str:
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
