"""Inputs: the ones that were given, or made up from what the model says of itself."""

WORDS = (b"alpha", b"beta", b"gamma", b"delta", b"the", b"a", b"", b"Stra\xc3\x9fe", b"42")
# batch, which of the lengths, values
PROBES = ((5, 0, None), (1, 0, None), (2, 1, None), (2, 0, 0), (2, 0, 1))


def given_probes(path, inputs):
    """The probes of a file: inputs/NAME, and more/1/inputs/NAME where it has them."""
    with numpy.load(path, allow_pickle=False) as stream:
        arrays = dict((text_of(n), stream[n]) for n in stream.files)
    probes = []
    for number in range(len(arrays) + 1):
        prefix = "more/%d/inputs/" % number if number else "inputs/"
        held = dict((n[len(prefix) :], a) for n, a in arrays.items() if n.startswith(prefix))
        if not held:
            break
        probes.append(held if inputs is None else fitted(held, inputs))
    if not probes:
        raise Stop("%s holds no array inputs/NAME" % os.path.basename(path), 2)
    return probes


def fitted(held, inputs):
    """Given arrays under the names and in the types of the model's inputs."""
    names = [i.name for i in inputs]
    if len(held) == len(names) == 1 and names[0] not in held:
        note(
            "the given input %s was taken for the model's only one, %s" % (list(held)[0], names[0])
        )
        held = {names[0]: list(held.values())[0]}
    if sorted(held) != sorted(names):
        said = (", ".join(sorted(names)), ", ".join(sorted(held)))
        raise Stop("the model's inputs are %s, given are %s" % said, 2)
    return dict((i.name, typed(held[i.name], i)) for i in inputs)


def typed(array, asked):
    """An array in the type of an input; a value that would change is refused."""
    if asked.dtype == "string" or array.dtype.kind in "OSU":
        return words(array)
    if asked.dtype == "bfloat16":
        return array
    made = array.astype(asked.dtype)
    same = (made.astype(array.dtype) == array) | (array != array)
    if not numpy.all(same):
        raise Stop(
            "input %s: values change from %s to %s" % (asked.name, array.dtype, asked.dtype), 2
        )
    return made


def words(array):
    """Text of any form as an array of bytes objects, which is what TensorFlow takes."""
    flat_values = [
        v.encode("utf-8") if not isinstance(v, bytes) else v for v in array.ravel().tolist()
    ]
    made = numpy.empty(len(flat_values), dtype=object)
    made[:] = flat_values
    return made.reshape(array.shape)


def made_up(model, args):
    """Probes that the model answers, each with its answer; the first has a batch of five."""
    unknown = [i.name for i in model.inputs or [] if i.shape is None]
    if model.inputs is None or unknown:
        raise Stop(
            "the shape of its inputs is in its caller's code only: give --inputs FILE.npz", 2
        )
    random = numpy.random.RandomState(args.seed)
    lengths, answered = list(args.length or LENGTHS), []
    for batch, which, value in PROBES:
        if which and (len(lengths) < 2 or not any(None in i.shape[1:] for i in model.inputs)):
            which = 0
        found = attempt(model, batch, lengths[which:], value, random)
        if found is None:
            note(
                "no answer to inputs of batch %d%s"
                % (batch, "" if value is None else ", all %d" % value)
            )
            continue
        lengths = lengths if which else [found[2]] + [n for n in lengths if n != found[2]]
        answered.append(found[:2])
    return answered


def attempt(model, batch, lengths, value, random):
    """(inputs, outputs, length) for the first length that the model takes; None where none is."""
    free = any(None in i.shape[1:] for i in model.inputs)
    failed = None
    for length in lengths if free else lengths[:1]:
        probe = dict((i.name, values(i, batch, length, value, random)) for i in model.inputs)
        try:
            return probe, model.run(probe), length
        except Exception as error:  # any exception of any runtime: the length is not one of its own
            failed = failed or error
    if batch == PROBES[0][0]:
        raise failed
    return None


def values(asked, batch, length, value, random):
    """An array for one input."""
    shape = tuple(
        d if d is not None else batch if axis == 0 else length for axis, d in enumerate(asked.shape)
    )
    hint = asked.hint
    if asked.dtype == "string":
        return words(numpy.array(WORDS, dtype=object)[random.randint(0, len(WORDS), shape)])
    if value is not None:
        value = min(value, hint.get("rows", 2) - 1)
        return numpy.full(shape, value).astype(asked.dtype)
    if "rows" in hint:
        return numpy.asarray(random.randint(0, hint["rows"], shape)).astype(asked.dtype)
    if asked.dtype.startswith(("int", "uint", "bool")):
        return numpy.asarray(random.randint(0, 2, shape)).astype(asked.dtype)
    if hint.get("image"):
        return numpy.asarray(random.randint(0, 256, shape)).astype(numpy_name(asked.dtype))
    drawn = hint.get("mean", 0.0) + hint.get("spread", 1.0) * random.standard_normal(shape)
    return numpy.asarray(drawn).astype(numpy_name(asked.dtype))


def numpy_name(dtype):
    """A type that NumPy has."""
    return "float32" if dtype == "bfloat16" else dtype
