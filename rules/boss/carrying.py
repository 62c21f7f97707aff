"""A boss in its turns: the plan that it made for this fight, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from rules.arena.arena import Order
from rules.arena.weights import Weights
from rules.boss.drill import ordered, stances_of, weighed
from rules.boss.planning import Council
from rules.situation import Situation
from schemas.tactics import Stance

HOLDS_MINUTES = 60
"""How long a plan is that of this fight, by the world's clock: fights last minutes, and not every end is told."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A plan that holds."""

    stances: tuple[Stance, ...]
    focus: str | None
    """The enemy whom it is about, as long as that one stands; then the next one that the stances ask for."""

    def weighed(self, weights: Weights) -> Weights:
        """What the one who carries it out cares about."""
        return weighed(self.stances, weights)

    @property
    def order(self) -> Order | None:
        """What it has set itself to do."""
        return ordered(self.stances, self.focus)


def carried(situation: Situation) -> Carried | None:
    """The plan of the fight that is on, as the road of this decision has looked it up; None where there is none.

    It is the last one that was made: for a fight whose end is not known, within the hour.
    """
    study, at = situation.study, situation.study.at
    if not study.stretches or at is None:
        return None
    if not 0 <= situation.request.scene.time.total_minutes - at.total_minutes <= HOLDS_MINUTES:
        return None
    last = study.stretches[-1]
    stances = stances_of(situation.stances, last.stances)
    if not stances:
        return None
    standing = any(one.id == last.focus for one in situation.enemies)
    return Carried(stances, last.focus if standing else Council(situation).focus_of(tuple(last.stances)))
