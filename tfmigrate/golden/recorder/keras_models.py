"""Keras 1 to 3 in inference mode: names, shapes, outputs and what each layer answers."""


class KerasModel(object):
    """A loaded model that answers; inputs and outputs are named as its own runtime names them."""

    def __init__(self, model, lib):
        self.model, self.lib = inside(model), lib
        tensors = flat(getattr(self.model, "inputs", None))
        if not tensors:
            self.inputs = None  # a subclassed model knows its inputs when it is called
            return
        self.tensors = tensors
        hints = input_hints(self.model, tensors)
        names = input_names(self.model, tensors)
        self.inputs = [
            Input(n, shape_of(t), dtype_of(t), h) for n, t, h in zip(names, tensors, hints)
        ]
        self.outputs = unique(output_names(self.model))

    def run(self, feeds):
        """The outputs for arrays by input name."""
        if self.inputs is None:
            return self.run_subclassed(feeds)
        values = [feeds[i.name] for i in self.inputs]
        return dict(zip(self.outputs, self.values(self.model, flat(self.model.outputs), values)))

    def values(self, model, tensors, values):
        """The values of tensors of a model for the values of its inputs."""
        if self.lib.graph:
            phase = self.lib.backend.learning_phase()  # 0 is inference, and fed as predict() does
            switch = [] if isinstance(phase, int) else [phase]
            function = compiled(self.lib, flat(model.inputs) + switch, list(tensors))
            return [numpy.asarray(v) for v in function(list(values) + [0] * len(switch))]
        forget(model)
        if len(tensors) != len(flat(model.outputs)) or any(
            a is not b for a, b in zip(tensors, flat(model.outputs))
        ):
            structure = structure_of(model)
            model = self.lib.module.models.Model(structure, list(tensors))
        packed = pack(structure_of(model), [tensor(v) for v in values])
        return [plain(v) for v in flat(predicted(model, packed))]

    def run_subclassed(self, feeds):
        """The outputs of a model whose inputs only its caller knows: one alone, or by name."""
        given = [tensor(v) for v in feeds.values()]
        answer = predicted(self.model, given[0] if len(given) == 1 else dict(zip(feeds, given)))
        if isinstance(answer, dict):
            return dict((text_of(k), plain(v)) for k, v in answer.items())
        answers = flat(answer)
        return dict(("output_%d" % (i + 1), plain(v)) for i, v in enumerate(answers))

    def activations(self, feeds):
        """Every layer's output by its path: ``outer/inner`` inside models, ``name#2`` when reused.

        Second outputs of a layer are ``name.1``.
        """
        if self.inputs is None:
            note("a subclassed model shows no activations")
            return {}
        return self.layers(self.model, [feeds[i.name] for i in self.inputs], "", {})

    def layers(self, model, values, prefix, calls):
        wanted, nested = [], []
        for layer, node in nodes_of(model):
            path = prefix + text_of(layer.name)
            if getattr(layer, "layers", None) and getattr(layer, "inputs", None):
                nested.append((path, inside(layer), flat(node_tensors(node, "input"))))
                continue
            calls[path] = calls.get(path, 0) + 1
            name = path if calls[path] == 1 else "%s#%d" % (path, calls[path])
            for index, output in enumerate(flat(node_tensors(node, "output"))):
                wanted.append((name + (".%d" % index if index else ""), output))
        inner = [t for _, _, tensors in nested for t in tensors]
        known = dict(zip(map(id, flat(model.inputs)), values))  # fed, so they cannot be fetched
        asked = [t for t in unlike([t for _, t in wanted] + inner) if id(t) not in known]
        known.update(zip(map(id, asked), self.values(model, asked, values) if asked else []))
        found = dict((name, known[id(t)]) for name, t in wanted)
        for path, layer, tensors in nested:
            found.update(self.layers(layer, [known[id(t)] for t in tensors], path + "/", calls))
        return found


def predicted(model, inputs):
    """What predict() answers: preprocessing layers of Keras 3 answer otherwise outside a graph."""
    return model.predict_on_batch(inputs) if hasattr(model, "predict_on_batch") else model(inputs)


COMPILED = {}  # Theano takes seconds for one, and it is asked for every probe


def compiled(lib, inputs, tensors):
    """Keras's function from inputs to tensors, made once."""
    key = tuple(id(t) for t in inputs + tensors)
    if key not in COMPILED:
        COMPILED[key] = (lib.backend.function(inputs, tensors), inputs, tensors)
    return COMPILED[key][0]


def inside(model):
    """The functional model inside a Sequential of Keras 1 and early 2."""
    if type(model).__name__ == "Sequential" and not getattr(model, "inputs", None):
        if hasattr(model, "build") and not getattr(model, "built", True):
            try:
                model.build()
            except (TypeError, ValueError):  # its first layer names no shape
                return model
    held = getattr(model, "model", None)
    return held if held is not None and hasattr(held, "input_names") else model


def input_names(model, tensors):
    """The names of the inputs; Keras 3 served an unnamed first input as keras_tensor."""
    names = getattr(model, "input_names", None)
    if names:
        return [text_of(n) for n in names]
    names = [text_of(t.name.split(":")[0]) for t in tensors]
    return ["keras_tensor"] if names == ["input_layer"] else names


def output_names(model):
    """The names of the output layers."""
    names = getattr(model, "output_names", None)
    return [text_of(n) for n in names or [model.layers[-1].name]]


def unique(names):
    """Names, later ones of a kind with a number: Keras 3 lists a layer twice that answers twice."""
    made = []
    for name in names:
        count, tried = 0, name
        while tried in made:
            count, tried = count + 1, "%s_%d" % (name, count + 1)
        made.append(tried)
    return made


def structure_of(model):
    """The inputs as the model takes them: one, a list, or a mapping."""
    for name in ("_nested_inputs", "_inputs_struct"):
        if getattr(model, name, None) is not None:
            return getattr(model, name)
    return list(model.inputs) if len(model.inputs) > 1 else model.inputs[0]


def forget(model):
    """Take the states out of stateful layers: every probe starts anew."""
    for layer in [model] + list(getattr(model, "layers", [])):
        if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
            try:
                layer.reset_states()
            except (AttributeError, ValueError, NotImplementedError):
                continue  # a model asks all its layers, and the next ones are asked by name


def nodes_of(model):
    """(layer, node) of each use of each layer that computes, in the model's own order."""
    used = uses(model)
    for layer in model.layers:
        for node in flat(
            getattr(layer, "_inbound_nodes", None) or getattr(layer, "inbound_nodes", [])
        ):
            if flat(node_tensors(node, "input")) and type(layer).__name__ != "InputLayer":
                if used is None or id(node) in used:
                    yield layer, node


def uses(model):
    """The nodes that belong to this model: a shared layer has nodes of others too."""
    by_depth = getattr(model, "nodes_by_depth", None) or getattr(model, "_nodes_by_depth", None)
    if by_depth is None and getattr(model, "_functional", None) is not None:
        by_depth = model._functional._nodes_by_depth
    return set(id(n) for nodes in by_depth.values() for n in nodes) if by_depth else None


def node_tensors(node, side):
    """The input or output tensors of a node, whatever they are called."""
    if side == "input" and getattr(node, "keras_inputs", None) is not None:
        return node.keras_inputs
    for name in (side + "_tensors", side + "s"):
        if getattr(node, name, None) is not None:
            return getattr(node, name)
    return []
