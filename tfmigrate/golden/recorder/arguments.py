"""What can be asked for, and the ways to end."""

import argparse

LENGTHS = (12, 16, 32, 7, 24, 48, 64, 96, 128, 224, 256, 512)
NOTES = []


class Stop(Exception):
    """An end with a sentence: 2 wrong arguments, 3 the source, 6 what is installed here."""

    def __init__(self, what, code=3):
        Exception.__init__(self, what)
        self.what, self.code = what, code


def say(text):
    """A line on stderr, in characters that any terminal of any year takes."""
    plain = text_of(text).encode("ascii", "backslashreplace").decode("ascii")
    sys.stderr.write("%s\n" % plain)
    sys.stderr.flush()


def note(text):
    """Something a person should know: said now, and kept in the golden file."""
    if text not in NOTES:
        NOTES.append(text)
        say("note: " + text)


def text_of(value):
    """Text, whatever an old h5py or Python gives."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else "%s" % value


def parsed(arguments):
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=DESCRIPTION)  # noqa: F821
    add = parser.add_argument
    add("source", metavar="SOURCE", help=".h5, .keras, .meta, checkpoint, .pb or SavedModel folder")
    add("-o", "--out", metavar="FILE.npz", help="the golden file; SOURCE.golden.npz if not given")
    add("--inputs", metavar="FILE.npz", help="inputs/NAME arrays to use instead of made up ones")
    add("--architecture", metavar="FILE", help="model.json or model.yaml, for weights-only files")
    add("--code", metavar="FILE.py[:NAME]", help="the author's code; NAME() returns the model")
    add("--library", choices=("keras", "tf.keras", "tf_keras"), help="if the file does not decide")
    add("--backend", help="KERAS_BACKEND, where the file does not say")
    add("--input", action="append", default=[], metavar="NAME=TENSOR:0", help="of a graph")
    add("--output", action="append", default=[], metavar="NAME=TENSOR:0", help="of a graph")
    add("--feed", action="append", default=[], metavar="TENSOR:0=VALUE", help="held constant")
    add("--signature", help="of a SavedModel; serving_default, or its only one")
    add("--tags", help="of a SavedModel, separated by commas; serve, or its only ones")
    add("--activations", action="store_true", help="record every layer for the first inputs too")
    add("--activation-limit", type=int, default=32, metavar="MIB", help="leave out what is larger")
    add("--length", type=int, action="append", metavar="N", help="of dimensions that are free")
    add("--seed", type=int, default=0, help="of the inputs that are made up")
    add("--overwrite", action="store_true", help="replace the golden file")
    found = parser.parse_args(arguments)
    found.source = os.path.abspath(found.source)
    found.code, found.builder = _code(found.code)
    found.out = found.out or os.path.basename(found.source.rstrip("/")) + ".golden.npz"
    return found


def pairs(texts, form):
    """``A=B`` texts as a list of pairs; A may hold equal signs, B cannot."""
    for text in texts:
        if "=" not in text.strip("="):
            raise Stop("%s is not of the form %s" % (text, form), 2)
    return [tuple(text.rsplit("=", 1)) for text in texts]


def _code(given):
    if not given:
        return None, None
    path, colon, name = given.rpartition(":")
    return (path, name) if colon and path.endswith(".py") else (given, None)
