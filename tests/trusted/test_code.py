"""Which files are taken for code of the author's."""

from __future__ import annotations

import hashlib
import os

import pytest

from tfmigrate.errors import UsageProblem
from tfmigrate.trusted import code


def test_a_file_is_read_and_not_run(tmp_path):
    path = tmp_path / "arch.py"
    path.write_bytes(b"\xef\xbb\xbfraise SystemExit\n")
    (file,) = code.read([path])
    assert (file.name, file.module, file.text) == ("arch.py", "arch", "raise SystemExit\n")
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_everything_that_is_no_code_is_named_at_once(tmp_path):
    (tmp_path / "latin.py").write_bytes(b"# \xe9\n")
    (tmp_path / "zero.py").write_bytes(b"\0")
    (tmp_path / "big.py").write_bytes(b"#" * (code.LARGEST + 1))
    os.mkfifo(tmp_path / "pipe.py")
    names = ["latin.py", "zero.py", "big.py", "pipe.py", "missing.py", "."]
    with pytest.raises(UsageProblem) as raised:
        code.read([tmp_path / name for name in names])
    said = [p.what for p in raised.value.problems]
    assert said == [
        "it is not UTF-8 text", "it is not UTF-8 text",
        "it has 1,048,577 bytes, and at most 1,048,576 are read", "it is no regular file",
        "it cannot be read: No such file or directory", "it is no regular file",
    ]  # fmt: skip


def test_two_files_of_one_name_could_not_be_told_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "arch.py").write_text("")
    with pytest.raises(UsageProblem) as raised:
        code.read([tmp_path / "a" / "arch.py", tmp_path / "b" / "arch.py"])
    assert raised.value.problems[0].what == "two files have this name"
