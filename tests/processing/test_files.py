import hashlib
from pathlib import Path

import pytest

from tfmigrate.processing import Misfit, files

LIMIT = 1 << 20


def _read(folder, name="words.txt", unique=True):
    return files.read(name, folder, LIMIT, unique)


def test_a_word_on_each_line(tmp_path):
    data = "the\ncat\n\nété".encode()
    (tmp_path / "words.txt").write_bytes(data)
    found = _read(tmp_path)
    assert found.words == (b"the", b"cat", b"", "été".encode())
    assert found.as_json() == {
        "file": "words.txt", "sha256": hashlib.sha256(data).hexdigest(), "lines": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no list of words"),
        (b"a\rb\n", "no list of words"),
        (b"a\0b\n", "no list of words"),
        (b"a\nb\na\n", "the word 'a' is there twice"),
        (b"\xff\n", r"not UTF-8 text \(byte 0\)"),
        (b"\xef\xbb\xbfa\n", "byte order mark"),
        (b"ab\n" * (LIMIT // 3 + 1), "larger than 1 MiB"),
    ],
)
def test_other_files_are_refused(data, what, tmp_path):
    (tmp_path / "words.txt").write_bytes(data)
    with pytest.raises(Misfit, match=what):
        _read(tmp_path)


def test_labels_may_be_equal(tmp_path):
    (tmp_path / "words.txt").write_text("crane\nmaillot\ncrane\n")
    assert len(_read(tmp_path, unique=False).words) == 3


@pytest.mark.parametrize("name", ["../secret.txt", "{root}/secret.txt", "link.txt", ".", "a/../.."])
def test_nothing_outside_of_the_folder_is_read(name, tmp_path):
    (tmp_path / "secret.txt").write_text("secret\n")
    folder = tmp_path / "recipe"
    folder.mkdir()
    (folder / "link.txt").symlink_to("../secret.txt")
    with pytest.raises(Misfit, match="not in the recipe's folder"):
        _read(folder, name.format(root=tmp_path))


def test_a_file_in_a_folder_below_is_read(tmp_path):
    (tmp_path / "a").mkdir()
    Path(tmp_path, "a", "words.txt").write_text("x\n")
    assert _read(tmp_path, "a/words.txt").words == (b"x",)


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(Misfit, match="cannot be read: No such file"):
        _read(tmp_path)
