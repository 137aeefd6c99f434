"""Mistakes in expressions are told with the line and the column where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tfmigrate.errors import RecipeProblem
from tfmigrate.recipe import load_recipe

HEAD = "tfmigrate: 1\nparameters: {long_name: 12345, low: -2}\nfunctions:\n"


def mark(text: str) -> tuple[int, int]:
    """Line and column of the word ``nope`` in a text."""
    before = text[: text.index("nope")]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


@pytest.mark.parametrize(
    "text",
    [
        "  f: x * $long_name + $low + nope(x)\n",
        "  f: 'x * $long_name + $low + nope(x)'\n",
        '  f: "nope(x) + $low * $long_name"\n',
        "  f: |\n\n     y = $low * $long_name\n     y + nope(x)\n",
        "  f: |-\n     $low * $long_name + (x + nope(1))\n",
    ],
)
def test_plain_quoted_and_block_texts(write: Callable[..., str], text: str) -> None:
    path = write(HEAD + text)
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(path)
    (problem,) = caught.value.problems
    line, column = mark(HEAD + text)
    assert problem.line == line
    assert problem.path == f"$.functions.f, column {column}"


def test_a_text_that_yaml_folds_has_a_line_only(write: Callable[..., str]) -> None:
    with pytest.raises(RecipeProblem) as caught:
        load_recipe(write(HEAD + "  f: >\n    $low * $long_name +\n    nope(x)\n"))
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (4, "$.functions.f")


def test_parameters_stand_for_values(write: Callable[..., str]) -> None:
    found = load_recipe(write(HEAD + "  f: $low ** 2 + x * $long_name\n"))
    assert found.functions["f"] == "(-2) ** 2 + x * 12345"
