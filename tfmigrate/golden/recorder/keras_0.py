"""Keras 0: models without a functional API; its inputs and outputs had no names."""


class Keras0Model(object):
    """A Sequential or Graph of Keras 0 that answers in inference mode."""

    def __init__(self, model, lib):
        self.model, self.lib = model, lib
        self.graph = hasattr(model, "input_order")
        if self.graph:
            self.readers = [model.inputs[n] for n in model.input_order]
            names, self.outputs = list(model.input_order), list(model.output_order)
        else:
            self.readers = list(first_layers(model))
            names, self.outputs = ["input_%d" % i for i in range(len(self.readers))], ["out"]
        self.tensors = [reader.get_input(train=False) for reader in self.readers]
        self.answers = self.ends()  # every call of get_output makes new tensors
        self.inputs = [self.described(*each) for each in zip(names, self.readers, self.tensors)]

    def described(self, name, reader, tensor):
        embedding = type(reader).__name__ == "Embedding"
        users = (
            []
            if not self.graph
            else [
                self.model.nodes[n["name"]]
                for n in self.model.node_config
                if n.get("input") == name
            ]
        )
        rows = [l.input_dim for l in [reader] + users if type(l).__name__ == "Embedding"]
        shape = (None, reader.input_length) if embedding else tuple(reader.input_shape)
        return Input(name, shape, dtype_of(tensor), {"rows": min(rows)} if rows else {})

    def ends(self):
        if self.graph:
            return [self.model.outputs[n].get_output(train=False) for n in self.outputs]
        return [self.model.get_output(train=False)]

    def values(self, tensors, feeds):
        function = compiled(self.lib, self.tensors, tensors)
        return [numpy.asarray(v) for v in function([feeds[i.name] for i in self.inputs])]

    def run(self, feeds):
        """The outputs for arrays by input name."""
        return dict(zip(self.outputs, self.values(self.answers, feeds)))

    def activations(self, feeds):
        """Every layer's output; layers of a Sequential are numbered where they share a name."""
        layers = (
            [(n, self.model.nodes[n]) for n in self.model.nodes]
            if self.graph
            else [
                (l.get_config().get("custom_name") or type(l).__name__.lower(), l)
                for l in self.model.layers
            ]
        )
        names, count = [], {}
        for name, _ in layers:
            count[name] = count.get(name, 0) + 1
            names.append(name if count[name] == 1 else "%s_%d" % (name, count[name]))
        tensors = [layer.get_output(train=False) for _, layer in layers]
        return dict(zip(names, self.values(tensors, feeds)))


def first_layers(model):
    """The layers that the inputs of a Sequential go to, branch by branch."""
    first = model.layers[0]
    if type(first).__name__ == "Merge":
        return [each for branch in first.layers for each in first_layers(branch)]
    return first_layers(first) if hasattr(first, "layers") and first.layers else [first]
