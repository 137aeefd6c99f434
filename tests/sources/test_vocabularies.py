from __future__ import annotations

import pathlib
import zipfile

import pytest

from tfmigrate.errors import Damaged
from tfmigrate.sources import keras_zip, vocabularies

MEMBER = "assets/layers/string_lookup/vocabulary.txt"
FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"


def archive(tmp_path: pathlib.Path, text: bytes) -> zipfile.ZipFile:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as made:
        made.writestr(MEMBER, text)
        made.writestr("assets/readme.txt", "no vocabulary")
    return zipfile.ZipFile(tmp_path / "m.keras")


def test_a_token_ends_at_a_line_feed_only(tmp_path: pathlib.Path) -> None:
    with archive(tmp_path, "\n[UNK]\na\x0cb\u2028c\nd".encode()) as found:
        assert vocabularies.names(found) == {"layers/string_lookup": MEMBER}
        assert vocabularies.read(found, MEMBER, "m") == ("", "[UNK]", "a\x0cb\u2028c", "d")


def test_text_that_is_not_utf_8_is_refused(tmp_path: pathlib.Path) -> None:
    with archive(tmp_path, b"\xff\xfe") as found, pytest.raises(Damaged, match="UTF-8"):
        vocabularies.read(found, MEMBER, "m")


def test_an_archive_gives_tokens_and_their_frequencies() -> None:
    path = FIXTURES / "keras3_special" / "words" / "model.keras"
    source = keras_zip.describe(path, "keras-zip")
    assert not [h for h in source.hazards if h.exit_code]
    found = keras_zip.read_vocabularies(source)
    tokens, idf = found["layers/text_vectorization/_lookup_layer"]
    assert tokens[:3] == ("[UNK]", "the", "zebra")
    assert idf.shape == (20,)
