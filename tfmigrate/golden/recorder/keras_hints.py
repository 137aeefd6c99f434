"""What the layers that read an input say of its values: rows, images, statistics."""

PASSING = ("Masking", "Reshape", "Flatten", "Permute", "SpatialDropout1D", "Dropout")


def input_hints(model, tensors):
    """One dict per input: rows, image, mean and spread, as far as its readers say."""
    return [hint_of(model, tensor, 0) for tensor in tensors]


def hint_of(model, tensor, depth):
    """What is known of the values of one tensor."""
    hint = {}
    for layer, node in nodes_of(model):
        places = [i for i, t in enumerate(flat(node_tensors(node, "input"))) if t is tensor]
        if not places or depth > 8:
            continue
        kind = type(layer).__name__
        rows = getattr(layer, "input_dim", None) if kind.endswith("Embedding") else None
        rows = rows or (getattr(layer, "num_tokens", None) if kind == "CategoryEncoding" else None)
        if rows:
            hint["rows"] = min(int(rows), hint.get("rows", int(rows)))
        elif kind == "Rescaling":
            hint["image"] = True
        elif kind == "Normalization" and getattr(layer, "mean", None) is not None:
            hint["mean"] = float(numpy.mean(plain(layer.mean)))
            hint["spread"] = float(numpy.sqrt(numpy.mean(plain(layer.variance))))
        elif getattr(layer, "layers", None) and getattr(layer, "inputs", None):
            inner = inside(layer)
            merged(hint, hint_of(inner, flat(inner.inputs)[places[0]], depth + 1))
        elif kind in PASSING:
            merged(hint, hint_of(model, flat(node_tensors(node, "output"))[0], depth + 1))
        elif kind == "TimeDistributed" and type(layer.layer).__name__ == "Embedding":
            merged(hint, {"rows": int(layer.layer.input_dim)})
    return hint


def merged(hint, more):
    """Take what another reader says into a hint; the fewest rows count."""
    rows = [h["rows"] for h in (hint, more) if "rows" in h]
    hint.update(more)
    if rows:
        hint["rows"] = min(rows)
