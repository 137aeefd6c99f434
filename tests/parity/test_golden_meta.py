from __future__ import annotations

import json

import numpy as np
import pytest

from tfmigrate.parity import golden_meta

SOURCES = {"model.h5": "aa" * 32}


def meta(**said) -> golden_meta.Meta:
    return golden_meta.read(np.frombuffer(json.dumps(said).encode(), np.uint8))


def test_versions_circumstances_and_the_source_are_flat():
    found = meta(
        versions={"keras": "1.2.2", "python": "3.6.15"}, inputs="given", recorder="tfmigrate 0.1.0",
        source=SOURCES, notes=["a note"], signature="", kind="h5",
    )  # fmt: skip
    assert found.recorded == {
        "keras": "1.2.2", "python": "3.6.15", "inputs": "given", "recorder": "tfmigrate 0.1.0",
        "source sha256": "aa" * 32,
    }  # fmt: skip
    assert found.sources == SOURCES
    assert found.notes == ("a note",)
    assert found.problem == ""


def test_several_files_are_named():
    found = meta(source={"m.index": "aa", "m.data": "bb"})
    assert found.recorded == {"source sha256 m.data": "bb", "source sha256 m.index": "aa"}


def test_versions_may_stand_alone():
    assert meta(keras="2.2.4", python="3.6.15").recorded == {"keras": "2.2.4", "python": "3.6.15"}


def test_without_meta_nothing_is_known():
    assert golden_meta.read(None) == golden_meta.Meta()


@pytest.mark.parametrize(
    "array",
    [
        np.frombuffer(b"not json", np.uint8),
        np.frombuffer(b"[1]", np.uint8),
        np.frombuffer(b'{"a": NaN}', np.uint8),
        np.frombuffer(b"[" * 100_000, np.uint8),
        np.frombuffer(b"\xff\xfe", np.uint8),
        np.zeros(3),
        np.zeros((1 << 20) + 1, np.uint8),
    ],
)
def test_what_cannot_be_read_is_a_note(array):
    assert golden_meta.read(array) == golden_meta.Meta(problem=golden_meta.UNREADABLE)


def test_hostile_texts_are_cut_and_harmless():
    found = meta(
        versions={"\x1b[31m": "x" * 5000, "n": 5, "l": ["x"], **{f"k{i}": "v" for i in range(500)}},
        source={"a": {"b": "c"}, "b": 3}, notes="no list",
    )  # fmt: skip
    assert "\\x1b[31m" in found.recorded
    assert len(found.recorded) == 64
    assert max(map(len, found.recorded.values())) <= 200
    assert found.sources == {}
    assert found.notes == ()


@pytest.mark.parametrize(
    ("theirs", "ours", "noted"),
    [
        ({"m.h5": "aa"}, {"/x/m.h5": "aa"}, False),
        ({"renamed.h5": "aa"}, {"/x/m.h5": "aa"}, False),
        ({"m.h5": "aa"}, {"/x/m.h5": "bb"}, True),
        ({"m.index": "a", "m.data": "b", "m.meta": "c"}, {"i": "a", "d": "b"}, False),
        ({"m.index": "a", "m.data": "b"}, {"i": "a", "d": "x"}, True),
        ({}, {"/x/m.h5": "aa"}, False),
    ],
)
def test_a_recording_of_another_file_is_noted(theirs, ours, noted):
    note = golden_meta.another_source(theirs, ours)
    assert bool(note) is noted
    assert not noted or next(iter(sorted(theirs))) in note
