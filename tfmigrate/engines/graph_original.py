"""The source's own graph as it was written, run in a session of TF1: a witness beside the export.

Nothing is rewritten: its variables are references or resources as they were, its conditionals run,
its version decides what its ops mean. Inputs and feeds are cut, the device placement is dropped,
and the optimiser stays out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tfmigrate.engines import graph_files, graph_tables
from tfmigrate.engines.graph import refusals
from tfmigrate.engines.graph_model import endpoints, read, refuse
from tfmigrate.graphs import check, nodes, whole
from tfmigrate.graphs.allowed import VARIABLES
from tfmigrate.graphs.asked import of
from tfmigrate.graphs.nodes import Node, written
from tfmigrate.graphs.tables import table_problems
from tfmigrate.lazy import load

# Ops that compute nothing of a layer's.
_HELD = frozenset({"Const", "Placeholder", "VariableV2", "Variable", "VarHandleOp", "Assign",
                   "ReadVariableOp", "AssignVariableOp", "RandomUniform", "TruncatedNormal",
                   "RandomStandardNormal"})  # fmt: skip
_SWITCHES, _MERGES = ("Switch", "RefSwitch"), ("Merge", "RefMerge")


class Original:
    """A session with the part of a graph that some outputs need.

    Args:
        architecture: What :func:`tfmigrate.engines.graph.build` takes.
        endpoint: The key of the endpoint that is to answer; the first where not given.

    Raises:
        NotSupported: It holds what may not be run, or TensorFlow does not take it.
    """

    def __init__(self, architecture: Mapping[str, Any], endpoint: str = "") -> None:
        known = {e.key: e.asked for e in endpoints(architecture)}
        self.asked = known[endpoint or next(iter(known))]
        self.checkpoint = ""
        definition = graph_files.of(architecture)
        _, flat, _ = read(architecture)
        plain = nodes.read(definition, architecture["graph"])
        self.graph = replace(plain, assets=flat.assets, stored=flat.stored)
        refuse(whole.problems(self.graph, flat, self.asked))
        found = whole.whole(self.graph, self.asked)
        refuse(table_problems(flat, found.held))
        self.whole, self.fillers = found.nodes, found.fillers
        self.stored = {n.name: self.graph.stored[n.name] for n in found.held
                       if n.name in self.graph.stored}  # fmt: skip
        if self.stored:
            self.checkpoint = graph_files.checkpoint(architecture)
        tf = load("tensorflow")
        with refusals(), tf.Graph().as_default() as self.inside:
            self._import(definition)
            self.assigning = {n.name: self._assigning(n) for n in self.variables()}
            self.importing = {name: self._importing(name) for name in self.stored}
        self.session = tf.compat.v1.Session(graph=self.inside, config=_as_written())

    def variables(self) -> tuple[Node, ...]:
        """The variables that a run may touch."""
        return tuple(n for n in self.whole.values() if n.op in VARIABLES)

    def assign(self, name: str, value: Any) -> None:
        """Give a variable its value."""
        operation, fed = self.assigning[name]
        self.session.run(operation, {fed: value})

    def start(self) -> None:
        """Fill the tables."""
        self.session.run([self.inside.get_operation_by_name(name) for name in self.fillers])
        for name, (operation, fed) in self.importing.items():
            values = graph_tables.stored(self.stored[name], self.checkpoint)
            self.session.run(operation, dict(zip(fed, values, strict=True)))

    def answer(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs for some inputs, both by their names in the recipe."""
        with refusals("run"):
            wanted = [self._tensor(t) for t in self.asked.wanted()]
            found = self.session.run(wanted, self._fed(values))
        return dict(zip(self.asked.outputs, found, strict=True))

    def _fed(self, values: Mapping[str, Any]) -> dict[Any, Any]:
        fed = {self.given[of(i.tensor)]: values[n] for n, i in self.asked.inputs.items()}
        return fed | {self.given[of(f.tensor)]: f.value for f in self.asked.feeds}

    def activations(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What every op between inputs and outputs answers, by its name, in the graph's order."""
        tf = load("tensorflow")
        operations = self.inside.get_operations()
        maybe = _conditional(operations)
        wanted = {
            operation.name: operation.outputs[0]
            for operation in operations
            if operation.outputs
            and operation.type not in _HELD
            and operation.name not in maybe
            and operation.outputs[0].dtype in (tf.float16, tf.float32, tf.float64)
            and self.inside.is_fetchable(operation)
        }
        with refusals("run"):
            found: dict[str, Any] = self.session.run(wanted, self._fed(values))
        return found

    def changes(self) -> bool:
        """Whether a run may change a variable."""
        return whole.changes(self.graph, self.whole)

    def _import(self, definition: Any) -> None:
        tf = load("tensorflow")
        self.given = {t: self._placeholder(t) for t in self.asked.given()}
        part = tf.compat.v1.GraphDef()
        part.versions.CopyFrom(definition.versions)
        part.library.CopyFrom(_library(definition, check.functions(self.whole, self.graph)))
        for node in definition.node:
            if node.name in self.whole:
                _add(part, node, self.whole)
        used = {t for n in self.whole.values() for t in n.inputs}
        mapped = {written(t): p for t, p in self.given.items() if t in used}
        tf.graph_util.import_graph_def(part, mapped, name="")

    def _placeholder(self, tensor: nodes.Tensor) -> Any:
        tf = load("tensorflow")
        for name, spec in self.asked.inputs.items():
            if of(spec.tensor) == tensor:
                return tf.compat.v1.placeholder(spec.dtype, spec.shape, f"given/{_plain(name)}")
        (feed,) = (f for f in self.asked.feeds if of(f.tensor) == tensor)
        return tf.compat.v1.placeholder(feed.dtype, None, "given/feed")

    def _assigning(self, node: Node) -> tuple[Any, Any]:
        """The op that gives a variable its value, and what that is fed."""
        tf = load("tensorflow")
        handle = self.inside.get_tensor_by_name(f"{node.name}:0")
        fed = tf.compat.v1.placeholder(tf.as_dtype(node.attrs["dtype"].type))
        if node.op == "VarHandleOp":
            return tf.raw_ops.AssignVariableOp(resource=handle, value=fed), fed
        made = tf.raw_ops.Assign(ref=handle, value=fed, validate_shape=True, use_locking=True)
        return made.op, fed

    def _importing(self, name: str) -> tuple[Any, tuple[Any, Any]]:
        """The op that fills a table from a checkpoint, and what that is fed."""
        tf = load("tensorflow")
        table, attrs = self.inside.get_tensor_by_name(f"{name}:0"), self.whole[name].attrs
        kinds = (tf.as_dtype(attrs[key].type) for key in ("key_dtype", "value_dtype"))
        keys, values = (tf.compat.v1.placeholder(kind) for kind in kinds)
        made = tf.raw_ops.LookupTableImportV2(table_handle=table, keys=keys, values=values)
        return made, (keys, values)

    def _tensor(self, tensor: nodes.Tensor) -> Any:
        return self.given.get(tensor) if tensor in self.given else (
            self.inside.get_tensor_by_name(written(tensor))
        )  # fmt: skip


def restore(
    original: Original,
    names: Sequence[str],
    read: Callable[[str], Any],
    planned: Callable[[Callable[[str, Any], None]], None],
) -> None:
    """Give every variable its value: the planned one, else the tensor of its name, else zeros.

    Variables without either serve only branches that are never taken.

    Args:
        original: The session.
        names: The tensors of the checkpoint.
        read: Gives the value of one of them.
        planned: Assigns what the plan says, by calling what it is given.
    """
    import numpy as np

    done = set()

    def assign(name: str, value: Any) -> None:
        original.assign(name, value)
        done.add(name)

    planned(assign)
    for node in original.variables():
        if node.name in done:
            continue
        if node.name in names:
            assign(node.name, read(node.name))
        elif "shape" in node.attrs:
            dtype = load("tensorflow").as_dtype(node.attrs["dtype"].type).as_numpy_dtype
            blank = b"" if dtype is object else 0
            shape = [d.size for d in node.attrs["shape"].shape.dim]
            assign(node.name, np.full(shape, blank, dtype))


def _conditional(operations: Sequence[Any]) -> set[str]:
    """The ops between a Switch and its Merge: one branch has no values."""
    found: set[str] = set()
    before = -1
    while len(found) > before:  # an imported graph need not be in order
        before = len(found)
        for operation in operations:
            feeding = [*(tensor.op for tensor in operation.inputs), *operation.control_inputs]
            inside = any(one.name in found for one in feeding)
            if operation.type in _SWITCHES or (inside and operation.type not in _MERGES):
                found.add(operation.name)
    return found


def _as_written() -> Any:
    """A session that runs op by op: no optimiser that fuses or folds."""
    tf = load("tensorflow")
    config = tf.compat.v1.ConfigProto()
    options = config.graph_options
    options.rewrite_options.disable_meta_optimizer = True
    options.optimizer_options.opt_level = -1
    return config


def _add(part: Any, node: Any, wanted: Mapping[str, Node]) -> None:
    new = part.node.add()
    new.CopyFrom(node)
    new.device = ""
    if "_class" in new.attr:
        del new.attr["_class"]
    _without_optimiser(new)
    kept = [i for i in new.input if not i.startswith("^") or i[1:] in wanted]
    del new.input[:]
    new.input.extend(kept)


def _library(definition: Any, wanted: frozenset[str]) -> Any:
    found = type(definition.library)()
    for function in definition.library.function:
        if function.signature.name in wanted:
            new = found.function.add()
            new.CopyFrom(function)
            for node in new.node_def:
                _without_optimiser(node)
    return found


def _without_optimiser(node: Any) -> None:
    """A call of a function brings its own settings, and would be optimised by these."""
    if "config_proto" in node.attr:
        node.attr["config_proto"].s = _as_written().SerializeToString()


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
