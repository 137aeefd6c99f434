"""The command line as a process of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HEAVY = {"tensorflow", "keras", "tf_keras", "h5py", "numpy", "rich", "pydantic", "yaml"}
PRELUDE = """
import sys, time
from tfmigrate import pipeline
from tfmigrate.cli import main
from tfmigrate.results import Source
"""
INSPECT = """
pipeline.inspect = lambda path, step: Source("größe", "k", "t")
sys.exit(main(["inspect", "m"]))
"""
MODULES = """
import sys
from tfmigrate.cli import main
code = main(sys.argv[1:])
sys.stdout.write("MODULES " + " ".join(sys.modules))
sys.exit(code)
"""


def python(code: str, *arguments: str, **settings) -> subprocess.Popen:
    command = [sys.executable, "-c", PRELUDE + textwrap.dedent(code), *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # Tests that run under nohup would hand its deaf ear for SIGHUP on.
    return subprocess.Popen(command, text=True, preexec_fn=_hear_hangups, **{**pipes, **settings})


def _hear_hangups() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def finished(process: subprocess.Popen) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--help"], 0), (["--version"], 0), ([], 0), (["h5-to-savedmodel", "--help"], 0),
        (["recipe", "--help"], 0), (["golden", "record", "--help"], 0), (["golden", "script"], 0),
        (["inspect"], 2), (["nonsense"], 2), (["ckpt-to-savedmodel", "a", "b"], 2),
        (["h5-to-savedmodel", "a", "b", "--trust-code", "missing.py"], 2),
    ],
)  # fmt: skip
def test_what_needs_no_model_imports_nothing_heavy(given, code):
    command = [sys.executable, "-c", MODULES, *given]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    loaded = set(done.stdout.rpartition("MODULES ")[2].split())
    assert "click" in loaded
    assert not HEAVY & loaded


@pytest.mark.parametrize("form", ["text", "json"])
def test_inspect_imports_nothing_heavy(form):
    model = Path(__file__).parents[1] / "fixtures" / "keras2_mnist_cnn" / "model.h5"
    command = [sys.executable, "-c", MODULES, "inspect", str(model), "--format", form]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "conv2d_1" in done.stdout
    assert not HEAVY & set(done.stdout.rpartition("MODULES ")[2].split())


def test_python_m():
    done = subprocess.run(
        [sys.executable, "-m", "tfmigrate", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "ckpt-to-savedmodel" in done.stdout


def test_a_reader_that_goes_away_is_no_error():
    code = """
    pipeline.inspect = lambda path, step: Source("m" * 100_000, "k", "t")
    sys.exit(main(["inspect", "m"]))
    """
    read, write = os.pipe()
    os.close(read)
    found, _, err = finished(python(code, stdout=write))
    os.close(write)
    assert (found, err) == (0, "")


def test_help_to_a_reader_that_goes_away():
    read, write = os.pipe()
    os.close(read)
    found, _, err = finished(python("sys.exit(main(['--help']))", stdout=write))
    os.close(write)
    assert (found, err) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_said():
    with open("/dev/full", "w") as full:
        found, _, err = finished(python(INSPECT, stdout=full))
    assert found == 6
    assert err.startswith("error: the result cannot be written: No space left")


SIGNALS = [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_lets_cleaning_run(number, code):
    waiting = """
    def inspect(path, step):
        try:
            sys.stderr.write("ready\\n"); sys.stderr.flush()
            time.sleep(60)
        finally:
            sys.stderr.write("cleaned\\n")
    pipeline.inspect = inspect
    sys.exit(main(["inspect", "m"]))
    """
    process = python(waiting)
    assert process.stderr.readline() == "ready\n"
    process.send_signal(number)
    found, out, err = finished(process)
    assert (found, out) == (code, "")
    assert err.splitlines()[0] == "cleaned"


def test_a_character_that_the_terminal_lacks_is_no_traceback():
    found, out, _ = finished(python(INSPECT, env={**os.environ, "PYTHONIOENCODING": "ascii"}))
    assert found == 0
    assert out.startswith("gr\\xf6\\xdfe: t")


@pytest.mark.parametrize(("settings", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_on_a_terminal_only(settings, coloured):
    clean = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    ours, theirs = pty.openpty()
    process = python(INSPECT, stdout=theirs, env={**clean, **settings})
    assert process.wait(timeout=60) == 0
    os.close(theirs)
    assert ("\x1b[1m" in os.read(ours, 10_000).decode()) is coloured
    os.close(ours)
    assert "\x1b" not in finished(python(INSPECT, env=clean))[1]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize("module", ["click", "tfmigrate.errors"])
def test_a_signal_while_starting_is_no_traceback(number, code, module):
    early = f"""
import os, sys
class Finder:
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {int(number)})
sys.meta_path.insert(0, Finder)
from tfmigrate.cli import main
sys.exit(main(["--help"]))
"""
    command = [sys.executable, "-c", early]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=_hear_hangups)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == ("interrupted\n" if code == 130 else "terminated\n")


def test_nohup_is_respected():
    code = """
    import os, signal
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    def inspect(path, step):
        os.kill(os.getpid(), signal.SIGHUP)
        return Source("m", "k", "t")
    pipeline.inspect = inspect
    sys.exit(main(["inspect", "m"]))
    """
    assert finished(python(code))[0] == 0
