"""Binary files of other programs, named by what they are."""

from __future__ import annotations

import pathlib
import struct
import zipfile

from tfmigrate.errors import Damaged, NotRecognised, SourceProblem, shown
from tfmigrate.sources import h5_attributes, h5_header, h5_walls, zip_walls

_ONLY = "tfmigrate migrates TensorFlow and Keras models only"
_OTHERS = (
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!", "a RAR archive"),
)  # fmt: skip


def explain(path: pathlib.Path, head: bytes) -> SourceProblem | None:
    """What another program's file is; None where we do not know it either."""
    if h5_header.start(path) is not None:
        return _hdf5(path)
    if head[:2] == b"PK":
        return _zip(path)
    what = _name(path, head)
    if what:
        return NotRecognised(f"it is {what}", where=str(path), help=_ONLY)
    packed = "a tar archive" if head[257:262] == b"ustar" else _packed(head)
    if not packed:
        return None
    return NotRecognised(
        f"it is {packed}, not a model", where=str(path),
        help="unpack it and give the path of the model inside",
    )  # fmt: skip


def _packed(head: bytes) -> str:
    return next((name for magic, name in _OTHERS if head.startswith(magic)), "")


def _name(path: pathlib.Path, head: bytes) -> str:
    if (
        head[:1] == b"\x80"
        and 2 <= head[1] <= 5
        and head[2:3] in (b"\x95", b"c", b"}", b"]", b"(", b"\x8a")
    ):
        return "a Python pickle (scikit-learn, PyTorch, joblib ...); pickles are never opened"
    if head[4:8] == b"TFL3":
        return "a TensorFlow Lite model, which cannot be turned back"
    if head[:6] == b"\x93NUMPY":
        return "a NumPy array"
    if _is_safetensors(head, path.stat().st_size):
        return "a safetensors file, weights without a model"
    if path.suffix == ".onnx" or (head[:1] == b"\x08" and b"onnx" in head[:64]):
        return "an ONNX model"
    if head[:4] == b"GGUF":
        return "a GGUF model"
    return ""


def _is_safetensors(head: bytes, size: int) -> bool:
    if len(head) < 16 or head[8:9] != b"{":
        return False
    length: int = struct.unpack_from("<Q", head)[0]
    return length <= size - 8 and head[8:10] in (b'{"', b"{}", b"{ ")


def _zip(path: pathlib.Path) -> SourceProblem:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[: zip_walls.MEMBER_LIMIT]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        return Damaged(
            f"the zip archive is cut or damaged ({shown(error)})", where=str(path),
            help="copy or download it again",
        )  # fmt: skip
    if any(n.endswith(("/data.pkl", "/constants.pkl")) or n == "data.pkl" for n in names):
        return NotRecognised("it is a PyTorch model", where=str(path), help=_ONLY)
    if names and all(n.endswith(".npy") for n in names):
        return NotRecognised("it is a NumPy archive (.npz), weights without a model",
                             where=str(path), help=_ONLY)  # fmt: skip
    inside = [
        n for n in names if n.endswith(("saved_model.pb", ".h5", ".hdf5", ".keras", ".index"))
    ]
    found = f"; it holds {shown(inside[0], 80)!r}" if inside else ""
    return NotRecognised(
        f"it is a zip archive, but not a Keras one (no config.json){found}",
        where=str(path),
        help="unpack it and give the path of the model inside" if inside else _ONLY,
    )


def _hdf5(path: pathlib.Path) -> SourceProblem:
    with h5_walls.opened(path) as h5:
        names = sorted({p.split("/")[0] for p in h5.links})
        netcdf = h5_attributes.has(h5.file, "_NCProperties", h5.where)
        tables = h5_attributes.has(h5.file, "PYTABLES_FORMAT_VERSION", h5.where)
    if "#refs#" in names or _is_matlab(path):
        what = "a MATLAB file"
    elif netcdf:
        what = "a netCDF file"
    elif tables:
        what = "a PyTables or pandas file"
    else:
        listed = ", ".join(shown(n, 40) for n in names[:5]) or "nothing"
        what = f"an HDF5 file that holds {listed}"
    return NotRecognised(
        f"it is {what}, but no Keras model: no model_config, no layer_names, no vars",
        where=str(path), help="give the file that Keras wrote",
    )  # fmt: skip


def _is_matlab(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"MATLAB"
