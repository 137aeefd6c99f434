"""``--report FILE.html``: what is refused before any work, and that every end is written."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import pytest

from tests.report import made
from tfmigrate import pipeline
from tfmigrate.cli import page
from tfmigrate.errors import WorkerDied
from tfmigrate.report import as_html

H5 = ("h5-to-savedmodel", "m.h5", "out")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "name", "result", "word", "code"),
    [
        (H5, "migrate", made.passed(), "PASSED", 0),
        (H5, "migrate", made.failed(), "FAILED", 1),
        (H5, "migrate", made.refused(), "REFUSED", 4),
        (H5, "migrate", WorkerDied("out of memory"), "STOPPED", 6),
        (("verify", "out"), "verify", made.verification(), "PASSED", 0),
        (("verify", "out"), "verify", replace(made.verification(), missing=("x",)), "FAILED", 1),
        (("ckpt-to-savedmodel", "c", "o", "--recipe", "r"), "migrate", made.passed(), "PASSED", 0),
    ],
)  # fmt: skip
def test_every_end_has_its_page(run, answer, folder, command, name, result, word, code):
    answer(name, result)
    plain = run(*command)
    done = run(*command, "--report", "page.html")
    text = (folder / "page.html").read_text()
    assert f"<title>{word}: " in text
    assert f"tfmigrate {' '.join(command)} --report page.html" in text
    assert (done.code, done.out, done.err) == (plain.code, plain.out, plain.err)
    assert done.code == code
    assert [p.name for p in folder.iterdir()] == ["page.html"]


def test_a_page_of_ours_is_replaced_and_the_mode_is_the_umask_s(run, answer, folder):
    answer("migrate", made.failed())
    run(*H5, "--report", "page.html")
    answer("migrate", made.passed())
    assert run(*H5, "--report", "page.html").code == 0
    assert "<title>PASSED" in (folder / "page.html").read_text()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((folder / "page.html").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize(
    "content", [b"", b"notes of mine", b"<!doctype html><html>", b" " * 200 + as_html.MARK.encode()]
)
def test_anything_else_is_never_overwritten(run, calls, folder, content):
    (folder / "page.html").write_bytes(content)
    done = run(*H5, "--report", "page.html")
    assert (done.code, calls) == (2, [])
    assert "no report of tfmigrate" in done.err
    assert (folder / "page.html").read_bytes() == content


def test_a_folder_and_a_dangling_link_are_no_report(run, calls, folder):
    (folder / "page.html").mkdir()
    (folder / "link.html").symlink_to("nowhere")
    for name in ("page.html", "link.html"):
        assert run(*H5, "--report", name).code == 2
    assert calls == []


def test_there_is_no_such_folder(run, calls):
    done = run(*H5, "--report", "missing/page.html")
    assert (done.code, calls) == (2, [])
    assert "there is no such folder" in done.err


@pytest.mark.parametrize("command", [H5, ("verify", "out")])
def test_a_saved_model_gets_no_file_that_its_certificate_does_not_know(run, calls, folder, command):
    (folder / "out").mkdir()
    done = run(*command, "--report", "out/page.html")
    assert (done.code, calls) == (2, [])
    assert "give a place outside out" in done.err


def test_what_comes_to_be_there_meanwhile_is_left_alone(run, monkeypatch, folder):
    def migrate(*_):
        (folder / "page.html").write_text("notes of mine")
        raise made.refused()

    monkeypatch.setattr(pipeline, "migrate", migrate)
    done = run(*H5, "--report", "page.html")
    assert done.code == 4
    assert "the weights do not fit" in done.err
    assert "no report of tfmigrate" in done.err
    assert (folder / "page.html").read_text() == "notes of mine"


def test_a_disk_that_is_full_leaves_nothing(run, answer, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    answer("migrate", made.passed())
    monkeypatch.setattr(page.os, "fsync", full)
    done = run(*H5, "--report", "page.html")
    assert done.code == 6
    assert "the report cannot be written: No space left on device" in done.err
    assert list(folder.iterdir()) == []


def test_jinja_is_missed_before_the_work(run, calls, monkeypatch):
    import sys

    monkeypatch.delitem(sys.modules, "tfmigrate.report.html.page", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = run(*H5, "--report", "page.html")
    assert (done.code, calls) == (6, [])
    assert "pip install jinja2" in done.err


def test_no_page_without_the_option(run, calls, folder):
    assert run(*H5).code == 0
    assert list(folder.iterdir()) == []


def test_a_command_with_a_name_that_is_no_text(run, answer, folder):
    answer("migrate", made.passed())
    name = os.fsdecode(b"m\xff.h5")
    assert run("h5-to-savedmodel", name, "out", "--report", "page.html").code == 0
    assert "m\\udcff.h5" in (folder / "page.html").read_text()
