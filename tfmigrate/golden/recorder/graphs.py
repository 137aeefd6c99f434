"""Graphs of TensorFlow 1: a .meta with its checkpoint, a frozen .pb, a SavedModel's signature."""

FLOATS = ("float16", "float32", "float64", "bfloat16")


class GraphModel(object):
    """A graph in a session; ``inputs`` and ``outputs`` map names to names of tensors."""

    def __init__(self, session, inputs, outputs, constants=()):
        self.session, self.graph = session, session.graph
        self.places = dict((n, self.tensor(t)) for n, t in inputs)
        self.fetches = dict((n, self.tensor(t)) for n, t in outputs)
        self.constants = dict(
            (self.tensor(name), constant(text, self.tensor(name))) for name, text in constants
        )
        self.inputs = [
            Input(n, shape_of(self.places[n]), dtype_of(self.places[n]), graph_hint(self.places[n]))
            for n, _ in inputs
        ]
        self.outputs = [n for n, _ in outputs]

    def tensor(self, name):
        """A tensor by its name; ``:0`` is added where the name is an operation's."""
        try:
            return self.graph.get_tensor_by_name(name if ":" in name else name + ":0")
        except (KeyError, ValueError):
            import difflib

            names = [t.name for op in self.graph.get_operations() for t in op.outputs]
            near = difflib.get_close_matches(name, names, 5)
            raise Stop("the graph has no tensor %s; did you mean %s" % (name, ", ".join(near)), 2)

    def fed(self, feeds):
        given = dict((self.places[i.name], feeds[i.name]) for i in self.inputs)
        given.update(self.constants)
        return given

    def run(self, feeds):
        """The outputs for arrays by input name."""
        return self.session.run(self.fetches, self.fed(feeds))

    def activations(self, feeds):
        """Every float tensor between inputs and outputs, by its operation's name."""
        between = float_tensors(list(self.fetches.values()), list(self.places.values()))
        names = [
            op + ("" if index == "0" else ":" + index)
            for op, _, index in (t.name.rpartition(":") for t in between)
        ]
        return dict(zip(names, self.session.run(between, self.fed(feeds)) if between else []))


def session_for(graph):
    """A session on the CPU."""
    return compat().Session(graph=graph, config=compat().ConfigProto(device_count={"GPU": 0}))


def compat():
    """The TensorFlow 1 interface of whatever TensorFlow this is."""
    import tensorflow as tf

    return getattr(getattr(tf, "compat", None), "v1", tf)


def contributed():
    """Register the ops of tf.contrib, where there is one; and no word of what is deprecated."""
    if hasattr(compat(), "logging"):
        compat().logging.set_verbosity(compat().logging.ERROR)
    try:
        importlib.import_module("tensorflow.contrib")
    except Exception as error:  # one broken package of contrib must not stop a graph without it
        if not isinstance(error, ImportError):
            note("tf.contrib cannot be imported here: %s" % type(error).__name__)


def meta_model(found, args):
    """The graph of a .meta with the values of its checkpoint."""
    import tensorflow as tf

    contributed()
    graph = tf.Graph()
    with graph.as_default():
        saver = compat().train.import_meta_graph(
            meta_graph(found.path + ".meta"), clear_devices=True
        )
        session = session_for(graph)
        inputs, outputs = asked_of(graph, args)
        session.run(compat().local_variables_initializer())
        (saver or compat().train.Saver()).restore(session, found.path)
        session.run(compat().tables_initializer())
    return GraphModel(session, inputs, outputs, pairs(args.feed, "TENSOR:0=VALUE"))


def meta_graph(path):
    """The proto of a .meta, without shapes that later TensorFlows infer otherwise and refuse."""
    from tensorflow.core.protobuf import meta_graph_pb2

    proto = meta_graph_pb2.MetaGraphDef()
    with open(path, "rb") as stream:
        proto.ParseFromString(stream.read())
    for node in proto.graph_def.node:
        node.attr.pop("_output_shapes", None)
    return proto


