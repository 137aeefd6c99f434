"""Probe, run, compare, and say how much was proved."""
