"""How a fight is likely to go: figures of many fights, and how sure they are."""

from __future__ import annotations

from pydantic import Field

from schemas.values import Value


class Estimate(Value):
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


class Odds(Value):
    """Figures of many fights of a party against its foes, each with its 95% interval.

    Shares have Wilson's interval, means the normal one.
    """

    runs: int = Field(ge=1)
    win_rate: Estimate
    """How often the party wins: it alone stands within the rounds that a fight may last."""
    tpk_rate: Estimate
    """How often all of the party are dead: a total party kill."""
    rounds: Estimate
    damage_taken: Estimate
    """Hit points that the party loses to its foes in a fight."""
    damage_dealt: Estimate
    """Hit points that its foes lose to the party."""
    losses: Estimate
    """Members of the party that do not stand at the end."""
