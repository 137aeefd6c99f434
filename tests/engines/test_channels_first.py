"""Layers that TensorFlow has no kernel for on some CPUs, through the upgrades and the engines."""

from __future__ import annotations

