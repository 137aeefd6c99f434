"""The spellings of old code that are adapted, and nothing else."""

from __future__ import annotations

import pytest

from tfmigrate.trusted import rewrite


def run(text: str, **known):
    scope = {**rewrite.BUILTINS, **rewrite.PYTHON_2, **known}
    exec(rewrite.adapted(text, "a.py"), scope)
    return scope


class Dim:
    value = 5


class Items:
    def items(self):
        return type("V", (), {"value": 7})()


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("n.value", 3), ("d.value", 5), ("none.value", None), ("(n).value", 3),
        ("[x.value for x in (n, d)]", [3, 5]), ("(n + 1).value + d.value", 9),
        ("list({1: 2}.iteritems())", [(1, 2)]), ("'é', n.value", ("é", 3)),
        ("list(xrange(2))", [0, 1]), ("unicode('a')", "a"), ("f'{d.value}'", "5"),
        ("t._keras_shape", (1, 2)), ("d.value.real", 5), ("w.value.value", 5),
        ("i.iteritems().value", 7),
    ],
)  # fmt: skip
def test_what_is_no_object_any_more_still_has_its_value(expression, found):
    tensor = type("T", (), {"shape": [1, 2]})()
    nested = type("W", (), {"value": Dim()})()
    known = {"n": 3, "d": Dim(), "none": None, "t": tensor, "w": nested, "i": Items()}
    assert run(f"found = {expression}", **known)["found"] == found


def test_lines_keep_their_numbers_and_the_rest_its_text():
    text = 'a = 1\n"""n.value"""\nb = (a\n     .value)\nself_value = 2\n'
    new = rewrite.adapted(text, "a.py")
    assert len(new.splitlines()) == len(text.splitlines())
    assert '"""n.value"""' in new
    assert run(text)["b"] == 1


def test_assignment_is_left_alone():
    assert rewrite.adapted("x.value = 1\n", "a.py") == "x.value = 1\n"


def test_private_names_of_classes_do_not_hide_the_readers():
    assert (
        run("class A:\n    def f(self, n):\n        return n.value\nfound = A().f(2)")["found"] == 2
    )


def test_other_spellings_of_a_missing_value_fail_as_they_did():
    with pytest.raises(AttributeError, match="value"):
        run("found = 'text'.value")


def test_what_a_module_assigns_is_told_from_what_it_imports():
    import ast

    tree = ast.parse(
        "import a\nfrom b import c\nd = 1\nif d:\n    e = f = 2\ndef g():\n    h = 1\n"
    )
    assert rewrite.assigned(tree) == {"d", "e", "f"}
