"""SavedModels: those of TensorFlow 1 by tags and signature, those of 2 by the loaded signature."""


class SignatureModel(object):
    """A signature of a loaded SavedModel of TensorFlow 2."""

    def __init__(self, loaded, function):
        self.loaded, self.function = loaded, function  # variables live as long as what loaded them
        specs = function.structured_input_signature[1]
        self.inputs = [Input(n, shape_of(s), dtype_of(s)) for n, s in sorted(specs.items())]
        self.outputs = sorted(function.structured_outputs)

    def run(self, feeds):
        """The outputs for arrays by input name."""
        answer = self.function(**dict((n, tensor(v)) for n, v in feeds.items()))
        return dict((name, plain(value)) for name, value in answer.items())

    def activations(self, feeds):
        """None: the functions inside are closed."""
        note("a SavedModel of TensorFlow 2 shows no activations")
        return {}


def saved_model(found, args):
    """The signature of a SavedModel as a model."""
    import tensorflow as tf

    contributed()
    graphs = meta_graphs(found.path)
    tags = chosen_tags([sorted(g.meta_info_def.tags) for g in graphs], args.tags)
    graph = [g for g in graphs if sorted(g.meta_info_def.tags) == tags][0]
    keys = [k for k in graph.signature_def if k != "__saved_model_init_op"]
    key = chosen(keys, args.signature, "serving_default", "signature")
    args.signature = key
    second = any(
        name == "object_graph_def" for name, _ in ((f.name, v) for f, v in graph.ListFields())
    )
    if second and numbers(tf.__version__)[0] >= 2:
        loaded = tf.saved_model.load(found.path)
        return SignatureModel(loaded, loaded.signatures[key])
    session = session_for(tf.Graph())
    with session.graph.as_default():
        compat().saved_model.loader.load(session, tags, found.path)
    signature = graph.signature_def[key]
    return GraphModel(session, named(signature.inputs), named(signature.outputs))


def named(tensors):
    """The tensors of a signature as pairs of names."""
    unnamed = sorted(n for n in tensors if not tensors[n].name)
    if unnamed:
        raise Stop("the signature's %s is no dense tensor" % ", ".join(unnamed))
    return [(text_of(n), tensors[n].name) for n in sorted(tensors)]


def meta_graphs(path):
    """The graphs in a SavedModel, as protos."""
    from tensorflow.core.protobuf import saved_model_pb2

    proto = saved_model_pb2.SavedModel()
    if os.path.exists(os.path.join(path, "saved_model.pb")):
        with open(os.path.join(path, "saved_model.pb"), "rb") as stream:
            proto.ParseFromString(stream.read())
    else:
        from google.protobuf import text_format

        with open(os.path.join(path, "saved_model.pbtxt"), "rb") as stream:
            text_format.Merge(stream.read().decode("utf-8"), proto)
    return list(proto.meta_graphs)


def chosen_tags(sets, asked):
    """The tags of the graph that is meant."""
    said = [",".join(tags) for tags in sets]
    wanted = ",".join(sorted(asked.split(","))) if asked else None
    return [t for t in chosen(said, wanted, "serve", "tag set").split(",") if t]


def chosen(names, asked, usual, what):
    """The one that was asked for, the usual one, or the only one."""
    if asked is None and usual not in names and len(names) == 1:
        return names[0]
    name = usual if asked is None else asked
    if name not in names:
        raise Stop("there is no %s %s; there are: %s" % (what, name, ", ".join(sorted(names))), 2)
    return name
