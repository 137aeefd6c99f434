from __future__ import annotations

import io
import os
import pty
import threading
import time

import pytest

from tfmigrate.report import progress


def work(stream, **settings) -> None:
    with progress.shown_on(stream, patience=0.05, **settings) as report:
        report("planning", 0, 0)  # too short to be worth a line
        report("reading weights", 412_000_000, 1_000_000_000)
        time.sleep(0.3)
        report("building", 0, 0)
        time.sleep(0.3)


def test_a_line_for_each_step_that_lasts():
    stream = io.StringIO()
    work(stream)
    assert stream.getvalue() == "reading weights 412 MB of 1.0 GB ...\nbuilding ...\n"


def test_quiet_is_silent():
    stream = io.StringIO()
    work(stream, quiet=True)
    assert stream.getvalue() == ""


def test_what_is_over_soon_is_silent():
    stream = io.StringIO()
    with progress.shown_on(stream) as report:
        report("reading", 0, 0)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_line_that_rewrites_itself(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        work(stream)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "reading weights 412 MB of 1.0 GB" in text
    assert "building" in text
    assert text.count("\n") <= 1
    assert "\x1b[2K" in text


def test_a_step_named_by_a_file_is_made_safe():
    stream = io.StringIO()
    with progress.shown_on(stream, patience=0.01) as report:
        report("\x1b[2J", 0, 0)
        time.sleep(0.1)
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue()


class Closed(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_goes_away_does_not_end_the_work(monkeypatch):
    uncaught = []
    monkeypatch.setattr(threading, "excepthook", uncaught.append)
    work(Closed())
    assert uncaught == []


def test_an_error_ends_the_watching():
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), progress.shown_on(io.StringIO()):
        raise KeyboardInterrupt
    assert threading.active_count() == before
