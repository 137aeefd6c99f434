from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from tests.report import made
from tfmigrate import report
from tfmigrate.export.certificate import certificate
from tfmigrate.parity.stored import Stored
from tfmigrate.proof import LEVELS
from tfmigrate.report import as_json, json_schema
from tfmigrate.tensors import as_json as plain

FILE = Path(json_schema.__file__).with_name("schema.json")
AGAIN = """python -c 'from tfmigrate.report import json_schema; import pathlib
pathlib.Path("tfmigrate/report/schema.json").write_text(json_schema.text())'"""


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def check(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def errors(check, document) -> list[str]:
    return [f"{e.json_path}: {e.message}" for e in check.iter_errors(document)]


def written(result) -> dict:
    return json.loads(report.render(result, "json"))


def test_the_published_file_is_the_generated_one():
    assert FILE.read_text() == json_schema.text(), f"a result has changed; run\n{AGAIN}"


def test_it_has_a_version_and_every_kind(schema):
    assert schema["$id"].endswith(f":{as_json.SCHEMA}")
    kinds = schema["properties"]["kind"]["enum"]
    assert set(kinds) == {*as_json.KINDS.values(), "error"}
    assert all(kind in schema["$defs"] for kind in kinds)


def documents() -> dict[str, dict]:
    passed = made.passed()
    odd = replace(passed.parity.outputs[0], max_abs=float("nan"), needed=float("inf"))
    found = {
        "passed": passed,
        "failed": made.failed(),
        "dry run": replace(passed, output="", parity=None, ledger=(), walls={}),
        "not finite": replace(passed, parity=replace(passed.parity, outputs=(odd,))),
        "inspection": made.source(),
        "verification": made.verification(),
    }
    made_of = {name: written(result) for name, result in found.items()}
    made_of["error"] = json.loads(as_json.document("error", made.refused().to_dict()))
    return made_of


@pytest.mark.parametrize("name", documents())
def test_what_is_written_is_as_published(check, name):
    assert errors(check, documents()[name]) == []


@pytest.mark.parametrize("name", documents())
def test_no_key_is_missing_in_the_schema(schema, name):
    """Also the keys that a schema would let through: all of them are described."""
    document = documents()[name]
    assert list(undescribed(document, schema["$defs"][document["kind"]], schema)) == []


def undescribed(value, part, whole):
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        fitting = [p for p in part["anyOf"] if p.get("type") != "null" and value is not None]
        part = fitting[0] if fitting else {}
        yield from undescribed(value, part, whole) if part else ()
        return
    if isinstance(value, dict) and "properties" in part:
        for key, inner in value.items():
            if key not in part["properties"]:
                yield key
            else:
                yield from undescribed(inner, part["properties"][key], whole)
    if isinstance(value, list) and isinstance(part.get("items"), dict):
        for inner in value:
            yield from undescribed(inner, part["items"], whole)


CHANGES = {
    "version": lambda d: d.update(tfmigrate=2),
    "unknown kind": lambda d: d.update(kind="migratoin"),
    "verdict": lambda d: d.update(passed="yes"),
    "number as text": lambda d: d["parity"]["outputs"][0].update(max_abs="0.1"),
    "missing key": lambda d: d["parity"]["outputs"][0].pop("used"),
    "shape": lambda d: d["signatures"][0]["inputs"][0].update(shape="(1, 2)"),
    "level": lambda d: d["parity"].update(level="certain"),
    "layer": lambda d: d["layers"][0].update(parameters=1.5),
    "hash": lambda d: d["ledger"][0].update(targets=["aa"]),
    "diagnosis": lambda d: d["parity"]["divergence"]["diagnoses"][0].update(certain="yes"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_written_otherwise_is_not(check, change):
    document = copy.deepcopy(documents()["failed"])
    CHANGES[change](document)
    assert errors(check, document)


def certified() -> dict:
    """A certificate as it is written, without what only a run knows."""
    recipe = {"name": "faces", "text": "tfmigrate: 1", "parameters": {"classes": 7}}
    versions = {"tfmigrate": "0.1.0", "tensorflow": "2.21.0"}
    about = plain(Stored(stored=True, seed=0, samples=3, inputs=()))
    probes = {"serving_default": about, "embed": about}
    files = {"saved_model.pb": made.digest("x")}
    return json.loads(json.dumps(certificate(made.passed(), recipe, versions, files, probes)))


def test_the_certificate_is_as_published(schema):
    asked = jsonschema.Draft202012Validator(
        {"$id": "urn:test", "$ref": "#/$defs/certificate", "$defs": schema["$defs"]}
    )
    assert errors(asked, certified()) == []
    assert set(certified()) == set(schema["$defs"]["certificate"]["properties"])
    assert set(certified()["parity"]) == set(
        schema["$defs"]["certificate"]["properties"]["parity"]["anyOf"][0]["properties"]
    )
    for key, value in (("evidence", "sure"), ("ledger", {}), ("files", {"a": "b"})):
        assert errors(asked, {**certified(), key: value}), key


def test_levels_are_those_of_the_proof(schema):
    part = schema["$defs"]["certificate"]["properties"]["evidence"]
    assert part["enum"] == list(LEVELS)


def test_results_are_plain_before_they_are_documents():
    assert json.loads(json.dumps(plain(made.passed()))) == {
        k: v for k, v in written(made.passed()).items() if k not in ("tfmigrate", "kind", "passed")
    }
