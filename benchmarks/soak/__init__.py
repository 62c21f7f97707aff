"""Play for long over endpoints that break in every way there is: what is answered, when, and in how much memory."""

from benchmarks.soak.measuring import RATE, measure

__all__ = ["RATE", "measure"]
