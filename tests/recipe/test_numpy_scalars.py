"""NumPy's numbers in a YAML text, read from their bytes."""

from __future__ import annotations

from tfmigrate.recipe import keras_text

TEXT = """class_name: Sequential
config:
- class_name: Dense
  config:
    input_dim: !!python/object/apply:numpy.core.multiarray.scalar
    - !!python/object/apply:numpy.dtype
      args: [i8, 0, 1]
      state: !!python/tuple [3, <, null, null, null, -1, -1, 0]
    - !!binary |
      PAAAAAAAAAA=
    name: dense_1
"""


def test_a_pickled_number_is_a_number():
    found = keras_text.read_yaml(TEXT, "model.yaml")
    assert found["config"][0]["config"]["input_dim"] == 60


def test_a_list_that_only_looks_like_one_stays_a_list():
    text = TEXT.replace("i8", "O8")  # an object is no number
    found = keras_text.read_yaml(text, "model.yaml")
    assert isinstance(found["config"][0]["config"]["input_dim"], list)
