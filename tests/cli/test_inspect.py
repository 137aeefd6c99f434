from __future__ import annotations

import json
from pathlib import Path


def test_text_goes_to_stdout(run, calls):
    done = run("inspect", "m.h5")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("m.h5: Keras 2 whole-model H5\n")
    assert calls == [("inspect", Path("m.h5"))]


def test_json(run, calls):
    assert json.loads(run("inspect", "m.h5", "--format", "json").out)["kind"] == "inspection"


def test_quiet_is_the_command_to_run(run, calls):
    assert run("inspect", "-q", "m.h5").out == "next: tfmigrate x\n"
