"""The vocabularies that a ``.keras`` archive carries as assets, read as data.

Source: lookup layers of Keras 3 and of tf.keras 2.12 to 2.15 write one token a line, special tokens
first, to ``assets/<path of attributes>/vocabulary.txt``; Keras 3 stores TF-IDF weights as
``<path>/vars/idf_weights`` in the archive's H5 file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import Any

from tfmigrate.errors import Damaged
from tfmigrate.sources import zip_walls

_FOLDER, _FILE = "assets/", "/vocabulary.txt"
_LIMIT = 2**29
IDF = "vars/idf_weights"

# Tokens, special ones first, and their inverse document frequencies where there are any.
Vocabulary = tuple[tuple[str, ...], Any]


def names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive's vocabularies: the layer's path of attributes, and the member."""
    return {
        name[len(_FOLDER) : -len(_FILE)]: name
        for name in archive.namelist()
        if name.startswith(_FOLDER) and name.endswith(_FILE)
    }


def read(archive: zipfile.ZipFile, member: str, where: str) -> tuple[str, ...]:
    """The tokens of one vocabulary.

    Raises:
        Damaged: It is no UTF-8 text, or beyond all measure.
    """
    try:
        text = zip_walls.read(archive, member, _LIMIT, where).decode()
    except UnicodeDecodeError as error:
        raise Damaged(
            "the vocabulary is not UTF-8 text", where=f"{member} of {where}",
            help="save the model again on a system whose locale is UTF-8",
        ) from error  # fmt: skip
    # Only a line feed ends a token: splitlines() would also cut at form feeds and U+2028.
    return tuple(text.split("\n"))


def without_idf(datasets: Iterable[str], stated: Iterable[str]) -> tuple[str, ...]:
    """The datasets that are no TF-IDF weights of a vocabulary."""
    known = {f"{place}/{IDF}" for place in stated}
    return tuple(d for d in datasets if d not in known)
