"""Short and long rests (SRD 5.1, "Resting")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.dice import Dice
from schemas.conditions import Condition, ConditionState
from schemas.creatures import HitPoints

SHORT_REST_HOURS = 1
LONG_REST_HOURS = 8
LONG_REST_EVERY_HOURS = 24
"""Nobody benefits from more than one long rest in this time."""


@dataclass(frozen=True, slots=True)
class HitDice:
    """What one heals with when resting: one die a level, all of the same size."""

    sides: int
    total: int
    left: int

    @classmethod
    def full(cls, level: int, sides: int) -> HitDice:
        """All dice of a character of this level."""
        return cls(sides, level, level)


def short_rest(
    points: HitPoints, hit_dice: HitDice, spend: int, constitution: int, dice: Dice
) -> tuple[HitPoints, HitDice]:
    """After an hour: up to `spend` hit dice are rolled, one after the other, until one is whole or none is left.

    Each heals what it shows and the constitution modifier, at least 0.
    """
    left = hit_dice.left
    for _ in range(min(max(0, spend), hit_dice.left)):
        if points.current == points.maximum:
            break
        points, left = points.healed(dice.die(hit_dice.sides) + constitution), left - 1
    return points, replace(hit_dice, left=left)


def long_rest(points: HitPoints, hit_dice: HitDice) -> tuple[HitPoints, HitDice]:
    """After eight hours: all hit points, and spent hit dice up to half of the total, at least one.

    Temporary hit points are gone (SRD 5.1, "Temporary Hit Points"). Who is at nought at the start does not benefit.
    """
    if points.current == 0:
        return points, hit_dice
    left = min(hit_dice.total, hit_dice.left + max(1, hit_dice.total // 2))
    return HitPoints(current=points.maximum, maximum=points.maximum), replace(hit_dice, left=left)


def rested(conditions: Iterable[ConditionState], *, fed: bool = True) -> tuple[ConditionState, ...]:
    """Conditions after a long rest: exhaustion is one level less, if there was food and drink."""
    return tuple(eased for one in conditions if (eased := _eased(one, fed)) is not None)


def _eased(state: ConditionState, fed: bool) -> ConditionState | None:
    if state.condition is not Condition.EXHAUSTION or state.level is None or not fed or state.level >= 6:
        return state
    return state.model_copy(update={"level": state.level - 1}) if state.level > 1 else None
