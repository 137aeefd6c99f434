"""Golden files: a model run by the old runtime that it was made for, its answers kept."""
