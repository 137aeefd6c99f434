from __future__ import annotations

import json


def test_the_schema_is_printed_whole(run):
    done = run("schema")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["$id"] == "urn:tfmigrate:json:1"
    assert "certificate" in found["$defs"]
