"""What the source is, who wrote it, and the hashes of its files; nothing of it is run here."""

import hashlib
import json
import re
import zipfile


class About(object):
    """What the source says of itself."""

    def __init__(self, kind, path, version="", backend=""):
        self.kind, self.path, self.version, self.backend = kind, path, version, backend


def about(path):
    """What a source is: h5, h5 weights, keras, saved_model, meta, checkpoint or frozen."""
    if os.path.isdir(path):
        if any(
            os.path.exists(os.path.join(path, n)) for n in ("saved_model.pb", "saved_model.pbtxt")
        ):
            return About("saved_model", path)
        return about(_latest(path))
    if path.endswith(".meta") or os.path.exists(path + ".meta"):
        return About("meta", path[:-5] if path.endswith(".meta") else path)
    if path.endswith(".index") and os.path.exists(path):
        return About("checkpoint", path[:-6])
    if os.path.exists(path + ".index"):
        return About("checkpoint", path)
    if not os.path.exists(path):
        raise Stop("there is nothing at %s" % os.path.basename(path), 2)
    with open(path, "rb") as stream:
        magic = stream.read(8)
    if magic == b"\x89HDF\r\n\x1a\n":
        return _h5(path)
    if magic[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            written = json.loads(archive.read("metadata.json").decode("utf-8"))
        return About("keras", path, text_of(written.get("keras_version", "")))
    return About("frozen" if path.endswith((".pb", ".pbtxt")) else "checkpoint", path)


def _h5(path):
    import h5py

    with h5py.File(path, "r") as stream:
        found = [stream] + [stream[n] for n in ("model_weights", "layers") if n in stream]
        said = {}
        for name in ("keras_version", "backend"):
            values = [group.attrs[name] for group in found if name in group.attrs]
            said[name] = text_of(values[0]) if values else ""
        kind = "h5" if "model_config" in stream.attrs else "h5 weights"
        if "nb_layers" in stream.attrs or list(stream) == ["graph"]:
            said["keras_version"] = said["keras_version"] or "0"
    return About(kind, path, said["keras_version"], said["backend"])


def _latest(folder):
    """The checkpoint that a folder's state file names, in this folder: it may have moved."""
    state = os.path.join(folder, "checkpoint")
    if os.path.exists(state):
        with open(state) as stream:
            named = re.search(r'^model_checkpoint_path: "(.*)"', stream.read(), re.MULTILINE)
        if named:
            return os.path.join(folder, os.path.basename(named.group(1)))
    raise Stop("the folder is no SavedModel and names no checkpoint: give one of its files")


def version_of_architecture(path):
    """The Keras that wrote a model.json or model.yaml, "" where it does not say."""
    with open(path, "rb") as stream:
        text = stream.read().decode("utf-8")
    said = re.search(r"[\"']?keras_version[\"']?:\s*[\"']?([0-9][^\s\"',}]*)", text)
    if said:
        return said.group(1)
    zero = re.search(r'"name"\s*:\s*"(Sequential|Graph)"', text) and '"class_name"' not in text
    zero = zero or re.search(r"^name: (Sequential|Graph)\s*$", text, re.MULTILINE)
    return "0" if zero else ""


def hashes(path, kind):
    """The SHA-256 of each file of a source, by its name (inside the folder, for a folder)."""
    if kind == "saved_model":
        found = [os.path.join(r, n) for r, _, names in os.walk(path) for n in names]
        return dict((os.path.relpath(f, path).replace(os.sep, "/"), sha256(f)) for f in found)
    if kind in ("meta", "checkpoint"):
        folder, stem = os.path.split(path)
        shard = re.compile(re.escape(stem) + r"(\.(meta|index|data-\d+-of-\d+))?$")
        found = [os.path.join(folder, n) for n in os.listdir(folder or ".") if shard.match(n)]
        return dict((os.path.basename(f), sha256(f)) for f in found if os.path.isfile(f))
    return {os.path.basename(path): sha256(path)}


def sha256(path):
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
