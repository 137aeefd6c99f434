"""Lambda layers without running them: marshalled bytecode to an expression, or a refusal.

Python 2.7 and 3.6 to 3.13 were tried on what they wrote; 3.3 to 3.5 are read by their documented
tables, unverified. Nothing of the host's own ``marshal`` or ``dis`` is used.
"""

from tfmigrate.lambdas.lift import CannotLift, Lifted, lift, lift_of

__all__ = ["CannotLift", "Lifted", "lift", "lift_of"]
