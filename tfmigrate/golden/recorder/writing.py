"""The golden file: a .npz without pickles, paths and times, and its ``meta``."""

import io
import platform


def versions(lib):
    """What ran it, by name."""
    found = {"python": platform.python_version(), "numpy": numpy.__version__}
    for name in ("tensorflow", "theano", "h5py", "jax", "torch"):
        module = sys.modules.get(name)
        if getattr(module, "__version__", None):
            found[name] = text_of(module.__version__)
    if lib is not None:
        found[lib.name] = lib.version  # TensorFlow imports a keras of its own, which ran nothing
        backend = getattr(lib.backend, "backend", None) or getattr(lib.backend, "_BACKEND", "")
        found["backend"] = text_of(backend() if callable(backend) else backend or "tensorflow")
        for name in ("image_data_format", "image_dim_ordering"):
            if hasattr(lib.backend, name):
                found[name] = text_of(getattr(lib.backend, name)())
    return found


def small_enough(activations, limit):
    """Activations without those that are over the limit, and the names of these."""
    kept, left_out, total = {}, [], 0
    for name in sorted(activations):
        array = numpy.asarray(activations[name])
        if (
            array.nbytes > limit
            or total + array.nbytes > 8 * limit
            or array.dtype.kind not in "fiub"
        ):
            left_out.append(name)
            continue
        total += array.nbytes
        kept[name] = array
    return kept, left_out


def write(path, arrays, meta, overwrite):
    """Write the file whole or not at all."""
    if os.path.exists(path) and not overwrite:
        raise Stop("%s exists; --overwrite replaces it" % os.path.basename(path), 2)
    text = json.dumps(meta, sort_keys=True).encode("utf-8")
    arrays = dict(arrays, meta=numpy.frombuffer(text, dtype="uint8"))
    partial = path + ".partial"
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, True) as archive:
            for name in sorted(arrays):
                held = io.BytesIO()
                numpy.lib.format.write_array(held, storable(arrays[name]), allow_pickle=False)
                about = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
                about.external_attr = 0o644 << 16
                archive.writestr(about, held.getvalue())
        if os.name == "nt" and os.path.exists(path):
            os.remove(path)  # Windows renames onto nothing
        os.rename(partial, path)
    finally:
        if os.path.exists(partial):
            os.remove(partial)


def storable(value):
    """An array that needs no pickle: text as bytes, bfloat16 as float32."""
    array = plain(value)
    if array.dtype.kind in "OU":
        array = words(array)
        array = array.astype("S") if array.size else numpy.empty(array.shape, "S1")
    return numpy.ascontiguousarray(array).reshape(array.shape)
