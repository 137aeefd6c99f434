"""Which tensor becomes which variable: rules, ops, the plan, and the ledger. NumPy only."""

from __future__ import annotations

from tfmigrate.mapping.apply import apply_plan
from tfmigrate.mapping.ledger import close
from tfmigrate.mapping.plan import make_plan

__all__ = ["apply_plan", "close", "make_plan"]
