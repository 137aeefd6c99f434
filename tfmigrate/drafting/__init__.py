"""Help in writing recipes: what a tensor could be, rules that would fit, and first drafts.

Nothing here builds a model or reads a value; names and shapes are all there is.
"""
