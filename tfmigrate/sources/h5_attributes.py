"""Attributes of HDF5 objects as plain text, whichever h5py wrote them."""

from __future__ import annotations

from typing import Any

from tfmigrate.errors import Damaged, shown

SIZE_LIMIT = 64 * 2**20
COUNT_LIMIT = 1_000_000


def has(thing: Any, name: str, where: str) -> bool:
    """Whether an object has an attribute.

    Raises:
        Damaged: Its attributes cannot be read.
    """
    import h5py

    try:
        return bool(h5py.h5a.exists(thing.id, name.encode()))
    except (OSError, RuntimeError, KeyError) as error:
        raise Damaged(
            f"its attributes cannot be read ({shown(error)})", where=where,
            help="copy the file again from where it was made",
        ) from error  # fmt: skip


def text(thing: Any, name: str, where: str) -> str | None:
    """A text attribute; h5py 2 handed out bytes where h5py 3 hands out str.

    Raises:
        Damaged: It is no text, or larger than 64 MiB.
    """
    value = _read(thing, name, where)
    if value is None:
        return None
    if getattr(value, "size", 1) == 1 and hasattr(value, "item"):
        value = value.item()
    return _decode(value, name, where)


def names(thing: Any, name: str, where: str) -> list[str] | None:
    """A list of names, put together again where it was split.

    Keras splits a list over 64,512 bytes into ``layer_names0``, ``layer_names1`` ... because
    HDF5 cannot hold it in one object header.

    Raises:
        Damaged: It is no list of text.
    """
    whole = _read(thing, name, where)
    if whole is not None:
        return _list(whole, name, where)
    found: list[str] = []
    count = 0
    while (chunk := _read(thing, f"{name}{count}", where)) is not None:
        found += _list(chunk, name, where)
        count += 1
    return found if count else None


def number(thing: Any, name: str, where: str) -> int | None:
    """A whole number attribute.

    Raises:
        Damaged: It is no whole number.
    """
    value = _read(thing, name, where)
    if value is None:
        return None
    if getattr(value, "size", 1) != 1 or getattr(value, "dtype", None) is None:
        raise Damaged(f"the attribute {name} is not a number", where=where)
    if value.dtype.kind not in "iu":
        raise Damaged(f"the attribute {name} is not a whole number", where=where)
    return int(value.item())


def _read(thing: Any, name: str, where: str) -> Any:
    import h5py

    if not has(thing, name, where):
        return None
    try:
        attribute = h5py.h5a.open(thing.id, name.encode())
        count = attribute.get_space().get_simple_extent_npoints()
        size = count * attribute.get_type().get_size()
        if count > COUNT_LIMIT or size > SIZE_LIMIT:
            raise Damaged(f"the attribute {name} declares {size:,} bytes", where=where)
        return thing.attrs[name]
    except (OSError, RuntimeError, TypeError, ValueError, KeyError) as error:
        # h5py raises any of these for a damaged attribute.
        raise Damaged(
            f"the attribute {name} cannot be read ({shown(error)})", where=where,
            help="copy the file again from where it was made",
        ) from error  # fmt: skip


def _list(value: Any, name: str, where: str) -> list[str]:
    if hasattr(value, "tolist"):
        # An empty list is stored as an array of no numbers.
        value = value.ravel().tolist() if value.size else []
    if not isinstance(value, list):
        # h5py.Empty: a list that was written without elements.
        value = [] if getattr(value, "shape", ()) is None else [value]
    return [_decode(v, name, where) for v in value]


def _decode(value: Any, name: str, where: str) -> str:
    try:
        found = value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError as error:
        raise Damaged(f"the attribute {name} is not UTF-8", where=where) from error
    if not isinstance(found, str):
        raise Damaged(f"the attribute {name} is not text", where=where)
    if len(found) > SIZE_LIMIT:
        raise Damaged(f"the attribute {name} has {len(found):,} characters", where=where)
    if not found.isascii() and not _encodable(found):
        raise Damaged(f"the attribute {name} is not UTF-8", where=where)
    return found


def _encodable(found: str) -> bool:
    # h5py turns bytes that are no UTF-8 into lone surrogates.
    return not any("\ud800" <= c <= "\udfff" for c in found)
