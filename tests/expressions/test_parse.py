import json

import pytest

from tfmigrate.errors import Damaged, RecipeProblem
from tfmigrate.expressions import as_json, from_json, parse, text

ROUND = [
    "x * sigmoid(x)",
    "reduce_sum(x * softmax(x @ W, axis=1), axis=1)",
    "y = exp(x); y / reduce_sum(y, axis=-1, keepdims=True)",
    "K.reshape(x, (-1, x.shape[1] * 2))",
    "x[:, ::-1, ..., None]",
    "x.get_shape().as_list()[1]",
    "a if K.ndim(x) == 3 else (-1) ** 2 - -1.5",
    "float('inf') + 1e+30",
    "[a, b][0]",
    "(a,)",
    "not x is None",
    "-x ** 2 - (-x) ** 2",
    "x - (y - z) - (x - y)",
    "K.sum(x, axis=(1, 2))",
    "'it\\'s' in ('a', 'b')",
]


@pytest.mark.parametrize("spelled", ROUND)
def test_text_and_json_give_the_same_expression_back(spelled):
    expression = parse(spelled)
    assert parse(text(expression)) == expression
    assert from_json(json.loads(json.dumps(as_json(expression)))) == expression


def test_constants_keep_their_type():
    assert parse("1") != parse("1.0")
    assert parse("True") != parse("1")
    assert parse("-0.0") != parse("0.0")


def test_names_that_are_needed():
    assert parse("y = x * W; y + b").names == ("x", "W", "b")


@pytest.mark.parametrize(
    ("spelled", "said"),
    [
        ("open('x')", "open() is not part of the expression language"),
        ("__import__('os').system('x')", "__import__() is not part"),
        ("x.__class__.__bases__[0].__subclasses__()(1)", "unknown function 'this'"),
        ("lambda: 1", "Lambda is not part"),
        ("[v for v in x]", "ListComp is not part"),
        ("f'{x}'", "JoinedStr is not part"),
        ("(y := x)", "NamedExpr is not part"),
        ("{'a': 1}", "Dict is not part"),
        ("f(**x)", "** is not part"),
        ("softmax(*x)", "Starred is not part"),
        ("x = 1; x = 2; x", "x is given twice"),
        ("a = b; b = x; a", "b is used before it is given a value"),
        ("softmax = 2; softmax", "already means something else"),
        ("x;y", "only `name = expression`"),
        ("1 +", "this is no expression"),
        ("(" * 5000, "this is no expression"),
        ("-" * 15000 + "x", ""),
        ("x" * 30000, "longer than 20,000"),
        ("x" + "[0]" * 150, "nested too deeply"),
        ("", "the last part must be the result"),
        ("x = 1", "the last part must be the result"),
        ("b'x'", "a bytes is no value"),
        ("1j", "a complex is no value"),
        ("tf", "tf alone is no value"),
        ("tf.nothing", "unknown constant tf.nothing"),
        ("a < b < c", "compare two values at a time"),
    ],
)
def test_what_is_not_part_of_the_language(spelled, said):
    with pytest.raises(RecipeProblem) as problem:
        parse(spelled)
    assert said in problem.value.what
    assert problem.value.problems[0].path.startswith("column ")


def test_did_you_mean_and_the_column():
    with pytest.raises(RecipeProblem) as problem:
        parse("x + sofmax(x)", "layer_types.A.compute")
    assert problem.value.what.startswith(
        "column 5: unknown function 'sofmax'; did you mean softmax"
    )
    with pytest.raises(RecipeProblem, match="unknown name 'weight'; did you mean weights"):
        parse("x * weight", names=("x", "weights"))


@pytest.mark.parametrize(
    "data", [None, [], {}, {"result": ["Evil", 1], "bindings": []}, {"result": 3, "bindings": []},
             {"result": ["Const"], "bindings": []}, {"result": ["Name", "x"], "bindings": [1]}],
)  # fmt: skip
def test_stored_expressions_that_are_none(data):
    with pytest.raises(Damaged):
        from_json(data)


def test_a_stored_expression_of_any_depth_is_refused():
    deep = ["Name", "x"]
    for _ in range(400):
        deep = ["Unary", "-", deep]
    with pytest.raises(Damaged):
        from_json({"result": deep, "bindings": []})
