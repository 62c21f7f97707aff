"""How hard the next fight shall be: a control law for the share of fights that a party wins.

The law. What is steered is the level u, the logarithm of a factor on the encounter's XP budget; what is watched is the
margin m of each fight (what is left of the party less what is left of its enemies, -1 to 1). A party of strength a is
taken to have m = SLOPE * (a - u) + noise, so that it wins with the chance Phi((a - u) / SPREAD). A scalar Kalman filter
(Kalman 1960) follows a: it drifts a little between fights, for players learn and change. Then

* hysteresis: as long as the predicted win rate at the present level lies in the band, nothing changes;
* else the level goes toward where the middle of the band is predicted, by one STEP at most.

It is asked between fights only, and all that follows from it is who is met: no roll, no hit point and no decision of
a fight that has begun knows of it, so there is nothing in a fight that a player could call cheating.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

from schemas.errors import BadSettings, Fault

SLOPE = 1.0
"""Margin that a unit of level costs (measured in simulated fights: 0.8 to 1.2)."""
SPREAD = 0.55
"""Standard deviation of the margin from fight to fight, in units of level."""
DRIFT = 0.1
"""Standard deviation of what a party's strength changes by from one fight to the next, in units of level."""
DOUBT = 0.8
"""The same of the strength before the first fight: between half and twice the usual budget."""
STEP = 0.3
"""The most that the level changes between two fights: a budget 35% larger, or 26% smaller."""
FURTHEST = 1.6
"""The level stays within this, up and down: a fifth of the usual budget, or five times as much."""
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Band:
    """The share of fights that a party shall win. Bounds outside 0 to 1, or in the wrong order, raise `BadSettings`."""

    low: float = 0.60
    high: float = 0.75

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < 1:
            raise BadSettings(Fault("band", f"{self.low} to {self.high} is no band: 0 < low < high < 1."))

    @property
    def middle(self) -> float:
        """What is aimed at."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Result:
    """A fight that is over."""

    level: float
    """The level that it was fought at."""
    margin: float
    """What was left of the party less what was left of its enemies, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Level:
    """How hard the next fight shall be."""

    level: float
    win_rate: float
    """What the party is predicted to win at this level."""
    changed: bool

    @property
    def factor(self) -> float:
        """What the budget of the encounter is multiplied by."""
        return exp(self.level)


def next_level(results: Sequence[Result], band: Band | None = None, *, present: float | None = None) -> Level:
    """The level of the next fight, from those so far, the oldest first. Without any it is 0: the usual budget.

    `present` is the level that holds now, where that is not the one that the last fight was fought at.
    """
    band = band or Band()
    if not results:
        return Level(present or 0.0, win_rate(0.0, present or 0.0), changed=False)
    strength = strength_of(results)
    level = results[-1].level if present is None else present
    predicted = win_rate(strength, level)
    if band.low <= predicted <= band.high:
        return Level(level, predicted, changed=False)
    wanted = strength - SPREAD * _NORMAL.inv_cdf(band.middle)
    moved = level + max(-STEP, min(STEP, wanted - level))
    bounded = max(-FURTHEST, min(FURTHEST, moved))
    return Level(bounded, win_rate(strength, bounded), changed=bounded != level)


def strength_of(results: Sequence[Result]) -> float:
    """A party's strength, in units of level: where it would win every other fight. 0 for nobody who has fought yet."""
    mean, variance, noise = 0.0, DOUBT**2, SPREAD**2
    for result in results:
        variance += DRIFT**2
        gain = variance / (variance + noise)
        mean += gain * (result.level + result.margin / SLOPE - mean)
        variance *= 1 - gain
    return mean


def win_rate(strength: float, level: float) -> float:
    """The share of fights that a party of this strength is predicted to win at a level."""
    return _NORMAL.cdf((strength - level) / SPREAD)
