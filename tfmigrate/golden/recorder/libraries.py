"""Which Keras reads the file: the one of its time, of those that are installed here."""

import importlib

MODULES = {"keras": "keras", "tf.keras": "tensorflow.keras", "tf_keras": "tf_keras"}


class Library(object):
    """An imported Keras.

    ``graph`` is true where models are graphs with placeholders: Keras up to 2.3, and TensorFlow 1.
    """

    def __init__(self, name, module, version):
        self.name, self.module, self.version = name, module, version
        self.major, self.minor = numbers(version)
        tensorflow = sys.modules.get("tensorflow")
        old = tensorflow is None or numbers(tensorflow.__version__)[0] < 2
        plain = name == "keras" and (self.major, self.minor) < (2, 4)
        self.graph = plain or (name == "tf.keras" and old)

    @property
    def backend(self):
        return self.module.backend


def numbers(version):
    """Major and minor of a version, (0, 0) where there is none."""
    found = re.match(r"(\d+)(?:\.(\d+))?", version or "")
    return (int(found.group(1)), int(found.group(2) or 0)) if found else (0, 0)


def prepare(backend):
    """What has to be said before anything is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    if backend:
        os.environ["KERAS_BACKEND"] = str(backend)


def candidates(version):
    """The libraries that could have written a file of this version, the likeliest first."""
    pair = numbers(version)
    if "-tf" in version or (2, 4) <= pair < (3, 0):
        return ["tf.keras", "tf_keras", "keras"]
    if version and pair < (2, 0):
        return ["keras"]
    if pair < (3, 0) and version:
        return ["keras", "tf_keras", "tf.keras"]
    return ["keras", "tf.keras", "tf_keras"]


def library(version, wanted):
    """The library that fits a file of this version, or the one that was asked for."""
    seen = []
    for name in [wanted] if wanted else candidates(version):
        try:
            found = imported(name)
        except ImportError as error:
            seen.append("%s cannot be imported (%s)" % (name, error))
            continue
        if wanted or not version or found.major == numbers(version)[0]:
            if "." in version and found.version.split("-")[0] != version.split("-")[0]:
                note(
                    "the file is of Keras %s, it was run by %s %s" % (version, name, found.version)
                )
            return found
        seen.append("%s here is %s" % (name, found.version))
    said = "no Keras here is of the time of this file (%s): " % (version or "version unknown")
    raise Stop(said + "; ".join(seen), 6)


def library_of(model):
    """The Keras that a model of the author's code is of, None where it is of none."""
    tops = [each.__module__.split(".")[0] for each in type(model).__mro__]
    for top, name in (
        ("tf_keras", "tf_keras"),
        ("keras", "keras"),
        ("tensorflow", "tf.keras"),
        ("tensorflow_core", "tf.keras"),
    ):
        if top in tops and hasattr(model, "get_weights"):
            return imported(name)
    return None


def imported(name):
    """A library by its name."""
    if name == "tf.keras":
        tensorflow = importlib.import_module("tensorflow")
        module = tensorflow.keras
        if not hasattr(module, "models"):
            raise ImportError("tensorflow %s has no keras" % tensorflow.__version__)
    else:
        module = importlib.import_module(MODULES[name])
        importlib.import_module(MODULES[name] + ".models")
        importlib.import_module(MODULES[name] + ".backend")
    version = getattr(module, "__version__", None)
    return Library(name, module, version or sys.modules["tensorflow"].__version__)


def authors(path):
    """The module of the author's code and what it defines; THE FILE IS RUN."""
    import types

    sys.path.append(os.path.dirname(os.path.abspath(path)))
    module = types.ModuleType("author")
    module.__file__ = path
    sys.modules["author"] = module
    with open(path, "rb") as stream:
        code = compile(stream.read(), os.path.abspath(path), "exec")  # AutoGraph reads it there
    exec(code, module.__dict__)
    made = dict(
        (n, v)
        for n, v in vars(module).items()
        if callable(v) and getattr(v, "__module__", "") == "author"
    )
    made.update(getattr(module, "custom_objects", {}))
    return module, made
