"""The safe expression language: an ops table, a parser, an evaluator.

Recipes use it (``compute: reduce_sum(x * softmax(x @ W, axis=1), axis=1)``), and so does what is
recovered from Lambda layers. Nothing here runs Python code; TensorFlow is imported by
:func:`evaluate` only.
"""

from tfmigrate.expressions.dialect import Dialect, of_semantics, of_writer
from tfmigrate.expressions.evaluate import check, evaluate
from tfmigrate.expressions.nodes import Expression, as_json, from_json
from tfmigrate.expressions.parse import parse
from tfmigrate.expressions.text import text

__all__ = [
    "Dialect",
    "Expression",
    "as_json",
    "check",
    "evaluate",
    "from_json",
    "of_semantics",
    "of_writer",
    "parse",
    "text",
]
