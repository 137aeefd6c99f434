"""A Keras model as its own time loaded it: whole, or an architecture and its weights."""

RESTORED = []  # what TensorFlow 2 says of checkpoints: a model may make its variables when it runs


def keras_model(found, args, lib):
    """The model of an H5, a .keras file or weights with an architecture."""
    objects = usual_names(lib) if lib.major < 3 else {}
    objects.update(authors(args.code)[1] if args.code else {})
    if found.kind in ("h5", "keras"):
        return whole(found.path, lib, objects)
    if not args.architecture:
        raise Stop(
            "the file holds weights only: give --architecture model.json (or .yaml), or --code"
            " FILE.py:NAME where NAME() returns the model",
            2,
        )
    return loaded(from_text(args.architecture, lib, objects), found)


def usual_names(lib):
    """What Lambda layers of every tutorial refer to, as the author's module had it."""
    names = {"K": lib.backend, "np": numpy, "numpy": numpy, "keras": lib.module}
    if "tensorflow" in sys.modules:
        names["tf"] = names["tensorflow"] = sys.modules["tensorflow"]
    return names


def built(args, found):
    """The model that the author's function makes; a function with an argument gets the path."""
    import inspect

    builder = getattr(authors(args.code)[0], args.builder, None)
    if builder is None:
        raise Stop("%s defines no %s" % (os.path.basename(args.code), args.builder), 2)

    spec = getattr(inspect, "getfullargspec", None) or inspect.getargspec
    required = [a for a in spec(builder).args if a not in ("self", "cls")]
    required = required[: len(required) - len(spec(builder).defaults or ())]
    if required:
        return builder(found.path)
    return loaded(builder(), found)


def loaded(model, found):
    """A model with the weights of a file; everything in the file has to fit."""
    if found.kind == "checkpoint":
        return from_checkpoint(model, found.path)
    model.load_weights(found.path)
    return model


def from_checkpoint(model, prefix):
    """A model with the values of a TF2 checkpoint: save_weights, or tf.train.Checkpoint(model=)."""
    import tensorflow as tf

    keys = [name for name, _ in tf.train.list_variables(prefix)]
    roots = sorted(set(k.split("/")[0] for k in keys if "/" in k))
    if "model" in roots:
        status = tf.train.Checkpoint(model=model).restore(prefix)
    elif hasattr(model, "load_weights"):
        status = model.load_weights(prefix)
    else:
        status = tf.train.Checkpoint(root=model).restore(prefix)
    if hasattr(status, "assert_existing_objects_matched"):
        status.expect_partial()
        RESTORED.append(status)
    return model


def refuse_unrestored():
    """After a run all variables are there, and each must have come out of the checkpoint."""
    for status in RESTORED:
        try:
            status.assert_existing_objects_matched()
        except AssertionError as error:
            raise Stop(
                "variables of the model are not in the checkpoint: %s. Let NAME(path) of --code"
                " restore it itself" % str(error).split(chr(10))[0]
            )


def whole(path, lib, objects):
    """load_model, without compiling; Keras 1 always compiled, so its two steps are done here."""
    if lib.major < 2:
        return whole_of_keras_1(path, lib, objects)
    given = {"custom_objects": objects, "compile": False, "safe_mode": False}
    for dropped in ("safe_mode", "compile", None):
        try:
            return lib.module.models.load_model(path, **given)
        except TypeError as error:
            if dropped not in given or dropped not in str(error):
                raise
            given.pop(dropped)
    raise AssertionError("not reached")


def whole_of_keras_1(path, lib, objects):
    """What load_model of Keras 1 did, but the compiling."""
    import h5py

    keep_names()
    with h5py.File(path, "r") as stream:
        text = text_of(stream.attrs["model_config"])
        order_images(text, lib)
        config = json.loads(text)
        model = lib.module.models.model_from_config(config, custom_objects=objects)
        model.load_weights_from_hdf5_group(stream["model_weights"])
    return model


def order_images(text, lib):
    """Padding, cropping and up-sampling of Keras 1 kept no dim_ordering: it was in keras.json.

    Where the other layers agree on one, it is taken for these too.
    """
    said = set(re.findall(r"[\"']?dim_ordering[\"']?:\s*[\"']?(th|tf)\b", text))
    if len(said) == 1 and hasattr(lib.backend, "set_image_dim_ordering"):
        order = said.pop()
        if lib.backend.image_dim_ordering() != order:
            lib.backend.set_image_dim_ordering(order)
            note("image_dim_ordering was set to %s, as the layers say that do" % order)


def keep_names():
    """Keras 1 forgot the name of a nested Sequential, which the file holds beside its config."""
    utils = importlib.import_module("keras.utils.layer_utils")
    make = utils.layer_from_config

    def named(config, *others, **more):
        layer = make(config, *others, **more)
        if config.get("name") and getattr(layer, "name", None) != config["name"]:
            layer.name = config["name"]
        return layer

    utils.layer_from_config = named


def from_text(path, lib, objects):
    """The model of a model.json or model.yaml."""
    with open(path, "rb") as stream:
        text = stream.read().decode("utf-8")
    if lib.major == 1:
        keep_names()
    if lib.major < 2:
        order_images(text, lib)
    kind = "json" if text.lstrip()[:1] == "{" else "yaml"
    try:
        make = getattr(lib.module.models, "model_from_" + kind)
    except AttributeError:
        raise Stop("this Keras reads no %s: give the architecture as JSON" % kind.upper(), 6)
    return make(text, custom_objects=objects)
