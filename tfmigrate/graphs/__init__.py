"""Graphs of TF1 as data: cut at the inputs, pruned to the outputs, checked against an allowlist.

Works on any GraphDef message, this package's own minimal schema or TensorFlow's; nothing is run.
"""