def frozen_model(found, args):
    """A GraphDef whose weights are constants."""
    import tensorflow as tf

    contributed()
    definition = compat().GraphDef()
    with open(found.path, "rb") as stream:
        data = stream.read()
    if found.path.endswith(".pbtxt"):
        from google.protobuf import text_format

        text_format.Merge(data.decode("utf-8"), definition)
    else:
        definition.ParseFromString(data)
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
        session = session_for(graph)
        session.run(compat().tables_initializer())
    inputs, outputs = asked_of(graph, args)
    return GraphModel(session, inputs, outputs, pairs(args.feed, "TENSOR:0=VALUE"))


def asked_of(graph, args):
    """The inputs and outputs that were asked for; a graph does not say which are meant."""
    if args.output:
        return pairs(args.input, "NAME=TENSOR:0"), pairs(args.output, "NAME=TENSOR:0")
    operations = graph.get_operations()
    read = set(t.name for op in operations for t in op.inputs)
    places = [op.outputs[0].name for op in operations if op.type.startswith("Placeholder")]
    ends = [
        t.name
        for op in operations
        for t in op.outputs
        if t.name not in read and dtype_of(t) in FLOATS and op.type not in ("Assign", "Const")
    ]
    raise Stop(
        "a graph does not say what its inputs and outputs are: give --input NAME=TENSOR:0 and"
        " --output NAME=TENSOR:0. Placeholders: %s. Tensors that nothing reads: %s"
        % (", ".join(places[:20]) or "none", ", ".join(ends[-20:]) or "none"),
        2,
    )


def constant(text, held):
    """The value of --feed in the type of its tensor."""
    kind = dtype_of(held)
    if kind == "bool":
        if text.lower() not in ("true", "false", "1", "0"):
            raise Stop("--feed %s=%s: the tensor is true or false" % (held.name, text), 2)
        return text.lower() in ("true", "1")
    if kind == "string":
        return text
    try:
        return numpy.asarray(json.loads(text)).astype(kind)
    except (ValueError, TypeError):
        raise Stop("--feed %s=%s: no %s" % (held.name, text, kind), 2)


def graph_hint(place):
    """The rows of the table that a Gather looks the input up in."""
    rows, seen, waiting = [], set(), [place]
    while waiting:
        for reader in waiting.pop().consumers():
            if reader.name in seen or len(seen) > 200:
                continue
            seen.add(reader.name)
            if reader.type in ("Gather", "GatherV2", "ResourceGather"):
                shape = shape_of(reader.inputs[0]) or ()
                rows += [shape[0]] if shape and shape[0] else []
            elif reader.type in (
                "Cast",
                "Identity",
                "Reshape",
                "ExpandDims",
                "Squeeze",
                "Transpose",
            ):
                waiting.extend(reader.outputs)
    return {"rows": min(rows)} if rows else {}


def float_tensors(outputs, places):
    """Float tensors on the way from the inputs to the outputs; none inside loops and branches."""
    behind, waiting = set(), [t.op for t in outputs]
    stops = set(t.name for t in places)
    while waiting:
        op = waiting.pop()
        if op not in behind:
            behind.add(op)
            waiting.extend(t.op for t in op.inputs if t.name not in stops)
    ahead, waiting = set(), list(places)
    while waiting:
        for op in waiting.pop().consumers():
            if op in behind and op not in ahead:
                ahead.add(op)
                waiting.extend(op.outputs)
    hidden = enclosed(behind, "Enter", "Exit")
    hidden |= enclosed(behind - hidden, "Switch", "Merge")
    found = [t for op in ahead - hidden for t in op.outputs if dtype_of(t) in FLOATS]
    # What nothing reads may not be there: an optimiser of the session rewrites the op around it.
    read = [t for t in found if t.consumers() or t.name in set(o.name for o in outputs)]
    return sorted(read, key=lambda t: t.name)


def enclosed(operations, first, last):
    """Operations from ``first`` up to ``last``: they run never, or many times, in one run."""
    inside, waiting = set(), [op for op in operations if op.type in (first, "Ref" + first)]
    while waiting:
        op = waiting.pop()
        if op not in inside and op in operations and op.type != last:
            inside.add(op)
            waiting.extend(reader for t in op.outputs for reader in t.consumers())
    return inside
